// router: finds the operation of an API description a request is for.
"use strict"

const { badRequest } = require("./errors")

/** `node` with every reference replaced by the schema it names. */
function resolved(node, schemas) {
  if (Array.isArray(node)) return node.map((item) => resolved(item, schemas))
  if (node === null || typeof node !== "object") return node
  if (typeof node.$ref === "string") return resolved(schemas[node.$ref.split("/").pop()], schemas)
  const entries = Object.entries(node).map(([key, value]) => [key, resolved(value, schemas)])
  return Object.fromEntries(entries)
}

function newNode() {
  return { fixed: new Map(), variable: null, operations: {} }
}

const isVariable = (segment) => segment.startsWith("{")

function child(node, segment) {
  if (isVariable(segment)) return (node.variable ??= newNode())
  if (!node.fixed.has(segment)) node.fixed.set(segment, newNode())
  return node.fixed.get(segment)
}

function segmentsOf(path) {
  return path.replace(/^\/|\/$/g, "").split("/")
}

function decoded(segment) {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw badRequest("Failed to decode path parameter")
  }
}

/** A tree of path segments: a fixed segment wins over a variable one. */
class Router {
  /** @param {object} definition an OpenAPI 3 document */
  constructor({ paths, components }) {
    this.root = newNode()
    for (const [path, item] of Object.entries(paths)) {
      this.add(path, resolved(item, components.schemas))
    }
  }

  add(path, item) {
    const segments = segmentsOf(path)
    const node = segments.reduce(child, this.root)
    const names = segments.filter(isVariable).map((segment) => segment.slice(1, -1))
    for (const [method, operation] of Object.entries(item)) {
      node.operations[method.toUpperCase()] = { parameters: [], ...operation, path, names }
    }
  }

  /** {operation, params} of a request, or null; a slash at the end of `path` does not count. */
  match(method, path) {
    const values = []
    const node = find(this.root, segmentsOf(path), 0, values, method)
    if (!node) return null
    const operation = node.operations[method]
    const pairs = operation.names.map((name, i) => [name, decoded(values[i])])
    return { operation, params: Object.fromEntries(pairs) }
  }
}

function find(node, segments, at, values, method) {
  if (at === segments.length) return node.operations[method] ? node : null
  const fixed = node.fixed.get(segments[at])
  const found = fixed && find(fixed, segments, at + 1, values, method)
  if (found || !node.variable || segments[at] === "") return found || null
  values.push(segments[at])
  const variable = find(node.variable, segments, at + 1, values, method)
  if (!variable) values.pop()
  return variable
}

module.exports = { Router }
