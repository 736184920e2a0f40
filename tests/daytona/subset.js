// subset: cuts the facts-only subsets of the API descriptions that os2's rows are made from, that the
// stand-in is driven by and that the contract test holds every request to.
//
//   node subset.js api FULL.json > api.json
//   node subset.js toolbox FULL.json > toolbox.json
//   node subset.js engine FULL.json > ../docker/engine.json
//
// What a newer client knows beyond FULL.json comes in with client.js first.
"use strict"

const fs = require("node:fs")
const { openapi } = require("./swagger2")

// Operations an API key is refused on (401): kept so that they are routes.
const JWT_ONLY = [
  "createApiKey",
  "deleteApiKey",
  "deleteApiKeyForUser",
  "getApiKey",
  "getAuthenticatedUser",
  "getOrganization",
  "getOrganizationUsageOverview",
  "listApiKeys",
  "listOrganizations",
]

// What an organization tells of a region beside its settings, which are a person's.
const OF_ORGANIZATIONS = [
  "getGpuCapacity",
  "listAvailableSandboxClasses",
  "updateOrganizationDefaultQueueTimeout",
]

// What is kept of each description: tags, paths outside of these tags, single operations; and which
// operations of the tags are left out, because a client's API key may not call them.
const CUTS = {
  api: {
    title: "daytona-api (subset)",
    tags: [
      "snapshots",
      "sandbox",
      "preview",
      "docker-registry",
      "object-storage",
      "regions",
      "volumes",
      "secret",
      "api-keys",
      "config",
      "Health",
      "audit",
      "warm-pools",
      "webhooks",
    ],
    paths: /^\/regions/, // the regions of an organization carry its tag
    operations: [...JWT_ONLY, ...OF_ORGANIZATIONS],
    without: {
      HealthController_check: "takes the monitor's key",
      getOrganizationBySandboxId: "asked by proxy and SSH gateway",
      getRegionQuotaBySandboxId: "asked by the runner",
      getSandboxesForRunner: "the runner's own sandboxes",
      getSigningKey: "asked by the proxy; a client has getSandboxSigningKey",
      resolveSandboxSecrets: "asked by the runner",
      updateSandboxState: "told by the runner",
      validateSshAccess: "asked by the SSH gateway",
    },
  },
  toolbox: {
    title: "daytona-toolbox (subset)",
    tags: ["process", "file-system", "git", "port", "info", "server", "system"],
    without: { Initialize: "told by the runner" },
  },
  engine: {
    title: "docker-engine (subset)",
    tags: ["System", "Image", "Container", "Exec", "Network", "Volume", "Distribution", "Session"],
  },
}

const METHODS = ["get", "head", "put", "post", "delete", "patch"]

// What a request or an answer may hold; prose (summaries, descriptions, examples) stays out.
const FACTS = new Set([
  "additionalProperties",
  "allOf",
  "content",
  "default",
  "deprecated",
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

function isWanted(cut, path, { operationId, tags = [] }) {
  if (cut.without && operationId in cut.without) return false
  if ((cut.operations || []).includes(operationId)) return true
  return tags.some((tag) => cut.tags.includes(tag)) || Boolean(cut.paths && cut.paths.test(path))
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

function keptPaths(cut, paths) {
  const kept = {}
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS) {
      if (!item[method] || !isWanted(cut, path, item[method])) continue
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
function subset(cut, full) {
  const paths = keptPaths(cut, full.paths)
  const found = {}
  collectSchemas(paths, full.components.schemas, found)
  const schemas = Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
  const securitySchemes = { bearer: { type: "http", scheme: "bearer" } }
  return {
    openapi: full.openapi,
    info: { title: cut.title, version: full.info.version },
    paths,
    components: { securitySchemes, schemas },
  }
}

if (require.main === module) {
  const [name, source] = process.argv.slice(2)
  if (!(name in CUTS) || !source) {
    process.stderr.write(`subset: usage: node subset.js ${Object.keys(CUTS).join("|")} FULL.json\n`)
    process.exit(2)
  }
  const full = openapi(JSON.parse(fs.readFileSync(source, "utf8")))
  process.stdout.write(JSON.stringify(subset(CUTS[name], full), null, 1) + "\n")
}

module.exports = { subset, JWT_ONLY }
