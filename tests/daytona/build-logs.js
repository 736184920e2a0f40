// build-logs: the proxy's addresses of build logs, for which a key is needed as on the API.
"use strict"

const { notFound, unauthorized } = require("./errors")
const { findKey } = require("./keys")
const { Reply } = require("./reply")

/** {kind, id} of a call to /snapshots/<id>/build-logs or /sandboxes/<id>/build-logs, or null. */
function routeOf({ path }) {
  const match = /^\/(snapshots|sandboxes)\/([^/]+)\/build-logs$/.exec(path)
  return match && { kind: match[1], id: match[2] }
}

/** Answers with the configured text, whole: builds here have no output of their own. */
function dispatch({ world, route, headers }) {
  const key = findKey(world, headers.authorization)
  if (!key) throw unauthorized()
  const record = world[route.kind].get(route.id)
  if (!record || record.organizationId !== key.organization || !record.buildInfo) {
    throw notFound(`build logs not found for ref: ${route.id}`)
  }
  return new Reply(200, world.config.buildLog, { "Content-Type": "application/octet-stream" })
}

module.exports = { dispatch, routeOf }
