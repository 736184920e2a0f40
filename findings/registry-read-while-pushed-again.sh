#!/usr/bin/env bash
# Reading an image while the very same image is pushed again: docker-registry 2.8.2 with its files on disk.
#
# Expected: a push of a manifest that the registry holds already changes nothing, so that a reader of the
# tag, or of the digest, gets the manifest at every moment.
# Seen: the registry writes the small files that name the digest anew at each push, by emptying them first.
# A GET or HEAD that falls into that moment is answered 500 with code UNKNOWN; its log says "invalid
# checksum digest format". It holds for a GET by digest as well, though the digest's content cannot change.
# Why it bites: a CI job that runs again pushes the same bytes under the same tag; whoever pulls then fails
# with a server error that looks like a broken registry, and so does one of two jobs that push at once,
# since a push reads, too. Such a 500 is worth another try, which few clients make of a 500.
set -euo pipefail

VERSION=2.8.2+ds1-1 PORT=${PORT:-18506} ROUNDS=5
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

TYPE=application/vnd.docker.distribution.manifest.v2+json
digest() { printf 'sha256:%s' "$(sha256sum <"$1" | cut -d ' ' -f 1)"; }
push_blob() {
  local place
  place=$(curl -fsi -X POST "$URL/blobs/uploads/" | tr -d '\r' | sed -n 's/^location: //Ip')
  curl -fs -o /dev/null -X PUT -H 'Content-Type: application/octet-stream' --data-binary "@$1" \
    "$place&digest=$(digest "$1")"
}
echo 'a layer' | gzip -n >layer
echo '{"architecture":"amd64","os":"linux"}' >config
push_blob layer
push_blob config
printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"%s","size":%d,"digest":"%s"},"layers":[{"mediaType":"%s","size":%d,"digest":"%s"}]}' \
  $TYPE application/vnd.docker.container.image.v1+json "$(stat -c %s config)" "$(digest config)" \
  application/vnd.docker.image.rootfs.diff.tar.gzip "$(stat -c %s layer)" "$(digest layer)" >manifest

# One connection, the same request COUNT times; prints the status of each. ?n= only makes curl repeat it.
push() { curl -s -w '%{http_code}\n' -o /dev/null -X PUT -H "Content-Type: $TYPE" --data-binary @manifest "$URL/manifests/tag?n=[1-$1]"; }
pull() { curl -s -w '%{http_code}\n' -o /dev/null -H "Accept: $TYPE" "$URL/manifests/$1?n=[1-$2]"; }

# pulls_beside_pushes REFERENCE: whether there were pulls answered 200 and 500, in some round.
pulls_beside_pushes() {
  for _ in $(seq $ROUNDS); do
    push 1000 >pushed &
    local pusher=$!
    : >pulled
    while kill -0 $pusher 2>/dev/null; do pull "$1" 100 >>pulled; done
    wait $pusher
    if grep -q 500 pulled && grep -q 200 pulled; then echo "200 and 500" && return; fi
  done
  sort -u pulled | paste -sd ' '
}

push 1 >/dev/null
{
  echo "pulls by tag, nobody pushes:         $(pull tag 1000 | sort -u | paste -sd ' ')"
  echo "pulls by tag while it is pushed:     $(pulls_beside_pushes tag)"
  echo "pulls by digest while it is pushed:  $(pulls_beside_pushes "$(digest manifest)")"
  echo "pulls by tag afterwards:             $(pull tag 1000 | sort -u | paste -sd ' ')"
  echo "the log's reason:                    $(grep -o 'invalid checksum digest format' registry.log | sort -u)"
} | tee seen
cat >expected <<'END'
pulls by tag, nobody pushes:         200
pulls by tag while it is pushed:     200 and 500
pulls by digest while it is pushed:  200 and 500
pulls by tag afterwards:             200
the log's reason:                    invalid checksum digest format
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
