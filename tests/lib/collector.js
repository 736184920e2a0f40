// A collector of traces: takes OTLP over HTTP with JSON and judges each body by a schema made of the
// protocol's own definitions (opentelemetry-proto: trace.proto, common.proto, resource.proto), with
// the rules of OTLP's JSON: ids in hexadecimal, integers of 64 bits as strings, enums as integers.
// Prints its port. GET /seen tells what came. A path says how it answers: /ok/…, /fail/…, /partial/…,
// /hang/….
"use strict"

const http = require("node:http")
const path = require("node:path")
const Ajv = require(path.join(__dirname, "../contract/node_modules/ajv"))

function object(properties, required = []) {
  return { type: "object", properties, required, additionalProperties: false }
}

function list(items) {
  return { type: "array", items }
}

const TEXT = { type: "string" }
const INT64 = { type: "string", pattern: "^-?[0-9]+$" }
const FIXED64 = { type: "string", pattern: "^[0-9]+$" }
const UINT32 = { type: "integer", minimum: 0, maximum: 4294967295 }
const TRACE_ID = { type: "string", pattern: "^(?!0{32})[0-9a-f]{32}$" }
const SPAN_ID = { type: "string", pattern: "^(?!0{16})[0-9a-f]{16}$" }

const VALUE = {
  ...object({ stringValue: TEXT, boolValue: { type: "boolean" }, intValue: INT64, doubleValue: { type: "number" } }),
  minProperties: 1,
  maxProperties: 1,
}
const ATTRIBUTES = list(object({ key: { type: "string", minLength: 1 }, value: VALUE }, ["key", "value"]))

const SPAN = object(
  {
    traceId: TRACE_ID,
    spanId: SPAN_ID,
    traceState: TEXT,
    parentSpanId: SPAN_ID,
    flags: UINT32,
    name: { type: "string", minLength: 1 },
    kind: { type: "integer", minimum: 0, maximum: 5 },
    startTimeUnixNano: FIXED64,
    endTimeUnixNano: FIXED64,
    attributes: ATTRIBUTES,
    droppedAttributesCount: UINT32,
    status: object({ message: TEXT, code: { type: "integer", minimum: 0, maximum: 2 } }),
  },
  ["traceId", "spanId", "name", "startTimeUnixNano", "endTimeUnixNano"],
)

const SCOPE = object({ name: TEXT, version: TEXT, attributes: ATTRIBUTES })
const REQUEST = object({
  resourceSpans: list(
    object({
      resource: object({ attributes: ATTRIBUTES }),
      scopeSpans: list(object({ scope: SCOPE, spans: list(SPAN), schemaUrl: TEXT })),
      schemaUrl: TEXT,
    }),
  ),
})

const validate = new Ajv({ allErrors: true }).compile(REQUEST)
const seen = []

function faultsOf(body) {
  if (validate(body)) return []
  return validate.errors.map((error) => `${error.instancePath} ${error.message}`)
}

function answer(response, status, value) {
  response.writeHead(status, { "content-type": "application/json" })
  response.end(JSON.stringify(value))
}

function take(request, response, text) {
  const body = JSON.parse(text)
  seen.push({ url: request.url, method: request.method, headers: request.headers, body, faults: faultsOf(body) })
  if (request.url.startsWith("/hang")) return undefined
  if (request.url.startsWith("/fail")) return answer(response, 503, { message: "not now" })
  if (request.url.startsWith("/partial")) {
    return answer(response, 200, { partialSuccess: { rejectedSpans: "2", errorMessage: "too old" } })
  }
  return answer(response, 200, {})
}

// A connection that is closed because nobody used it could take the next request with it.
const server = http.createServer({ keepAliveTimeout: 600000 }, (request, response) => {
  if (request.url === "/seen") return answer(response, 200, seen)
  const parts = []
  request.on("data", (part) => parts.push(part))
  request.on("end", () => take(request, response, Buffer.concat(parts).toString()))
  return undefined
})

server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })))
