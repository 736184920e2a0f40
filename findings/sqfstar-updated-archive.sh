#!/usr/bin/env bash
# Archives of GNU tar made into a file system by sqfstar 4.5.1 (squashfs-tools), beside what tar itself unpacks.
#
# Expected: the same tree. A file that is in an archive twice, as `tar --append` and `--update` leave it, is the
# last one; the entry "./" that `tar -C root .` writes says who owns the root and what its mode is.
# Seen: of two entries the first one stays, so that each update is lost, and a file that was replaced by a link is
# still the file. The entry "./" is thrown away, and the root is rwxrwxrwx; the manual names that default and says
# that archives do not supply one. Each is told in a line among others on stderr, with exit code 0.
# Why it bites: a system is exported once, its configuration is appended, and the image boots with the old one.
# Under a writable layer, every account of the machine may rename what lies in its root.
set -euo pipefail

SQUASHFS=1:4.5.1-1 LZO=2.10-2
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "squashfs-tools=$SQUASHFS" "liblzo2-2=$LZO" 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
export LD_LIBRARY_PATH=$WORK/root/lib/x86_64-linux-gnu:$WORK/root/usr/lib/x86_64-linux-gnu
tar --version | head -1

mkdir -p system/etc
chmod 750 system
echo old >system/etc/config
echo nameserver >system/etc/resolv.conf
tar -C system -cf system.tar .
echo new >system/etc/config
ln -sf ../run/resolv.conf system/etc/resolv.conf
tar -C system -rf system.tar ./etc/config ./etc/resolv.conf

mkdir tar && tar -C tar -xpf system.tar
root/usr/bin/sqfstar -quiet -no-progress system.img <system.tar 2>told
echo "sqfstar: exit code $?"
root/usr/bin/unsquashfs -quiet -no-progress -dest sqfstar system.img >/dev/null
tell() {
  echo "$1: root $(stat -c %A "$1"), config $(cat "$1/etc/config"), resolv.conf $(stat -c %F "$1/etc/resolv.conf")"
}
{
  tell tar
  tell sqfstar
  cat told
} | tee seen
cat >expected <<'END'
tar: root drwxr-x---, config new, resolv.conf symbolic link
sqfstar: root drwxrwxrwx, config old, resolv.conf regular file
Empty tar filename after skipping leading /, ./, or ../, ignoring
etc/config already exists in the tar file, ignoring
etc/resolv.conf already exists in the tar file, ignoring
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
