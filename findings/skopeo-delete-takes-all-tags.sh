#!/usr/bin/env bash
# `skopeo delete` of one tag where several tags name one image: skopeo 1.9.3 against docker-registry 2.8.2.
#
# Expected: `skopeo delete docker://REPO:old` takes the tag `old` away.
# Seen: skopeo looks up the digest behind the tag and deletes the manifest, and the registry drops every
# tag that names it: `latest` and `v7` are gone as well. Exit 0, and no word of it. The registry itself
# refuses to delete by tag (400 DIGEST_INVALID), so a tag alone cannot be taken away at all.
# Why it bites: a job that removes old tags removes the newest image whenever nothing changed between two
# builds, for then both tags name one manifest.
set -euo pipefail

REGISTRY=2.8.2+ds1-1 SKOPEO=1.9.3+ds1-1+b10 PORT=${PORT:-18506}
WORK=$(mktemp -d)
PID=
trap '[ -z "$PID" ] || kill "$PID"; rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "docker-registry=$REGISTRY" "skopeo=$SKOPEO" 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
cat >config.yml <<END
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $WORK/data}, delete: {enabled: true}}
http: {addr: 127.0.0.1:$PORT}
END
root/usr/bin/docker-registry serve config.yml >registry.log 2>&1 &
PID=$!
REPO=127.0.0.1:$PORT/an/image
for _ in $(seq 50); do curl -fs "http://127.0.0.1:$PORT/v2/" >/dev/null && break; sleep 0.1; done

# An image of one file, in skopeo's own folder form, under three tags.
digest() { sha256sum <"$1" | cut -d ' ' -f 1; }
mkdir layer image && echo hello >layer/file && tar -C layer -czf layer.tgz file
printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created_by":"x"}]}' \
  "$(gzip -dc layer.tgz | sha256sum | cut -d ' ' -f 1)" >config.json
printf '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":%d,"digest":"sha256:%s"},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":%d,"digest":"sha256:%s"}]}' \
  "$(stat -c %s config.json)" "$(digest config.json)" "$(stat -c %s layer.tgz)" "$(digest layer.tgz)" >image/manifest.json
printf 'Directory Transport Version: 1.1\n' >image/version
cp config.json "image/$(digest config.json)"
cp layer.tgz "image/$(digest layer.tgz)"
echo '{"default":[{"type":"insecureAcceptAnything"}]}' >policy.json
skopeo() { root/usr/bin/skopeo --policy policy.json "$@"; }
for tag in latest v7 old; do
  skopeo copy -q --dest-tls-verify=false dir:image "docker://$REPO:$tag"
done
tags() { curl -s "http://${REPO%%/*}/v2/an/image/tags/list" | grep -o '"[a-z0-9]*"' | grep -vE 'name|tags' | sort | xargs; }

{
  echo "before: $(tags)"
  echo "DELETE by tag: $(curl -s -o /dev/null -w '%{http_code}' -X DELETE "http://${REPO%%/*}/v2/an/image/manifests/old")"
  skopeo delete --tls-verify=false "docker://$REPO:old" && echo "skopeo delete: 0"
  echo "after: [$(tags)]"
} | tee seen
cat >expected <<'END'
before: latest old v7
DELETE by tag: 400
skopeo delete: 0
after: []
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
