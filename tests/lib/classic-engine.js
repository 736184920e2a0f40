// An engine without BuildKit: `node classic-engine.js SOCKET ENGINE` listens on SOCKET, passes everything
// on to the engine's socket, says that the builder is the classic one and hangs up on whoever asks for BuildKit.
// Prints LISTENING=path.
"use strict";

const net = require("node:net");

const [path, engine] = process.argv.slice(2);
const FOR_BUILDKIT = /^POST \S*\/(session|build\?\S*\bversion=2)\b/;

function withoutBuildKit(chunk) {
  const text = chunk.toString("latin1");
  if (!text.startsWith("HTTP/1.1 ")) return chunk;
  const said = text.replace(/\r\nBuilder-Version: \d/, "").replace("\r\nApi-Version:", "\r\nBuilder-Version: 1$&");
  return Buffer.from(said, "latin1");
}

function connect(client) {
  const server = net.connect(engine);
  client.on("data", (chunk) => {
    if (FOR_BUILDKIT.test(chunk.toString("latin1"))) client.destroy();
    else server.write(chunk);
  });
  server.on("data", (chunk) => client.write(withoutBuildKit(chunk)));
  client.on("close", () => server.destroy());
  server.on("close", () => client.end());
  client.on("error", () => server.destroy());
  server.on("error", () => client.destroy());
}

net.createServer(connect).listen(path, () => console.log(`LISTENING=${path}`));
