#!/usr/bin/env bash
# The tags of a repository, asked for page by page: docker-registry 2.8.2.
#
# Expected: `tags/list?n=2` gives two tags and a Link to the next page, and `last=b` goes on behind b. The
# registry's own API description and OCI's say so, and `_catalog` of the same registry does it.
# Seen: `n` and `last` have no effect on tags. Each request answers 200 with all tags, without a Link, in the
# order in which the disk gives them and not in that of the alphabet, which the page after `last` rests on.
# Why it bites: a client that goes on with `last` = the last tag it got, until a page is empty, never ends, and
# one that asks for `n=1` to see whether there is a tag reads ten thousand. One that follows the Link is right
# here; so the client works against the registry of one company and hangs against this one.
set -euo pipefail

VERSION=2.8.2+ds1-1 PORT=${PORT:-18507}
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
URL=http://127.0.0.1:$PORT/v2
for _ in $(seq 50); do curl -fs "$URL/" >/dev/null && break; sleep 0.1; done

TYPE=application/vnd.oci.image.manifest.v1+json
digest() { printf 'sha256:%s' "$(sha256sum <"$1" | cut -d ' ' -f 1)"; }
echo '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}' >config
printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.image.config.v1+json","size":%d,"digest":"%s"},"layers":[]}' \
  $TYPE "$(stat -c %s config)" "$(digest config)" >manifest
# push REPOSITORY TAG…
push() {
  local repository=$1 place tag
  place=$(curl -fsi -X POST "$URL/$repository/blobs/uploads/" | tr -d '\r' | sed -n 's/^location: //Ip')
  curl -fs -o /dev/null -X PUT -H 'Content-Type: application/octet-stream' --data-binary @config "$place&digest=$(digest config)"
  for tag in "${@:2}"; do
    curl -fs -o /dev/null -X PUT -H "Content-Type: $TYPE" --data-binary @manifest "$URL/$repository/manifests/$tag"
  done
}
push one a b c d
push two a
push three a

# ask PATH: the names in alphabetical order, since the registry's is the disk's, and the Link if there is one.
ask() {
  local names link
  curl -fsi "$URL/$1" | tr -d '\r' >answer
  names=$(sed -n 's/.*\[\(.*\)\].*/\1/p' answer | tr -d '"' | tr ',' '\n' | sort | paste -sd ' ')
  link=$(sed -n 's/^link: //Ip' answer)
  echo "$1: [$names], Link: ${link:-none}"
}
{
  ask '_catalog?n=2'
  ask '_catalog?n=2&last=three'
  ask 'one/tags/list?n=2'
  ask 'one/tags/list?n=2&last=b'
  ask 'one/tags/list?n=2&last=d'
} | tee seen
cat >expected <<'END'
_catalog?n=2: [one three], Link: </v2/_catalog?last=three&n=2>; rel="next"
_catalog?n=2&last=three: [two], Link: none
one/tags/list?n=2: [a b c d], Link: none
one/tags/list?n=2&last=b: [a b c d], Link: none
one/tags/list?n=2&last=d: [a b c d], Link: none
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
