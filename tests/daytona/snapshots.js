// snapshots: the operations under /snapshots.
"use strict"

const crypto = require("node:crypto")
const definition = require("./api.json")
const lifecycle = require("./lifecycle")
const { proxyUrl } = require("./addresses")
const { badRequest, conflict, forbidden, notFound, unexpected } = require("./errors")
const { internalRef } = require("./registry")
const { Reply, empty } = require("./reply")
const { checkCreate, checkQuotas } = require("./snapshot-rules")
const { order, paginate, visible } = require("./snapshot-list")

// Snapshots sort by state in the order the states are declared in.
const STATES = definition.components.schemas.SnapshotState.enum

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/* Records ------------------------------------------------------------------------------------ */

/**
 * A snapshot record with the API's defaults; `fields` win.
 * @param {object} fields at least organizationId and name
 */
function newSnapshot(fields) {
  const createdAt = fields.createdAt || lifecycle.now()
  return {
    id: crypto.randomUUID(),
    organizationId: null,
    general: false,
    name: null,
    imageName: "",
    state: "pending",
    size: null,
    entrypoint: null,
    cpu: 1,
    gpu: 0,
    mem: 1,
    disk: 3,
    errorReason: null,
    createdAt,
    updatedAt: createdAt,
    lastUsedAt: null,
    regionIds: ["us"],
    initialRunnerId: null,
    ref: null,
    sandboxClass: "container",
    ...fields,
  }
}

/** The snapshot as every answer but that of its own creation shows it. */
function present(snapshot) {
  const { regionIds, initialRunnerId, ref, sandboxClass, buildInfo, ...rest } = snapshot
  const built = buildInfo ? { buildInfo } : {}
  return { ...rest, ...built, regionIds, initialRunnerId, ref, sandboxClass }
}

/** Right after creation what is not known yet is absent, where later it is null. */
function presentNew(snapshot) {
  const shown = present(snapshot)
  for (const key of ["initialRunnerId", "ref"]) {
    if (shown[key] === null) delete shown[key]
  }
  return shown
}

function cleanEntrypoint(words) {
  const kept = (words || []).filter((word) => String(word).trim() !== "")
  return kept.length > 0 ? kept : null
}

/**
 * The last upper-case ENTRYPOINT, wherever it stands: a JSON array as it is, anything else as one
 * string.
 */
function dockerfileEntrypoint(text) {
  const found = [...text.matchAll(/ENTRYPOINT\s+(.*)/g)]
  if (found.length === 0) return ["sleep", "infinity"]
  const value = found[found.length - 1][1].trim()
  try {
    return JSON.parse(value)
  } catch {
    return [value.replace(/["']/g, "")]
  }
}

function buildFields(world, { dockerfileContent, contextHashes = null }) {
  const source = JSON.stringify([dockerfileContent, contextHashes])
  const snapshotRef = `daytona-${crypto.createHash("sha256").update(source).digest("hex")}:daytona`
  const createdAt = lifecycle.now()
  return {
    entrypoint: dockerfileEntrypoint(dockerfileContent),
    buildInfo: { dockerfileContent, contextHashes, createdAt, updatedAt: createdAt, snapshotRef },
    ref: internalRef(world.config, snapshotRef),
  }
}

function pullFields({ imageName, entrypoint }) {
  return { imageName, entrypoint: cleanEntrypoint(entrypoint) }
}

/** Request says `memory`, the record and every answer `mem`. */
function resourceFields(body) {
  return {
    cpu: body.cpu ?? 1,
    gpu: body.gpu ?? 0,
    mem: body.memory ?? 1,
    disk: body.disk ?? 3,
    sandboxClass: body.sandboxClass ?? "container",
  }
}

/* Lookup ------------------------------------------------------------------------------------- */

function usable(snapshot, organization) {
  return snapshot && (snapshot.organizationId === organization || snapshot.general)
}

/** A snapshot by id or exact name, own ones before general ones; undefined when there is none. */
function lookUp(world, organization, idOrName) {
  const byId = world.snapshots.get(idOrName)
  if (usable(byId, organization)) return byId
  const { snapshots } = world
  return snapshots.byName(organization, idOrName) || snapshots.generalByName(idOrName)
}

function find(call) {
  const { id } = call.params
  const found = lookUp(call.world, call.organization, id)
  if (found) return found
  if (call.world.snapshots.get(id)) throw notFound(`Snapshot with ID or name ${id} not found`)
  throw notFound(`Snapshot with name ${id} not found`)
}

/** For operations that change a snapshot: it must be one's own, and be named by its id. */
function findOwnById(call) {
  const { id } = call.params
  const snapshot = find(call)
  if (snapshot.organizationId !== call.organization) {
    throw notFound(`Snapshot with ID or name ${id} not found`)
  }
  if (!UUID.test(id)) throw badRequest("Validation failed (uuid is expected)")
  return snapshot
}

/* Operations --------------------------------------------------------------------------------- */

function create(call) {
  const { body, world, organization } = call
  const region = checkCreate(call)
  if (world.snapshots.byName(organization, body.name)) {
    throw conflict(`Snapshot with name "${body.name}" already exists for this organization`)
  }
  const source = body.buildInfo ? buildFields(world, body.buildInfo) : pullFields(body)
  const fields = { organizationId: organization, name: body.name, regionIds: [region] }
  const snapshot = newSnapshot({ ...fields, ...resourceFields(body), ...source })
  world.snapshots.add(snapshot)
  const answer = presentNew(snapshot)
  lifecycle.start(world, snapshot)
  return answer
}

function list(call) {
  return paginate(order(visible(call), call.query, STATES), call.query, present)
}

function remove(call) {
  const snapshot = findOwnById(call)
  if (snapshot.general) throw forbidden("You cannot delete a general snapshot")
  lifecycle.remove(call.world, snapshot)
  return empty(200)
}

function checkActivatable(world, { id, state, updatedAt }) {
  if (state === "active") throw badRequest(`Snapshot ${id} is already active`)
  if (state !== "inactive") {
    throw badRequest(`Snapshot ${id} cannot be activated - it is in ${state} state`)
  }
  if (Date.now() - Date.parse(updatedAt) < world.config.activationCooldown) {
    throw badRequest(
      "Snapshot deactivation is still in progress. Please try again in a few minutes.",
    )
  }
}

function activate(call) {
  const snapshot = findOwnById(call)
  checkActivatable(call.world, snapshot)
  checkQuotas(call.world, call.organization, { ...snapshot, memory: snapshot.mem })
  lifecycle.move(snapshot, "pending")
  lifecycle.start(call.world, snapshot)
  return present(snapshot)
}

function deactivate(call) {
  lifecycle.deactivate(call.world, findOwnById(call))
  return empty(204)
}

function findBuilt(call) {
  const snapshot = find(call)
  if (snapshot.id !== call.params.id) throw unexpected()
  if (!snapshot.buildInfo) throw notFound(`Snapshot ${snapshot.id} has no build info`)
  return snapshot
}

function buildLogsUrl(call) {
  return { url: `${proxyUrl(call.world)}/snapshots/${findBuilt(call).id}/build-logs` }
}

function buildLogs(call) {
  findBuilt(call)
  return new Reply(200, "", { "Content-Type": "application/octet-stream" })
}

const handlers = {
  activateSnapshot: activate,
  createSnapshot: create,
  deactivateSnapshot: deactivate,
  getAllSnapshots: list,
  getSnapshot: (call) => present(find(call)),
  getSnapshotBuildLogs: buildLogs,
  getSnapshotBuildLogsUrl: buildLogsUrl,
  removeSnapshot: remove,
}

module.exports = { handlers, lookUp, newSnapshot, present }
