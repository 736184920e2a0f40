#!/usr/bin/env bash
# Six rules of a .gitignore, read by isomorphic-git 1.44.19 beside git.
#
# Expected: `isIgnored`, and `add({filepath: "."})` which asks it, leave out what git leaves out.
# Seen: rules are held to names without regard to case, whatever core.ignoreCase says: `Build/` takes the
# directory build, `*.LOG` takes a.log and `TODO` takes todo. A negated class takes the opposite of what
# gitignore(5) says: `[!a]x` and `[^c]y` take ax and cy and nothing else. `v[[:digit:]]` takes nothing.
# Why it bites: "add everything" commits a tree that lacks build/ and holds what was to stay out, and tells
# neither. A repository that git calls clean has untracked files for the tool, and the reverse.
set -euo pipefail

VERSION=1.44.19
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" "isomorphic-git@$VERSION" >/dev/null 2>&1
git --version
export HOME=$WORK GIT_CONFIG_NOSYSTEM=1

git init -q tree
cd tree
git config core.ignoreCase false
mkdir build
touch build/main.js a.log todo ax bx cy dy v1
printf '%s\n' 'Build/' '*.LOG' 'TODO' '[!a]x' '[^c]y' 'v[[:digit:]]' >.gitignore
cat >../add.cjs <<'JS'
const git = require("isomorphic-git"), fs = require("fs")
git.init({ fs, dir: ".", gitdir: "../other" })
  .then(() => git.setConfig({ fs, gitdir: "../other", path: "core.ignorecase", value: false }))
  .then(() => git.add({ fs, dir: ".", gitdir: "../other", filepath: "." }))
  .then(() => git.listFiles({ fs, gitdir: "../other" }))
  .then((files) => console.log(`isomorphic-git adds: ${files.join(" ")}`))
JS
{
  git add .
  echo "git adds: $(git ls-files | xargs)"
  node ../add.cjs
} | tee ../seen
cd ..
cat >expected <<'END'
git adds: .gitignore a.log ax build/main.js cy todo
isomorphic-git adds: .gitignore bx dy v1
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
