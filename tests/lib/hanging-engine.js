// An engine that never answers a DELETE: `node hanging-engine.js SOCKET ENGINE` listens on SOCKET and passes
// everything else on to the engine's socket. Prints LISTENING=path.
"use strict";

const net = require("node:net");

const [path, engine] = process.argv.slice(2);

function connect(client) {
  const server = net.connect(engine);
  client.on("data", (chunk) => {
    if (!chunk.toString("latin1").startsWith("DELETE ")) server.write(chunk);
  });
  server.on("data", (chunk) => client.write(chunk));
  client.on("close", () => server.destroy());
  server.on("close", () => client.end());
  client.on("error", () => server.destroy());
  server.on("error", () => client.destroy());
}

net.createServer(connect).listen(path, () => console.log(`LISTENING=${path}`));
