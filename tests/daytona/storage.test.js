// storage.test: the object storage of build contexts, asked with AWS's own signer.
"use strict"

const assert = require("node:assert")
const crypto = require("node:crypto")
const test = require("node:test")
const { SignatureV4 } = require("@smithy/signature-v4")
const { Sha256 } = require("@aws-crypto/sha256-js")
const { standIn } = require("./testing")

const MAIN = "70cac463-5492-4aa1-8fb7-5b9f19157e95"

test("the object storage takes what is signed with its access", async (t) => {
  const api = await standIn()
  t.after(api.close)
  const access = (await api.get("/api/object-storage/push-access")).body
  const body = "an archive"
  const digest = crypto.createHash("sha256").update(body).digest("hex")
  const path = `/storage/daytona/${MAIN}/a+b (1)/context.tar`.replaceAll(" ", "%20")
  const send = async (method, changes = {}) => {
    const signer = new SignatureV4({
      service: "s3",
      region: "us-east-1",
      credentials: {
        accessKeyId: access.accessKey,
        secretAccessKey: changes.secret || access.secret,
        sessionToken: changes.token || access.sessionToken,
      },
      sha256: Sha256,
      uriEscapePath: false,
      applyChecksum: false,
    })
    const { host } = new URL(api.url)
    const headers = { host, "x-amz-content-sha256": changes.digest || digest }
    const encoded = (changes.path || path).replace("+", "%2B").replace("(", "%28").replace(")", "%29")
    const request = { method, protocol: "http:", hostname: host, path: encoded, query: {}, headers }
    const signed = await signer.sign(request)
    const sent = method === "PUT" ? body : undefined
    return api.ask({ method, path, key: null, headers: signed.headers, body: sent })
  }
  assert.strictEqual((await send("HEAD")).status, 404)
  assert.strictEqual((await send("PUT")).status, 200)
  assert.strictEqual((await send("HEAD")).status, 200)
  assert.strictEqual((await send("GET")).text, body)
  const refused = [
    [{ secret: "x" }, 403, "SignatureDoesNotMatch"],
    [{ token: "x" }, 403, "InvalidTokenId"],
    [{ path: "/storage/other" }, 403, "SignatureDoesNotMatch"],
    [{ digest: "0".repeat(64) }, 400, "XAmzContentSHA256Mismatch"],
  ]
  for (const [changes, status, code] of refused) {
    const answer = await send("PUT", changes)
    assert.strictEqual(answer.status, status)
    assert.match(answer.text, new RegExp(`<Code>${code}<`))
  }
  assert.strictEqual((await api.get(path)).status, 403)
})
