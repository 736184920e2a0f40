// sandboxes: the operations under /sandbox that make, find and move sandboxes.
"use strict"

const crypto = require("node:crypto")
const states = require("./sandbox-states")
const { toolboxUrl } = require("./addresses")
const { badRequest, conflict, notFound } = require("./errors")
const { RUNNER, now } = require("./lifecycle")
const { checkBody } = require("./rules")
const { pageOf } = require("./sandbox-list")
const { checkCreate, checkQuota, checkRunner } = require("./sandbox-rules")

const MAX_AUTO_ARCHIVE = 43200

const IN_PROGRESS = "Sandbox state change in progress"

/* Records ------------------------------------------------------------------------------------ */

/** Minutes until a stopped sandbox is archived; 0 and too much both mean the longest time. */
function autoArchiveInterval(asked = 10080) {
  return Math.min(asked || MAX_AUTO_ARCHIVE, MAX_AUTO_ARCHIVE)
}

function askedFields(body) {
  return {
    user: body.user ?? "daytona",
    env: body.env ?? {},
    public: body.public ?? false,
    networkBlockAll: body.networkBlockAll ?? false,
    networkAllowList: body.networkAllowList ?? null,
    domainAllowList: body.domainAllowList ?? null,
    labels: body.labels ?? {},
    volumes: body.volumes ?? [],
    autoStopInterval: body.autoStopInterval ?? 15,
    autoArchiveInterval: autoArchiveInterval(body.autoArchiveInterval),
    autoDeleteInterval: body.autoDeleteInterval ?? -1,
  }
}

function buildInfoOf({ buildInfo }) {
  if (!buildInfo) return undefined
  const createdAt = now()
  const { dockerfileContent, contextHashes = null } = buildInfo
  const hash = crypto.createHash("sha256").update(String(dockerfileContent)).digest("hex")
  const snapshotRef = `daytona-${hash}:daytona`
  return { dockerfileContent, contextHashes, createdAt, updatedAt: createdAt, snapshotRef }
}

/**
 * A sandbox record with the API's defaults.
 * @param {object} world
 * @param {string} organizationId
 * @param {object} body as POST /sandbox takes it
 * @param {object} decided what `checkCreate` returns
 */
function newSandbox(world, organizationId, body, decided) {
  const id = crypto.randomUUID()
  const createdAt = now()
  return {
    id,
    organizationId,
    name: body.name || id,
    ...decided,
    ...askedFields(body),
    state: body.buildInfo ? "pending_build" : "creating",
    desiredState: "started",
    errorReason: null,
    recoverable: false,
    backupState: "None",
    buildInfo: buildInfoOf(body),
    createdAt,
    updatedAt: createdAt,
    lastActivityAt: createdAt,
    runnerId: RUNNER,
    daemonVersion: `v${world.config.version}`,
    toolboxProxyUrl: toolboxUrl(world),
  }
}

/** Takes a record in: from here on it is found, listed and counted. */
function admit(world, sandbox) {
  world.sandboxes.add(sandbox)
  world.usage.add(sandbox)
  world.details.set(sandbox.id, { startedAt: Date.now() })
}

function presentItem(sandbox) {
  const { env, volumes, buildInfo, ...shown } = sandbox
  return shown
}

/** The organization's sandbox of this id or name; throws a 404. */
function findSandbox(call, idOrName = call.params.sandboxIdOrName ?? call.params.sandboxId) {
  const { sandboxes } = call.world
  const byId = sandboxes.get(idOrName)
  const found = byId && byId.organizationId === call.organization ? byId : null
  const sandbox = found || sandboxes.byName(call.organization, idOrName)
  if (!sandbox) throw notFound(`Sandbox with ID or name ${idOrName} not found`)
  return sandbox
}

/** The sandbox of this call, at rest between two states; throws a 409 when it is not. */
function findSettled(call) {
  const sandbox = findSandbox(call)
  if (states.isBusy(sandbox)) throw conflict(IN_PROGRESS)
  return sandbox
}

/** Waits for `done`, but never longer than the API itself would. */
async function waitFor(world, done) {
  let timer
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, world.config.createWait)
    timer.unref()
  })
  await Promise.race([done, limit])
  clearTimeout(timer)
}

/* Operations --------------------------------------------------------------------------------- */

function startFailure({ errorReason }) {
  return badRequest(`Sandbox failed to start: ${errorReason}`)
}

function markUsed(call, name) {
  const { snapshots } = call.world
  const snapshot = snapshots.byName(call.organization, name) || snapshots.generalByName(name)
  snapshot.lastUsedAt = now()
}

/** Waits for the start, and answers with what the sandbox was before it. */
async function create(call) {
  const { world, body } = call
  const sandbox = newSandbox(world, call.organization, body, checkCreate(call))
  admit(world, sandbox)
  const answer = { ...sandbox }
  if (body.buildInfo) {
    states.build(world, sandbox)
    return answer
  }
  markUsed(call, sandbox.snapshot)
  await waitFor(world, states.begin(world, sandbox, "creating"))
  if (sandbox.state === "error") throw startFailure(sandbox)
  return answer
}

function checkStart(call, sandbox) {
  const { world, organization } = call
  checkQuota(world, organization, world.usage.growth(sandbox, { state: "starting" }))
  checkRunner(world)
}

/** One that is archived takes long: the answer comes at once, and says what it was. */
function restore(world, sandbox) {
  const answer = { ...sandbox }
  states.begin(world, sandbox, "restoring")
  return answer
}

/** One that is being archived can be started, before it is anywhere else. */
function findStartable(call) {
  const sandbox = findSandbox(call)
  return sandbox.state === "archiving" ? sandbox : findSettled(call)
}

async function start(call) {
  const sandbox = findStartable(call)
  if (sandbox.state === "started") return sandbox
  if (sandbox.state === "error") throw badRequest("Sandbox is not in valid state")
  checkStart(call, sandbox)
  if (sandbox.state === "archived") return restore(call.world, sandbox)
  await waitFor(call.world, states.begin(call.world, sandbox, "starting"))
  if (sandbox.state === "error") throw startFailure(sandbox)
  return { ...sandbox }
}

function stop(call) {
  const sandbox = findSettled(call)
  if (sandbox.state !== "started") throw badRequest("Sandbox is not in a stoppable state")
  states.stop(call.world, sandbox)
  return { ...sandbox }
}

function archive(call) {
  const sandbox = findSettled(call)
  if (sandbox.state !== "stopped") throw badRequest("Sandbox is not stopped")
  if (sandbox.autoDeleteInterval === 0) {
    throw badRequest("Ephemeral sandboxes cannot be archived")
  }
  states.archive(call.world, sandbox)
  return { ...sandbox }
}

async function recover(call) {
  const sandbox = findSettled(call)
  if (sandbox.state !== "error") throw badRequest("Sandbox must be in error state to recover")
  if (!sandbox.recoverable) throw badRequest("Sandbox is not recoverable")
  const fields = { recoverable: false, errorReason: null, desiredState: "stopped" }
  states.move(call.world, sandbox, "stopped", fields)
  if (call.query.skipStart === true) return sandbox
  return start(call)
}

/** While it runs, cpu and memory grow; the disk only grows while it is stopped. */
function checkResize(sandbox, { cpu, memory, disk }) {
  const running = sandbox.state === "started"
  if (!running && sandbox.state !== "stopped") throw badRequest("Sandbox is not in valid state")
  if (running && disk !== undefined && disk !== sandbox.disk) {
    throw badRequest("Disk resize requires a stopped sandbox")
  }
  if (disk < sandbox.disk) throw badRequest("Sandbox disk size cannot be decreased")
  if (running && (cpu < sandbox.cpu || memory < sandbox.memory)) {
    throw badRequest("Sandbox CPU and memory cannot be decreased while it is running")
  }
}

function resize(call) {
  const { world, body, organization } = call
  checkBody(call.operation, body)
  const sandbox = findSettled(call)
  checkResize(sandbox, body)
  const { cpu = sandbox.cpu, memory = sandbox.memory, disk = sandbox.disk } = body
  const sizes = { cpu, memory, disk }
  checkQuota(world, organization, world.usage.growth(sandbox, sizes))
  states.pass(world, sandbox, "resizing", sandbox.state, sizes)
  return { ...sandbox }
}

/** One that waits for its build can go; everything else between two states cannot. */
function findDeletable(call) {
  const sandbox = findSandbox(call)
  return sandbox.state === "pending_build" ? sandbox : findSettled(call)
}

function remove(call) {
  const sandbox = findDeletable(call)
  states.destroy(call.world, sandbox)
  return { ...sandbox }
}

const handlers = {
  archiveSandbox: archive,
  createSandbox: create,
  deleteSandbox: remove,
  getSandbox: (call) => findSandbox(call),
  listSandboxes: (call) => pageOf(call, presentItem),
  recoverSandbox: recover,
  resizeSandbox: resize,
  startSandbox: start,
  stopSandbox: stop,
}

module.exports = { admit, autoArchiveInterval, findSandbox, findSettled, handlers, newSandbox }
