#!/usr/bin/env bash
# URLs of repositories through git-url-parse 16.1.0, and what git itself asks the ssh server for.
#
# Expected: `parse(url).toString()` names the same repository, as it does for `git@host:owner/repo.git`.
# Seen: `git@host:repo.git`, a repository in the home of the account, becomes `git@host:git/repo.git`: the
# account counts as the owner. `ssh://host/srv/repo.git`, an absolute path, becomes `git@host:srv/repo.git`,
# a path in the home of an account that nobody named. `host:o/repo.git` without an account has an empty host,
# so that its https form is `https:///o/repo.git`. No error.
# Why it bites: a tool that "normalizes" the URL before it clones or compares works on the large hosts, and
# asks a server of one's own for a repository that is not there, or for another one that is.
set -euo pipefail

VERSION=16.1.0
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --prefix "$WORK" "git-url-parse@$VERSION" >/dev/null
git --version
export HOME=$WORK GIT_CONFIG_NOSYSTEM=1

# In the place of ssh: it writes down the account, the host and the command, and refuses.
printf '#!/bin/sh\necho "$@" >asked\nexit 1\n' >ssh.sh
chmod 755 ssh.sh
asked() {
  GIT_SSH_COMMAND=$WORK/ssh.sh GIT_SSH_VARIANT=simple git ls-remote "$1" 2>/dev/null || sed 's/git-upload-pack //' asked
}
cat >through.mjs <<'JS'
import parse from "git-url-parse"
console.log(parse(process.argv[2]).toString(process.argv[3]))
JS
{
  for url in git@host.test:team/repo.git git@host.test:repo.git ssh://host.test/srv/repo.git; do
    again=$(node through.mjs "$url")
    echo "$url: git asks $(asked "$url"); parsed and written: $again, git asks $(asked "$again")"
  done
  url=host.test:o/repo.git
  echo "$url: git asks $(asked "$url"); as https: $(node through.mjs "$url" https)"
} | tee seen
cat >expected <<'END'
git@host.test:team/repo.git: git asks git@host.test 'team/repo.git'; parsed and written: git@host.test:team/repo.git, git asks git@host.test 'team/repo.git'
git@host.test:repo.git: git asks git@host.test 'repo.git'; parsed and written: git@host.test:git/repo.git, git asks git@host.test 'git/repo.git'
ssh://host.test/srv/repo.git: git asks host.test '/srv/repo.git'; parsed and written: git@host.test:srv/repo.git, git asks git@host.test 'srv/repo.git'
host.test:o/repo.git: git asks host.test 'o/repo.git'; as https: https:///o/repo.git
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
