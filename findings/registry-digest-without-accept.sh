#!/usr/bin/env bash
# The digest that a registry tells for a tag, asked for without an Accept header: docker-registry 2.8.2.
#
# Expected: `Docker-Content-Digest` of HEAD /v2/REPO/manifests/TAG is the digest of what was pushed, and
# can be pulled by it.
# Seen: without `Accept` (and with `Accept: */*`, which curl sends) the registry makes a manifest of the old
# schema 1 on the way, answers 200 with the digest of that, and knows no such digest: a GET of it is 404.
# It is the same wrong digest at each request, so nothing looks broken. An OCI manifest under a tag gives
# 404 in the same place, though the tag is there.
# Why it bites: `curl -I` is what people write to pin an image by its digest, or to ask whether a tag exists.
set -euo pipefail

VERSION=2.8.2+ds1-1 PORT=${PORT:-18505}
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
root/usr/bin/docker-registry serve config.yml >registry.log 2>&1 &
PID=$!
URL=http://127.0.0.1:$PORT/v2/an/image
for _ in $(seq 50); do curl -fs "http://127.0.0.1:$PORT/v2/" >/dev/null && break; sleep 0.1; done

digest() { printf 'sha256:%s' "$(sha256sum <"$1" | cut -d ' ' -f 1)"; }
header() { tr -d '\r' | sed -n "s/^$1: //Ip"; }
push_blob() {
  local place
  place=$(curl -fsi -X POST "$URL/blobs/uploads/" | header location)
  curl -fs -o /dev/null -X PUT -H 'Content-Type: application/octet-stream' --data-binary "@$1" \
    "$place&digest=$(digest "$1")"
}
# manifest TYPE CONFIG_TYPE LAYER_TYPE
manifest() {
  printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"%s","size":%d,"digest":"%s"},' \
    "$1" "$2" "$(stat -c %s config.json)" "$(digest config.json)"
  printf '"layers":[{"mediaType":"%s","size":%d,"digest":"%s"}]}' "$3" "$(stat -c %s layer.tgz)" "$(digest layer.tgz)"
}

mkdir layer && echo hello >layer/file && tar -C layer -czf layer.tgz file
printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created_by":"x"}]}' \
  "$(gzip -dc layer.tgz | sha256sum | cut -d ' ' -f 1)" >config.json
push_blob layer.tgz
push_blob config.json
DOCKER=application/vnd.docker.distribution.manifest.v2+json
OCI=application/vnd.oci.image.manifest.v1+json
manifest $DOCKER application/vnd.docker.container.image.v1+json application/vnd.docker.image.rootfs.diff.tar.gzip >docker.json
manifest $OCI application/vnd.oci.image.config.v1+json application/vnd.oci.image.layer.v1.tar+gzip >oci.json
curl -fs -X PUT -H "Content-Type: $DOCKER" --data-binary @docker.json "$URL/manifests/docker"
curl -fs -X PUT -H "Content-Type: $OCI" --data-binary @oci.json "$URL/manifests/oci"

status() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
told=$(curl -sI "$URL/manifests/docker" | header docker-content-digest)
asked=$(curl -sI -H "Accept: $DOCKER" "$URL/manifests/docker" | header docker-content-digest)
{
  echo "HEAD without Accept: $(status -I "$URL/manifests/docker"), the pushed digest: $([ "$told" = "$(digest docker.json)" ] && echo yes || echo no)"
  echo "HEAD with Accept:    $(status -I -H "Accept: $DOCKER" "$URL/manifests/docker"), the pushed digest: $([ "$asked" = "$(digest docker.json)" ] && echo yes || echo no)"
  echo "GET of the digest that was told: $(status "$URL/manifests/$told")"
  echo "OCI, HEAD without Accept: $(status -I "$URL/manifests/oci"), with: $(status -I -H "Accept: $OCI" "$URL/manifests/oci")"
} | tee seen
cat >expected <<'END'
HEAD without Accept: 200, the pushed digest: no
HEAD with Accept:    200, the pushed digest: yes
GET of the digest that was told: 404
OCI, HEAD without Accept: 404, with: 200
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
