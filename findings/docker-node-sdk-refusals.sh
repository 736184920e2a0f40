#!/usr/bin/env bash
# What an engine refuses, and what it is asked, through @docker/node-sdk 0.0.17, Docker's own client for TypeScript.
#
# Expected: a call that the engine refuses is rejected; the id that a build returns can be given to containerCreate;
# what the options of a call say is part of the request.
# Seen: only GET looks at the status, and only for 404, which rejects with the class NotFoundError instead of an error.
# A start, a removal or a load that is refused resolves. A create that is refused resolves to {message}, so that Id is
# undefined; a pull and a build that are refused at once resolve to "". An image's id gets "docker.io/library/" in
# front, and the engine knows no such image. since, until and filters of systemEvents arrive as "[object Object]", so
# that the events never end. The limits of containerUpdate go into the query, where the engine does not look; for the
# archive of putContainerArchive, the fields of the stream object are sent as JSON.
# Why it bites: `await containerStart(id)` is how one knows that it runs. The next step fails, or the old container
# goes on, and each call before it has succeeded.
set -euo pipefail

VERSION=0.0.17
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" "@docker/node-sdk@$VERSION" >/dev/null

# In an engine's place: it refuses everything that changes something, in the form of the engine's API.
cat >refused.mjs <<'JS'
import http from "http"
import { Readable } from "stream"
import { DockerClient } from "@docker/node-sdk"
let asked = ""
const engine = http.createServer((request, response) => {
  let body = ""
  request.setEncoding("utf8").on("data", (text) => (body += text)).on("end", () => {
    asked = `${request.method} ${decodeURIComponent(request.url)} ${body}`.trim()
    response.writeHead(request.method === "GET" ? 404 : 409, { "Content-Type": "application/json" })
    response.end('{"message":"refused"}\n')
  })
})
await new Promise((done) => engine.listen("engine.sock", done))
const docker = await DockerClient.fromDockerHost("unix:engine.sock")
const id = `sha256:${"0123456789abcdef".repeat(4)}`
const archive = () => new Blob(["an archive"]).stream()
const attempt = async (name, call) => {
  let result
  try {
    result = `resolves to ${JSON.stringify(await call())}`
  } catch (error) {
    result = error instanceof Error ? `rejects with ${error.message}` : `rejects with the class ${error.name}`
  }
  const shown = asked.replace(id, "(the id)").replace(/\{"_events".*/, "(fields of the stream object)")
  console.log(`${name} ${result}\n  asked: ${shown}`)
}
await attempt("containerInspect", () => docker.containerInspect("web"))
await attempt("containerStart", () => docker.containerStart("web"))
await attempt("containerDelete", () => docker.containerDelete("web"))
await attempt("imageLoad", () => docker.imageLoad(archive()))
await attempt("imageBuild().wait", () => docker.imageBuild(archive(), { tag: "app" }).wait())
await attempt("imageCreate().wait", () => docker.imageCreate({ fromImage: "debian", tag: "12" }).wait())
await attempt("containerCreate", () => docker.containerCreate({ Image: id }, { name: "web" }))
await attempt("containerUpdate", () => docker.containerUpdate("web", { Memory: 1000000000 }))
await attempt("putContainerArchive", () => docker.putContainerArchive("web", "/srv", Readable.from(["an archive"])))
await attempt("systemEvents", async () => {
  for await (const event of docker.systemEvents({ since: "0", until: "1" })) return event
})
await docker.close()
engine.close()
JS
node refused.mjs | tee seen
cat >expected <<'END'
containerInspect rejects with the class NotFoundError
  asked: GET /containers/web/json
containerStart resolves to undefined
  asked: POST /containers/web/start
containerDelete resolves to undefined
  asked: DELETE /containers/web
imageLoad resolves to undefined
  asked: POST /images/load an archive
imageBuild().wait resolves to ""
  asked: POST /build?t=app&version=2 an archive
imageCreate().wait resolves to ""
  asked: POST /images/create?fromImage=docker.io/library/debian&tag=12
containerCreate resolves to {"message":"refused"}
  asked: POST /containers/create?name=web {"Image":"docker.io/library/(the id)"}
containerUpdate resolves to {"message":"refused"}
  asked: POST /containers/web/update?Memory=1000000000
putContainerArchive resolves to undefined
  asked: PUT /containers/web/archive?path=/srv (fields of the stream object)
systemEvents resolves to {"message":"refused"}
  asked: GET /events?params=[object+Object]
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
