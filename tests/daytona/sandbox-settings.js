// sandbox-settings: the operations that change a sandbox's labels, intervals and access.
"use strict"

const crypto = require("node:crypto")
const { badRequest, unexpected } = require("./errors")
const { now } = require("./lifecycle")
const { Reply } = require("./reply")
const { checkBody } = require("./rules")
const { checkAutoStop, checkNetworks } = require("./sandbox-rules")
const { autoArchiveInterval, findSandbox } = require("./sandboxes")

/** Sets fields of the call's sandbox; the sandbox as it is then. */
function set(call, fields) {
  return Object.assign(findSandbox(call), fields, { updatedAt: now() })
}

/** What is no number reaches the database, which refuses it. */
function numberOf(text) {
  const number = Number(text)
  if (!Number.isFinite(number)) throw unexpected()
  return number
}

/** A handler that sets one interval, in minutes; these answer 201. */
function interval(field, adjusted = (minutes) => minutes) {
  return (call) => {
    const given = call.params.interval ?? call.params.ttlMinutes
    findSandbox(call)
    return new Reply(201, set(call, { [field]: adjusted(numberOf(given)) }))
  }
}

function checkedAutoStop(minutes) {
  checkAutoStop(minutes)
  return minutes
}

function destroyAt(minutes) {
  return new Date(Date.now() + minutes * 60000).toISOString()
}

function updatePublicStatus(call) {
  return new Reply(201, set(call, { public: call.params.isPublic === "true" }))
}

function replaceLabels(call) {
  checkBody(call.operation, call.body)
  const labels = { ...call.body.labels }
  set(call, { labels })
  return { labels }
}

function updateNetworkSettings(call) {
  checkBody(call.operation, call.body)
  checkNetworks(call.body.networkAllowList)
  const { networkBlockAll, networkAllowList, domainAllowList } = call.body
  const given = Object.entries({ networkBlockAll, networkAllowList, domainAllowList }).filter(
    ([, value]) => value !== undefined,
  )
  return set(call, Object.fromEntries(given))
}

/** The names of the secrets are checked; what they do inside a sandbox is not acted out. */
function updateSecrets(call) {
  checkBody(call.operation, call.body)
  for (const name of call.body.secrets.flatMap((entry) => Object.values(entry))) {
    if (!call.world.secrets.byName(call.organization, name)) {
      throw badRequest(`Secret '${name}' not found`)
    }
  }
  return set(call, {})
}

function updateLastActivity(call) {
  set(call, { lastActivityAt: now() })
  return new Reply(201, undefined)
}

function createSshAccess(call) {
  const sandbox = findSandbox(call)
  const token = crypto.randomBytes(24).toString("base64url")
  const createdAt = now()
  const minutes = call.query.expiresInMinutes ?? 60
  return {
    id: crypto.randomUUID(),
    sandboxId: sandbox.id,
    token,
    expiresAt: new Date(Date.now() + minutes * 60000).toISOString(),
    createdAt,
    updatedAt: createdAt,
    sshCommand: `ssh -p 2222 ${token}@localhost`,
  }
}

const handlers = {
  createSshAccess,
  replaceLabels,
  revokeSshAccess: (call) => findSandbox(call),
  setAutoArchiveInterval: interval("autoArchiveInterval", autoArchiveInterval),
  setAutoDeleteInterval: interval("autoDeleteInterval"),
  setAutoPauseInterval: interval("autoPauseInterval"),
  setAutostopInterval: interval("autoStopInterval", checkedAutoStop),
  setTtl: interval("autoDestroyAt", destroyAt),
  updateLastActivity,
  updateNetworkSettings,
  updatePublicStatus,
  updateSandboxSecrets: updateSecrets,
}

module.exports = { handlers }
