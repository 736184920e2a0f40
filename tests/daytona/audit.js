// audit: who did what, written down for every operation that changes something.
"use strict"

const crypto = require("node:crypto")
const { forbidden } = require("./errors")
const { paginate } = require("./snapshot-list")

const SCENARIOS = {
  sandbox: ["create", "start", "stop", "archive", "delete", "replace_labels"],
  snapshot: ["create", "activate", "deactivate", "delete"],
  volume: ["create", "delete"],
  docker_registry: ["create", "update", "delete"],
  api_key: ["create", "delete"],
  secret: ["create", "update", "delete"],
  region: ["create", "update", "delete"],
}

// First word of an operation id that is not an action's name.
const ACTIONS = { remove: "delete", replace: "replace_labels" }

const TARGETS = {
  sandbox: "sandbox",
  snapshots: "snapshot",
  volumes: "volume",
  "docker-registry": "docker_registry",
  "api-keys": "api_key",
  secret: "secret",
  regions: "region",
}

function targetId({ params, body }) {
  return Object.values(params)[0] ?? body.name
}

/** Writes down one call that has been answered, unless it only read. */
function record(call, status) {
  const { world, key, operation } = call
  if (!key || call.method === "GET") return
  const [verb] = /^[a-z]+/.exec(operation.operationId.replace(/^.*_/, ""))
  world.auditLogs.push({
    id: crypto.randomUUID(),
    actorId: "u1",
    actorEmail: "u1@example.com",
    actorApiKeyPrefix: key.value.slice(0, 3),
    actorApiKeySuffix: key.value.slice(-3),
    organizationId: call.organization,
    action: ACTIONS[verb] || verb,
    targetType: TARGETS[call.path.split("/")[2]] || "other",
    targetId: targetId(call),
    statusCode: status,
    source: call.headers["x-daytona-source"],
    userAgent: call.headers["user-agent"],
    createdAt: new Date().toISOString(),
  })
}

function getOrganizationAuditLogs(call) {
  if (call.params.organizationId !== call.organization) throw forbidden()
  const own = (entry) => entry.organizationId === call.organization
  return paginate(call.world.auditLogs.filter(own).reverse(), call.query, (entry) => entry)
}

function getAuditScenarios() {
  const targets = Object.entries(SCENARIOS)
  return { targets: targets.map(([targetType, actions]) => ({ targetType, actions })) }
}

module.exports = { handlers: { getAuditScenarios, getOrganizationAuditLogs }, record }
