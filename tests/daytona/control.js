// control: what tests ask of the stand-in itself, under /_test/.
"use strict"

const { applyConfig } = require("./config")
const { badRequest, noRoute } = require("./errors")
const lifecycle = require("./lifecycle")
const sandboxStates = require("./sandbox-states")
const { seed } = require("./seed")
const { seedSandboxes } = require("./seed-sandboxes")
const { shownObjects } = require("./storage")
const { toolboxOf } = require("./toolbox-worlds")

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

function named(records, name, what) {
  const found = records.values().find((candidate) => candidate.name === name)
  if (!found) throw badRequest(`no ${what} is named "${name}"`)
  return found
}

/** Sets fields of one snapshot, for example {"name": "x", "set": {"state": "inactive"}}. */
function setSnapshot(world, { name, set }) {
  const snapshot = named(world.snapshots, name, "snapshot")
  lifecycle.move(snapshot, set.state || snapshot.state, {})
  if (set.state) lifecycle.settle(world, snapshot)
  world.snapshots.update(snapshot, set)
  return snapshot
}

/**
 * A snapshot that the service turned off `ago` milliseconds ago (the cool-down, so that it can be
 * activated), because nobody had used it for the lifetime of one.
 */
function ageOut(world, { name, ago = world.config.activationCooldown }) {
  const snapshot = named(world.snapshots, name, "snapshot")
  const lastUsedAt = new Date(Date.now() - world.config.snapshotLifetime - ago).toISOString()
  const updatedAt = new Date(Date.now() - ago).toISOString()
  world.snapshots.update(snapshot, { state: "inactive", lastUsedAt, updatedAt })
  return snapshot
}

/** What the service does at every full ten minutes; the names of those it turned off. */
function age(world) {
  const aged = lifecycle.age(world)
  return { aged: aged.map(({ name }) => name) }
}

/** A snapshot that somebody turned off `ago` milliseconds ago (0), soon after its last use. */
function turnOff(world, { name, ago = 0 }) {
  const snapshot = named(world.snapshots, name, "snapshot")
  const updatedAt = new Date(Date.now() - ago).toISOString()
  const lastUsedAt = new Date(Date.now() - ago - 60000).toISOString()
  world.snapshots.update(snapshot, { state: "inactive", lastUsedAt, updatedAt })
  return snapshot
}

/** Sets fields of one sandbox, for example {"name": "x", "set": {"state": "stopped"}}. */
function setSandbox(world, { name, set }) {
  const sandbox = named(world.sandboxes, name, "sandbox")
  world.sandboxes.remove(sandbox)
  sandboxStates.move(world, sandbox, set.state || sandbox.state, set)
  world.sandboxes.add(sandbox)
  return sandbox
}

/** Writes to the log of a sandbox's entrypoint: {"name", "stdout", "stderr", "exitCode"}. */
function writeEntrypoint(world, { name, stdout = "", stderr = "", exitCode }) {
  const { entrypoint } = toolboxOf(world, named(world.sandboxes, name, "sandbox"))
  entrypoint.write("stdout", Buffer.from(stdout))
  entrypoint.write("stderr", Buffer.from(stderr))
  if (exitCode !== undefined) entrypoint.finish(exitCode)
  return { ok: true }
}

function reset(world) {
  world.reset()
  return { ok: true }
}

function clearLog(world) {
  world.log.clear()
  return { ok: true }
}

/** Faults of the notification gateway (gateway.js); the body is those that change. */
function setGateway(world, body) {
  try {
    return world.gateway.configure(body)
  } catch (error) {
    throw badRequest(error.message)
  }
}

/** Drops every connection of the notification gateway. */
function cutGateway(world) {
  world.gateway.cut()
  return { ok: true }
}

/** Drops every WebSocket, without a close frame. */
function cutSockets(world) {
  world.cutSockets()
  return { ok: true }
}

const ROUTES = {
  "DELETE /_test/faults": clearFaults,
  "DELETE /_test/requests": clearLog,
  "GET /_test/counts": (world) => world.log.counts,
  "GET /_test/faults": (world) => world.faults.report(),
  "GET /_test/objects": shownObjects,
  "GET /_test/requests": (world) => world.log.report(),
  "GET /_test/state": shownState,
  "POST /_test/age": age,
  "POST /_test/age-out": ageOut,
  "POST /_test/config": configure,
  "POST /_test/entrypoint": writeEntrypoint,
  "POST /_test/faults": addFaults,
  "POST /_test/gateway": setGateway,
  "POST /_test/gateway/cut": cutGateway,
  "POST /_test/reset": reset,
  "POST /_test/sandbox": setSandbox,
  "POST /_test/seed": seed,
  "POST /_test/seed-sandboxes": seedSandboxes,
  "POST /_test/snapshot": setSnapshot,
  "POST /_test/sockets/cut": cutSockets,
  "POST /_test/turn-off": turnOff,
}

/** Answers a control call; throws an ApiError with the reason when it cannot. */
function control(world, call) {
  const route = ROUTES[`${call.method} ${call.path}`]
  if (!route) throw noRoute(call)
  return route(world, call.body)
}

module.exports = { control }
