#!/usr/bin/env bash
# Large numbers sent through socket.io 4.8.4, with its own parser and with socket.io-msgpack-parser 3.0.2, the parser
# that socket.io's authors offer beside it (it stands on notepack.io 2.2.0). The server sends each value back.
#
# Expected: a number arrives as it is. MessagePack has a form for each double, and JSON writes each finite one.
# Seen: a whole number that does not fit into 64 bits is cut to its lowest 64 bits: 2^64 and 10^300 arrive as 0, 10^21
# as another number, and below -2^63 the sign changes too. Fractions and all numbers that fit are right. A Date that is
# invalid arrives as the first of January 1970, and with socket.io's own parser as null. No error.
# Why it bites: 18446744073709551615 is what "no limit" looks like as RLIM_INFINITY and in systemd's properties on the
# bus. JavaScript reads it as 2^64, and the other side is told a limit of 0.
set -euo pipefail

VERSION=4.8.4 PARSER=3.0.2 NOTEPACK=2.2.0
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --prefix "$WORK" "socket.io@$VERSION" "socket.io-client@$VERSION" \
  "socket.io-msgpack-parser@$PARSER" "notepack.io@$NOTEPACK" >/dev/null

cat >numbers.mjs <<'JS'
import http from "http"
import { Server } from "socket.io"
import { io } from "socket.io-client"
import msgpack from "socket.io-msgpack-parser"
const values = {
  "2^53": 2 ** 53,
  "2^64 - 2048": 2 ** 64 - 2048,
  "2^64": JSON.parse("18446744073709551615"),
  "2^64 + 4096": 2 ** 64 + 4096,
  "10^21": 1e21,
  "10^300": 1e300,
  "-2^63": -(2 ** 63),
  "-2^63 - 2048": -(2 ** 63) - 2048,
  "0.1": 0.1,
  "an invalid Date": new Date(NaN),
}
const seen = {}
for (const [name, options] of Object.entries({ own: {}, msgpack: { parser: msgpack } })) {
  const listener = http.createServer()
  const server = new Server(listener, options)
  server.on("connection", (socket) => socket.on("value", (value, answer) => answer(value)))
  await new Promise((done) => listener.listen(0, "127.0.0.1", done))
  const client = io(`http://127.0.0.1:${listener.address().port}`, { ...options, transports: ["websocket"] })
  seen[name] = {}
  for (const key of Object.keys(values)) seen[name][key] = await client.timeout(10000).emitWithAck("value", values[key])
  client.close()
  server.close()
}
const told = (got, sent) => Object.is(got, sent) ? "the same" : JSON.stringify(got)
for (const [key, value] of Object.entries(values)) {
  console.log(`${key}: own parser ${told(seen.own[key], value)}, msgpack ${told(seen.msgpack[key], value)}`)
}
JS
node numbers.mjs | tee seen
cat >expected <<'END'
2^53: own parser the same, msgpack the same
2^64 - 2048: own parser the same, msgpack the same
2^64: own parser the same, msgpack 0
2^64 + 4096: own parser the same, msgpack 4096
10^21: own parser the same, msgpack 3875820019684212700
10^300: own parser the same, msgpack 0
-2^63: own parser the same, msgpack the same
-2^63 - 2048: own parser the same, msgpack 9223372036854774000
0.1: own parser the same, msgpack the same
an invalid Date: own parser null, msgpack "1970-01-01T00:00:00.000Z"
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
