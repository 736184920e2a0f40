// keys: who is asking, and what they may do.
"use strict"

const { JWT_ONLY } = require("./subset")
const { forbidden, unauthorized } = require("./errors")

/** The same needed permission for several operations. */
function all(permission, ...operationIds) {
  return Object.fromEntries(operationIds.map((id) => [id, [permission]]))
}

// Any one of these permissions is enough. Operations not listed need none.
const NEEDED = {
  createSnapshot: ["write:snapshots"],
  activateSnapshot: ["write:snapshots"],
  deactivateSnapshot: ["write:snapshots"],
  removeSnapshot: ["delete:snapshots"],
  getTransientPushAccess: ["write:snapshots", "write:sandboxes"],
  getPushAccess: ["write:snapshots", "write:sandboxes"],
  ...all("delete:sandboxes", "deleteSandbox"),
  ...all(
    "write:sandboxes",
    "archiveSandbox",
    "createBackup",
    "createSandbox",
    "createSandboxSnapshot",
    "createSshAccess",
    "forkSandbox",
    "pauseSandbox",
    "recoverSandbox",
    "replaceLabels",
    "resizeSandbox",
    "revokeSshAccess",
    "setAutoArchiveInterval",
    "setAutoDeleteInterval",
    "setAutoPauseInterval",
    "setAutostopInterval",
    "setTtl",
    "startSandbox",
    "stopSandbox",
    "updateNetworkSettings",
    "updatePublicStatus",
    "updateSandboxSecrets",
  ),
  ...all("write:registries", "createRegistry", "updateRegistry"),
  ...all("delete:registries", "deleteRegistry"),
  ...all("read:volumes", "getVolume", "getVolumeByName", "listVolumes"),
  ...all("write:volumes", "createVolume"),
  ...all("delete:volumes", "deleteVolume"),
  ...all(
    "write:regions",
    "createRegion",
    "regenerateProxyApiKey",
    "regenerateSnapshotManagerCredentials",
    "regenerateSshGatewayApiKey",
    "updateRegion",
  ),
  ...all("delete:regions", "deleteRegion"),
  ...all("read:audit_logs", "getOrganizationAuditLogs"),
  ...all("manage:secrets", "createSecret", "deleteSecret", "updateSecret"),
}

/** The key an Authorization header carries, or null when it is unknown or has expired. */
function findKey(world, authorization) {
  const match = /^bearer (\S+)$/i.exec(authorization || "")
  if (!match) return null
  const key = world.config.keys.find((candidate) => candidate.value === match[1])
  if (!key || (key.expiresAt && Date.parse(key.expiresAt) <= Date.now())) return null
  return key
}

/** The key of this request; throws 401, also for an API key where only a person may ask. */
function authenticate(world, call) {
  const key = findKey(world, call.headers.authorization)
  if (key === null || (!key.jwt && JWT_ONLY.includes(call.operation.operationId))) {
    world.throttle.failedAuth(call.address)
    throw unauthorized()
  }
  return key
}

/** The organization a key acts for: its own; a person names one in a header. */
function organizationOf(key, call) {
  if (!key.jwt) return key.organization
  const named = call.headers["x-daytona-organization-id"]
  if (named !== key.organization) throw forbidden("Invalid authentication context")
  return named
}

/** Throws 403 when the key lacks the permission the operation needs. */
function authorize(key, operationId) {
  const needed = NEEDED[operationId]
  if (!needed || needed.some((permission) => key.permissions.includes(permission))) return
  throw forbidden()
}

module.exports = { authenticate, authorize, findKey, organizationOf }
