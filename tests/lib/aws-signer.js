// aws-signer: what AWS's own signer makes of requests: each line of stdin is {"method", "path"
// (decoded), "host", "time", "payload", "access", "secret", "token", "region"}; each line of stdout
// is the Authorization header.
"use strict"

const path = require("node:path")
const readline = require("node:readline")

const modules = path.join(__dirname, "..", "daytona", "node_modules")
const { SignatureV4 } = require(path.join(modules, "@smithy/signature-v4"))
const { Sha256 } = require(path.join(modules, "@aws-crypto/sha256-js"))

/** As AWS's SDK puts a key into a path. */
const encode = (part) =>
  encodeURIComponent(part).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )

async function sign(asked) {
  const signer = new SignatureV4({
    service: "s3",
    region: asked.region,
    credentials: {
      accessKeyId: asked.access,
      secretAccessKey: asked.secret,
      sessionToken: asked.token,
    },
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: false,
  })
  const request = {
    method: asked.method,
    protocol: "https:",
    hostname: asked.host,
    path: asked.path.split("/").map(encode).join("/"),
    query: {},
    headers: { host: asked.host, "x-amz-content-sha256": asked.payload },
  }
  const { headers } = await signer.sign(request, { signingDate: new Date(asked.time * 1000) })
  return headers.authorization
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${await sign(JSON.parse(line))}\n`)
  }
}

main()
