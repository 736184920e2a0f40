#!/usr/bin/env bash
# A sparse archive of GNU tar, unpacked by npm's tar 7.5.23 and read by tar-stream 3.2.2.
#
# Expected: the file that was packed, or an error. GNU tar, bsdtar, Python and Go read both formats.
# Seen: `tar --sparse --format=posix` comes out of npm's tar as the file `GNUSparseFile.PID/disk`, whose
# first bytes are the list of the holes; `tar --sparse --format=gnu` comes out as nothing at all. Neither
# warns, and the call succeeds. tar-stream gives the first as a file of that odd name and the second as an
# entry whose type is null.
# Why it bites: backups and images of disks are packed with --sparse, and `docker cp -` or a machine's
# file service hands such an archive to a program in Node. The file is damaged or missing, in silence.
set -euo pipefail

TAR=7.5.23 TAR_STREAM=3.2.2
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --prefix "$WORK" "tar@$TAR" "tar-stream@$TAR_STREAM" >/dev/null
tar --version | head -n 1

mkdir source
truncate -s 1M source/disk
printf 'data' | dd of=source/disk bs=1 seek=500000 conv=notrunc status=none
for format in posix gnu; do
  tar -C source --sparse --format="$format" -cf "$format.tar" disk
  # The archive is right: GNU tar itself gives the file back.
  mkdir "by-gnu-$format" && tar -C "by-gnu-$format" -xf "$format.tar" && cmp source/disk "by-gnu-$format/disk"
done

cat >read.cjs <<'JS'
const fs = require("fs"), tar = require("tar"), stream = require("tar-stream")
async function unpacked(format) {
  fs.mkdirSync(`by-node-${format}`)
  let warnings = 0
  await tar.x({ file: `${format}.tar`, cwd: `by-node-${format}`, onwarn: () => warnings++ })
  const files = fs.readdirSync(`by-node-${format}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => fs.statSync(`${entry.parentPath ?? entry.path}/${entry.name}`).size + " " +
      `${entry.parentPath ?? entry.path}/${entry.name}`.replace(/GNUSparseFile\.\d+/, "GNUSparseFile.PID"))
  console.log(`tar ${format}: [${files}] warnings ${warnings}`)
}
function listed(format) {
  return new Promise((resolve, reject) => {
    const extract = stream.extract()
    extract.on("entry", (header, body, next) => {
      const name = header.name.replace(/GNUSparseFile\.\d+/, "GNUSparseFile.PID")
      console.log(`tar-stream ${format}: ${name} ${header.type} ${header.size}`)
      body.on("end", next).resume()
    })
    extract.on("finish", resolve).on("error", reject)
    fs.createReadStream(`${format}.tar`).pipe(extract)
  })
}
(async () => {
  for (const format of ["posix", "gnu"]) { await unpacked(format); await listed(format) }
})()
JS
node read.cjs | tee seen
cat >expected <<'END'
tar posix: [4608 by-node-posix/GNUSparseFile.PID/disk] warnings 0
tar-stream posix: ./GNUSparseFile.PID/disk file 4608
tar gnu: [] warnings 0
tar-stream gnu: disk null 4096
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
