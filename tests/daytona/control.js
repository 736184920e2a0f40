// control: what tests ask of the stand-in itself, under /_test/.
"use strict"

const { applyConfig } = require("./config")
const { badRequest, noRoute } = require("./errors")
const lifecycle = require("./lifecycle")
const { seed } = require("./seed")

function shownState({ config, snapshots, sandboxes }) {
  const keys = config.keys.map(({ value, ...key }) => key)
  const registry = { ...config.registry, password: config.registry.password && "***" }
  return {
    config: { ...config, keys, registry },
    snapshots: snapshots.values(),
    sandboxes: sandboxes.values(),
  }
}

function configure(world, body) {
  try {
    applyConfig(world.config, body)
  } catch (error) {
    throw badRequest(error.message)
  }
  return { ok: true }
}

function addFaults(world, body) {
  for (const fault of [body].flat()) world.faults.add(fault)
  return world.faults.report()
}

function clearFaults(world) {
  world.faults.clear()
  return { ok: true }
}

/** Sets fields of one snapshot, for example {"name": "x", "set": {"state": "inactive"}}. */
function setSnapshot(world, { name, set }) {
  const snapshot = world.snapshots.values().find((candidate) => candidate.name === name)
  if (!snapshot) throw badRequest(`no snapshot is named "${name}"`)
  lifecycle.move(snapshot, set.state || snapshot.state, {})
  Object.assign(snapshot, set)
  return snapshot
}

function reset(world) {
  world.reset()
  return { ok: true }
}

function clearLog(world) {
  world.log.clear()
  return { ok: true }
}

const ROUTES = {
  "DELETE /_test/faults": clearFaults,
  "DELETE /_test/requests": clearLog,
  "GET /_test/faults": (world) => world.faults.report(),
  "GET /_test/requests": (world) => world.log.report(),
  "GET /_test/state": shownState,
  "POST /_test/config": configure,
  "POST /_test/faults": addFaults,
  "POST /_test/reset": reset,
  "POST /_test/seed": seed,
  "POST /_test/snapshot": setSnapshot,
}

/** Answers a control call; throws an ApiError with the reason when it cannot. */
function control(world, call) {
  const route = ROUTES[`${call.method} ${call.path}`]
  if (!route) throw noRoute(call)
  return route(world, call.body)
}

module.exports = { control }
