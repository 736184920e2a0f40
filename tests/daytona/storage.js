// storage: the object storage that build contexts go to, S3 with short-lived access.
"use strict"

const crypto = require("node:crypto")
const { SignatureV4 } = require("@smithy/signature-v4")
const { Sha256 } = require("@aws-crypto/sha256-js")
const { proxyUrl } = require("./addresses")
const { Reply } = require("./reply")

const BUCKET = "daytona"
const PREFIX = "/storage"
const MOST_SKEW_MS = 15 * 60 * 1000

/** New access for an organization; it is valid for one hour. */
function getPushAccess(call) {
  const access = {
    accessKey: `ASIA${crypto.randomBytes(8).toString("hex").toUpperCase()}`,
    secret: crypto.randomBytes(20).toString("base64url"),
    sessionToken: crypto.randomBytes(40).toString("base64url"),
  }
  const ends = Date.now() + 3600 * 1000
  call.world.storageAccess.set(access.accessKey, { ...access, ends, for: call.organization })
  return {
    ...access,
    storageUrl: `${proxyUrl(call.world)}${PREFIX}`,
    organizationId: call.organization,
    bucket: BUCKET,
  }
}

/* Signatures ---------------------------------------------------------------------------------- */

class StorageError extends Error {
  constructor(status, code, message) {
    super(message)
    Object.assign(this, { status, code })
  }
}

/** S3's canonical path: each part of the decoded path, encoded by its rules. */
function canonicalPath(path) {
  const encode = (part) =>
    encodeURIComponent(decodeURIComponent(part)).replace(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    )
  return path.split("/").map(encode).join("/")
}

function readAuthorization(text) {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      text || "",
    )
  if (!match) throw new StorageError(403, "AccessDenied", "Access Denied.")
  const [, accessKey, day, region, names] = match
  return { accessKey, day, region, names: names.split(";") }
}

function parseTime(text) {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text || "")
  if (!parts) throw new StorageError(403, "AccessDenied", "AWS authentication requires a valid Date")
  return new Date(`${parts.slice(1, 4).join("-")}T${parts.slice(4).join(":")}Z`)
}

/** Signs the call as it came with a signer of AWS's own, and compares. */
async function checkSignature(call, access, { region, names }) {
  const date = parseTime(call.headers["x-amz-date"])
  if (Math.abs(Date.now() - date) > MOST_SKEW_MS) {
    throw new StorageError(403, "RequestTimeTooSkewed", "The difference is too large.")
  }
  const credentials = { accessKeyId: access.accessKey, secretAccessKey: access.secret }
  const signer = new SignatureV4({
    service: "s3",
    region,
    credentials: { ...credentials, sessionToken: access.sessionToken },
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: false,
  })
  const headers = Object.fromEntries(names.map((name) => [name, call.headers[name]]))
  const path = canonicalPath(call.path)
  const request = { method: call.method, protocol: "http:", hostname: "x", path, query: {}, headers }
  const signed = await signer.sign(request, { signingDate: date })
  if (signed.headers.authorization !== call.headers.authorization) {
    throw new StorageError(403, "SignatureDoesNotMatch", "The signature does not match.")
  }
}

/** Who may do this: the access's own prefix, while it is valid, and with its token. */
async function authorize(call) {
  const given = readAuthorization(call.headers.authorization)
  const access = call.world.storageAccess.get(given.accessKey)
  if (!access) throw new StorageError(403, "InvalidAccessKeyId", "The access key does not exist.")
  if (call.headers["x-amz-security-token"] !== access.sessionToken) {
    throw new StorageError(403, "InvalidTokenId", "The security token is invalid.")
  }
  if (Date.now() > access.ends) throw new StorageError(403, "ExpiredToken", "The token has expired.")
  await checkSignature(call, access, given)
  if (!call.route.key.startsWith(`${access.for}/`)) {
    throw new StorageError(403, "AccessDenied", "Access Denied.")
  }
}

/* Objects ------------------------------------------------------------------------------------- */

/** {key} of a call to the bucket, or null. */
function routeOf({ path }) {
  const start = `${PREFIX}/${BUCKET}/`
  return path.startsWith(start) ? { key: decodeURIComponent(path.slice(start.length)) } : null
}

function put({ world, route, bytes, headers }) {
  const digest = crypto.createHash("sha256").update(bytes).digest("hex")
  const told = headers["x-amz-content-sha256"]
  if (told !== "UNSIGNED-PAYLOAD" && told !== digest) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed."
    throw new StorageError(400, "XAmzContentSHA256Mismatch", message)
  }
  world.objects.set(route.key, bytes)
  return new Reply(200, undefined, { ETag: `"${crypto.createHash("md5").update(bytes).digest("hex")}"` })
}

function get({ world, route }) {
  const bytes = world.objects.get(route.key)
  if (!bytes) throw new StorageError(404, "NoSuchKey", "The specified key does not exist.")
  return new Reply(200, bytes, { "Content-Type": "application/x-tar" })
}

const METHODS = { PUT: put, GET: get, HEAD: get }

async function dispatch(call) {
  try {
    await authorize(call)
    const handle = METHODS[call.method]
    if (!handle) throw new StorageError(405, "MethodNotAllowed", "The method is not allowed.")
    return handle(call)
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    const body = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>${error.code}</Code><Message>${error.message}</Message></Error>`
    return new Reply(error.status, body, { "Content-Type": "application/xml" })
  }
}

/** What the storage has, for tests: {key, bytes}, the bytes in base64. */
function shownObjects({ objects }) {
  return [...objects].map(([key, bytes]) => ({ key, bytes: bytes.toString("base64") }))
}

/** The context of a build that the storage lacks, or undefined. */
function missingContext(world, { organizationId, buildInfo }) {
  const hashes = [buildInfo.contextHashes || []].flat()
  return hashes.find((hash) => !world.objects.has(`${organizationId}/${hash}/context.tar`))
}

module.exports = { dispatch, handlers: { getPushAccess }, missingContext, routeOf, shownObjects }
