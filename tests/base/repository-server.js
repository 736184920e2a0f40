// Serves one git repository over HTTP, to read only, on one address of this machine:
// `node repository-server.js ADDRESS DIR`. Prints the repository's URL and serves until SIGTERM.
"use strict"

const { spawn } = require("node:child_process")
const http = require("node:http")

const SERVICE = "git-upload-pack"
const ANNOUNCEMENT = `001e# service=${SERVICE}\n0000`

const [address, directory] = process.argv.slice(2)

function uploadPack(...options) {
  const child = spawn("git", ["upload-pack", "--stateless-rpc", ...options, directory], {
    stdio: ["pipe", "pipe", "inherit"],
  })
  child.stdin.on("error", () => {}) // it may end before it has read all
  return child
}

function head(response, word) {
  response.writeHead(200, { "content-type": `application/x-${SERVICE}-${word}` })
}

function references(request, response) {
  head(response, "advertisement")
  response.write(ANNOUNCEMENT)
  const child = uploadPack("--advertise-refs")
  child.stdin.end()
  child.stdout.pipe(response)
}

function pack(request, response) {
  head(response, "result")
  const child = uploadPack()
  response.on("close", () => child.kill())
  request.pipe(child.stdin)
  child.stdout.pipe(response)
}

const ROUTES = {
  [`GET /repository.git/info/refs?service=${SERVICE}`]: references,
  [`POST /repository.git/${SERVICE}`]: pack,
}

function answer(request, response) {
  const route = ROUTES[`${request.method} ${request.url}`]
  if (route) return route(request, response)
  return response.writeHead(404).end()
}

const server = http.createServer(answer)
server.listen(0, address, () => {
  console.log(`http://${address}:${server.address().port}/repository.git`)
})
