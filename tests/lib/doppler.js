// A stand-in for the one operation of Doppler's API that os2 uses, as its documentation describes it:
// GET /v3/configs/config/secrets/download with a bearer token. argv[2]: JSON
// {tokens: {TOKEN: {project, config}}, configs: {"project/config": {environment, secrets}}}, where a
// service token (dp.st.…) is bound to its config and another token names both.
// Prints its port. GET /seen tells what came; /fail?count=N&status=S lets the next N requests fail.
"use strict"

const http = require("node:http")

const world = JSON.parse(process.argv[2])
const seen = []
let failing = { count: 0, status: 503 }

function answer(response, status, value) {
  response.writeHead(status, { "content-type": "application/json" })
  response.end(typeof value === "string" ? value : JSON.stringify(value))
}

function refuse(response, status, message) {
  answer(response, status, { messages: [message], success: false })
}

function nameOf(token, bound, query) {
  const project = query.get("project") || bound.project
  const config = query.get("config") || bound.config
  if (!token.startsWith("dp.st.")) return query.get("project") && query.get("config") && `${project}/${config}`
  return project === bound.project && config === bound.config && `${project}/${config}`
}

function download(request, response, query) {
  const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization || "") || []
  const bound = world.tokens[token]
  if (!bound) return refuse(response, 401, "Invalid Auth token")
  const name = nameOf(token, bound, query)
  if (!name) return refuse(response, 403, "This token does not have access to requested config")
  const config = world.configs[name]
  if (!config) return refuse(response, 404, `Could not find requested config '${name}'`)
  if (typeof config.raw === "string") return answer(response, 200, config.raw)
  const [project, own] = name.split("/")
  const about = { DOPPLER_PROJECT: project, DOPPLER_CONFIG: own, DOPPLER_ENVIRONMENT: config.environment }
  return answer(response, 200, { ...about, ...config.secrets })
}

// A connection that is closed because nobody used it could take the next request with it.
const server = http.createServer({ keepAliveTimeout: 600000 }, (request, response) => {
  const url = new URL(request.url, "http://localhost")
  if (url.pathname === "/seen") return answer(response, 200, seen)
  if (url.pathname === "/fail") {
    failing = { count: Number(url.searchParams.get("count")), status: Number(url.searchParams.get("status")) }
    return answer(response, 200, {})
  }
  seen.push({ method: request.method, path: url.pathname, query: Object.fromEntries(url.searchParams) })
  if (failing.count > 0) {
    failing.count -= 1
    return refuse(response, failing.status, "later")
  }
  const isKnown = request.method === "GET" && url.pathname === "/v3/configs/config/secrets/download"
  if (!isKnown || url.searchParams.get("format") !== "json") return refuse(response, 404, "no such operation")
  return download(request, response, url.searchParams)
})

server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })))
