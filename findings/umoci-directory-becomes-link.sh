#!/usr/bin/env bash
# A directory that becomes a symbolic link or a file in an image: umoci 0.4.7, and buildah 1.28.2 as a reader.
# buildah keeps images in a folder, which takes root or a user namespace.
#
# Expected: `umoci repack` writes the link, which takes the place of the directory; nothing else has changed.
# Seen: behind the link the layer has a whiteout for each entry that the directory had, "lib/.wh.one", a path
# below something that is no directory. umoci and buildah follow the link and delete usr/lib/one, a file that
# nobody touched. Where a file took the directory's place, buildah refuses the image. The Docker engine 20.10
# refuses both. A directory that is removed altogether has one whiteout, and is right.
# Why it bites: merging /lib and /bin into /usr is that very change. repack and push succeed; what is pulled lacks
# files at the other end of the link, or cannot be pulled at all.
set -euo pipefail

UMOCI=0.4.7+ds-3+b7 BUILDAH=1.28.2+ds1-3+deb12u1+b3
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "umoci=$UMOCI" "buildah=$BUILDAH" libdevmapper1.02.1=2:1.02.185-2 libgpgme11=1.18.0-3+deb12u1 \
  libassuan0=2.5.5-5 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
export PATH=$WORK/root/usr/bin:$PATH LD_LIBRARY_PATH=$WORK/root/usr/lib/x86_64-linux-gnu:$WORK/root/lib/x86_64-linux-gnu
echo '{"default":[{"type":"insecureAcceptAnything"}]}' >policy.json
buildah() { command buildah --root "$WORK/images" --runroot "$WORK/run" --storage-driver vfs --registries-conf /dev/null "$@"; }

umoci init --layout layout
umoci new --image layout:empty
umoci unpack --rootless --image layout:empty first
mkdir -p first/rootfs/lib first/rootfs/usr/lib
touch first/rootfs/lib/one first/rootfs/usr/lib/one first/rootfs/usr/lib/two
umoci repack --image layout:base first
change() {
  umoci unpack --rootless --image layout:base "$1"
  (cd "$1/rootfs" && eval "$2")
  umoci repack --image "layout:$1" "$1"
}
change removed 'rm -r lib'
change link 'rm -r lib && ln -s usr/lib lib'
change file 'rm -r lib && echo text >lib'

for tag in base removed link file; do
  layer=$(umoci stat --json --image layout:$tag | grep -o '"digest": *"sha256:[0-9a-f]*' | tail -1 | grep -o '[0-9a-f]*$')
  echo "$tag: $(gzip -dc "layout/blobs/sha256/$layer" | tar -tf - | grep lib | sort | paste -sd ' ')"
  umoci unpack --rootless --image layout:$tag again-$tag
  echo "  umoci: $(cd again-$tag/rootfs && find . -name 'one' -o -name two | sort | paste -sd ' ')"
  if container=$(buildah from --signature-policy policy.json -q oci:layout:$tag 2>error); then
    echo "  buildah: $(cd "$(buildah mount "$container")" && find . -name 'one' -o -name two | sort | paste -sd ' ')"
  else
    echo "  buildah: $(grep -o 'not a directory' error | head -1)"
  fi
done >seen
cat seen
cat >expected <<'END'
base: lib/ lib/one usr/lib/ usr/lib/one usr/lib/two
  umoci: ./lib/one ./usr/lib/one ./usr/lib/two
  buildah: ./lib/one ./usr/lib/one ./usr/lib/two
removed: .wh.lib
  umoci: ./usr/lib/one ./usr/lib/two
  buildah: ./usr/lib/one ./usr/lib/two
link: lib lib/.wh.one
  umoci: ./usr/lib/two
  buildah: ./usr/lib/two
file: lib lib/.wh.one
  umoci: ./usr/lib/one ./usr/lib/two
  buildah: not a directory
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
