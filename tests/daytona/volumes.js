// volumes: the operations under /volumes.
"use strict"

const crypto = require("node:crypto")
const { badRequest, conflict, notFound } = require("./errors")
const { now } = require("./lifecycle")
const { checkBody } = require("./rules")

function move(volume, state) {
  Object.assign(volume, { state, updatedAt: now() })
}

/** Goes on to `state` after the timetable's time, and then to what `next` does. */
function later(world, volume, state, next = () => {}) {
  world.after(world.config.timetable.volume, () => {
    move(volume, state)
    next()
  })
}

/** A volume is gone some time after its deletion; until then it is listed as going. */
function vanish(world, volume) {
  move(volume, "pending_delete")
  later(world, volume, "deleting", () => later(world, volume, "deleted"))
}

function newVolume(call) {
  const id = crypto.randomUUID()
  const name = call.body.name || id
  const times = { createdAt: now(), updatedAt: now(), lastUsedAt: null }
  const state = "pending_create"
  return { id, name, organizationId: call.organization, state, ...times, errorReason: null }
}

function createVolume(call) {
  const { world, organization } = call
  checkBody(call.operation, call.body)
  const volume = newVolume(call)
  if (world.volumes.byName(organization, volume.name)) {
    throw conflict(`Volume with name ${volume.name} already exists`)
  }
  world.volumes.add(volume)
  later(world, volume, "creating", () => later(world, volume, "ready"))
  return { ...volume }
}

function found(volume, call, what) {
  const own = volume && volume.organizationId === call.organization && volume.state !== "deleted"
  if (!own) throw notFound(`Volume with ${what} not found`)
  return volume
}

function findById(call) {
  const { volumeId } = call.params
  return found(call.world.volumes.get(volumeId), call, `ID ${volumeId}`)
}

function getVolumeByName(call) {
  const { name } = call.params
  return found(call.world.volumes.byName(call.organization, name), call, `name ${name}`)
}

function isMounted(call, { id, name }) {
  const sandboxes = call.world.sandboxes.oldestFirst(call.organization)
  return sandboxes.some(({ volumes, desiredState }) =>
    desiredState !== "destroyed" && volumes.some(({ volumeId }) => volumeId === id || volumeId === name),
  )
}

function deleteVolume(call) {
  const volume = findById(call)
  if (volume.state !== "ready" && volume.state !== "error") {
    throw badRequest("Volume must be in 'ready' or 'error' state in order to be deleted")
  }
  if (isMounted(call, volume)) {
    throw conflict("Volume cannot be deleted because it is in use by one or more sandboxes")
  }
  vanish(call.world, volume)
  // The name can be taken again at once.
  call.world.volumes.freeName(volume)
  return undefined
}

function listVolumes(call) {
  const shown = (volume) => call.query.includeDeleted === true || volume.state !== "deleted"
  return call.world.volumes.oldestFirst(call.organization).filter(shown)
}

const handlers = { createVolume, deleteVolume, getVolume: findById, getVolumeByName, listVolumes }

module.exports = { handlers }
