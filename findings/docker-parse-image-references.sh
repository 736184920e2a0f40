#!/usr/bin/env bash
# References of images, parsed by docker-parse-image 3.0.1 and asked for by skopeo 1.9.3.
#
# Expected: the parts that the parser gives are those that a client asks the registry for.
# Seen: behind a host with a port, a path of three parts or more makes the host the repository and all the rest
# its tag. A digest is a tag, so that `fullname` is `name:sha256:…`, which is no reference at all; and a tag
# with a digest is one tag, "1@sha256:…". `fullname` puts `library/` before a single name of any registry, which
# holds for Docker's own only. No error for any of them.
# Why it bites: GitLab's registry has paths of three parts, a registry of one's own has a port, and a deployment
# pins digests. The image is then looked for under another name, and is "not found" there.
set -euo pipefail

VERSION=3.0.1 SKOPEO=1.9.3+ds1-1+b10
WORK=$(mktemp -d)
PID=
trap '[ -z "$PID" ] || kill "$PID"; rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "skopeo=$SKOPEO" 2>/dev/null
dpkg -x ./*.deb root
npm install --silent --no-audit --no-fund --prefix "$WORK" "docker-parse-image@$VERSION" >/dev/null
DIGEST=sha256:$(printf 'd%.0s' $(seq 64))

# The place of the registry is taken by a server that writes down which manifest it was asked for.
cat >server.cjs <<'JS'
const http = require("http"), fs = require("fs")
const server = http.createServer((request, response) => {
  if (request.url.includes("/manifests/")) fs.writeFileSync("asked", request.url)
  response.writeHead(request.url === "/v2/" ? 200 : 404).end()
})
server.listen(0, "127.0.0.1", () => fs.writeFileSync("port", String(server.address().port)))
JS
node server.cjs &
PID=$!
for _ in $(seq 50); do [ -s port ] && break; sleep 0.1; done
PORT=$(<port)

cat >parse.cjs <<'JS'
const { registry, namespace, repository, tag, fullname } = require("docker-parse-image")(process.argv[2])
console.log("  docker-parse-image: " + JSON.stringify({ registry, namespace, repository, tag }))
console.log(`  its fullname: ${fullname}`)
JS
# skopeo refuses a tag together with a digest, and asks for nothing.
for path in team/app:1 team/app/api:1 app:1 "team/app@$DIGEST" "team/app:1@$DIGEST"; do
  reference=127.0.0.1:$PORT/$path
  echo nothing >asked
  root/usr/bin/skopeo inspect --raw --tls-verify=false "docker://$reference" >/dev/null 2>&1 || true
  echo "$reference"
  echo "  skopeo asks for $(<asked)"
  node parse.cjs "$reference"
done | sed "s/d\{64\}/DIGEST/g; s/$PORT/PORT/g" | tee seen
cat >expected <<'END'
127.0.0.1:PORT/team/app:1
  skopeo asks for /v2/team/app/manifests/1
  docker-parse-image: {"registry":"127.0.0.1:PORT","namespace":"team","repository":"app","tag":"1"}
  its fullname: 127.0.0.1:PORT/team/app:1
127.0.0.1:PORT/team/app/api:1
  skopeo asks for /v2/team/app/api/manifests/1
  docker-parse-image: {"registry":null,"namespace":null,"repository":"127.0.0.1","tag":"PORT/team/app/api:1"}
  its fullname: library/127.0.0.1:PORT/team/app/api:1
127.0.0.1:PORT/app:1
  skopeo asks for /v2/app/manifests/1
  docker-parse-image: {"registry":"127.0.0.1:PORT","namespace":null,"repository":"app","tag":"1"}
  its fullname: 127.0.0.1:PORT/library/app:1
127.0.0.1:PORT/team/app@sha256:DIGEST
  skopeo asks for /v2/team/app/manifests/sha256:DIGEST
  docker-parse-image: {"registry":"127.0.0.1:PORT","namespace":"team","repository":"app","tag":"sha256:DIGEST"}
  its fullname: 127.0.0.1:PORT/team/app:sha256:DIGEST
127.0.0.1:PORT/team/app:1@sha256:DIGEST
  skopeo asks for nothing
  docker-parse-image: {"registry":"127.0.0.1:PORT","namespace":"team","repository":"app","tag":"1@sha256:DIGEST"}
  its fullname: 127.0.0.1:PORT/team/app:1@sha256:DIGEST
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
