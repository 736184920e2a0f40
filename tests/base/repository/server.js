// What a machine of `./bootstrap run` serves where GitHub is not in reach: its health, and a word.
"use strict"

const http = require("node:http")

const ANSWERS = { "/": { name: "os2 stand-in" }, "/api/health": { status: "ok" } }

const server = http.createServer((request, response) => {
  const answer = ANSWERS[request.url]
  response.writeHead(answer ? 200 : 404, { "content-type": "application/json" })
  response.end(JSON.stringify(answer || { error: "not found" }))
})

process.on("SIGTERM", () => process.exit(0))
server.listen(Number(process.env.PORT), process.env.HOSTNAME)
