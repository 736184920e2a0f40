// subset: cuts the facts-only subset of the API description the stand-in is driven by.
//
//   node subset.js /path/to/full-description.json > api.json
"use strict"

const fs = require("node:fs")

// Tags whose operations are kept.
const TAGS = ["snapshots", "docker-registry", "api-keys", "Health", "config", "sandbox", "preview"]

// Operations of other tags an API key is refused on (401): kept so that they are routes.
const JWT_ONLY = [
  "getAuthenticatedUser",
  "listOrganizations",
  "getOrganization",
  "getOrganizationUsageOverview",
]

// Operations of TAGS that only a runner, a proxy, a gateway or a person may call.
const NOT_FOR_API_KEYS = [
  "HealthController_check",
  "deleteApiKeyForUser",
  "getOrganizationBySandboxId",
  "getRegionQuotaBySandboxId",
  "getSandboxSigningKey",
  "getSandboxesForRunner",
  "getSigningKey",
  "resolveSandboxSecrets",
  "rotateSigningKey",
  "updateSandboxState",
  "validateSshAccess",
]

const METHODS = ["get", "put", "post", "delete", "patch"]

// What a request or an answer may hold; prose (summaries, descriptions, examples) stays out.
const FACTS = new Set([
  "additionalProperties",
  "allOf",
  "content",
  "default",
  "enum",
  "format",
  "in",
  "items",
  "maximum",
  "minimum",
  "name",
  "nullable",
  "operationId",
  "parameters",
  "properties",
  "requestBody",
  "required",
  "responses",
  "schema",
  "security",
  "tags",
  "type",
  "$ref",
])

function wanted(operation) {
  if (JWT_ONLY.includes(operation.operationId)) return true
  const tagged = (operation.tags || []).some((tag) => TAGS.includes(tag))
  return tagged && !NOT_FOR_API_KEYS.includes(operation.operationId)
}

/** Copies `node`, keeping facts only. `free` nodes have keys that are names, not keywords. */
function facts(node, free) {
  if (Array.isArray(node)) return node.map((item) => facts(item, false))
  if (node === null || typeof node !== "object") return node
  const copy = {}
  for (const [key, value] of Object.entries(node)) {
    if (!free && !FACTS.has(key)) continue
    copy[key] = facts(value, !free && ["properties", "content", "responses"].includes(key))
  }
  return copy
}

/** An answer must carry a description to be valid OpenAPI: an empty one says nothing. */
function trimmed(operation) {
  const copy = facts(operation, false)
  copy.security = (operation.security || []).filter((scheme) => "bearer" in scheme)
  for (const response of Object.values(copy.responses)) response.description = ""
  return copy
}

function keptPaths(paths) {
  const kept = {}
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS) {
      if (!item[method] || !wanted(item[method])) continue
      kept[path] = { ...kept[path], [method]: trimmed(item[method]) }
    }
  }
  return kept
}

/** The schemas `node` refers to, directly and through others, added to `found` by name. */
function collectSchemas(node, schemas, found) {
  if (node === null || typeof node !== "object") return
  if (typeof node.$ref === "string") {
    const name = node.$ref.split("/").pop()
    if (!(name in found)) {
      found[name] = facts(schemas[name], false)
      collectSchemas(found[name], schemas, found)
    }
  }
  for (const value of Object.values(node)) collectSchemas(value, schemas, found)
}

/** The subset of `full` as a valid OpenAPI 3.0 document. */
function subset(full) {
  const paths = keptPaths(full.paths)
  const found = {}
  collectSchemas(paths, full.components.schemas, found)
  const schemas = Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
  const securitySchemes = { bearer: { type: "http", scheme: "bearer" } }
  return {
    openapi: full.openapi,
    info: { title: "daytona-api (subset)", version: full.info.version },
    paths,
    components: { securitySchemes, schemas },
  }
}

if (require.main === module) {
  const [source] = process.argv.slice(2)
  if (!source) {
    process.stderr.write(
      "subset: no description given; usage: node subset.js FULL.json > api.json\n",
    )
    process.exit(2)
  }
  const full = JSON.parse(fs.readFileSync(source, "utf8"))
  process.stdout.write(JSON.stringify(subset(full), null, 1) + "\n")
}

module.exports = { subset, JWT_ONLY }
