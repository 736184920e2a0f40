// secrets: the operations under /secret. A value goes in and never comes out.
"use strict"

const crypto = require("node:crypto")
const { badRequest, conflict, notFound } = require("./errors")
const { now } = require("./lifecycle")
const { empty, Reply } = require("./reply")
const { checkBody } = require("./rules")

function present({ value, organizationId, ...shown }) {
  return shown
}

function find(call) {
  const { secretId } = call.params
  const secret = call.world.secrets.get(secretId)
  if (!secret || secret.organizationId !== call.organization) {
    throw notFound(`Secret with ID ${secretId} not found`)
  }
  return secret
}

function createSecret(call) {
  const { world, organization } = call
  checkBody(call.operation, call.body)
  const { name, value, hosts = [] } = call.body
  if (world.secrets.byName(organization, name)) {
    throw conflict(`Secret with name ${name} already exists`)
  }
  const id = crypto.randomUUID()
  const placeholder = `dtn_secret_${crypto.randomBytes(12).toString("hex")}`
  const fields = { organizationId: organization, name, value, hosts, placeholder }
  const secret = { id, ...fields, createdAt: now(), updatedAt: now() }
  world.secrets.add(secret)
  return new Reply(201, present(secret))
}

function updateSecret(call) {
  checkBody(call.operation, call.body)
  const secret = find(call)
  const { value = secret.value, hosts = secret.hosts } = call.body
  return present(Object.assign(secret, { value, hosts, updatedAt: now() }))
}

function deleteSecret(call) {
  call.world.secrets.remove(find(call))
  return empty(204)
}

const listOf = (call) => call.world.secrets.oldestFirst(call.organization)

function startOf(cursor) {
  if (cursor === undefined) return 0
  const match = /^after:(\d+)$/.exec(Buffer.from(cursor, "base64url").toString())
  if (!match) throw badRequest(`Invalid cursor provided: ${cursor}`)
  return Number(match[1])
}

function orderedBy({ sort, order }) {
  const sign = order === "asc" ? 1 : -1
  return (a, b) => (a[sort] < b[sort] ? -sign : sign)
}

function listSecretsPaginated(call) {
  const { cursor, limit, name = "" } = call.query
  const wanted = (secret) => secret.name.toLowerCase().includes(name.toLowerCase())
  const all = listOf(call).filter(wanted).sort(orderedBy(call.query))
  const from = startOf(cursor)
  const to = from + limit
  const nextCursor = to < all.length ? Buffer.from(`after:${to}`).toString("base64url") : null
  return { items: all.slice(from, to).map(present), total: all.length, nextCursor }
}

const handlers = {
  createSecret,
  deleteSecret,
  getSecret: (call) => present(find(call)),
  listSecrets: (call) => listOf(call).map(present),
  listSecretsPaginated,
  updateSecret,
}

module.exports = { handlers }
