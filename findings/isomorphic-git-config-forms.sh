#!/usr/bin/env bash
# Three forms of git's configuration file, read by isomorphic-git 1.44.19 beside git.
#
# Expected: getConfig and listRemotes give what `git config` gives for the repository's own file.
# Seen: a key on the line of its section's name is not seen; a value that goes on behind a backslash is cut there
# and keeps the backslash; a file named by include.path is not read. None of them is an error.
# Why it bites: git itself does not write the first two forms, but people do, and a team keeps its shared settings
# in an included file. The remote, or the name for the commit, is then "not configured" for one tool of two.
set -euo pipefail

VERSION=1.44.19
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" "isomorphic-git@$VERSION" >/dev/null 2>&1
git --version
export HOME=$WORK GIT_CONFIG_NOSYSTEM=1

git init -q tree
cat >>tree/.git/config <<'END'
[remote "line"] url = https://example.org/line
[remote "plain"]
	url = https://example.org/plain
[alias]
	graph = log \
		--graph
[include]
	path = team
END
printf '[user]\n\tname = Team\n[remote "team"]\n\turl = https://example.org/team\n' >tree/.git/team
cat >read.cjs <<'JS'
const git = require("isomorphic-git"), fs = require("fs"), dir = "tree"
async function tell() {
  console.log(`isomorphic-git, remotes: ${(await git.listRemotes({ fs, dir })).map(({ remote }) => remote).sort().join(" ")}`)
  for (const path of ["remote.line.url", "alias.graph", "user.name"]) {
    console.log(`isomorphic-git, ${path}: ${await git.getConfig({ fs, dir, path })}`)
  }
}
tell()
JS
{
  echo "git, remotes: $(git -C tree remote | sort | xargs)"
  for key in remote.line.url alias.graph user.name; do
    echo "git, $key: $(git -C tree config $key | tr -s ' \t' ' ')"
  done
  node read.cjs
} | tee seen
cat >expected <<'END'
git, remotes: line plain team
git, remote.line.url: https://example.org/line
git, alias.graph: log --graph
git, user.name: Team
isomorphic-git, remotes: plain
isomorphic-git, remote.line.url: undefined
isomorphic-git, alias.graph: log \
isomorphic-git, user.name: undefined
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
