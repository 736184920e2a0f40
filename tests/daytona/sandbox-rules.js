// sandbox-rules: what POST /sandbox refuses, in the words of the real API.
"use strict"

const { badRequest, conflict } = require("./errors")
const { checkBody } = require("./rules")
const { regionFor } = require("./snapshot-rules")
const { lookUp } = require("./snapshots")

const RESOURCES = ["cpu", "gpu", "memory", "disk"]

/** The snapshot a sandbox is made from; throws when it is unknown or not active. */
function snapshotFor(call) {
  const asked = call.body.snapshot || call.world.config.defaultSnapshot
  const snapshot = lookUp(call.world, call.organization, asked)
  if (!snapshot) {
    throw badRequest(`Snapshot ${asked} not found. Did you add it through the Daytona Dashboard?`)
  }
  if (snapshot.state !== "active") throw badRequest(`Snapshot ${asked} is ${snapshot.state}`)
  return snapshot
}

function checkIntervals(body) {
  if (body.autoStopInterval < 0) throw badRequest("Auto-stop interval must be non-negative")
}

function checkName(call) {
  const { name } = call.body
  if (name && call.world.sandboxes.byName(call.organization, name)) {
    throw conflict(`Sandbox with name ${name} already exists`)
  }
}

/** Throws what the API throws for this body; returns {snapshot, target}. */
function checkCreate(call) {
  const { body, world } = call
  checkBody(call.operation, body)
  const target = regionFor(world.config, body.target)
  if (RESOURCES.some((name) => body[name] !== undefined)) {
    throw badRequest("Cannot specify Sandbox resources when using a snapshot")
  }
  const snapshot = snapshotFor(call)
  checkIntervals(body)
  if (!world.config.runnerReady) throw badRequest("No available runners")
  checkName(call)
  return { snapshot, target }
}

module.exports = { checkCreate }
