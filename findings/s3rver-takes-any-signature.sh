#!/usr/bin/env bash
# Which signatures s3rver 3.7.1, an S3 server for tests, takes, set to refuse those that do not fit.
#
# Expected: with allowMismatchedSignatures: false, a request that is signed with another secret, or of which
# something was changed after it was signed, is 403 SignatureDoesNotMatch, as at S3.
# Seen: of Version 4, in which every client of today signs, the server reads the fields and computes nothing:
# a wrong secret and sixty-four zeros are 200. No error, no word in the log.
# Why it bites: tests of a signer against it are green whatever is signed. The secret is never looked at; the
# first one to see the mistake is the real service.
set -euo pipefail

VERSION=3.7.1 SIGNER=5.7.5 SHA=5.2.0
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund "s3rver@$VERSION" "@smithy/signature-v4@$SIGNER" \
  "@aws-crypto/sha256-js@$SHA" >/dev/null 2>&1
cat >check.cjs <<'JS'
const crypto = require("node:crypto")
const http = require("node:http")
const S3rver = require("s3rver")
const { SignatureV4 } = require("@smithy/signature-v4")
const { Sha256 } = require("@aws-crypto/sha256-js")

const EMPTY = crypto.createHash("sha256").digest("hex")

async function sign(host, secretAccessKey) {
  const credentials = { accessKeyId: "S3RVER", secretAccessKey }
  const signer = new SignatureV4({
    service: "s3", region: "us-east-1", credentials, sha256: Sha256, uriEscapePath: false, applyChecksum: false,
  })
  const headers = { host, "x-amz-content-sha256": EMPTY }
  return (await signer.sign({ method: "GET", protocol: "http:", hostname: host, path: "/b", query: {}, headers }))
    .headers
}

const get = (port, headers) =>
  new Promise((resolve) => {
    http.get({ host: "127.0.0.1", port, path: "/b", headers, agent: false }, (res) => {
      res.resume()
      res.on("end", () => resolve(res.statusCode))
    })
  })

async function main() {
  const server = new S3rver({
    port: 0, address: "127.0.0.1", silent: true, directory: "data", allowMismatchedSignatures: false,
    configureBuckets: [{ name: "b" }],
  })
  const { port } = await server.run()
  const host = `127.0.0.1:${port}`
  console.log("right secret:", await get(port, await sign(host, "S3RVER")))
  console.log("wrong secret:", await get(port, await sign(host, "wrong")))
  const zeros = await sign(host, "S3RVER")
  zeros.authorization = zeros.authorization.replace(/[0-9a-f]{64}$/, "0".repeat(64))
  console.log("only zeros:  ", await get(port, zeros))
  await server.close()
}

main()
JS
node check.cjs | tee seen
cat >expected <<'END'
right secret: 200
wrong secret: 200
only zeros:   200
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
