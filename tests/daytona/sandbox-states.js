// sandbox-states: sandboxes through their states, on the timetable.
"use strict"

const { now } = require("./lifecycle")
const { ended } = require("./toolbox-worlds")

const BUSY = [
  "pending_build",
  "building_snapshot",
  "creating",
  "starting",
  "stopping",
  "archiving",
  "restoring",
  "resizing",
  "snapshotting",
  "destroying",
]

// States in which nothing runs inside a sandbox; its files stay.
const AT_REST = ["stopped", "archived", "error"]

const isBusy = (sandbox) => BUSY.includes(sandbox.state)

/** Moves a sandbox to `state` with `fields`, and keeps count of what it takes of the quotas. */
function move(world, sandbox, state, fields = {}) {
  world.usage.remove(sandbox)
  Object.assign(sandbox, fields, { state, updatedAt: now() })
  world.usage.add(sandbox)
  if (state === "started") world.details.get(sandbox.id).startedAt = Date.now()
  if (AT_REST.includes(state)) ended(world, sandbox)
}

/** The outcome `config.sandboxOutcomes` has for this sandbox, or undefined. */
function outcomeOf(world, sandbox) {
  return world.config.sandboxOutcomes.find(({ name }) => new RegExp(name).test(sandbox.name))
}

/** The reason why this start is to fail, or undefined; a failure with `times` is used up. */
function failureOf(world, sandbox) {
  const outcome = outcomeOf(world, sandbox)
  if (!outcome || !outcome.errorReason || outcome.times === 0) return undefined
  if (outcome.times !== undefined) outcome.times -= 1
  return outcome
}

/** Resolves after the time of `state`: true, unless the sandbox left that state meanwhile. */
function spent(world, sandbox, state, more = 0) {
  return new Promise((resolve) => {
    world.after(world.config.timetable[state] + more, () => resolve(sandbox.state === state))
  })
}

/** How much longer than others this sandbox takes to start, in milliseconds. */
function delayOf(world, sandbox) {
  const outcome = outcomeOf(world, sandbox)
  return (outcome && outcome.delay) || 0
}

/** Enters `state`, and `next` with `fields` when its time is over; resolves then. */
async function pass(world, sandbox, state, next, fields = {}) {
  move(world, sandbox, state)
  if (await spent(world, sandbox, state)) move(world, sandbox, next, fields)
}

/** Goes through `state` to started, or to error when its outcome says so. */
async function begin(world, sandbox, state) {
  move(world, sandbox, state, { desiredState: "started" })
  if (!(await spent(world, sandbox, state, delayOf(world, sandbox)))) return
  const failure = failureOf(world, sandbox)
  if (!failure) return move(world, sandbox, "started", { errorReason: null })
  const { errorReason, recoverable = false } = failure
  move(world, sandbox, "error", { errorReason, recoverable })
}

/** A sandbox that is built from a Dockerfile first. */
async function build(world, sandbox) {
  await pass(world, sandbox, "pending_build", "building_snapshot")
  if (!(await spent(world, sandbox, "building_snapshot"))) return
  await begin(world, sandbox, "creating")
}

/** Stops; one that is to be deleted as soon as it stops is gone then. */
async function stop(world, sandbox) {
  sandbox.desiredState = sandbox.autoDeleteInterval === 0 ? "destroyed" : "stopped"
  await pass(world, sandbox, "stopping", "stopped")
  if (sandbox.state === "stopped" && sandbox.autoDeleteInterval === 0) destroy(world, sandbox)
}

function archive(world, sandbox) {
  sandbox.desiredState = "archived"
  return pass(world, sandbox, "archiving", "archived", { backupState: "Completed" })
}

/** The runner's part: nobody finds the sandbox any more, or it stays as one that cannot go. */
async function vanish(world, sandbox, errorReason) {
  if (!(await spent(world, sandbox, "destroying"))) return
  if (errorReason) return move(world, sandbox, "error", { errorReason })
  world.usage.remove(sandbox)
  world.sandboxes.remove(sandbox)
  world.details.delete(sandbox.id)
}

/** Its name is free at once; it is found by its id, and listed, until the runner is done. */
function destroy(world, sandbox) {
  const { deleteError } = outcomeOf(world, sandbox) || {}
  world.sandboxes.update(sandbox, { name: `DESTROYED_${sandbox.name}_${Date.now()}` })
  move(world, sandbox, "destroying", { desiredState: "destroyed" })
  ended(world, sandbox)
  vanish(world, sandbox, deleteError)
}

/** Sets sandboxes read from the state file going again. */
function resume(world) {
  for (const sandbox of world.sandboxes.values()) {
    world.details.set(sandbox.id, { startedAt: Date.now() })
    if (sandbox.state === "destroying") vanish(world, sandbox)
    else if (isBusy(sandbox)) begin(world, sandbox, "starting")
  }
}

module.exports = {
  archive,
  begin,
  build,
  destroy,
  isBusy,
  move,
  outcomeOf,
  pass,
  resume,
  stop,
}
