// The mode "given" of hostile-server.js: what a registry, or the token server it sends to, answers is said by
// who opens the server. given: {status?, headers?, body?, blank?, isClosed?, isChanged?, token?}
// isChanged: the real registry's answer with these headers, "" taking one away; else that status, headers and
// body, and so many blanks more. isClosed: the connection is reset instead. token: the same for /token.
// In headers and body {PORT} stands for the server's own port, {AUTHORIZATION} for what the request came with.
"use strict";

const http = require("node:http");

function filled(text, server, request) {
  return text.replaceAll("{PORT}", server.port).replaceAll("{AUTHORIZATION}", request.headers.authorization || "");
}

function lines(headers, server, request) {
  return Object.entries(headers).filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}: ${filled(String(value), server, request)}\r\n`).join("");
}

function write(server, request, given) {
  const { socket } = request;
  const text = filled(given.body || "", server, request) + " ".repeat(given.blank || 0);
  const headers = { "Content-Length": Buffer.byteLength(text), ...given.headers };
  const head = `HTTP/1.1 ${given.status} No\r\n${lines(headers, server, request)}Connection: close\r\n\r\n`;
  socket.end(request.method === "HEAD" ? head : head + text);
}

function change(server, request, given, where) {
  const { socket } = request;
  const asked = http.request(where, (answer) => {
    const { connection, "transfer-encoding": coding, ...kept } = answer.headers;
    const headers = { ...kept, ...given.headers };
    socket.write(`HTTP/1.1 ${given.status || answer.statusCode} x\r\n${lines(headers, server, request)}Connection: close\r\n\r\n`);
    answer.on("data", (part) => socket.write(part));
    answer.on("end", () => socket.end());
  });
  asked.on("error", () => socket.destroy());
  request.pipe(asked);
}

function answer(server, request, where) {
  const given = request.url.startsWith("/token") ? server.given.token : server.given;
  if (given.isChanged) return change(server, request, given, where());
  request.resume();
  if (given.isClosed) return request.socket.resetAndDestroy();
  // After the body: an answer before it looks like a connection that broke.
  return request.on("end", () => write(server, request, given));
}

module.exports = { answer };
