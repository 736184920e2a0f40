// An HTTP server for the specs of os2.http, with the oddities that a real one may show.
// Prints one JSON line: its ports, the path of its unix socket, and of its certificate.
"use strict"

const { execFileSync } = require("node:child_process")
const crypto = require("node:crypto")
const fs = require("node:fs")
const http = require("node:http")
const https = require("node:https")
const net = require("node:net")
const path = require("node:path")

const MEGABYTE = 1024 * 1024

const directory = process.argv[2]
let connections = 0
let resets = 0
let deaths = 0
let written = 0 // bytes that /endless got rid of

function read(request) {
  return new Promise((resolve) => {
    const parts = []
    request.on("data", (part) => parts.push(part))
    request.on("close", () => resolve(Buffer.concat(parts)))
  })
}

function json(response, value, status = 200) {
  response.writeHead(status, { "content-type": "application/json" })
  response.end(JSON.stringify(value))
}

async function echo(request, response) {
  const body = await read(request)
  const { method, url, headers, rawHeaders } = request
  const digest = crypto.createHash("sha256").update(body).digest("hex")
  json(response, { method, url, headers, rawHeaders, length: body.length, digest })
}

// Drops the connection in the middle of the first request; takes the next one.
async function dieOnce(request, response) {
  deaths += 1
  if (deaths === 1) return request.once("data", () => request.socket.destroy())
  await read(request)
  return response.end()
}

function endless(request, response) {
  const block = Buffer.alloc(64 * 1024, "x")
  const more = () => {
    while (!response.destroyed) {
      written += block.length
      if (!response.write(block)) return
    }
  }
  response.on("drain", more)
  more()
}

function chunks(request, response, { parts, pause }) {
  const list = JSON.parse(parts)
  const next = () => {
    if (list.length === 0) return response.end()
    response.write(Buffer.from(list.shift(), "latin1"))
    return setTimeout(next, Number(pause || 0))
  }
  next()
}

// Numbered lines, as long as they are asked for; `size` 0: empty ones.
function lines(request, response, { count, size }) {
  let next = 0
  const more = () => {
    while (next < Number(count) && !response.destroyed) {
      next += 1
      const text = Number(size) > 0 ? `${next} `.padEnd(Number(size), ".") : ""
      if (!response.write(`${text}\n`)) return
    }
    if (next === Number(count)) response.end()
  }
  response.on("drain", more)
  more()
}

// At once: lines of 99 bytes, then one of that length, one more, and no end.
function longLine(request, response, { count, length }) {
  const short = `${"x".repeat(99)}\n`.repeat(Number(count))
  request.socket.write(`HTTP/1.1 200 OK\r\n\r\n${short}${"y".repeat(Number(length))}\nbehind\n`)
}

function bytes(request, response, { size, chunked }) {
  if (!chunked) response.setHeader("content-length", size)
  response.end(Buffer.alloc(Number(size), "x"))
}

// What is written is the whole answer, right or wrong.
function raw(request, response, { text, keep }) {
  request.socket.write(Buffer.from(text, "latin1"))
  if (!keep) request.socket.destroySoon()
}

function redirect(request, response, { to, status }) {
  response.writeHead(Number(status || 302), { location: to })
  response.end()
}

const ROUTES = {
  "/bytes": bytes,
  "/chunks": chunks,
  "/connections": (request, response) => json(response, connections),
  "/die-once": dieOnce,
  "/echo": echo,
  "/endless": endless,
  "/hang": () => {},
  "/headers": (request, response, { count }) => {
    response.writeHead(200, Array.from({ length: Number(count) }, () => ["x", "y"]).flat())
    response.end()
  },
  "/lines": lines,
  "/long-line": longLine,
  "/raw": raw,
  "/redirect": redirect,
  "/reset": (request) => {
    resets += 1
    request.socket.resetAndDestroy()
  },
  "/resets": (request, response) => json(response, resets),
  "/slow-reader": (request, response) => {
    setTimeout(() => {
      echo(request, response)
    }, 300)
  },
  "/status": (request, response, { code }) => json(response, { code: Number(code) }, Number(code)),
  "/written": (request, response) => json(response, written),
}

function answer(request, response) {
  const url = new URL(request.url, "http://localhost")
  const route = ROUTES[url.pathname]
  if (route) return route(request, response, Object.fromEntries(url.searchParams))
  return json(response, { missing: url.pathname }, 404)
}

// The engine's end of a build session that sends HTTP/2 pings without end and reads no answer.
function flood(request, socket) {
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])
  const ping = Buffer.concat([Buffer.from([0, 0, 8, 6, 0, 0, 0, 0, 0]), Buffer.alloc(8)])
  const pings = Buffer.concat(Array(4096).fill(ping))
  const more = () => {
    while (!socket.destroyed && socket.write(pings));
  }
  socket.on("error", () => {})
  socket.on("drain", more)
  socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
  socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
  socket.write(settings)
  more()
}

// Notes what it was asked and answers itself: enough to see that a request came by.
function proxy(request, response) {
  json(response, { proxied: request.url, host: request.headers.host })
}

function certificate() {
  const key = path.join(directory, "key.pem")
  const cert = path.join(directory, "cert.pem")
  const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert]
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
  execFileSync("openssl", [...made, ...names], { stdio: "ignore" })
  return { key: fs.readFileSync(key), cert: fs.readFileSync(cert), path: cert }
}

function listen(server, ...where) {
  return new Promise((resolve) => {
    server.listen(...where, () => resolve(server.address().port))
  })
}

function counting(server) {
  return server.on("connection", () => {
    connections += 1
  })
}

async function main() {
  const { path: certificatePath, ...tls } = certificate()
  const old = { ...tls, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" }
  const socket = path.join(directory, "socket")
  const limits = { maxHeaderSize: MEGABYTE, keepAliveTimeout: 60000 }
  await listen(http.createServer(limits, answer).on("upgrade", flood), socket)
  const ports = {
    http: await listen(counting(http.createServer(limits, answer)), 0, "127.0.0.1"),
    other: await listen(http.createServer(limits, answer), 0, "127.0.0.1"),
    proxy: await listen(http.createServer(proxy), 0, "127.0.0.1"),
    tls: await listen(https.createServer(tls, answer), 0, "127.0.0.1"),
    tls11: await listen(https.createServer(old, answer), 0, "127.0.0.1"),
    garbage: await listen(net.createServer((s) => s.on("error", () => {}).end("SSH-2.0-x\r\n")), 0, "127.0.0.1"),
    mute: await listen(net.createServer((s) => s.on("error", () => {})), 0, "127.0.0.1"),
  }
  console.log(JSON.stringify({ ports, socket, certificate: certificatePath }))
}

main()
