// sandbox-rules: what requests on sandboxes are refused for, in the words of the real API.
"use strict"

const net = require("node:net")
const { badRequest, conflict, notFound } = require("./errors")
const { proxyUrl } = require("./addresses")
const { checkBody } = require("./rules")
const { checkResources, regionFor } = require("./snapshot-rules")
const { lookUp } = require("./snapshots")
const { shareOf } = require("./usage")

const RESOURCES = ["cpu", "gpu", "memory", "disk"]

/** The snapshot a sandbox is made from; throws when it is unknown, elsewhere or not active. */
function snapshotFor(call, region) {
  const asked = call.body.snapshot || call.world.config.defaultSnapshot
  const snapshot = lookUp(call.world, call.organization, asked)
  if (!snapshot) {
    throw badRequest(`Snapshot ${asked} not found. Did you add it through the Daytona Dashboard?`)
  }
  if (!snapshot.regionIds.includes(region)) {
    throw badRequest(`Snapshot ${asked} is not available in region ${region}`)
  }
  if (snapshot.state !== "active") throw badRequest(`Snapshot ${asked} is ${snapshot.state}`)
  return snapshot
}

function checkAutoStop(interval) {
  if (interval < 0) throw badRequest("Auto-stop interval must be non-negative")
}

/** Throws for a list of networks that is not of the form "10.0.0.0/8,192.0.2.1/32". */
function checkNetworks(list) {
  for (const network of (list || "").split(",").filter(Boolean)) {
    const address = network.trim().split("/")[0]
    if (net.isIPv4(address)) continue
    throw badRequest(
      `Invalid IP address: "${address}" in network "${network}". Must be a valid IPv4 address`,
    )
  }
}

function checkVolumes(call) {
  for (const { volumeId } of call.body.volumes || []) {
    const { volumes } = call.world
    const found = volumes.get(volumeId) || volumes.byName(call.organization, volumeId)
    if (!found) throw notFound(`Volume '${volumeId}' not found`)
  }
}

function checkName(call) {
  const { name } = call.body
  if (name && call.world.sandboxes.byName(call.organization, name)) {
    throw conflict(`Sandbox with name ${name} already exists`)
  }
}

// These texts are those of the API's sources: they were not seen.
const TOTALS = {
  cpu: (max) => `Total CPU limit exceeded. Maximum allowed: ${max}.`,
  memory: (max) => `Total memory limit exceeded. Maximum allowed: ${max}GiB.`,
  disk: (max) =>
    `Total disk limit exceeded. Maximum allowed: ${max}GiB.\n` +
    "Consider archiving your unused Sandboxes to free up available storage.",
  count: (max) => `Sandbox quota exceeded. Maximum allowed: ${max}.`,
}

/** Throws when `more` of cpu, memory (GiB), disk (GiB) or sandboxes goes beyond the quota. */
function checkQuota(world, organization, more) {
  const used = world.usage.of(organization)
  for (const [name, text] of Object.entries(TOTALS)) {
    const max = world.config.sandboxQuota[name]
    if (max === null || !more[name] || used[name] + more[name] <= max) continue
    const tier =
      "To increase concurrency limits, upgrade your organization's Tier by visiting" +
      ` ${proxyUrl(world)}/dashboard/limits.`
    throw badRequest(`${text(max)}\n${tier}`)
  }
}

function checkRunner(world) {
  if (!world.config.runnerReady) throw badRequest("No available runners")
}

function builtResources({ cpu = 1, gpu = 0, memory = 1, disk = 3 }) {
  return { cpu, gpu, memory, disk, sandboxClass: "container" }
}

/** A sandbox with its own Dockerfile: it names its resources and no snapshot. */
function checkBuild({ body }) {
  if (body.snapshot) throw badRequest("Cannot specify a snapshot when using a build info entry")
  return { snapshot: undefined, ...builtResources(body) }
}

function checkSnapshot(call, region) {
  if (RESOURCES.some((name) => call.body[name] !== undefined)) {
    throw badRequest("Cannot specify Sandbox resources when using a snapshot")
  }
  const { name, cpu, gpu, mem, disk, sandboxClass } = snapshotFor(call, region)
  checkRunner(call.world)
  return { snapshot: name, cpu, gpu, memory: mem, disk, sandboxClass }
}

/**
 * Throws what the API throws for this body; returns the fields that the region and the snapshot
 * (or the build) decide: target, snapshot, cpu, gpu, memory, disk, sandboxClass.
 */
function checkCreate(call) {
  const { body, world, organization } = call
  checkBody(call.operation, body)
  const target = regionFor(world, organization, body.target)
  checkAutoStop(body.autoStopInterval)
  checkNetworks(body.networkAllowList)
  checkVolumes(call)
  const made = body.buildInfo ? checkBuild(call) : checkSnapshot(call, target)
  checkResources(world, made, "Total GPU limit")
  checkName(call)
  checkQuota(world, organization, shareOf({ ...made, state: "creating" }))
  return { target, ...made }
}

module.exports = {
  checkAutoStop,
  checkCreate,
  checkNetworks,
  checkQuota,
  checkRunner,
}
