// wire: bytes in, bytes out. Bodies are read and answers sent as Express does it.
"use strict"

const crypto = require("node:crypto")
const querystring = require("node:querystring")
const { noRoute } = require("./errors")

const BODY_LIMIT = 102400

/** A body that is not JSON: answered without the envelope's path and timestamp. */
class MalformedJson extends Error {}

/** A request as the rest of the stand-in sees it. `url` is path and query as sent. */
function openCall(req) {
  const [path, search = ""] = splitOnce(req.url, "?")
  return {
    method: req.method,
    url: req.url,
    path,
    query: { ...querystring.parse(search) },
    headers: req.headers,
    address: req.socket.remoteAddress,
    replyHeaders: {},
  }
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)]
}

/** The whole body, or null when it is larger than `limit`; it is read to its end either way. */
async function readAll(req, limit = Infinity) {
  const chunks = []
  let size = 0
  for await (const chunk of req) {
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
  }
  return size <= limit ? Buffer.concat(chunks) : null
}

/**
 * The decoded JSON body; {} when there is none or when it is not declared as JSON.
 * Too large or of an unsupported charset ends as "no such route", as on the real API.
 */
async function readBody(req, call) {
  const bytes = await readAll(req, BODY_LIMIT)
  const type = String(req.headers["content-type"] || "").toLowerCase()
  if (bytes === null) throw noRoute(call)
  if (!/^application\/json\b/.test(type) || bytes.length === 0) return {}
  const charset = /charset="?([^";\s]+)/.exec(type)
  if (charset && !charset[1].startsWith("utf-")) throw noRoute(call)
  return parseJson(bytes.toString("utf8"))
}

/** The toolbox reads JSON of any size and keeps other bodies as `call.bytes`. */
async function readToolboxBody(req, call) {
  call.bytes = await readAll(req)
  const isForm = /^multipart\//i.test(call.headers["content-type"] || "")
  if (isForm || call.bytes.length === 0) return {}
  return parseJson(call.bytes.toString("utf8"))
}

/** Keeps the body as `call.bytes`, whatever it is. */
async function readBytes(req, call) {
  call.bytes = await readAll(req)
  return {}
}

function parseJson(text) {
  if (!/^\s*[[{]/.test(text)) throw new MalformedJson()
  try {
    return JSON.parse(text)
  } catch {
    throw new MalformedJson()
  }
}

/** Express's weak ETag: length and SHA-1 of the body. */
function etag(bytes) {
  const hash = crypto.createHash("sha1").update(bytes).digest("base64").slice(0, 27)
  return `W/"${bytes.length.toString(16)}-${hash}"`
}

function bytesOf(body) {
  if (Buffer.isBuffer(body)) return body
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body))
}

/** Body and headers of an answer: objects as JSON, others as they are, undefined as nothing. */
function encode(answer) {
  if (answer.body === undefined) return { bytes: Buffer.alloc(0), headers: answer.headers }
  const bytes = bytesOf(answer.body)
  const type = typeof answer.body === "string" ? "text/html" : "application/json"
  const headers = { "Content-Type": `${type}; charset=utf-8`, ETag: etag(bytes), ...answer.headers }
  return { bytes, headers }
}

/** Sends an answer; `cut` sends half of the body and then drops the connection. */
function send(res, answer, cut) {
  const { bytes, headers } = encode(answer)
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  res.statusCode = answer.status
  if (answer.status !== 204) res.setHeader("Content-Length", bytes.length)
  if (!cut) return res.end(bytes)
  res.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => res.destroy())
}

module.exports = { MalformedJson, openCall, readBody, readBytes, readToolboxBody, send }
