#!/usr/bin/env bash
# Long names in an archive of `git archive` and in one of GNU tar: nanotar 0.3.0 and @remix-run/tar-parser 0.7.1.
#
# Expected: the names that git and GNU tar wrote. Both archives are of the standard forms: ustar with pax headers
# from `git archive`, and the GNU form that plain `tar -cf` writes on Debian.
# Seen: nanotar takes no notice of the header's second part of a path, so that a file more than 100 bytes deep
# comes out near the root. A symbolic link whose target is long is called by its target's name, in both forms.
# @remix-run/tar-parser gives each long name and target of the GNU form a zero byte at its end, which Node's
# fs refuses as a path. Where nanotar writes an archive, it cuts each name at 100 bytes. None is an error.
# Why it bites: archives of a hosted repository are made by `git archive`. Small trees come out right, and the first
# deep one, which is what generated sources and node_modules are, lands files in places where nobody looks.
set -euo pipefail

NANOTAR=0.3.0 REMIX=0.7.1
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --prefix "$WORK" "nanotar@$NANOTAR" "@remix-run/tar-parser@$REMIX" >/dev/null
git --version
tar --version | head -n 1
export HOME=$WORK GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org

DEEP=$(printf 'a%.0s' $(seq 60))/$(printf 'b%.0s' $(seq 60))
git init -q tree
cd tree
mkdir -p "$DEEP"
echo 1 >"$DEEP/file" && ln -s "$DEEP/file" link
git add . && git commit -qm one
git archive -o ../git.tar HEAD
tar --format=gnu -cf ../gnu.tar "$DEEP/file" link
cd ..
cat >list.mjs <<'JS'
import { readFileSync } from "node:fs"
import { parseTar as nanotar } from "nanotar"
import { parseTar as remix } from "@remix-run/tar-parser"
// aaaa… and bbbb… are written as A and B.
const show = (text) => JSON.stringify(text).replace(/a{60}/g, "A").replace(/b{60}/g, "B")
for (const form of ["git", "gnu"]) {
  const bytes = readFileSync(`${form}.tar`)
  for (const entry of nanotar(bytes)) {
    if (entry.type !== "directory") console.log(`nanotar, ${form}: ${entry.type} ${show(entry.name)}`)
  }
  await remix(bytes, ({ name, header }) => {
    if (header.type !== "directory") {
      console.log(`tar-parser, ${form}: ${header.type} ${show(name)}${header.linkname ? " to " + show(header.linkname) : ""}`)
    }
  })
}
JS
cat >write.mjs <<'JS'
import { writeFileSync } from "node:fs"
import { createTar } from "nanotar"
writeFileSync("written.tar", createTar([{ name: `${process.argv[2]}/file`, data: "1" }]))
JS
node write.mjs "$DEEP"
{
  for form in git gnu; do
    tar -tf "$form.tar" | grep -v '/$' | sed "s/a\{60\}/A/; s/b\{60\}/B/; s/^/GNU tar, $form: /"
  done
  node list.mjs
  echo "nanotar writes A/B/file as: $(tar -tf written.tar | sed 's/a\{60\}/A/; s/b\{39\}$/39 letters of B/')"
} | tee seen
cat >expected <<'END'
GNU tar, git: A/B/file
GNU tar, git: link
GNU tar, gnu: A/B/file
GNU tar, gnu: link
nanotar, git: file "file"
nanotar, git: symbolicLink "A/B/file"
tar-parser, git: file "A/B/file"
tar-parser, git: symlink "link" to "A/B/file"
nanotar, gnu: file "A/B/file"
nanotar, gnu: symbolicLink "A/B/file"
tar-parser, gnu: file "A/B/file\u0000"
tar-parser, gnu: symlink "link" to "A/B/file\u0000"
nanotar writes A/B/file as: A/39 letters of B
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
