#!/usr/bin/env bash
# The owner of a file whose number is large, read and written by tar-stream 3.2.2 beside GNU tar.
#
# Expected: a number that fits neither into the header's field nor is written otherwise is an error; one that
# the archive does hold is read.
# Seen: reading, `uid` and `gid` of an extended (pax) header are dropped, so that a file of user 1000650000 is
# root's, uid 0. Writing, each number above 262143 is stored as 262143, which is less than what
# the field holds (2097151), and no pax record is added. Neither warns. GNU's own format is read right.
# Why it bites: OpenShift, directory services and the later ranges of /etc/subuid give such numbers. An archive
# for a container, passed through a program that renames one entry (tar-fs and archiver stand on tar-stream),
# gives the files to somebody else.
set -euo pipefail

VERSION=3.2.2
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --prefix "$WORK" "tar-stream@$VERSION" >/dev/null
tar --version | head -n 1

touch file
for format in gnu posix; do
  tar --format="$format" --owner=app:1000650000 --group=app:296608 -cf "$format.tar" file
done
cat >through.cjs <<'JS'
const fs = require("fs"), stream = require("tar-stream")
const [, , from, to] = process.argv
const extract = stream.extract(), pack = stream.pack()
extract.on("entry", (header, body, next) => {
  console.log(`tar-stream reads ${from}: ${header.uid}/${header.gid}`)
  body.pipe(pack.entry({ name: header.name, size: header.size, uid: header.uid, gid: header.gid }, next))
})
extract.on("finish", () => pack.finalize())
fs.createReadStream(from).pipe(extract)
pack.pipe(fs.createWriteStream(to))
JS
owner() { tar --numeric-owner -tvf "$1" | awk '{ print $2 }'; }
{
  for format in gnu posix; do
    echo "GNU tar reads $format.tar: $(owner "$format.tar")"
    node through.cjs "$format.tar" "through-$format.tar"
    echo "GNU tar reads what tar-stream wrote: $(owner "through-$format.tar")"
  done
} | tee seen
cat >expected <<'END'
GNU tar reads gnu.tar: 1000650000/296608
tar-stream reads gnu.tar: 1000650000/296608
GNU tar reads what tar-stream wrote: 262143/262143
GNU tar reads posix.tar: 1000650000/296608
tar-stream reads posix.tar: 0/296608
GNU tar reads what tar-stream wrote: 0/262143
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
