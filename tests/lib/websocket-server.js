// A WebSocket server for the specs, on npm's ws: over TCP, TLS and a unix socket, beside a proxy
// for CONNECT, and a raw peer that answers with the bytes it is told. Prints one JSON line: its
// ports, the path of its socket, and of its certificate.
"use strict"

const { execFileSync } = require("node:child_process")
const crypto = require("node:crypto")
const fs = require("node:fs")
const http = require("node:http")
const https = require("node:https")
const net = require("node:net")
const path = require("node:path")
const { WebSocketServer } = require("../daytona/node_modules/ws")

const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

const directory = process.argv[2]
let last = { messages: [], pongs: 0, code: null, reason: null } // of the connection before
let ended = Promise.resolve() // when that connection has ended
let connects = 0 // through the proxy

// Keeps what a connection has seen, for /last.
function watch(socket) {
  const seen = { messages: [], pongs: 0, code: null, reason: null }
  last = seen
  ended = new Promise((resolve) => {
    socket.on("close", resolve)
  })
  socket.on("message", (data) => seen.messages.push(data.length))
  socket.on("pong", () => {
    seen.pongs += 1
  })
  socket.on("close", (code, reason) => {
    Object.assign(seen, { code, reason: String(reason) })
  })
  socket.on("error", (error) => {
    seen.error = error.code
  })
}

// Sends `count` texts of `size` bytes, as fast as they are taken.
function flood(socket, { count, size }) {
  const text = "x".repeat(Number(size))
  let sent = 0
  const more = () => {
    while (sent < Number(count)) {
      sent += 1
      if (socket.bufferedAmount > 1024 * 1024) return socket.send(text, more)
      socket.send(text)
    }
    return socket.close(1000, "done")
  }
  more()
}

// Sends one message in pieces, with a ping between them.
function fragments(socket, { text, step }) {
  for (let at = 0; at < text.length; at += Number(step)) {
    const fin = at + Number(step) >= text.length
    socket.send(text.slice(at, at + Number(step)), { fin })
    if (!fin) socket.ping("between")
  }
}

const ROLES = {
  "/echo": (socket) => socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary })),
  "/greet": (socket) => socket.send("hello"),
  "/flood": flood,
  "/fragments": fragments,
  "/close": (socket, { code, reason }) => (code ? socket.close(Number(code), reason) : socket.close()),
  "/terminate": (socket) => {
    socket.send("last words")
    setTimeout(() => socket.terminate(), 20)
  },
  "/pings": (socket, { count }) => {
    for (let i = 0; i < Number(count); i += 1) socket.ping(String(i))
    socket.send("sent")
  },
  // Pings without end to who may answer as he likes: nothing of it is read.
  "/deaf-pings": (socket, { count }) => {
    socket.pause()
    const payload = "x".repeat(125)
    for (let i = 0; i < Number(count); i += 1) socket.ping(payload)
    socket.send("sent")
  },
  "/mute": (socket) => socket.pause(),
}

function queryOf(request) {
  const url = new URL(request.url, "http://x")
  return { path: url.pathname, query: Object.fromEntries(url.searchParams) }
}

const sockets = new WebSocketServer({ noServer: true, maxPayload: 8 * 1024 * 1024 })

function upgrade(request, socket, head) {
  const { path: role, query } = queryOf(request)
  socket.on("error", () => {})
  if (role === "/refused") {
    const body = "x".repeat(Number(query.size || 10))
    return socket.end(`HTTP/1.1 ${query.status} No\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  }
  if (role === "/chunked") {
    return socket.end("HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
  }
  if (role === "/silent") return undefined
  return sockets.handleUpgrade(request, socket, head, (ws) => {
    watch(ws)
    ws.headers = request.headers
    if (role === "/headers") return ws.send(JSON.stringify(request.headers))
    return ROLES[role](ws, query)
  })
}

async function answer(request, response) {
  if (request.url === "/ended") await ended
  if (["/last", "/ended"].includes(request.url)) return response.end(JSON.stringify({ ...last, connects }))
  response.writeHead(404)
  return response.end("nothing here")
}

/* A raw peer: /bytes?hex=… answers 101 and then these bytes, `step` at a time; `end` hangs up after
   them, `bye` after the client has sent something. /accept?value=… answers with that Accept. What the client sends is kept for /last. */
function raw(socket) {
  let head = ""
  socket.on("error", () => {})
  const seen = []
  let isPolite = false
  socket.on("data", (data) => {
    if (head === null) {
      seen.push(data)
      return isPolite && socket.end()
    }
    head += data.toString("latin1")
    if (!head.includes("\r\n\r\n")) return undefined
    const key = /sec-websocket-key: (.*)\r\n/i.exec(head)[1]
    const { query } = queryOf({ url: head.split(" ")[1] })
    head = null
    isPolite = Boolean(query.bye)
    ended = new Promise((resolve) => {
      socket.on("close", resolve)
    })
    last = { get hex() { return Buffer.concat(seen).toString("hex") } }
    const accept = query.accept || crypto.createHash("sha1").update(key + MAGIC).digest("base64")
    const more = query.header ? `${query.header}\r\n` : ""
    const status = query.line || "HTTP/1.1 101 Switching Protocols"
    const first = Buffer.from(
      `${status}\r\nUpgrade: ${query.upgrade || "WebSocket"}\r\nConnection: keep-alive, Upgrade\r\n` +
        `Sec-WebSocket-Accept: ${accept}\r\n${more}\r\n`)
    const bytes = Buffer.concat([first, Buffer.from(query.hex || "", "hex")])
    const step = Number(query.step || bytes.length)
    const send = (at) => {
      if (at >= bytes.length) return query.end && socket.end()
      socket.write(bytes.subarray(at, at + step))
      return setImmediate(send, at + step)
    }
    socket.setNoDelay(true)
    return send(0)
  })
}

// A proxy that knows CONNECT only.
function proxy() {
  const server = http.createServer((request, response) => response.writeHead(502).end())
  server.on("connect", (request, socket, head) => {
    connects += 1
    const [host, port] = request.url.split(":")
    const far = net.connect(port, host, () => {
      socket.write("HTTP/1.1 200 Connected\r\n\r\n")
      far.write(head)
      far.pipe(socket)
      socket.pipe(far)
    })
    far.on("error", () => socket.destroy())
    socket.on("error", () => far.destroy())
  })
  return server
}

function tlsOptions() {
  const [key, certificate] = ["key.pem", "certificate.pem"].map((name) => path.join(directory, name))
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
    "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1",
    "-addext", "subjectAltName=IP:127.0.0.1"], { stdio: "ignore" })
  return { key: fs.readFileSync(key), cert: fs.readFileSync(certificate), certificate }
}

function listen(server, place) {
  return new Promise((resolve) => {
    server.listen(place, ...(typeof place === "string" ? [] : ["127.0.0.1"]), () => {
      resolve(server.address().port)
    })
  })
}

async function main() {
  const tls = tlsOptions()
  const socket = path.join(directory, "ws.sock")
  const serve = (server) => server.on("upgrade", upgrade)
  const ports = {
    // A connection that is closed because nobody used it could take the next request with it.
    ws: await listen(serve(http.createServer({ keepAliveTimeout: 600000 }, answer)), 0),
    tls: await listen(serve(https.createServer(tls, answer)), 0),
    raw: await listen(net.createServer(raw), 0),
    proxy: await listen(proxy(), 0),
  }
  await listen(serve(http.createServer(answer)), socket)
  process.stdout.write(`${JSON.stringify({ ports, socket, certificate: tls.certificate })}\n`)
}

main()
