// server: answers as the descriptions say, and only to requests that they allow.
//
//   node server.js DIRECTORY   prints {"url", "socket"}; the engine listens on the socket
//   GET /_calls                the calls that make one request of each operation
//   GET /_verdict              {"accepted": ["daytona.create_snapshot"], "refused": [{request, errors}],
//                              "asked": [operations of which a request came]}
"use strict"

const http = require("node:http")
const path = require("node:path")
const { callOf, operationsOf } = require("./contract")
const { createValidator, judge } = require("./judge")

const DESCRIPTIONS = {
  daytona: require("../daytona/api.json"),
  toolbox: require("../daytona/toolbox.json"),
  docker: require("../docker/engine.json"),
}

const API_VERSION = "1.51" // that the engine says it speaks

// Where each API stands on this server.
const BASES = { daytona: /^\/api(?=\/)/, toolbox: /^\/toolbox\/[^/]+(?=\/)/, docker: /^(\/v1\.51)?(?=\/)/ }

const apis = Object.entries(DESCRIPTIONS).map(([name, description]) => ({
  name,
  base: BASES[name],
  operations: operationsOf(description),
  validate: createValidator(description),
}))

const accepted = new Set()
const refused = []
const asked = new Set() // operations of which a request came, accepted or not

function read(request) {
  return new Promise((resolve) => {
    const parts = []
    request.on("data", (part) => parts.push(part))
    request.on("end", () => resolve(Buffer.concat(parts).toString()))
  })
}

function json(response, status, value) {
  response.writeHead(status, { "content-type": "application/json" })
  response.end(JSON.stringify(value))
}

/** The operation asked for and what is wrong with the request. */
function verdict(api, { method, url, headers }, body) {
  const [route, query] = url.replace(api.base, "").split("?")
  const operation = api.operations.find((each) => each.method === method && each.pattern.test(route))
  if (!operation) return { errors: ["there is no such operation"] }
  const request = { path: route, query: new URLSearchParams(query), headers, body }
  try {
    return { operation, errors: judge(api.validate, operation, request) }
  } catch (error) {
    return { operation, errors: [error.message] }
  }
}

async function serve(api, request, response) {
  const { operation, errors } = verdict(api, request, await read(request))
  asked.add(operation ? `${api.name}.${operation.name}` : `${request.method} ${request.url}`)
  if (errors.length > 0) {
    refused.push({ request: `${request.method} ${request.url}`, errors })
    return json(response, 400, { message: errors.join("; ") })
  }
  accepted.add(`${api.name}.${operation.name}`)
  const { status, type, body } = operation.answer
  response.writeHead(status, { "api-version": API_VERSION, ...(type && { "content-type": type }) })
  return response.end(request.method === "HEAD" ? undefined : body)
}

function control(request, response) {
  const calls = () => apis.flatMap(({ name, operations }) => operations.map((each) => callOf(name, each)))
  const verdicts = () => ({ accepted: [...accepted].sort(), asked: [...asked].sort(), refused })
  json(response, 200, request.url === "/_calls" ? calls() : verdicts())
}

function serveEngine(request, response) {
  serve(apis.find(({ name }) => name === "docker"), request, response)
}

function serveDaytona(request, response) {
  if (request.url.startsWith("/_")) return control(request, response)
  return serve(apis.find(({ base }) => base.test(request.url)), request, response)
}

const socket = path.join(process.argv[2], "engine.sock")
http.createServer(serveEngine).listen(socket, () => {
  const server = http.createServer(serveDaytona)
  server.listen(0, "127.0.0.1", () => {
    const url = `http://127.0.0.1:${server.address().port}`
    process.stdout.write(JSON.stringify({ url, socket }) + "\n")
  })
})
