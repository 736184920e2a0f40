#!/usr/bin/env bash
# A repository whose index git has split, read by isomorphic-git 1.44.17.
#
# Expected: an error. The extension `link` of a split index is written in lower case, which means that who
# does not know it must not read on (gitformat-index); libgit2 refuses it in so many words.
# Seen: no error. The status has a file whose name is one zero byte, and the files that the shared index
# holds are told as absent from the index: each committed file counts as "deleted, and untracked".
# An index of version 4, which means no more than shorter names, is an InternalError in the same place.
# Why it bites: `core.splitIndex` and `feature.manyFiles` (version 4) are switched on for large repositories
# by people who then run a tool in Node on them; the tool commits deletions or leaves files out.
set -euo pipefail

VERSION=1.44.17
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --prefix "$WORK" "isomorphic-git@$VERSION" >/dev/null
git --version
export HOME=$WORK GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org

for name in split version4; do
  git init -q "$name"
  (cd "$name" && echo 1 >file && git add file && git commit -qm one)
done
git -C split update-index --split-index
git -C version4 update-index --index-version 4

cat >status.cjs <<'JS'
const git = require("isomorphic-git"), fs = require("fs")
async function tell(dir) {
  try {
    console.log(`${dir}: ${JSON.stringify(await git.statusMatrix({ fs, dir }))}`)
  } catch (error) {
    console.log(`${dir}: ${error.code}, ${/Unsupported dircache version: 4/.test(error.message)}`)
  }
}
tell("split").then(() => tell("version4"))
JS
{
  for name in split version4; do echo "git: $name: [$(git -C "$name" status --porcelain)]"; done
  node status.cjs
} | tee seen
cat >expected <<'END'
git: split: []
git: version4: []
split: [["\u0000",0,0,3],["file",1,1,0]]
version4: InternalError, true
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
