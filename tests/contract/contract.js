// contract: one description as the operations it has, each with a sample of a right request.
"use strict"

const { UUID, resolve, sample } = require("./sample")

const MULTIPART = "multipart/form-data"
const JSON_TYPE = "application/json"
const BYTES = "bytes: \0\r\n--"

// The client's own business, whatever is called.
const OWN_HEADERS = ["X-Daytona-Organization-ID", "Content-type"]

function snakeCase(id) {
  return id.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase()
}

/** A place in a description, as a JSON pointer. */
function pointer(...keys) {
  return "#" + keys.map((key) => "/" + key.replace(/~/g, "~0").replace(/\//g, "~1")).join("")
}

/** The parameters in `place`, each with the place of its schema. */
function parametersOf(description, path, method, place) {
  const all = description.paths[path][method].parameters.map((parameter, index) => ({
    ...parameter,
    schema: resolve(description, parameter.schema),
    at: pointer("paths", path, method, "parameters", String(index), "schema"),
  }))
  return all.filter(({ name, in: stands }) => stands === place && !OWN_HEADERS.includes(name))
}

function samplesOf(description, parameters) {
  const pairs = parameters.map(({ name, schema }) => [name, sample(description, schema)])
  return Object.fromEntries(pairs)
}

/** Whatever is an id where any text may stand. */
function pathSamples(description, parameters) {
  const samples = samplesOf(description, parameters)
  for (const { name, schema } of parameters) {
    if (schema.type === "string" && !schema.enum) samples[name] = UUID
  }
  return samples
}

/** The body's media type and, where that is JSON, its sample and the place of its schema. */
function bodyOf(description, path, method, { content } = { content: {} }) {
  const [media] = Object.keys(content)
  if (media !== JSON_TYPE) return { media }
  const at = pointer("paths", path, method, "requestBody", "content", media, "schema")
  return { media, at, sample: sample(description, content[media].schema) }
}

/** A status, media type and body that the description names. */
function answerOf(description, responses) {
  const status = Object.keys(responses).find((each) => each >= 200 && each < 300) || "200"
  const { content = {} } = responses[status] || {}
  const [type] = Object.keys(content)
  if (!type) return { status: Number(status) }
  const value = type === JSON_TYPE && sample(description, content[type].schema || {})
  return { status: Number(status), type, body: value ? JSON.stringify(value) : BYTES }
}

function operationOf(description, path, method) {
  const { operationId, requestBody, responses } = description.paths[path][method]
  const [inPath, query, header] = ["path", "query", "header"].map((place) =>
    parametersOf(description, path, method, place),
  )
  return {
    name: snakeCase(operationId),
    id: operationId,
    method: method.toUpperCase(),
    pattern: new RegExp("^" + path.replace(/{(\w+)}/g, "(?<$1>[^/]+)") + "$"),
    rank: path.replace(/{\w+}/g, "~"), // a fixed word goes before a parameter in the same place
    parameters: { path: inPath, query, header },
    sample: {
      path: pathSamples(description, inPath),
      query: samplesOf(description, query),
      header: Object.fromEntries(header.map(({ name }) => [name, "c2FtcGxl"])),
    },
    body: bodyOf(description, path, method, requestBody),
    answer: answerOf(description, responses),
  }
}

/** The operations of `description`, in the order in which a path is looked for among them. */
function operationsOf(description) {
  const list = []
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of Object.keys(item)) list.push(operationOf(description, path, method))
  }
  return list.sort((one, other) => (one.rank < other.rank ? -1 : 1))
}

/** The call of os2 that is to make the sample's request. */
function callOf(api, { name, id, sample: { path, query, header }, body }) {
  const options = { headers: header }
  if (body.media === MULTIPART) options.body = [{ name: "file", filename: 'a"b', data: BYTES }]
  else if (body.media && body.media !== JSON_TYPE) options.body = BYTES
  return { api, id, operation: name, params: { ...path, ...query, ...body.sample }, options }
}

module.exports = { BYTES, JSON_TYPE, MULTIPART, callOf, operationsOf }
