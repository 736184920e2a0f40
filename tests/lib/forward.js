// Forwards TCP connections to a unix socket, as an engine that listens on TCP: plain, and with TLS
// for clients whose certificate is signed by DIR/ca.pem (tests/lib/certificates).
//   node tests/lib/forward.js SOCKET [DIR [BYTES]]   prints {"tcp": port, "tls": port}; without DIR ("") no tls
// After BYTES of the engine's a connection passes no more of them, and stays open.
// SIGHUP cuts the connections that are open, as a proxy in between does.
"use strict"

const fs = require("fs")
const net = require("net")
const { Transform } = require("stream")
const tls = require("tls")

const [, , socket, directory, bytes] = process.argv

const clients = new Set()

// Passes so many bytes. Then it never asks for more.
function held(limit) {
  let left = limit
  return new Transform({
    transform(piece, _, done) {
      const part = piece.subarray(0, left)
      left -= part.length
      if (part.length === piece.length) return done(null, part)
      this.push(part)
    },
  })
}

function forward(client) {
  clients.add(client)
  client.on("close", () => clients.delete(client))
  const engine = net.connect({ path: socket, allowHalfOpen: true })
  for (const [from, to] of [[client, engine], [engine, client]]) {
    from.on("error", () => to.destroy())
    from.on("close", () => to.destroy())
  }
  client.pipe(engine)
  if (bytes) engine.pipe(held(Number(bytes))).pipe(client)
  else engine.pipe(client)
}

function listen(server) {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)))
}

function secured() {
  const read = (name) => fs.readFileSync(`${directory}/${name}.pem`)
  return tls.createServer({
    ca: read("ca"), cert: read("server-cert"), key: read("server-key"), requestCert: true,
    allowHalfOpen: true,
  }, forward)
}

process.on("SIGHUP", () => clients.forEach((client) => client.end()))

async function main() {
  const ports = { tcp: await listen(net.createServer({ allowHalfOpen: true }, forward)) }
  if (directory) ports.tls = await listen(secured())
  console.log(JSON.stringify(ports))
}

main()
