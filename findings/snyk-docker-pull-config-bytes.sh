#!/usr/bin/env bash
# An image pulled into an archive by @snyk/snyk-docker-pull 3.17.1 from docker-registry 2.8.2, read by skopeo 1.9.3.
#
# Expected: the archive holds the blobs that the registry has, so that each is what its digest says; the archive can
# be loaded and copied, and the image keeps its id.
# Seen: the config is parsed as JSON and written anew, under the digest of the old bytes. Go, in which Docker,
# buildah and skopeo are written, spells "&&" as \u0026\u0026 and JavaScript does not, so that an image with a RUN
# of two commands has another config than its digest says. As an OCI layout, skopeo refuses the archive, since the
# digest does not match; as Docker's form it is taken, and the image has another id. < and > are spelt so as well.
# An image without such a letter is right.
# Why it bites: "&&" stands in nearly each image. Loaded, the image has an id that no other machine has, and a check
# of the archive finds what looks like a manipulated image.
set -euo pipefail

PULL=3.17.1 CLIENT=4.0.5 REGISTRY=2.8.2+ds1-1 SKOPEO=1.9.3+ds1-1+b10 PORT=${PORT:-18512}
WORK=$(mktemp -d)
PID=
trap '[ -z "$PID" ] || kill "$PID"; rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "docker-registry=$REGISTRY" "skopeo=$SKOPEO" 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" "@snyk/snyk-docker-pull@$PULL" \
  "@snyk/docker-registry-v2-client@$CLIENT" >/dev/null 2>&1
cat >config.yml <<END
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $WORK/data}}
http: {addr: 127.0.0.1:$PORT}
END
root/usr/bin/docker-registry serve config.yml >registry.log 2>&1 &
PID=$!
for _ in $(seq 50); do curl -fs "http://127.0.0.1:$PORT/v2/" >/dev/null && break; sleep 0.1; done
echo '{"default":[{"type":"insecureAcceptAnything"}]}' >policy.json
skopeo() { root/usr/bin/skopeo --policy policy.json "$@"; }
digest() { sha256sum <"$1" | cut -d ' ' -f 1; }

# push TAG COMMAND: an image whose history names the command, in skopeo's folder form, to both kinds of manifest.
echo hello >file && tar -czf layer.tgz file
push() {
  mkdir "$1" && cp layer.tgz "$1/$(digest layer.tgz)"
  printf 'Directory Transport Version: 1.1\n' >"$1/version"
  printf '{"architecture":"amd64","config":{},"history":[{"created_by":"%s"}],"os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
    "$2" "$(gzip -dc layer.tgz | sha256sum | cut -d ' ' -f 1)" >config
  cp config "$1/$(digest config)"
  printf '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":%d,"digest":"sha256:%s"},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":%d,"digest":"sha256:%s"}]}' \
    "$(stat -c %s config)" "$(digest config)" "$(stat -c %s layer.tgz)" "$(digest layer.tgz)" >"$1/manifest.json"
  skopeo copy -q --dest-tls-verify=false "dir:$1" "docker://127.0.0.1:$PORT/image:$1-docker"
  skopeo copy -q --format oci --dest-tls-verify=false "dir:$1" "docker://127.0.0.1:$PORT/image:$1-oci"
}
cat >pull.cjs <<'JS'
const { DockerPull } = require("@snyk/snyk-docker-pull")
const accept = ["docker.distribution.manifest.v2", "oci.image.manifest.v1"].map((name) => `application/vnd.${name}+json`)
const [registry, tag] = process.argv.slice(2)
new DockerPull().pull(registry, "image", tag, { loadImage: false, stagingDirPath: ".", imageSavePath: tag,
  reqOptions: { protocol: "http:", acceptManifest: accept.join(", ") } })
JS
id() { skopeo inspect --raw "$@" | grep -o '"digest": *"sha256:[0-9a-f]*' | head -1 | grep -o '[0-9a-f]*$'; }
# told FORM ARCHIVE TAG: whether skopeo copies the archive, and whether the config is the registry's.
told() {
  if ! skopeo copy -q "$1:$2" "dir:copied-$3" 2>error; then grep -o 'does not match expected' error
  elif [ "$(id "dir:copied-$3")" = "$(id --tls-verify=false "docker://127.0.0.1:$PORT/image:$3")" ]; then echo "the registry's id"
  else echo "another id"; fi
}
push plain '/bin/sh -c make'
push both '/bin/sh -c make \u0026\u0026 make install'
for image in plain both; do
  for form in docker oci; do
    mkdir "$image-$form"
    node pull.cjs "127.0.0.1:$PORT" "$image-$form"
    echo "$image, $form: $(told $form-archive "$image-$form/image.tar" "$image-$form")"
  done
done >seen
cat seen
cat >expected <<'END'
plain, docker: the registry's id
plain, oci: the registry's id
both, docker: another id
both, oci: does not match expected
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
