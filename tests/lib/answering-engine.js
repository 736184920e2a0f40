// An engine whose builds and pushes are answered wrongly: `node answering-engine.js SOCKET ENGINE FILE` listens on
// SOCKET, answers POST /build and POST /images/…/push with the bytes of FILE, status 200, and passes everything else
// on to the engine's socket. `CUT` as a fourth argument: the connection is closed before the answer's end; `ONCE`: only
// the first of them is answered so.
// Prints LISTENING=path.
"use strict";

const fs = require("node:fs");
const http = require("node:http");

const [path, socketPath, file, how] = process.argv.slice(2);
let answers = 0;
const ANSWERED = /^\/v[\d.]+\/(build\?|images\/.*\/push)/;

function answer(request, response) {
  request.resume();
  request.on("end", () => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write(fs.readFileSync(file));
    setImmediate(() => (how === "CUT" ? response.destroy() : response.end()));
  });
}

function pass(request, response) {
  const { method, url, headers } = request;
  const asked = http.request({ socketPath, method, path: url, headers }, (given) => {
    response.writeHead(given.statusCode, given.headers);
    given.pipe(response);
  });
  asked.on("error", () => response.destroy());
  request.pipe(asked);
}

function isAnswered(request) {
  return request.method === "POST" && ANSWERED.test(request.url) && (how !== "ONCE" || ++answers === 1);
}

http.createServer((request, response) => {
  (isAnswered(request) ? answer : pass)(request, response);
}).listen(path, () => console.log(`LISTENING=${path}`));
