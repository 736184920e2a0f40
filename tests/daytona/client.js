// client: brings an API description up to date with a newer generated TypeScript client: operations,
// parameters, fields and values that only the client knows come in, what it no longer has goes out.
// The description keeps what a client does not say: bounds, defaults, formats.
//
//   node client.js FULL.json PACKAGE > NEWER.json    PACKAGE is the unpacked client
"use strict"

const fs = require("node:fs")
const path = require("node:path")
const { openapi } = require("./swagger2")

const METHODS = ["get", "head", "put", "post", "delete", "patch"]

// How the description writes an operation's name, and the client: letters and digits are the same.
const plain = (name) => name.replace(/[^a-z0-9]/gi, "").toLowerCase()

/* The client's sources ------------------------------------------------------------------------ */

function filesOf(root, folder, ending) {
  const found = fs.readdirSync(root, { recursive: true }).map(String)
  const wanted = found.filter((file) => file.split(path.sep).includes(folder))
  return wanted.filter((file) => file.endsWith(ending)).map((file) => path.join(root, file))
}

/** The first match of each name, as a map; `read` makes the value of a match. */
function collect(text, pattern, read) {
  const found = new Map()
  for (const match of text.matchAll(pattern)) if (!found.has(match[1])) found.set(match[1], read(match))
  return found
}

/** {type, optional} by argument name, from "a: string, b?: number". */
function argumentsOf(text) {
  const words = text.matchAll(/(\w+)(\??): ([^,()]+?(?:<[^>]*>)?)(?=, \w+\??:|$)/g)
  return Object.fromEntries([...words].map(([, name, mark, type]) => [name, { type, optional: mark === "?" }]))
}

function signaturesOf(declarations) {
  return collect(declarations, /\n {4}(\w+): \((.*?)\) => Promise<RequestArgs>/g, ([, , text]) =>
    argumentsOf(text),
  )
}

function answersOf(declarations) {
  const pattern = /\n {4}(\w+)\(.*?\): Promise<\(axios\?: .*?\) => AxiosPromise<(.*?)>>;/g
  return collect(declarations, pattern, ([, , type]) => type)
}

const quoted = (text, pattern) => [...text.matchAll(pattern)].map(([, name]) => name)

/** Every operation of the client: name, tag, method, path, query keys, type of body and answer. */
function operationsOf(root) {
  const operations = []
  for (const file of filesOf(root, "api", "-api.js")) {
    const declarations = fs.readFileSync(file.replace(/js$/, "d.ts"), "utf8")
    const [signatures, answers] = [signaturesOf(declarations), answersOf(declarations)]
    const tag = path.basename(file, "-api.js")
    const source = fs.readFileSync(file, "utf8")
    const pattern = /\n {8}(\w+): async \(.*?\) => \{(.*?)\n {8}\},/gs
    for (const [name, text] of collect(source, pattern, ([, , body]) => body)) {
      const given = signatures.get(name) || {}
      const body = /serializeDataIfNeeded\)?\((\w+),/.exec(text)
      operations.push({
        name,
        tag,
        method: /method: '(\w+)'/.exec(text)[1].toLowerCase(),
        path: /localVarPath = `([^`]*)`/.exec(text)[1],
        query: quoted(text, /localVarQueryParameter\['(\w+)'\]/g),
        arguments: given,
        body: body && given[body[1]] ? given[body[1]].type : null,
        answer: answers.get(name) || "void",
      })
    }
  }
  return operations
}

/** {models: Map of name to fields, enums: Map of name to values}. */
function modelsOf(root) {
  const text = filesOf(root, "models", ".d.ts").map((file) => fs.readFileSync(file, "utf8")).join("\n")
  const field = /\n {4}'([^']+)'(\??): (.*?);(?=\n(?: {4}(?:\/\*\*|')|$))/gs
  const models = collect(text, /export interface (\w+) \{(.*?\n)\}/gs, ([, , body]) =>
    [...body.matchAll(field)].map(([, name, mark, type]) => ({ name, type, optional: mark === "?" })),
  )
  const enums = collect(text, /export declare const (\w+): \{(.*?)\n\};/gs, ([, , body]) =>
    quoted(body, /readonly \w+: "([^"]*)";/g).filter((value) => value !== "11184809"),
  )
  return { models, enums }
}

/* Types --------------------------------------------------------------------------------------- */

const SIMPLE = {
  string: { type: "string" },
  number: { type: "number" },
  boolean: { type: "boolean" },
  Date: { type: "string", format: "date-time" },
}

/** The schema of a TypeScript type; `known` are the names of schemas there may be references to. */
function schemaOf(type, client, known) {
  const base = type.replace(/ \| null$/, "")
  if (base !== type) return { ...schemaOf(base, client, known), nullable: true }
  const list = /^Array<(.*)>$/.exec(type)
  if (list) return { type: "array", items: schemaOf(list[1], client, known) }
  const map = /^\{\s*\[key: string\]: (.*?);?\s*\}$/.exec(type)
  if (map) return { type: "object", additionalProperties: schemaOf(map[1], client, known) }
  if (SIMPLE[type]) return { ...SIMPLE[type] }
  if (known.has(type) || client.models.has(type)) return { $ref: `#/components/schemas/${type}` }
  if (client.enums.has(type)) return { type: "string", enum: client.enums.get(type) }
  return { type: "object" }
}

/* Merging ------------------------------------------------------------------------------------- */

function mergeModel(schema, fields, toSchema) {
  const properties = {}
  for (const { name, type } of fields) {
    properties[name] = (schema.properties || {})[name] || toSchema(type)
  }
  const required = fields.filter(({ optional }) => !optional).map(({ name }) => name)
  return { ...schema, type: "object", properties, ...(required.length > 0 && { required }) }
}

function mergeSchemas(schemas, client) {
  const names = new Map(Object.keys(schemas).map((name) => [name.replaceAll("_", ""), name]))
  const toSchema = (type) => schemaOf(type, client, names)
  for (const [name, fields] of client.models) {
    const kept = names.get(name) || name
    const before = schemas[kept] || {}
    if (!schemas[kept] || before.properties) schemas[kept] = mergeModel(before, fields, toSchema)
  }
  for (const [name, values] of client.enums) {
    const kept = names.get(name)
    if (kept && schemas[kept].enum) schemas[kept] = { ...schemas[kept], enum: values }
  }
}

function parameter(place, name, { type, optional }, client) {
  return { name, in: place, required: !optional, schema: schemaOf(type, client, new Set()) }
}

const UNKNOWN = { type: "string", optional: true }

function newOperation(operation, client) {
  const { name, tag, body, answer } = operation
  const inPath = quoted(operation.path, /\{(\w+)\}/g)
  const given = (key) => operation.arguments[key] || UNKNOWN
  const json = (type) => ({ "application/json": { schema: schemaOf(type, client, new Set()) } })
  return {
    operationId: name,
    tags: [tag],
    parameters: [
      ...inPath.map((key) => parameter("path", key, { ...given(key), optional: false }, client)),
      ...operation.query.map((key) => parameter("query", key, given(key), client)),
    ],
    ...(body && { requestBody: { required: true, content: json(body) } }),
    responses: { 200: answer === "void" ? {} : { content: json(answer) } },
    security: [{ bearer: [] }],
  }
}

function addQuery(kept, operation, client) {
  kept.parameters ??= []
  const known = new Set(kept.parameters.map(({ name }) => name))
  for (const key of operation.query.filter((name) => !known.has(name))) {
    kept.parameters.push(parameter("query", key, operation.arguments[key] || UNKNOWN, client))
  }
}

/** The description's operations by their plain names. */
function described(paths) {
  const found = new Map()
  for (const [route, item] of Object.entries(paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      found.set(plain(item[method].operationId), { route, method, operation: item[method] })
    }
  }
  return found
}

function mergePaths(paths, operations, client) {
  const before = described(paths)
  for (const operation of operations) {
    const kept = before.get(plain(operation.name))
    before.delete(plain(operation.name))
    if (kept) addQuery(kept.operation, operation, client)
    else {
      paths[operation.path] ??= {}
      paths[operation.path][operation.method] = newOperation(operation, client)
    }
  }
  for (const { route, method } of before.values()) delete paths[route][method]
}

/** `full`, changed to what the client in `root` says; its version is the client's. */
function merge(full, root) {
  const client = modelsOf(root)
  const { version } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"))
  mergeSchemas(full.components.schemas, client)
  mergePaths(full.paths, operationsOf(root), client)
  full.info.version = version
  return full
}

if (require.main === module) {
  const [source, root] = process.argv.slice(2)
  if (!source || !root) {
    process.stderr.write("client: usage: node client.js FULL.json PACKAGE\n")
    process.exit(2)
  }
  const full = openapi(JSON.parse(fs.readFileSync(source, "utf8")))
  process.stdout.write(JSON.stringify(merge(full, root), null, 1) + "\n")
}

module.exports = { merge }
