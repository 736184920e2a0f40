// sandboxes: the operations under /sandbox.
"use strict"

const crypto = require("node:crypto")
const { badRequest, conflict, notFound } = require("./errors")
const { RUNNER, now } = require("./lifecycle")
const { pageOf } = require("./sandbox-list")
const { checkCreate } = require("./sandbox-rules")

const MAX_AUTO_ARCHIVE = 43200

// How long a call that waits for a sandbox waits at most, in milliseconds.
const LONGEST_WAIT = 30000

const TRANSIENT = ["creating", "starting", "stopping"]

/* Records ------------------------------------------------------------------------------------ */

function intervals(body) {
  return {
    autoStopInterval: body.autoStopInterval ?? 15,
    autoArchiveInterval: Math.min(body.autoArchiveInterval || MAX_AUTO_ARCHIVE, MAX_AUTO_ARCHIVE),
    autoDeleteInterval: body.autoDeleteInterval ?? -1,
  }
}

function askedFields(body) {
  return {
    user: body.user ?? "daytona",
    env: body.env ?? {},
    public: body.public ?? false,
    networkBlockAll: body.networkBlockAll ?? false,
    labels: body.labels ?? {},
  }
}

function newSandbox(call, snapshot, target) {
  const id = crypto.randomUUID()
  const createdAt = now()
  return {
    id,
    organizationId: call.organization,
    name: call.body.name || id,
    target,
    snapshot: snapshot.name,
    ...askedFields(call.body),
    cpu: snapshot.cpu,
    gpu: snapshot.gpu,
    memory: snapshot.mem,
    disk: snapshot.disk,
    volumes: [],
    state: "creating",
    desiredState: "started",
    recoverable: false,
    backupState: "None",
    ...intervals(call.body),
    sandboxClass: snapshot.sandboxClass,
    createdAt,
    updatedAt: createdAt,
    lastActivityAt: createdAt,
    runnerId: RUNNER,
    toolboxProxyUrl: `${call.world.config.proxyUrl}/toolbox`,
  }
}

function presentItem(sandbox) {
  const { env, volumes, ...shown } = sandbox
  return shown
}

function find(call) {
  const idOrName = call.params.sandboxIdOrName
  const { sandboxes } = call.world
  const byId = sandboxes.get(idOrName)
  const found = byId && byId.organizationId === call.organization ? byId : null
  const sandbox = found || sandboxes.byName(call.organization, idOrName)
  if (!sandbox) throw notFound(`Sandbox with ID or name ${idOrName} not found`)
  return sandbox
}

/* States ------------------------------------------------------------------------------------- */

function move(sandbox, state, desiredState = sandbox.desiredState) {
  Object.assign(sandbox, { state, desiredState, updatedAt: now() })
}

/** Enters `state`, and `next` when its time on the timetable is over; resolves then. */
function pass(world, sandbox, state, next) {
  move(sandbox, state, next)
  return new Promise((resolve) => {
    world.after(world.config.timetable[state], () => {
      if (sandbox.state === state) move(sandbox, next)
      resolve()
    })
  })
}

/** Waits for `done`, but never longer than the API itself would. */
function waitFor(done) {
  const limit = new Promise((resolve) => {
    setTimeout(resolve, LONGEST_WAIT).unref()
  })
  return Promise.race([done, limit])
}

/* Operations --------------------------------------------------------------------------------- */

/** Waits for the start, and answers with what the sandbox was before it. */
async function create(call) {
  const { snapshot, target } = checkCreate(call)
  const sandbox = newSandbox(call, snapshot, target)
  snapshot.lastUsedAt = sandbox.createdAt
  call.world.sandboxes.add(sandbox)
  const answer = { ...sandbox }
  await waitFor(pass(call.world, sandbox, "creating", "started"))
  return answer
}

async function start(call) {
  const sandbox = find(call)
  if (sandbox.state === "started") return sandbox
  if (sandbox.state !== "stopped") throw conflict("Sandbox state change in progress")
  await waitFor(pass(call.world, sandbox, "starting", "started"))
  return sandbox
}

function stop(call) {
  const sandbox = find(call)
  if (TRANSIENT.includes(sandbox.state)) throw conflict("Sandbox state change in progress")
  if (sandbox.state !== "started") throw badRequest("Sandbox is not in a stoppable state")
  pass(call.world, sandbox, "stopping", "stopped")
  return { ...sandbox }
}

/** Its name is free at once, and nobody finds it any more. */
function remove(call) {
  const sandbox = find(call)
  call.world.sandboxes.remove(sandbox)
  move(sandbox, "destroying", "destroyed")
  return { ...sandbox, name: `DESTROYED_${sandbox.name}_${Date.now()}` }
}

/** A port that is no number passes, as NaN: so it does on the real API. */
function previewUrl(call) {
  const { id } = find(call)
  const port = Number(call.params.port)
  if (port < 1 || port > 65535) throw badRequest("Invalid port")
  const proxy = new URL(call.world.config.proxyUrl)
  const token = crypto.randomBytes(24).toString("base64url")
  return { sandboxId: id, url: `${proxy.protocol}//${port}-${id}.${proxy.host}`, token }
}

const handlers = {
  createSandbox: create,
  deleteSandbox: remove,
  getPortPreviewUrl: previewUrl,
  getSandbox: find,
  listSandboxes: (call) => pageOf(call, presentItem),
  startSandbox: start,
  stopSandbox: stop,
}

module.exports = { handlers }
