#!/usr/bin/env bash
# A user's own git configuration under simple-git 4.0.2.
#
# Expected: what the library returns does not hang on how the user likes to see git's output. git has plumbing
# commands and options (`--no-color`, `--format`) for that.
# Seen: with `color.ui = always`, branch() has one branch, whose name ends in an escape sequence, and no current
# one; diffSummary() counts changed files but lists none. With `column.ui = always`, tags() has one tag, called
# "v1  v2". Nothing raises an error. status() and log() are right under both.
# Why it bites: the tool works in CI and for its author. For the user with such a line in ~/.gitconfig it says
# that no branch is checked out, or that the tag v1 does not exist yet.
set -euo pipefail

VERSION=4.0.2
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --prefix "$WORK" "simple-git@$VERSION" >/dev/null
git --version
export HOME=$WORK GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org

git init -q -b main tree
(cd tree && echo 1 >file && git add . && git commit -qm one && git branch other && git tag v1 && git tag v2 && echo 2 >file)
cat >tell.cjs <<'JS'
const git = require("simple-git").simpleGit("tree")
async function tell() {
  const branch = await git.branch(), tags = await git.tags(), diff = await git.diffSummary(), status = await git.status()
  const log = await git.log()
  const show = JSON.stringify
  console.log(`  branch: ${show(branch.all)}, current ${show(branch.current)}; tags: ${show(tags.all)}`)
  console.log(`  diff: changed ${diff.changed}, files ${show(diff.files.map((file) => file.file))}; ` +
    `status: ${show(status.modified)} on ${status.current}; log: ${show(log.all.map((entry) => entry.message))}`)
}
tell()
JS
{
  echo "no configuration"
  node tell.cjs
  for setting in color.ui column.ui; do
    git config --global $setting always
    echo "$setting = always"
    node tell.cjs
    git config --global --unset $setting
  done
} | tee seen
cat >expected <<'END'
no configuration
  branch: ["main","other"], current "main"; tags: ["v1","v2"]
  diff: changed 1, files ["file"]; status: ["file"] on main; log: ["one"]
color.ui = always
  branch: ["other\u001b[m"], current ""; tags: ["v1","v2"]
  diff: changed 1, files []; status: ["file"] on main; log: ["one"]
column.ui = always
  branch: ["main","other"], current "main"; tags: ["v1  v2"]
  diff: changed 1, files ["file"]; status: ["file"] on main; log: ["one"]
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
