// keys: who is asking, what they may do, and the api-keys operations.
"use strict"

const { JWT_ONLY } = require("./subset")
const { forbidden, notFound, unauthorized } = require("./errors")

// Any one of these permissions is enough. Operations not listed need none.
const NEEDED = {
  createSnapshot: ["write:snapshots"],
  activateSnapshot: ["write:snapshots"],
  deactivateSnapshot: ["write:snapshots"],
  removeSnapshot: ["delete:snapshots"],
  getTransientPushAccess: ["write:snapshots", "write:sandboxes"],
  createSandbox: ["write:sandboxes"],
  startSandbox: ["write:sandboxes"],
  stopSandbox: ["write:sandboxes"],
  deleteSandbox: ["delete:sandboxes"],
}

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

function masked(value) {
  return `${value.slice(0, 3)}${"*".repeat(20)}${value.slice(-3)}`
}

function present(key) {
  const { name, createdAt, permissions, expiresAt } = key
  const value = masked(key.value)
  return { name, value, createdAt, permissions, lastUsedAt: null, expiresAt, userId: "u1" }
}

function ownKeys(call) {
  return call.world.config.keys.filter((key) => key.organization === call.organization && !key.jwt)
}

const handlers = {
  getCurrentApiKey: (call) => present(call.key),

  listApiKeys: (call) => ownKeys(call).map(present),

  getApiKey(call) {
    const found = ownKeys(call).find((key) => key.name === call.params.name)
    // The text of this 404 is not on record; only its status is.
    if (!found) throw notFound("API key not found")
    return present(found)
  },
}

module.exports = { authenticate, authorize, handlers, organizationOf }
