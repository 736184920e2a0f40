#!/usr/bin/env bash
# When a directory of a build is uploaded again: `ObjectStorage.upload` of the Daytona SDK 0.218.0, which
# `Image.addLocalDir` and `Image.fromDockerfile` come to.
#
# Expected: what was uploaded before is not uploaded again, and what has changed is.
# Seen: the key under which the directory is stored is a hash of names and contents, and of those alone. A file
# that became executable and a symbolic link that is gone or leads elsewhere leave the key as it was, so that
# nothing is uploaded and the old archive is built from. No call fails and none warns. An archive that is
# uploaded holds modes and links as they are.
# Why it bites: a build says "permission denied" for start.sh; `chmod +x start.sh`, the obvious cure, changes
# nothing however often one builds. A link `current -> v2` still leads to v1 in the image.
set -euo pipefail

VERSION=0.218.0
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" "@daytonaio/sdk@$VERSION" >/dev/null 2>&1
# A store of S3's form: it lists what is there and keeps what is put.
cat >upload.cjs <<'JS'
const http = require("http"), fs = require("fs"), { execFileSync } = require("child_process")
const { ObjectStorage } = require("./node_modules/@daytonaio/sdk/cjs/ObjectStorage.js")
const kept = new Map()
const store = http.createServer((request, response) => {
  const url = new URL(request.url, "http://store"), parts = []
  request.on("data", (part) => parts.push(part)).on("end", () => {
    if (request.method === "PUT") {
      kept.set(url.pathname, Buffer.concat(parts))
      return response.setHeader("ETag", '"1"').end()
    }
    const prefix = url.searchParams.get("prefix")
    const keys = [...kept.keys()].map((path) => path.split("/").slice(2).join("/")).filter((key) => key.startsWith(prefix))
    response.setHeader("Content-Type", "application/xml")
    response.end(`<ListBucketResult><KeyCount>${keys.length}</KeyCount>` +
      keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("") + "</ListBucketResult>")
  })
})
store.listen(0, "127.0.0.1", async () => {
  const storage = new ObjectStorage({ endpointUrl: `http://127.0.0.1:${store.address().port}`, region: "us-east-1",
    accessKeyId: "id", secretAccessKey: "secret", sessionToken: "token", bucketName: "bucket" })
  const keys = new Set()
  async function upload(what, change) {
    change()
    const before = kept.size, key = await storage.upload("app", "organization", "app")
    console.log(`${what}: ${keys.has(key) ? "the same key" : "a new key"}, ${kept.size - before} uploaded`)
    keys.add(key)
  }
  await upload("first", () => {})
  await upload("unchanged", () => {})
  await upload("chmod +x start.sh", () => fs.chmodSync("app/start.sh", 0o755))
  await upload("current leads to v2", () => { fs.unlinkSync("app/current"); fs.symlinkSync("v2", "app/current") })
  await upload("current removed", () => fs.unlinkSync("app/current"))
  await upload("a line more in start.sh", () => fs.appendFileSync("app/start.sh", "echo more\n"))
  const [first, last] = [...kept.values()]
  for (const [name, archive] of [["first", first], ["last", last]]) {
    fs.writeFileSync("archive.tar", archive)
    const list = execFileSync("tar", ["-tvf", "archive.tar"], { encoding: "utf8" }).split("\n")
    const entries = list.filter((line) => /start|current/.test(line)).sort()
    console.log(`archive of the ${name}: ${entries.map((line) => line.split(/\s+/)[0] + line.replace(/^.*app/, " app")).join(", ")}`)
  }
  store.close()
  process.exit(0)
})
JS
mkdir -p app/v1 app/v2
echo 1 >app/v1/file && echo 2 >app/v2/file && ln -s v1 app/current
echo '#!/bin/sh' >app/start.sh && chmod 644 app/start.sh
NODE_NO_WARNINGS=1 node upload.cjs | tee seen
cat >expected <<'END'
first: a new key, 1 uploaded
unchanged: the same key, 0 uploaded
chmod +x start.sh: the same key, 0 uploaded
current leads to v2: the same key, 0 uploaded
current removed: the same key, 0 uploaded
a line more in start.sh: a new key, 1 uploaded
archive of the first: -rw-r--r-- app/start.sh, lrwxr-xr-x app/current -> v1
archive of the last: -rwxr-xr-x app/start.sh
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
