// preview-proxy: what answers at the previews' addresses.
"use strict"

const { ApiError, badRequest } = require("./errors")
const { isHealthy } = require("./health")
const { findKey } = require("./keys")
const { signedSandbox, tokenOf } = require("./previews")
const { Reply } = require("./reply")

// Ports that even a public sandbox does not open to everybody: terminal, toolbox, recordings.
const NEVER_PUBLIC = [22222, 2280, 33333]

/** {port, id} of a call to `<port>-<id or token>.<domain>` or /preview/<port>/<id>, or null. */
function routeOf({ path, headers }) {
  const byName = /^(\d+)-([0-9a-z-]+)\./i.exec(headers.host || "")
  const match = byName || /^\/preview\/(\d+)\/([^/]+)(?:\/|$)/.exec(path)
  return match && { port: Number(match[1]), id: match[2], byName: Boolean(byName) }
}

/** Path and query as a test's faults see them, the same for both kinds of address. */
function canonicalUrl({ route, url }) {
  return route.byName ? `/preview/${route.port}/${route.id}${url}` : url
}

function hasToken({ world, headers, query }, sandbox) {
  const token = tokenOf(world, sandbox)
  return [headers["x-daytona-preview-token"], query.DAYTONA_SANDBOX_AUTH_KEY].includes(token)
}

function hasKey({ world, headers }, sandbox) {
  const key = findKey(world, headers.authorization)
  return key !== null && key.organization === sandbox.organizationId
}

function mayOpen(call, sandbox) {
  if (sandbox.public && !NEVER_PUBLIC.includes(call.route.port)) return true
  return hasToken(call, sandbox) || hasKey(call, sandbox)
}

/** The sandbox the call may look into, or undefined: then it has to sign in first. */
function permittedSandbox(call) {
  const { world, route } = call
  const sandbox = world.sandboxes.get(route.id)
  if (sandbox && mayOpen(call, sandbox)) return sandbox
  return signedSandbox(world, route.id, route.port)
}

function signIn({ world, route }) {
  const location = `${world.origin}/sign-in?state=${route.id}`
  return new Reply(307, undefined, { Location: location })
}

/** Nothing listens yet: a status, or "refused" for a connection that breaks. */
function notReady({ world }) {
  const { before } = world.config.previews
  if (before === "refused") return null
  throw new ApiError(before, "bad gateway: connection refused")
}

/** Answers one call: with a Reply, or null for a connection that is to be dropped. */
function dispatch(call) {
  const { world, route } = call
  if (route.port < 1 || route.port > 65535) throw badRequest("Invalid port")
  const sandbox = permittedSandbox(call)
  if (!sandbox) return signIn(call)
  if (!isHealthy(world, sandbox)) return notReady(call)
  return new Reply(200, { sandbox: sandbox.name, port: route.port })
}

module.exports = { canonicalUrl, dispatch, routeOf }
