// lifecycle: snapshots through their states, on the timetable.
"use strict"

const { inspectImage, internalRef } = require("./registry")
const { missingContext } = require("./storage")

const RUNNER = "51090c06-8f0e-4a8e-9a55-3c3f7b0c2f10"

const BUSY = "An operation is already in progress for this resource"

const isDigestReference = (imageName) => /@sha256:[a-f0-9]{64}$/.test(imageName)

function now() {
  return new Date().toISOString()
}

/** Moves a snapshot to `state`, setting `fields`, and stamps the change. */
function move(snapshot, state, fields = {}) {
  Object.assign(snapshot, fields, { state, updatedAt: now() })
}

function fail(world, snapshot, errorReason) {
  move(snapshot, "error", { errorReason })
  release(world, snapshot)
}

/**
 * One job of a kind at a time: the first to come holds it until its snapshot settles. An image is
 * looked at by its name and pulled by its digest, whatever the name.
 */
function reserve(world, snapshot, resource) {
  if (!world.jobs.has(resource)) world.jobs.set(resource, snapshot.id)
}

function release(world, snapshot) {
  for (const [resource, id] of world.jobs) if (id === snapshot.id) world.jobs.delete(resource)
}

/** Ends the jobs of a snapshot that was moved to a state in which it has none. */
function settle(world, snapshot) {
  if (snapshot.state !== "pending" && snapshot.state !== "pulling") release(world, snapshot)
}

function holds(world, snapshot, resource) {
  return world.jobs.get(resource) === snapshot.id
}

const inspectionOf = ({ imageName }) => `inspect ${imageName}`

/** Runs `step` after the time of the snapshot's state, unless that state is over by then. */
function later(world, snapshot, step, ms = world.config.timetable[snapshot.state]) {
  const { state } = snapshot
  world.after(ms, () => {
    if (snapshot.state === state) step(world, snapshot)
  })
}

/** Begins with a pending snapshot, or goes on with one read from the state file. */
function start(world, snapshot) {
  if (!snapshot.buildInfo) reserve(world, snapshot, inspectionOf(snapshot))
  later(world, snapshot, snapshot.buildInfo ? build : pull)
}

function waitForRunner(world, snapshot, step) {
  later(world, snapshot, step, world.config.timetable.retry)
}

function build(world, snapshot) {
  if (!world.config.runnerReady) return waitForRunner(world, snapshot, build)
  const missing = missingContext(world, snapshot)
  if (missing) return fail(world, snapshot, `failed to get tar from storage with hash ${missing}`)
  move(snapshot, "building", { initialRunnerId: RUNNER })
  later(world, snapshot, finish)
}

async function pull(world, snapshot) {
  if (!world.config.runnerReady) return waitForRunner(world, snapshot, pull)
  if (!holds(world, snapshot, inspectionOf(snapshot))) return fail(world, snapshot, BUSY)
  const found = await inspect(world, snapshot.imageName)
  // Whatever happened while the registry was asked (a delete, a reset) stands.
  if (snapshot.state !== "pending" || !holds(world, snapshot, inspectionOf(snapshot))) return
  if (found.error) return fail(world, snapshot, inspectFailure(snapshot.imageName, found.error))
  reserve(world, snapshot, `pull ${found.digest}`)
  if (!holds(world, snapshot, `pull ${found.digest}`)) return fail(world, snapshot, BUSY)
  const ref = internalRef(world.config, `daytona-${found.digest}:daytona`)
  move(snapshot, "pulling", { ref, initialRunnerId: RUNNER, size: found.size })
  later(world, snapshot, finish)
}

/** A digest never works: the API turns its @ into a colon, which no engine can read. */
async function inspect(world, imageName) {
  if (isDigestReference(imageName)) return { error: "invalid reference format" }
  return inspectImage(world, imageName)
}

function inspectFailure(imageName, reason) {
  const shown = isDigestReference(imageName) ? imageName.replace("@", ":") : imageName
  return (
    `Snapshot ${shown} failed to inspect in registry on runner ${RUNNER}.` +
    ` Error: Error response from daemon: ${reason}`
  )
}

/** The end of a pull or a build: active, unless `config.outcomes` names it a failure. */
function finish(world, snapshot) {
  const outcome = world.config.outcomes.find(({ name }) => new RegExp(name).test(snapshot.name))
  if (outcome) return fail(world, snapshot, outcome.errorReason)
  release(world, snapshot)
  move(snapshot, "active", { lastUsedAt: now() })
}

/** Removal is asynchronous; the name stays taken until it is done. */
function remove(world, snapshot) {
  if (snapshot.state === "removing") return
  release(world, snapshot)
  move(snapshot, "removing")
  later(world, snapshot, () => world.snapshots.remove(snapshot))
}

/** Deactivates at once, from any state; idempotent. */
function deactivate(world, snapshot) {
  if (snapshot.state === "inactive") return
  release(world, snapshot)
  move(snapshot, "inactive")
}

/** Turns off what was made and last used longer ago than a snapshot stays active. */
function age(world) {
  const oldest = new Date(Date.now() - world.config.snapshotLifetime).toISOString()
  const aged = world.snapshots
    .values()
    .filter(({ state, general }) => state === "active" && !general)
    .filter(({ createdAt, lastUsedAt }) => createdAt < oldest && (lastUsedAt ?? "") < oldest)
  for (const snapshot of aged) deactivate(world, snapshot)
  return aged
}

/** Sets snapshots read from the state file going again. */
function resume(world) {
  for (const snapshot of world.snapshots.values()) {
    if (["pending", "pulling", "building"].includes(snapshot.state)) {
      snapshot.state = "pending"
      start(world, snapshot)
    } else if (snapshot.state === "removing") {
      later(world, snapshot, () => world.snapshots.remove(snapshot))
    }
  }
}

module.exports = { RUNNER, age, deactivate, move, now, remove, resume, settle, start }
