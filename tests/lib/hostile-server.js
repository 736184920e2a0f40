// Servers that pass requests on to a real one and, from a certain request on, answer wrongly.
// `node hostile-server.js DIRECTORY` prints its control URL. POST /open {mode, after, upstream} opens a
// server on a port and on a socket in DIRECTORY; GET /seen?id= tells how many requests came and how many
// were answered wrongly; DELETE /server?id= ends it. upstream: a URL, or the path of a unix socket.
// GET /modes names what any server can do wrong, GET /git-modes what a git server can besides. In the mode
// "given" the request that opens the server has the answer itself (hostile-registry.js).
"use strict";

const http = require("node:http");
const net = require("node:net");
const path = require("node:path");
const git = require("./hostile-git");
const registry = require("./hostile-registry");

const TICK = 20; // ms between two bytes of a slow answer
const MEGABYTE = 1024 * 1024;
const JSON_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const LIST = '{"items":[],"total":0,"page":1,"totalPages":1}';

const [directory] = process.argv.slice(2);
const servers = new Map();
let lastId = 0;

// As fast as it is taken, without end; `limit` bytes at the most.
function flood(socket, block, limit = Infinity) {
  let left = limit;
  const more = () => {
    while (!socket.destroyed && left > 0) {
      left -= block.length;
      if (!socket.write(block)) return;
    }
    if (left <= 0) socket.end();
  };
  socket.on("drain", more);
  more();
}

function drip(socket, text) {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer);
    else socket.write(text[at++ % text.length]);
  }, TICK);
}

function body(text, head = JSON_HEAD) {
  return `${head}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

// An upgraded stream of an engine's with one frame, which says it has `length` bytes.
function frame(type, length, text) {
  const head = Buffer.alloc(8);
  head[0] = type;
  head.writeUInt32BE(length, 4);
  return Buffer.concat([Buffer.from("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\n" +
    "Upgrade: tcp\r\n\r\n"), head, Buffer.from(text)]);
}

// What is written to the socket instead of an answer.
const MODES = {
  closed: (socket) => socket.destroy(),
  mute: () => {},
  garbage: (socket) => socket.end("SSH-2.0-x\r\n\0\xff\xfe\r\n"),
  "cut-head": (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Ty"),
  cut: (socket) => socket.end(`${JSON_HEAD}Content-Length: 1000\r\n\r\n{"items":[`),
  "cut-chunk": (socket) => socket.end(`${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\nff\r\n{"items":[`),
  "slow-head": (socket) => {
    socket.write("HTTP/1.1 200 OK\r\n");
    drip(socket, "X-A: b\r\n");
  },
  slow: (socket) => {
    socket.write(`${JSON_HEAD}\r\n`);
    drip(socket, '{"items":[ ');
  },
  "endless-head": (socket) => {
    socket.write("HTTP/1.1 200 OK\r\n");
    flood(socket, Buffer.from("X-A: bcdefgh\r\n".repeat(4096)));
  },
  "endless-interim": (socket) => flood(socket, Buffer.from("HTTP/1.1 100 Continue\r\n\r\n".repeat(4096))),
  endless: (socket) => {
    socket.write(`${JSON_HEAD}\r\n{"items":["`);
    flood(socket, Buffer.alloc(64 * 1024, "x"));
  },
  "endless-lines": (socket) => {
    socket.write(`${JSON_HEAD}\r\n`);
    flood(socket, Buffer.from('{"stream":"a\\n"}\n'.repeat(4096)));
  },
  "endless-blanks": (socket) => {
    socket.write(`${JSON_HEAD}\r\n`);
    flood(socket, Buffer.alloc(64 * 1024, " \t\r\n"));
  },
  huge: (socket) => {
    socket.write(`HTTP/1.1 500 No\r\nContent-Type: application/json\r\n\r\n{"message":"`);
    flood(socket, Buffer.alloc(64 * 1024, "x "), 48 * MEGABYTE);
  },
  dense: (socket) => {
    socket.write(`${JSON_HEAD}\r\n{"items":[[]`);
    flood(socket, Buffer.from(",[]".repeat(32 * 1024)), 48 * MEGABYTE);
  },
  "wrong-type": (socket) => socket.end(body("<html><title>hello</title></html>", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n")),
  "short-length": (socket) => socket.end(`${JSON_HEAD}Content-Length: 5\r\n\r\n${LIST}`),
  "no-length": (socket) => socket.end(`${JSON_HEAD}Content-Length: abc\r\n\r\n${LIST}`),
  "two-lengths": (socket) => socket.end(`${JSON_HEAD}Content-Length: 5\r\nContent-Length: 9\r\n\r\n${LIST}`),
  "no-chunk": (socket) => socket.end(`${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n${LIST}\r\n0\r\n\r\n`),
  torn: (socket) => socket.end(body('{"items":[{"name":"a"')),
  empty: (socket) => socket.end(body("")),
  null: (socket) => socket.end(body("null")),
  list: (socket) => socket.end(body("[]")),
  number: (socket) => socket.end(body("7")),
  text: (socket) => socket.end(body('"text"')),
  object: (socket) => socket.end(body("{}")),
  nested: (socket) => socket.end(body("[".repeat(100000))),
  "no-text": (socket) => socket.end(body("\xff\xfe\0")),
  teapot: (socket) => socket.end(body("{}", "HTTP/1.1 418 I'm a teapot\r\n")),
  "status-0": (socket) => socket.end("HTTP/1.1 000 x\r\nContent-Length: 0\r\n\r\n"),
  upgrade: (socket) => socket.end("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nxyz"),
  "html-error": (socket) => socket.end(body("<html>502 Bad Gateway</html>", "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n")),
  "no-frame": (socket) => socket.end(frame(9, 3, "abc")),
  "cut-frame": (socket) => socket.end(frame(1, 100, "abc")),
  "huge-frame": (socket) => {
    socket.write(frame(1, 0xffffffff, ""));
    flood(socket, Buffer.alloc(64 * 1024, "x"), 48 * MEGABYTE);
  },
  loop: (socket, request) => socket.end(`HTTP/1.1 302 Found\r\nLocation: ${request.url}\r\nContent-Length: 0\r\n\r\n`),
};

function target(server, request) {
  const { upstream } = server;
  const where = { method: request.method, path: request.url, headers: { ...request.headers } };
  if (upstream.startsWith("/")) return { ...where, socketPath: upstream };
  const { hostname, port, host } = new URL(upstream);
  where.headers.host = host;
  delete where.headers["accept-encoding"];
  return { ...where, hostname, port };
}

// The upstream's own address in an answer would lead past us.
function rewrite(server, response, answer) {
  const parts = [];
  answer.on("data", (part) => parts.push(part));
  answer.on("end", () => {
    const text = Buffer.concat(parts).toString().replaceAll(server.upstream, `http://127.0.0.1:${server.port}`);
    const { "content-length": length, "transfer-encoding": coding, ...headers } = answer.headers;
    response.writeHead(answer.statusCode, { ...headers, "content-length": Buffer.byteLength(text) });
    response.end(text);
  });
}

// So would its address in a Location, which a registry's uploads go on at.
function relocated(server, headers) {
  if (!headers.location) return headers;
  return { ...headers, location: headers.location.replace(server.upstream, `http://127.0.0.1:${server.port}`) };
}

function pass(server, request, response) {
  const asked = http.request(target(server, request), (answer) => {
    const isText = /json/.test(answer.headers["content-type"] || "") && !server.upstream.startsWith("/");
    if (isText) return rewrite(server, response, answer);
    response.writeHead(answer.statusCode, relocated(server, answer.headers));
    response.flushHeaders();
    return answer.pipe(response);
  });
  asked.on("error", () => request.socket.destroy());
  response.on("close", () => asked.destroy());
  request.pipe(asked);
}

function passUpgrade(server, request, socket, head) {
  const { hostname, port } = server.upstream.startsWith("/") ? {} : new URL(server.upstream);
  const peer = net.connect(port ? { host: hostname, port } : { path: server.upstream });
  const lines = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}\r\n`);
  peer.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join("")}\r\n`);
  peer.write(head);
  peer.pipe(socket).on("error", () => peer.destroy());
  socket.pipe(peer).on("error", () => socket.destroy());
  socket.on("close", () => peer.destroy());
  peer.on("close", () => socket.destroy());
}

// Whether this request is answered wrongly.
function isHit(server, request) {
  if (server.only && !new RegExp(server.only).test(`${request.method} ${request.url}`)) return false;
  server.requests += 1;
  if (server.requests <= server.after) return false;
  server.hits += 1;
  return true;
}

// The real server's answer, changed.
function change(server, request) {
  const { socket } = request;
  const asked = http.request(target(server, request), (answer) => {
    const parts = [];
    answer.on("data", (part) => parts.push(part));
    answer.on("end", () => {
      const told = { type: answer.headers["content-type"], body: Buffer.concat(parts) };
      const { type, body: bytes, length } = git.CHANGED[server.mode](told);
      socket.write(`HTTP/1.1 ${answer.statusCode} x\r\nContent-Type: ${type}\r\n` +
        `Content-Length: ${length ?? bytes.length}\r\nConnection: close\r\n\r\n`);
      socket.end(bytes);
    });
  });
  asked.on("error", () => socket.destroy());
  request.pipe(asked);
}

function misbehave(server, request) {
  request.socket.on("error", () => {});
  if (git.CHANGED[server.mode]) return change(server, request);
  if (server.mode === "given") return registry.answer(server, request, () => target(server, request));
  request.resume();
  return (MODES[server.mode] || git.WRITTEN[server.mode])(request.socket, request);
}

function front(server) {
  const made = http.createServer({ maxHeaderSize: MEGABYTE }, (request, response) => {
    request.on("error", () => {});
    if (isHit(server, request)) misbehave(server, request);
    else pass(server, request, response);
  });
  made.on("upgrade", (request, socket, head) => {
    if (isHit(server, request)) misbehave(server, request);
    else passUpgrade(server, request, socket, head);
  });
  made.on("connection", (socket) => {
    server.sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => server.sockets.delete(socket));
  });
  server.fronts.push(made);
  return made;
}

function listen(made, ...where) {
  return new Promise((resolve) => {
    made.listen(...where, () => resolve(made.address()));
  });
}

const isKnown = (mode) => mode === "given" || MODES[mode] || git.WRITTEN[mode] || git.CHANGED[mode];

async function open({ mode, after, upstream, only, given }) {
  if (!isKnown(mode)) throw new Error(`no such mode: ${mode}`);
  const id = String(++lastId);
  const server = { mode, after: after || 0, upstream, only, given, requests: 0, hits: 0, fronts: [], sockets: new Set() };
  server.socket = path.join(directory, `${id}.sock`);
  await listen(front(server), server.socket);
  server.port = (await listen(front(server), 0, "127.0.0.1")).port;
  servers.set(id, server);
  return { id, port: server.port, socket: server.socket };
}

function end(id) {
  const server = servers.get(id);
  for (const made of server.fronts) made.close();
  for (const socket of server.sockets) socket.destroy();
  servers.delete(id);
  return {};
}

async function control(request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const { pathname, searchParams } = new URL(request.url, "http://x");
  const id = searchParams.get("id");
  let answer;
  if (request.method === "POST") answer = await open(JSON.parse(Buffer.concat(parts)));
  else if (request.method === "DELETE") answer = end(id);
  else if (pathname === "/modes") answer = Object.keys(MODES);
  else if (pathname === "/git-modes") answer = Object.keys({ ...git.WRITTEN, ...git.CHANGED });
  else answer = { requests: servers.get(id).requests, hits: servers.get(id).hits };
  response.end(JSON.stringify(answer));
}

async function main() {
  // A connection that is closed because nobody used it could take the next request with it.
  const { port } = await listen(http.createServer({ keepAliveTimeout: 600000 }, control), 0, "127.0.0.1");
  console.log(`CONTROL=http://127.0.0.1:${port}`);
}

main();
