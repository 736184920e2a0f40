// What a git server answers wrongly, beside what any server can: see hostile-server.js.
// WRITTEN: mode -> what is written to the socket instead of an answer. CHANGED: mode -> what becomes
// of the real server's answer, {type, body, length?}.
"use strict";

const TICK = 20; // ms between two bytes of a slow answer
const MEGABYTE = 1024 * 1024;
const STATUSES = [401, 403, 404, 429, 500, 503];

const isPack = (request) => request.method === "POST";

const line = (text) => Buffer.from((Buffer.byteLength(text, "latin1") + 4).toString(16).padStart(4, "0") + text, "latin1");

function typeOf(request) {
  return `application/x-git-upload-pack-${isPack(request) ? "result" : "advertisement"}`;
}

function head(request, more = "") {
  return `HTTP/1.1 200 OK\r\nContent-Type: ${typeOf(request)}\r\n${more}Connection: close\r\n\r\n`;
}

// How either answer begins where it is right.
function beginning(request) {
  if (isPack(request)) return line("NAK\n");
  return Buffer.concat([line("# service=git-upload-pack\n"), Buffer.from("0000"),
    line(`${"1".repeat(40)} HEAD\0side-band-64k ofs-delta\n`)]);
}

// One more piece of it: a reference, or what a server tells while it packs.
function piece(request, number = 0) {
  return isPack(request) ? line("\x02counting objects\n") : line(`${"1".repeat(40)} refs/heads/b${number}\n`);
}

function drip(socket, bytes) {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer);
    else socket.write(bytes.subarray(at % bytes.length, (at++ % bytes.length) + 1));
  }, TICK);
}

// Pieces as fast as they are taken, `limit` bytes at the most.
function flood(socket, request, limit) {
  const block = Buffer.concat(Array.from({ length: 1000 }, (_, number) => piece(request, number)));
  let left = limit;
  const more = () => {
    while (!socket.destroyed && left > 0) {
      left -= block.length;
      if (!socket.write(block)) return;
    }
    if (left <= 0) socket.end("0000");
  };
  socket.on("drain", more);
  more();
}

function written(...parts) {
  return (socket, request) => {
    socket.write(head(request));
    for (const part of parts) socket.write(typeof part === "function" ? part(request) : part);
    socket.end();
  };
}

function pack(bytes) {
  const count = Buffer.from("PACK\0\0\0\x02\0\0\0\x09", "latin1");
  const body = Buffer.concat([Buffer.from([1]), count, bytes]);
  return line(body.toString("latin1"));
}

function status(code) {
  const text = `<html><title>${code}</title>no</html>`;
  return (socket) => socket.end(`HTTP/1.1 ${code} No\r\nContent-Type: text/html\r\n` +
    `Content-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`);
}

function redirect(socket, to) {
  socket.end(`HTTP/1.1 302 Found\r\nLocation: ${to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}

const WRITTEN = {
  "git-empty": written(),
  "git-begun": written(beginning),
  "git-no-lines": written("hello, this is no git server\n"),
  "git-short-line": written(beginning, "0003"),
  "git-cut-line": written(beginning, "ffff1111"),
  "git-no-digits": written(beginning, "zzzz1111\n0000"),
  "git-error": written((request) => line(isPack(request) ? "\x03no \x1b[31mway\0\n" : "ERR no \x1b[31mway\0\n")),
  "git-pack-noise": written((request) => (isPack(request) ? beginning(request) : ""), pack(Buffer.alloc(5000, "\xa7\x01", "latin1")), "0000"),
  "git-slow": (socket, request) => {
    socket.write(Buffer.concat([Buffer.from(head(request)), beginning(request)]));
    drip(socket, piece(request));
  },
  "git-endless": (socket, request) => {
    socket.write(Buffer.concat([Buffer.from(head(request)), beginning(request)]));
    flood(socket, request, Infinity);
  },
  "git-huge": (socket, request) => {
    socket.write(Buffer.concat([Buffer.from(head(request)), beginning(request)]));
    flood(socket, request, 160 * MEGABYTE);
  },
  "git-circle": (socket, request) => {
    redirect(socket, request.url.startsWith("/open/") ? request.url.replace("/open/", "/shut/")
      : request.url.replace("/shut/", "/open/"));
  },
};
for (const code of STATUSES) WRITTEN[`git-${code}`] = status(code);

const half = (body) => body.subarray(0, Math.floor(body.length / 2));

const CHANGED = {
  "git-cut": ({ type, body }) => ({ type, body: half(body), length: body.length }),
  "git-half": ({ type, body }) => ({ type, body: half(body) }),
  "git-noise": ({ type, body }) => {
    const noise = body.subarray(half(body).length).map((byte) => byte ^ 0x55);
    return { type, body: Buffer.concat([half(body), noise]) };
  },
  "git-wrong-type": ({ body }) => ({ type: "text/html", body }),
  "git-short-length": ({ type, body }) => ({ type, body, length: Math.floor(body.length / 2) }),
};

module.exports = { WRITTEN, CHANGED };
