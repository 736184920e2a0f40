// A git HTTP server for the specs of os2.git: Debian's git-http-backend behind Node, with the oddities that a
// real one may show. The first word of a path says which: /open/NAME.git and so on, see `modes`.
// Prints one JSON line: its ports and the path of its certificate.
"use strict"

const { execFileSync, spawn } = require("node:child_process")
const fs = require("node:fs")
const http = require("node:http")
const https = require("node:https")
const path = require("node:path")

const BACKEND = "/usr/lib/git-core/git-http-backend"
const TICK = 20 // ms between the pieces of a slow answer

const [directory, password] = process.argv.slice(2)
const ports = {}
let seen = [] // of both servers: {server, method, path, authorization}

function backend(request, tail) {
  const url = new URL(tail, "http://x")
  const env = {
    GIT_PROJECT_ROOT: directory, GIT_HTTP_EXPORT_ALL: "1", PATH: process.env.PATH,
    PATH_INFO: url.pathname, QUERY_STRING: url.search.slice(1), REQUEST_METHOD: request.method,
    CONTENT_TYPE: request.headers["content-type"] || "", REMOTE_ADDR: "127.0.0.1",
    GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "safe.directory", GIT_CONFIG_VALUE_0: "*",
  }
  const child = spawn(BACKEND, { env, stdio: ["pipe", "pipe", "ignore"] })
  child.stdin.on("error", () => {})
  request.pipe(child.stdin)
  return child
}

function writeHead(response, text) {
  let status = 200
  for (const line of text.split("\r\n")) {
    const [name, value] = line.split(/: */, 2)
    if (name === "Status") status = Number(value.split(" ")[0])
    else if (name) response.setHeader(name, value)
  }
  response.writeHead(status)
}

// Hands the backend's answer on through `pass(piece)`, which may hold it up; undefined ends it.
async function serve(request, response, tail, pass) {
  const child = backend(request, tail)
  response.on("close", () => child.kill("SIGKILL"))
  let head = Buffer.alloc(0)
  for await (const piece of child.stdout) {
    let rest = piece
    if (head !== null) {
      head = Buffer.concat([head, piece])
      const end = head.indexOf("\r\n\r\n")
      if (end < 0) continue
      writeHead(response, head.subarray(0, end).toString())
      rest = head.subarray(end + 4)
      head = null
    }
    await pass(rest)
  }
  await pass()
}

function straight(response) {
  return (piece) => new Promise((resolve) => {
    if (piece === undefined) response.end()
    else if (piece.length > 0 && !response.write(piece)) return response.once("drain", resolve)
    return resolve()
  })
}

// The first `count` bytes, then nothing more, or with `isCut` the end of the connection.
function until(response, count, isCut) {
  let left = count
  return async (piece) => {
    if (piece === undefined && left > 0) return response.end()
    if (piece === undefined) return undefined
    const part = piece.subarray(0, left)
    left -= part.length
    if (part.length > 0) response.write(part)
    if (left === 0 && isCut) setImmediate(() => response.destroy())
    if (left === 0 && !isCut) await new Promise((resolve) => response.once("close", resolve))
    return undefined
  }
}

function slowly(response, rate) {
  const size = Math.max(1, Math.floor((rate * TICK) / 1000))
  return async (piece) => {
    if (piece === undefined) return response.end()
    for (let at = 0; at < piece.length && !response.destroyed; at += size) {
      response.write(piece.subarray(at, at + size))
      await new Promise((resolve) => setTimeout(resolve, TICK))
    }
    return undefined
  }
}

function isAllowed(request) {
  const wanted = `Basic ${Buffer.from(`robot:${password}`).toString("base64")}`
  return request.headers.authorization === wanted
}

function unauthorized(response) {
  response.writeHead(401, { "www-authenticate": 'Basic realm="git"' })
  response.end("who are you?")
}

function redirect(response, port, tail) {
  response.writeHead(302, { location: `http://robot:x@127.0.0.1:${port}/open${tail}` })
  response.end()
}

// References without end.
async function endless(response) {
  response.setHeader("content-type", "application/x-git-upload-pack-advertisement")
  const line = (text) => (text.length + 4).toString(16).padStart(4, "0") + text
  let wake = () => {}
  response.on("close", () => wake())
  response.on("drain", () => wake())
  response.write(`${line("# service=git-upload-pack\n")}0000`)
  for (let number = 0; !response.destroyed; number++) {
    const name = number === 0 ? "HEAD\0ofs-delta" : `refs/heads/b${number}`
    if (response.write(line(`${"1".repeat(40)} ${name}\n`))) continue
    await new Promise((resolve) => { wake = resolve })
  }
}

const isPack = (request) => request.method === "POST"

const modes = {
  open: (request, response, tail) => serve(request, response, tail, straight(response)),
  private(request, response, tail) {
    return isAllowed(request) ? modes.open(request, response, tail) : unauthorized(response)
  },
  // Lets us in for the list of references only.
  fickle(request, response, tail) {
    return isPack(request) ? unauthorized(response) : modes.open(request, response, tail)
  },
  away: (request, response, tail) => redirect(response, ports.other, tail),
  inside: (request, response, tail) => redirect(response, ports.http, tail),
  // A repository that was renamed: its list is elsewhere, and nothing is packed here.
  moved(request, response, tail, to = "open") {
    if (isPack(request)) return modes.status(request, response, tail, 404)
    response.writeHead(301, { location: `/${to}${tail}` })
    return response.end()
  },
  around: (request, response, tail) => modes.moved(request, response, tail, "around"),
  beside(request, response, tail) {
    response.writeHead(301, { location: `http://127.0.0.1:${ports.other}/open${tail}` })
    response.end()
  },
  endless: (request, response) => endless(response),
  html: (request, response) => response.setHeader("content-type", "text/html").end("<html>"),
  mute: () => {},
  status(request, response, tail, code) {
    response.writeHead(Number(code))
    response.end()
  },
  // hang-refs-N, hang-pack-N, cut-refs-N, cut-pack-N: N bytes of that answer.
  hang(request, response, tail, what, count) {
    const isHit = (what === "pack") === isPack(request)
    serve(request, response, tail, isHit ? until(response, Number(count)) : straight(response))
  },
  cut(request, response, tail, what, count) {
    const isHit = (what === "pack") === isPack(request)
    serve(request, response, tail, isHit ? until(response, Number(count), true) : straight(response))
  },
  slow: (request, response, tail, rate) => serve(request, response, tail, slowly(response, Number(rate))),
}

function control(request, response) {
  const list = seen
  if (request.method === "DELETE") seen = []
  response.end(JSON.stringify(list))
}

function answering(server) {
  return (request, response) => {
    if (request.url === "/seen") return control(request, response)
    const { method, url, headers } = request
    seen.push({ server, method, path: url, authorization: headers.authorization, agent: headers["user-agent"] })
    const [, word, tail] = /^(?:http:\/\/[^/]*)?\/([^/]*)(\/.*)$/.exec(url) || [null, "", ""] // as a proxy, too
    const [mode, ...rest] = word.split("-")
    if (!modes[mode]) return modes.status(request, response, tail, 404)
    return modes[mode](request, response, tail, ...rest)
  }
}

function certificate() {
  const key = path.join(directory, "key.pem")
  const cert = path.join(directory, "cert.pem")
  const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert]
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
  execFileSync("openssl", [...made, ...names], { stdio: "ignore" })
  return { key: fs.readFileSync(key), cert: fs.readFileSync(cert), minVersion: "TLSv1.3" }
}

function listen(server) {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(server.address().port))
  })
}

async function main() {
  // A connection that is closed because nobody used it could take the next request with it.
  ports.http = await listen(http.createServer({ keepAliveTimeout: 600000 }, answering("http")))
  ports.other = await listen(http.createServer(answering("other")))
  ports.tls = await listen(https.createServer(certificate(), answering("tls")))
  console.log(JSON.stringify({ ports, certificate: path.join(directory, "cert.pem") }))
}

main()
