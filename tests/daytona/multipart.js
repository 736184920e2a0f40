// multipart: reads and writes multipart/form-data.
"use strict"

const { badRequest } = require("./errors")

const BREAK = "\r\n\r\n"

function boundaryOf(contentType = "") {
  const match = /^multipart\/form-data;.*boundary="?([^";]+)/i.exec(contentType)
  if (!match) throw badRequest("request Content-Type isn't multipart/form-data")
  return match[1]
}

function partOf(bytes) {
  const at = bytes.indexOf(BREAK)
  const head = bytes.subarray(0, at).toString()
  const name = /[; ]name="([^"]*)"/.exec(head)
  const filename = /filename="([^"]*)"/.exec(head)
  const content = bytes.subarray(at + BREAK.length)
  return { name: name && name[1], filename: filename && filename[1], content }
}

/**
 * The parts of a body, in order.
 * @param {Buffer} body
 * @param {string} contentType the request's, with its boundary
 * @returns {{name: string, filename: string|null, content: Buffer}[]}
 */
function parseParts(body, contentType) {
  const boundary = Buffer.from(`--${boundaryOf(contentType)}`)
  const parts = []
  let from = body.indexOf(boundary)
  for (;;) {
    const start = from + boundary.length + 2
    const next = body.indexOf(Buffer.concat([Buffer.from("\r\n"), boundary]), start)
    if (from < 0 || next < 0) return parts
    parts.push(partOf(body.subarray(start, next)))
    from = next + 2
  }
}

/** A body of parts, each {name, filename, content}, and the content type that goes with it. */
function formatParts(parts, boundary) {
  const pieces = parts.map(({ name, filename, content }) =>
    Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"`),
      Buffer.from(`; filename="${filename}"\r\nContent-Type: application/octet-stream${BREAK}`),
      Buffer.from(content),
      Buffer.from("\r\n"),
    ]),
  )
  const body = Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)])
  return { body, type: `multipart/form-data; boundary=${boundary}` }
}

module.exports = { formatParts, parseParts }
