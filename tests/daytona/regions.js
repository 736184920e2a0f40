// regions: where snapshots and sandboxes live; the shared ones and an organization's own.
"use strict"

const crypto = require("node:crypto")
const { conflict, forbidden, notFound } = require("./errors")
const { now } = require("./lifecycle")
const { empty, Reply } = require("./reply")
const { checkBody } = require("./rules")

const BEGINNING = "2026-01-01T00:00:00.000Z"

const secretText = () => crypto.randomBytes(16).toString("hex")

function urls({ proxyUrl = null, sshGatewayUrl = null, snapshotManagerUrl = null }) {
  return { proxyUrl, sshGatewayUrl, snapshotManagerUrl }
}

function sharedRegion(id) {
  const times = { createdAt: BEGINNING, updatedAt: BEGINNING }
  return { id, name: id, organizationId: null, regionType: "shared", ...times, ...urls({}) }
}

const sharedRegions = (world) => world.config.regions.map(sharedRegion)

function ownRegions(call) {
  return call.world.regions.oldestFirst(call.organization)
}

function findRegion(call) {
  const visible = [...sharedRegions(call.world), ...ownRegions(call)]
  const found = visible.find((region) => region.id === call.params.id)
  if (!found) throw notFound("Region not found")
  return found
}

function findOwnRegion(call) {
  const region = findRegion(call)
  if (region.organizationId !== call.organization) throw forbidden()
  return region
}

function credentials({ proxyUrl, sshGatewayUrl, snapshotManagerUrl }) {
  return {
    proxyApiKey: proxyUrl && secretText(),
    sshGatewayApiKey: sshGatewayUrl && secretText(),
    snapshotManagerUsername: snapshotManagerUrl && "daytona",
    snapshotManagerPassword: snapshotManagerUrl && secretText(),
  }
}

function createRegion(call) {
  const { world, body, organization } = call
  checkBody(call.operation, body)
  if (world.regions.byName(organization, body.name)) {
    throw conflict(`Region with name ${body.name} already exists`)
  }
  const id = `${body.name}_${crypto.randomBytes(4).toString("hex")}`
  const times = { createdAt: now(), updatedAt: now() }
  const fields = { organizationId: organization, regionType: "custom", ...times }
  const region = { id, name: body.name, ...fields, ...urls(body) }
  world.regions.add(region)
  return new Reply(201, { id, ...credentials(region) })
}

function updateRegion(call) {
  checkBody(call.operation, call.body)
  const region = findOwnRegion(call)
  Object.assign(region, urls({ ...region, ...call.body }), { updatedAt: now() })
  return undefined
}

function deleteRegion(call) {
  call.world.regions.remove(findOwnRegion(call))
  return empty(204)
}

const newApiKey = (call) => findOwnRegion(call) && { apiKey: secretText() }

const newCredentials = (call) =>
  findOwnRegion(call) && { username: "daytona", password: secretText() }

const handlers = {
  createRegion,
  deleteRegion,
  getRegionById: findRegion,
  listAvailableRegions: (call) => [...sharedRegions(call.world), ...ownRegions(call)],
  listSharedRegions: (call) => sharedRegions(call.world),
  regenerateProxyApiKey: newApiKey,
  regenerateSnapshotManagerCredentials: newCredentials,
  regenerateSshGatewayApiKey: newApiKey,
  updateRegion,
}

module.exports = { handlers }
