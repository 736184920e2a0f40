#!/usr/bin/env bash
# `.dockerignore` in builds by dockerode 5.0.1: `docker.buildImage({context, src})`.
#
# Expected: the paths that the file names are not sent, as with `docker build`.
# Seen: only the entries of `src` themselves are held to the rules. With `src: ["."]`, which is how one says
# "all of it", no rule has any effect; with `src: ["app"]` the rule `app/node_modules` has none. The rules are
# asked again for what lies below, but with absolute paths, which no rule fits.
# Why it bites: nothing fails. node_modules, .git and .env are in the image, and each build sends them.
set -euo pipefail

DOCKERODE=5.0.1 TAR_STREAM=3.2.2
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" "dockerode@$DOCKERODE" \
  "tar-stream@$TAR_STREAM" >/dev/null 2>&1
mkdir -p context/app/node_modules context/logs
touch context/Dockerfile context/secret.env context/logs/a context/app/main.js context/app/node_modules/dep
printf 'secret.env\nlogs\napp/node_modules\n' >context/.dockerignore

# The request is taken by a server that lists the archive: no engine is needed.
cat >build.cjs <<'JS'
const http = require("http"), zlib = require("zlib")
const Docker = require("dockerode"), stream = require("tar-stream")
let names
const server = http.createServer((request, response) => {
  const extract = stream.extract()
  extract.on("entry", (header, body, next) => { names.push(header.name); body.on("end", next).resume() })
  extract.on("finish", () => response.end("{}\n"))
  request.pipe(zlib.createGunzip()).pipe(extract)
})
server.listen(0, "127.0.0.1", async () => {
  const docker = new Docker({ host: "127.0.0.1", port: server.address().port, protocol: "http" })
  for (const src of [["."], ["Dockerfile", "app", "logs", "secret.env"]]) {
    names = []
    const answer = await docker.buildImage({ context: "context", src }, { t: "x" })
    await new Promise((resolve) => answer.on("end", resolve).resume())
    console.log(`${JSON.stringify(src)}: ${names.sort().join(" ")}`)
  }
  server.close()
})
JS
node build.cjs | tee seen
cat >expected <<'END'
["."]: . .dockerignore Dockerfile app app/main.js app/node_modules app/node_modules/dep logs logs/a secret.env
["Dockerfile","app","logs","secret.env"]: Dockerfile app app/main.js app/node_modules app/node_modules/dep
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
