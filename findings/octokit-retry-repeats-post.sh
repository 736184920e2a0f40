#!/usr/bin/env bash
# A POST behind the retry plugin of GitHub's client: @octokit/plugin-retry 8.1.1 with @octokit/core 7.0.8.
#
# Expected: a request is repeated where that is harmless (GET, PUT, DELETE). A POST that may have reached the
# server is not.
# Seen: the method is never looked at. A POST that the server carried out and then answered with 502, or
# answered with a closed connection, is sent four times, and each of them is carried out.
# Why it bites: a release, a comment or a deployment stands there four times, or the second try is refused since
# the first one has made the thing, and the job reports as failed what succeeded. The plugin is part of the
# all-in-one package `octokit`. `request: {retries: 0}` in the call switches it off.
set -euo pipefail

CORE=7.0.8 RETRY=8.1.1
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" "@octokit/core@$CORE" \
  "@octokit/plugin-retry@$RETRY" >/dev/null 2>&1

# The server makes a release for each POST. A gateway in front of it loses the answer in the named way.
cat >release.mjs <<'JS'
import { createServer } from "node:http"
import { Octokit } from "@octokit/core"
import { retry } from "@octokit/plugin-retry"
let releases, answer
const server = createServer((request, response) => {
  request.resume().on("end", () => { releases += 1; answer(request, response) })
})
const answers = {
  "502": (_, response) => response.writeHead(502, { "content-type": "application/json" }).end("{}"),
  "closed connection": (request) => request.socket.destroy(),
}
await new Promise((done) => server.listen(0, "127.0.0.1", done))
const silent = () => {}
const octokit = new (Octokit.plugin(retry))({
  baseUrl: `http://127.0.0.1:${server.address().port}`,
  log: { debug: silent, info: silent, warn: silent, error: silent },
  retry: { retryAfterBaseValue: 1 }, // milliseconds; the plugin's own value is one second
})
for (const [name, lost] of Object.entries(answers)) {
  for (const request of [{}, { retries: 0 }]) {
    releases = 0
    answer = lost
    const failure = await octokit.request("POST /repos/{owner}/{repo}/releases", {
      owner: "o", repo: "r", tag_name: "v1", request,
    }).catch((error) => error)
    console.log(`${name}, ${JSON.stringify(request)}: status ${failure.status}, releases made: ${releases}`)
  }
}
server.close()
JS
node release.mjs | tee seen
cat >expected <<'END'
502, {}: status 502, releases made: 4
502, {"retries":0}: status 502, releases made: 1
closed connection, {}: status 500, releases made: 4
closed connection, {"retries":0}: status 500, releases made: 1
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
