#!/usr/bin/env bash
# An image whose config and layers are named by sha512, and the registry's collection of what nobody names:
# docker-registry 2.8.2.
#
# Expected: `garbage-collect` keeps each blob that a manifest names. sha512 is one of the two algorithms that OCI's
# description registers for digests.
# Seen: the registry takes such a blob and serves it under its sha512 digest; pushed under a tag, the image is
# whole. The collection marks the sha512 names, compares them with the blobs on the disk, which are stored by
# sha256, and deletes each blob of the image. The manifest and its tag stay. The log says that they are marked.
# Why it bites: a registry that accepted the push and served the image for weeks loses it at the next clean-up, and
# the tag still looks right to whoever lists or inspects it.
set -euo pipefail

VERSION=2.8.2+ds1-1 PORT=${PORT:-18511}
WORK=$(mktemp -d)
PID=
trap '[ -z "$PID" ] || kill "$PID"; rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "docker-registry=$VERSION" 2>/dev/null
dpkg -x ./*.deb root
cat >config.yml <<END
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $WORK/data}}
http: {addr: 127.0.0.1:$PORT}
END
URL=http://127.0.0.1:$PORT/v2
start() {
  root/usr/bin/docker-registry serve config.yml >registry.log 2>&1 &
  PID=$!
  for _ in $(seq 50); do curl -fs "$URL/" >/dev/null && return; sleep 0.1; done
}

TYPE=application/vnd.oci.image.manifest.v1+json
digest() { printf '%s:%s' "$1" "$("$1sum" <"$2" | cut -d ' ' -f 1)"; }
echo hello >file && tar -czf layer file
printf '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["%s"]}}' \
  "sha256:$(gzip -dc layer | sha256sum | cut -d ' ' -f 1)" >config

# push ALGORITHM: the image under the tag v1 of the repository that is called like the algorithm.
push() {
  local blob place
  for blob in config layer; do
    place=$(curl -fsi -X POST "$URL/$1/blobs/uploads/" | tr -d '\r' | sed -n 's/^location: //Ip')
    curl -fs -o /dev/null -X PUT -H 'Content-Type: application/octet-stream' --data-binary @$blob "$place&digest=$(digest "$1" $blob)"
  done
  printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.image.config.v1+json","size":%d,"digest":"%s"},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","size":%d,"digest":"%s"}]}' \
    $TYPE "$(stat -c %s config)" "$(digest "$1" config)" "$(stat -c %s layer)" "$(digest "$1" layer)" >manifest
  curl -fs -o /dev/null -X PUT -H "Content-Type: $TYPE" --data-binary @manifest "$URL/$1/manifests/v1"
}
status() { curl -s -o /dev/null -w '%{http_code}' -H "Accept: $TYPE" "$URL/$1"; }
stop() {
  kill "$PID"
  wait "$PID" 2>/dev/null || true
  PID=
}
tell() {
  echo "$2: manifest $(status "$1/manifests/v1"), config $(status "$1/blobs/$(digest "$1" config)"), layer $(status "$1/blobs/$(digest "$1" layer)")"
}
for algorithm in sha256 sha512; do
  rm -rf data && start
  push $algorithm
  tell $algorithm "$algorithm, pushed"
  stop
  root/usr/bin/docker-registry garbage-collect config.yml >collected
  echo "marked: $(grep -c "marking blob $algorithm" collected), deleted: $(grep -c 'blob eligible' collected || true)"
  start
  tell $algorithm "$algorithm, collected"
  stop
done >seen
cat seen
cat >expected <<'END'
sha256, pushed: manifest 200, config 200, layer 200
marked: 2, deleted: 0
sha256, collected: manifest 200, config 200, layer 200
sha512, pushed: manifest 200, config 200, layer 200
marked: 2, deleted: 2
sha512, collected: manifest 200, config 404, layer 404
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
