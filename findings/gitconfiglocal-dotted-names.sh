#!/usr/bin/env bash
# A repository's configuration with dots in the names, read by gitconfiglocal 2.1.0 beside git.
#
# Expected: config.branch["release/v1.2"].remote is where git keeps it, as config.branch["main"].remote is.
# Seen: the name is cut at each dot: config.branch["release/v1"]['2"'], with the closing quote as a letter of
# the name. The same holds for a remote that is named after its host, and for url.….insteadOf with a host.
# Of a key with several values only the last one is there; a line that goes on behind a backslash is two.
# Why it bites: branches named for versions, and mirrors named for hosts, are "not configured" for a release
# tool, though git and the tool's own tests with `main` and `origin` find them.
set -euo pipefail

VERSION=2.1.0
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --prefix "$WORK" "gitconfiglocal@$VERSION" >/dev/null
git --version
export HOME=$WORK GIT_CONFIG_NOSYSTEM=1

git init -q tree
cd tree
git config branch.main.remote origin
git config branch.release/v1.2.remote origin
git config remote.git.example.org.url https://git.example.org/a
git config url.git@example.org:.insteadOf https://example.org/
git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'
git config --add remote.origin.fetch '+refs/notes/*:refs/notes/*'
printf '[alias]\n\tgraph = log \\\n\t\t--graph\n' >>.git/config
cd ..
cat >read.cjs <<'JS'
require("gitconfiglocal")("tree", (error, config) => {
  const paths = [["branch", "main", "remote"], ["branch", "release/v1.2", "remote"],
    ["remote", "git.example.org", "url"], ["url", "git@example.org:", "insteadOf"], ["remote", "origin", "fetch"],
    ["alias", "graph"]]
  for (const path of paths) {
    console.log(`gitconfiglocal, ${path.join(".")}: ${path.reduce((at, name) => at?.[name], config)}`)
  }
  console.log(`gitconfiglocal, branch: ${JSON.stringify(config.branch)}`)
})
JS
{
  for key in branch.main.remote branch.release/v1.2.remote remote.git.example.org.url url.git@example.org:.insteadOf \
    remote.origin.fetch alias.graph; do
    echo "git, $key: $(git -C tree config --get-all "$key" | paste -sd ' ')"
  done
  node read.cjs
} | tee seen
cat >expected <<'END'
git, branch.main.remote: origin
git, branch.release/v1.2.remote: origin
git, remote.git.example.org.url: https://git.example.org/a
git, url.git@example.org:.insteadOf: https://example.org/
git, remote.origin.fetch: +refs/heads/*:refs/remotes/origin/* +refs/notes/*:refs/notes/*
git, alias.graph: log   --graph
gitconfiglocal, branch.main.remote: origin
gitconfiglocal, branch.release/v1.2.remote: undefined
gitconfiglocal, remote.git.example.org.url: undefined
gitconfiglocal, url.git@example.org:.insteadOf: undefined
gitconfiglocal, remote.origin.fetch: +refs/notes/*:refs/notes/*
gitconfiglocal, alias.graph: log \
gitconfiglocal, branch: {"main":{"remote":"origin"},"release/v1":{"2\"":{"remote":"origin"}}}
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
