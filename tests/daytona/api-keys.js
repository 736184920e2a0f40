// api-keys: the operations under /api-keys.
"use strict"

const crypto = require("node:crypto")
const { conflict, forbidden, notFound } = require("./errors")
const { now } = require("./lifecycle")
const { empty, Reply } = require("./reply")
const { checkBody } = require("./rules")

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

function find(call) {
  const found = ownKeys(call).find((key) => key.name === call.params.name)
  // The text of this 404 is not on record; only its status is.
  if (!found) throw notFound("API key not found")
  return found
}

/** A key can be given only what the one that makes it has. */
function checkPermissions(call) {
  const { permissions } = call.body
  if (permissions.every((permission) => call.key.permissions.includes(permission))) return
  throw forbidden()
}

/** The only answer that shows a key's value. */
function createApiKey(call) {
  checkBody(call.operation, call.body)
  checkPermissions(call)
  const { name, permissions, expiresAt = null } = call.body
  if (ownKeys(call).some((key) => key.name === name)) {
    throw conflict("API key with this name already exists")
  }
  const value = `dtn_${crypto.randomBytes(32).toString("hex")}`
  const shown = { name, value, createdAt: now(), permissions, expiresAt }
  call.world.config.keys.push({ ...shown, organization: call.organization, jwt: false })
  return new Reply(201, shown)
}

function deleteApiKey(call) {
  const { keys } = call.world.config
  keys.splice(keys.indexOf(find(call)), 1)
  return empty(204)
}

function deleteApiKeyForUser(call) {
  if (call.params.userId !== "u1") throw notFound("API key not found")
  return deleteApiKey(call)
}

const handlers = {
  createApiKey,
  deleteApiKey,
  deleteApiKeyForUser,
  getApiKey: (call) => present(find(call)),
  getCurrentApiKey: (call) => present(call.key),
  listApiKeys: (call) => ownKeys(call).map(present),
}

module.exports = { handlers }
