#!/usr/bin/env bash
# An image that containerd's ctr 1.6.20 exports as an OCI layout, and the layout's collection of what nobody names by
# umoci 0.4.7. containerd is started in a folder of its own, which takes root.
#
# Expected: `umoci gc` keeps what a tag of the layout's index names, or refuses a layout that it cannot follow.
# Seen: ctr leaves an image of Docker's kind as it is: the layout's index names a manifest of the type
# application/vnd.docker.distribution.manifest.v2+json. umoci lists its tag. gc does not look into a manifest of that
# type, takes its config and its layer for blobs that nobody names, and deletes them: exit 0, no word of it. The tag is
# still listed. `umoci stat` and `umoci config` refuse such an image and name its type.
# Why it bites: images that were made with Docker are of that kind, and OCI's description lets an index name other
# types. A shared folder of exported images is emptied by the clean-up that was run for the images of umoci.
set -euo pipefail

CONTAINERD=1.6.20~ds1-1+deb12u3 UMOCI=0.4.7+ds-3+b7
WORK=$(mktemp -d)
PID=
trap '[ -z "$PID" ] || kill "$PID"; wait; rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "containerd=$CONTAINERD" "umoci=$UMOCI" 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done

# An image as `docker save` writes it.
echo hello >file
tar -cf layer.tar file
printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
  "$(sha256sum <layer.tar | cut -d ' ' -f 1)" >config.json
echo '[{"Config":"config.json","RepoTags":["example.test/app:1"],"Layers":["layer.tar"]}]' >manifest.json
tar -cf saved.tar manifest.json config.json layer.tar

cat >config.toml <<END
version = 2
root = "$WORK/content"
state = "$WORK/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
[grpc]
address = "$WORK/socket"
[ttrpc]
address = "$WORK/ttrpc"
END
root/usr/bin/containerd --config config.toml 2>log &
PID=$!
for _ in $(seq 100); do [ -S socket ] && break; sleep 0.1; done
ctr() { root/usr/bin/ctr --address "$WORK/socket" "$@"; }
ctr image import --no-unpack saved.tar >/dev/null
ctr image export exported.tar example.test/app:1
mkdir layout && tar -C layout -xf exported.tar

umoci() { root/usr/bin/umoci "$@"; }
blobs() { find layout/blobs -type f | wc -l; }
{
  echo "the index names: $(grep -oE '"mediaType":"[^"]*"' layout/index.json | cut -d '"' -f 4)"
  echo "umoci ls: $(umoci ls --layout layout), $(blobs) blobs"
  umoci gc --layout layout && echo "umoci gc: 0"
  echo "umoci ls: $(umoci ls --layout layout), $(blobs) blobs"
  echo "left is: $(grep -rlF schemaVersion layout/blobs | wc -l) manifest"
} | tee seen
cat >expected <<'END'
the index names: application/vnd.docker.distribution.manifest.v2+json
umoci ls: 1, 3 blobs
umoci gc: 0
umoci ls: 1, 1 blobs
left is: 1 manifest
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
