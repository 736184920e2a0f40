#!/usr/bin/env bash
# One package built twice from the same files: dpkg-deb 1.21.23 with libzstd 1.5.4, on one thread and on several.
#
# Expected: with SOURCE_DATE_EPOCH and --root-owner-group the package is the same, byte for byte, on any machine;
# `--threads-max`, whose default is the number of processors, says how fast it is made. With xz that is so.
# Seen: with -Zzstd a package of twelve megabytes is another one when it is made on a single thread: other bytes,
# another size. Two threads and more agree among themselves. Small packages are the same, so that no small test
# shows it.
# Why it bites: a builder with one processor and one with four publish two files under one name and version, and
# the check that a build can be repeated fails on one of them. Setting DPKG_DEB_THREADS_MAX to the same number
# everywhere, or -Zxz, makes them one again.
set -euo pipefail

DPKG=1.21.23 ZSTD=1.5.4+dfsg2-5
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "dpkg=$DPKG" "libzstd1=$ZSTD" 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
export LD_LIBRARY_PATH=$WORK/root/usr/lib/x86_64-linux-gnu SOURCE_DATE_EPOCH=1700000000

mkdir -p tree/DEBIAN tree/opt
printf 'Package: example\nVersion: 1\nArchitecture: all\nMaintainer: A <a@example.org>\nDescription: example\n' >tree/DEBIAN/control
# build COMPRESSION THREADS…: which of them gave one and the same package. Level 3 is only faster than the default.
build() {
  local threads
  for threads in "${@:2}"; do
    root/usr/bin/dpkg-deb "-Z$1" -z3 --threads-max="$threads" --root-owner-group --build tree "$threads.deb" >/dev/null
  done
  for threads in "${@:2}"; do echo "$threads $(sha256sum <"$threads.deb")"; done |
    awk '{ same[$2] = same[$2] " " $1 } END { for (sum in same) print same[sum] }' | sort | paste -sd '|'
}
for lines in 100 1700000; do
  seq $lines >tree/opt/numbers
  touch -d @$SOURCE_DATE_EPOCH tree/opt/numbers
  echo "$lines lines, zstd:$(build zstd 1 2 3)"
done >seen
echo "$lines lines, xz:$(build xz 1 2)" >>seen
cat seen
cat >expected <<'END'
100 lines, zstd: 1 2 3
1700000 lines, zstd: 1| 2 3
1700000 lines, xz: 1 2
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
