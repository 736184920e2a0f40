// swagger2: turns a Swagger 2.0 description (the toolbox, the Docker Engine) into OpenAPI 3.0.
"use strict"

// What a Swagger parameter says of its values; OpenAPI 3 keeps it in a schema of its own.
const VALUE_FACTS = ["type", "format", "enum", "items", "default", "minimum", "maximum"]

function picked(node, keys) {
  return Object.fromEntries(keys.filter((key) => key in node).map((key) => [key, node[key]]))
}

/** References point to where OpenAPI 3 keeps its schemas. */
function renamed(node) {
  if (Array.isArray(node)) return node.map(renamed)
  if (node === null || typeof node !== "object") return node
  const copy = {}
  for (const [key, value] of Object.entries(node)) {
    const isReference = key === "$ref" && typeof value === "string"
    copy[key] = isReference ? value.replace("#/definitions/", "#/components/schemas/") : renamed(value)
  }
  return copy
}

/** A list in a query is a repeated key, also where the engine's description does not say `multi`. */
function parameter(from) {
  return { ...picked(from, ["name", "in", "required"]), schema: picked(from, VALUE_FACTS) }
}

function formSchema(fields) {
  const properties = {}
  for (const field of fields) {
    const isFile = field.type === "file"
    properties[field.name] = isFile ? { type: "string", format: "binary" } : picked(field, VALUE_FACTS)
  }
  const required = fields.filter((field) => field.required).map((field) => field.name)
  return { type: "object", properties, ...(required.length > 0 && { required }) }
}

function isMultipart(operation) {
  return (operation.consumes || []).includes("multipart/form-data")
}

/** The body of an operation: a form, bytes, JSON, or none. */
function requestBody(operation, parameters) {
  const fields = parameters.filter((each) => each.in === "formData")
  if (isMultipart(operation)) {
    return { required: true, content: { "multipart/form-data": { schema: formSchema(fields) } } }
  }
  const body = parameters.find((each) => each.in === "body")
  if (!body) return undefined
  const isText = body.schema.type === "string"
  const type = isText ? (operation.consumes || ["application/octet-stream"])[0] : "application/json"
  return { required: body.required === true, content: { [type]: { schema: body.schema } } }
}

function responses(operation, produces) {
  const made = {}
  for (const [status, response] of Object.entries(operation.responses)) {
    made[status] = { description: "" }
    const isFile = response.schema && response.schema.type === "file"
    const kinds = operation.produces || (response.schema && !isFile ? produces : [])
    const schema = isFile ? { type: "string", format: "binary" } : response.schema
    if (kinds.length === 0 || Number(status) >= 300) continue
    made[status].content = Object.fromEntries(kinds.map((kind) => [kind, schema ? { schema } : {}]))
  }
  return made
}

function operation(from, produces) {
  const parameters = from.parameters || []
  const body = requestBody(from, parameters)
  return {
    ...picked(from, ["operationId", "tags", "deprecated"]),
    parameters: parameters.filter((each) => ["path", "query", "header"].includes(each.in)).map(parameter),
    ...(body && { requestBody: body }),
    responses: responses(from, produces),
  }
}

function paths(from) {
  const made = {}
  for (const [path, item] of Object.entries(from.paths)) {
    made[path] = {}
    for (const [method, each] of Object.entries(item)) {
      made[path][method] = operation(each, from.produces || ["application/json"])
    }
  }
  return made
}

/** `full` as OpenAPI 3.0; what is that already comes back as it is. */
function openapi(full) {
  if (full.openapi) return full
  return renamed({
    openapi: "3.0.0",
    info: full.info,
    paths: paths(full),
    components: { schemas: full.definitions },
  })
}

module.exports = { openapi }
