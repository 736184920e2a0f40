// warm-pools: the operations under /warm-pools, and what an organization tells of its regions. They
// are newer than the API that was seen, so only their shapes are as described.
"use strict"

const crypto = require("node:crypto")
const { badRequest, forbidden, notFound } = require("./errors")
const { now } = require("./lifecycle")
const { empty, Reply } = require("./reply")
const { checkBody } = require("./rules")
const { regionFor } = require("./snapshot-rules")
const { lookUp } = require("./snapshots")

/* Warm pools --------------------------------------------------------------------------------- */

function find(call) {
  const pool = call.world.warmPools.get(call.params.id)
  if (!pool || pool.organizationId !== call.organization) throw notFound("Warm pool not found")
  return pool
}

function createWarmPool(call) {
  const { world, body, organization } = call
  checkBody(call.operation, body)
  const snapshot = lookUp(world, organization, body.snapshot)
  if (!snapshot) throw badRequest(`Snapshot ${body.snapshot} not found`)
  const { cpu, mem, disk, name } = snapshot
  const target = regionFor(world, organization, body.target)
  const sizes = { pool: body.pool, currentSize: 0, cpu, mem, disk }
  const rest = { osUser: "daytona", env: {}, errorReason: null, createdAt: now(), updatedAt: now() }
  const id = crypto.randomUUID()
  const pool = { id, organizationId: organization, name: id, snapshot: name, target, ...sizes, ...rest }
  world.warmPools.add(pool)
  return new Reply(201, present(pool))
}

/** Records are kept by name; a pool has none. */
function present({ name, ...shown }) {
  return shown
}

function updateWarmPool(call) {
  checkBody(call.operation, call.body)
  return present(Object.assign(find(call), { pool: call.body.pool, updatedAt: now() }))
}

function deleteWarmPool(call) {
  call.world.warmPools.remove(find(call))
  return empty(204)
}

/* Organizations ------------------------------------------------------------------------------ */

/** Throws for an organization that is not the key's own. */
function own(call) {
  if (call.params.organizationId !== call.organization) throw forbidden()
  return call
}

function sandboxClasses({ world }) {
  return world.config.regions.map((regionId) => ({
    regionId,
    sandboxClass: "container",
    gpuAvailable: world.config.limits.gpu > 0,
  }))
}

function setDefaultQueueTimeout(call) {
  // null is a value here: no timeout. The checks take it for nothing.
  const { defaultQueueTimeout: given } = own(call).body
  checkBody(call.operation, { defaultQueueTimeout: given === null ? 1 : given })
  return empty(200)
}

const handlers = {
  createWarmPool,
  deleteWarmPool,
  getGpuCapacity: (call) => own(call) && { observedAt: now(), capacity: [] },
  listAvailableSandboxClasses: (call) => sandboxClasses(own(call)),
  listWarmPools: (call) => call.world.warmPools.oldestFirst(call.organization).map(present),
  updateOrganizationDefaultQueueTimeout: setDefaultQueueTimeout,
  updateWarmPool,
}

module.exports = { handlers }
