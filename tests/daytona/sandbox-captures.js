// sandbox-captures: snapshots, backups and build logs of sandboxes, and what their class refuses.
"use strict"

const states = require("./sandbox-states")
const { proxyUrl } = require("./addresses")
const { ApiError, badRequest, conflict, notFound } = require("./errors")
const { RUNNER, now } = require("./lifecycle")
const { Reply } = require("./reply")
const { checkBody } = require("./rules")
const { findSandbox, findSettled } = require("./sandboxes")
const { newSnapshot } = require("./snapshots")

const unsupported = (what) => new ApiError(422, `${what} is not supported for this sandbox`)

function refuse(what) {
  return (call) => {
    findSandbox(call)
    throw unsupported(what)
  }
}

function capturedSnapshot(sandbox, name) {
  const { organizationId, cpu, gpu, memory: mem, disk, target } = sandbox
  const resources = { cpu, gpu, mem, disk, regionIds: [target] }
  const fields = { organizationId, name, state: "active", lastUsedAt: now() }
  return newSnapshot({ ...fields, ...resources, initialRunnerId: RUNNER })
}

/** The snapshot's record appears only when it is done. */
async function capture(world, sandbox, name) {
  await states.pass(world, sandbox, "snapshotting", sandbox.state)
  if (sandbox.state === "destroying" || world.snapshots.byName(sandbox.organizationId, name)) return
  world.snapshots.add(capturedSnapshot(sandbox, name))
}

function createSandboxSnapshot(call) {
  const { world, body, organization } = call
  checkBody(call.operation, body)
  const sandbox = findSettled(call)
  if (!["started", "stopped"].includes(sandbox.state)) {
    throw badRequest("Sandbox is not in valid state")
  }
  if (world.snapshots.byName(organization, body.name)) {
    throw conflict(`Snapshot with name "${body.name}" already exists for this organization`)
  }
  capture(world, sandbox, body.name)
  return { ...sandbox }
}

function createBackup(call) {
  const sandbox = findSettled(call)
  if (sandbox.autoDeleteInterval === 0) {
    throw badRequest("Ephemeral sandboxes cannot be backed up")
  }
  sandbox.backupState = "Completed"
  return new Reply(201, { ...sandbox, backupState: "Pending" })
}

function findBuilt(call) {
  const sandbox = findSandbox(call)
  if (!sandbox.buildInfo) throw notFound(`Sandbox ${sandbox.id} has no build info`)
  return sandbox
}

function buildLogsUrl(call) {
  return { url: `${proxyUrl(call.world)}/sandboxes/${findBuilt(call).id}/build-logs` }
}

function buildLogs(call) {
  findBuilt(call)
  return new Reply(200, "", { "Content-Type": "application/octet-stream" })
}

/** Nothing is forked here, so every sandbox stands alone. */
function noRelatives(call) {
  findSandbox(call)
  return []
}

const handlers = {
  createBackup,
  createSandboxSnapshot,
  forkSandbox: refuse("Forking"),
  getBuildLogs: buildLogs,
  getBuildLogsUrl: buildLogsUrl,
  getSandboxAncestors: noRelatives,
  getSandboxForks: noRelatives,
  getSandboxParent(call) {
    const { id } = findSandbox(call)
    throw notFound(`Sandbox with ID or name ${id} has no parent`)
  },
  pauseSandbox: refuse("Pausing"),
}

module.exports = { handlers }
