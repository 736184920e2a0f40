#!/usr/bin/env bash
# The repositories of a catalog, each asked for its tags: docker-registry 2.8.2.
#
# Expected: a repository that `_catalog` names has a list of tags, which may be empty; one without an image is
# either named with an empty list or not named.
# Seen: a repository to which only a layer was pushed (a push that ended half-way) is named, and its list of
# tags is 404 NAME_UNKNOWN, "repository name not known to registry". One whose last tag was deleted is named
# for good, and its list is `"tags":null` with 200, which is no list.
# Why it bites: a walk over the whole registry, to clean up or to mirror, ends at the first push that somebody
# broke off, or fails on the length of null.
set -euo pipefail

VERSION=2.8.2+ds1-1 PORT=${PORT:-18508}
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
storage: {filesystem: {rootdirectory: $WORK/data}, delete: {enabled: true}}
http: {addr: 127.0.0.1:$PORT}
END
root/usr/bin/docker-registry serve config.yml >registry.log 2>&1 &
PID=$!
URL=http://127.0.0.1:$PORT/v2
for _ in $(seq 50); do curl -fs "$URL/" >/dev/null && break; sleep 0.1; done

TYPE=application/vnd.oci.image.manifest.v1+json
digest() { printf 'sha256:%s' "$(sha256sum <"$1" | cut -d ' ' -f 1)"; }
echo '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}' >config
printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.image.config.v1+json","size":%d,"digest":"%s"},"layers":[]}' \
  $TYPE "$(stat -c %s config)" "$(digest config)" >manifest
push_blob() {
  local place
  place=$(curl -fsi -X POST "$URL/$1/blobs/uploads/" | tr -d '\r' | sed -n 's/^location: //Ip')
  curl -fs -o /dev/null -X PUT -H 'Content-Type: application/octet-stream' --data-binary @config "$place&digest=$(digest config)"
}
for repository in whole emptied; do
  push_blob $repository
  curl -fs -o /dev/null -X PUT -H "Content-Type: $TYPE" --data-binary @manifest "$URL/$repository/manifests/v1"
done
push_blob half
curl -fs -o /dev/null -X DELETE "$URL/emptied/manifests/$(digest manifest)"
{
  echo "_catalog: $(curl -s "$URL/_catalog")"
  for repository in whole emptied half never; do
    echo "$repository: $(curl -s -w '%{http_code} ' -o answer "$URL/$repository/tags/list"; cat answer)"
  done
} | tee seen
cat >expected <<'END'
_catalog: {"repositories":["emptied","half","whole"]}
whole: 200 {"name":"whole","tags":["v1"]}
emptied: 200 {"name":"emptied","tags":null}
half: 404 {"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry","detail":{"name":"half"}}]}
never: 404 {"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry","detail":{"name":"never"}}]}
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
