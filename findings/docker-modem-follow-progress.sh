#!/usr/bin/env bash
# The answers of a Docker engine to a build, followed with docker-modem 5.0.7: `modem.followProgress`.
#
# Expected: the callback's first argument is the error where the build failed, and the second holds what was sent.
# Seen: a build that failed ends with `null` as its error: the engine's {"error": …} is an entry among the
# others. A last line without a line feed is left out. And a letter of several bytes that lies across the
# border of two reads is two replacement characters, for each read is decoded by itself.
# Why it bites: `err ? reject(err) : resolve(output)` is what one writes, and it deploys the image of the build
# before. A message in German, or a name with an accent, is broken now and then, where the network splits it.
set -euo pipefail

VERSION=5.0.7
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" "docker-modem@$VERSION" >/dev/null 2>&1
cat >follow.cjs <<'JS'
const Modem = require("docker-modem"), { PassThrough } = require("stream")
const modem = new Modem({ host: "127.0.0.1", port: 1 })
function follow(parts) {
  return new Promise((resolve) => {
    const answer = new PassThrough()
    modem.followProgress(answer, (error, output) => resolve(`error ${error}, output ${JSON.stringify(output)}`))
    for (const part of parts) answer.write(part)
    answer.end()
  })
}
async function tell() {
  const step = '{"stream":"Step 1/1"}\r\n', failed = '{"errorDetail":{"message":"exit 1"},"error":"exit 1"}\r\n'
  console.log(`failed: ${await follow([step, failed])}`)
  console.log(`last line without line feed: ${await follow([step, '{"aux":{"ID":"sha256:1"}}'])}`)
  const bytes = Buffer.from('{"stream":"é"}\r\n'), inside = bytes.indexOf("é") + 1
  console.log(`in one read: ${await follow([bytes])}`)
  console.log(`in two: ${await follow([bytes.subarray(0, inside), bytes.subarray(inside)])}`)
}
tell()
JS
node follow.cjs | tee seen
cat >expected <<'END'
failed: error null, output [{"stream":"Step 1/1"},{"errorDetail":{"message":"exit 1"},"error":"exit 1"}]
last line without line feed: error null, output [{"stream":"Step 1/1"}]
in one read: error null, output [{"stream":"é"}]
in two: error null, output [{"stream":"��"}]
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
