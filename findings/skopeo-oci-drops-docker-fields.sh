#!/usr/bin/env bash
# HEALTHCHECK, ONBUILD, SHELL and the stop timeout of an image on its way into an OCI layout: skopeo 1.9.3 and
# umoci 0.4.7.
#
# Expected: a copy has the fields of the original, or there is a word about it. OCI's description of the config
# names none of these four, but lets a config have more fields than it names.
# Seen: skopeo drops all four when it makes an OCI image of a Docker one: exit 0, no warning. The same config
# under an OCI manifest is copied as it is, to a Docker image as well. So it is the kind of manifest that the
# source happened to have that decides. `umoci config`, to set one variable, drops them from any image.
# Why it bites: whoever runs the image waits for "healthy", or builds on its ONBUILD, and nothing fails where
# the field was lost. And the config's digest, which is the image's id, is another one.
set -euo pipefail

SKOPEO=1.9.3+ds1-1+b10 UMOCI=0.4.7+ds-3+b7
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "skopeo=$SKOPEO" "umoci=$UMOCI" 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
echo '{"default":[{"type":"insecureAcceptAnything"}]}' >policy.json
skopeo() { root/usr/bin/skopeo --policy policy.json "$@"; }

# The same image twice in skopeo's own folder form: under a manifest of Docker's kind, and of OCI's.
digest() { sha256sum <"$1" | cut -d ' ' -f 1; }
mkdir layer && echo hello >layer/file && tar -C layer -czf layer.tgz file
printf '{"architecture":"amd64","os":"linux","config":{"Env":["A=1"],"Healthcheck":{"Test":["CMD","true"]},"OnBuild":["RUN true"],"Shell":["/bin/bash","-c"],"StopTimeout":7},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created_by":"x"}]}' \
  "$(gzip -dc layer.tgz | sha256sum | cut -d ' ' -f 1)" >config.json
# image FOLDER MANIFEST_TYPE CONFIG_TYPE LAYER_TYPE
image() {
  mkdir "$1"
  printf 'Directory Transport Version: 1.1\n' >"$1/version"
  cp config.json "$1/$(digest config.json)"
  cp layer.tgz "$1/$(digest layer.tgz)"
  printf '{"schemaVersion":2,"mediaType":"application/vnd.%s","config":{"mediaType":"application/vnd.%s","size":%d,"digest":"sha256:%s"},"layers":[{"mediaType":"application/vnd.%s","size":%d,"digest":"sha256:%s"}]}' \
    "$2" "$3" "$(stat -c %s config.json)" "$(digest config.json)" "$4" "$(stat -c %s layer.tgz)" "$(digest layer.tgz)" >"$1/manifest.json"
}
image docker docker.distribution.manifest.v2+json docker.container.image.v1+json docker.image.rootfs.diff.tar.gzip
image oci oci.image.manifest.v1+json oci.image.config.v1+json oci.image.layer.v1.tar+gzip

# fields LABEL IMAGE: which of the config's fields are there.
fields() {
  echo "$1: $(skopeo inspect --config --raw "$2" | grep -oE '"(Env|Healthcheck|OnBuild|Shell|StopTimeout)"' | tr -d '"' | xargs)"
}
{
  fields "Docker image" dir:docker
  skopeo copy -q dir:docker oci:layout:from-docker && echo "skopeo copy: 0"
  fields "copied to an OCI layout" oci:layout:from-docker
  skopeo copy -q dir:oci oci:layout:from-oci
  fields "OCI image copied to an OCI layout" oci:layout:from-oci
  skopeo copy -q --format v2s2 dir:oci dir:back
  fields "OCI image copied to a Docker one" dir:back
  root/usr/bin/umoci config --image layout:from-oci --config.env B=2 && echo "umoci config: 0"
  fields "after umoci config --config.env" oci:layout:from-oci
} | tee seen
cat >expected <<'END'
Docker image: Env Healthcheck OnBuild Shell StopTimeout
skopeo copy: 0
copied to an OCI layout: Env
OCI image copied to an OCI layout: Env Healthcheck OnBuild Shell StopTimeout
OCI image copied to a Docker one: Env Healthcheck OnBuild Shell StopTimeout
umoci config: 0
after umoci config --config.env: Env
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
