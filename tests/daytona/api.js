// api: takes a request to the handler of its operation, guards first.
"use strict"

const keys = require("./keys")
const { Router } = require("./router")
const { ApiError, noRoute } = require("./errors")
const { checkQuery } = require("./rules")

const router = new Router(require("./api.json"))

const OPERATIONS = Object.assign(
  {},
  ...[
    require("./api-keys"),
    require("./audit"),
    require("./previews"),
    require("./regions"),
    require("./registries"),
    require("./registry"),
    require("./sandbox-captures"),
    require("./sandbox-settings"),
    require("./sandboxes"),
    require("./secrets"),
    require("./service"),
    require("./snapshots"),
    require("./storage"),
    require("./telemetry"),
    require("./volumes"),
  ].map((resource) => resource.handlers),
)

/** The route of a call under /api, or null: {operation, params}. */
function routeOf({ method, path }) {
  return path.startsWith("/api/") ? router.match(method, path.slice("/api".length)) : null
}

/** Every address with too many 401s behind it ends here; public operations need no key. */
function guard(call) {
  const { world, operation } = call
  const id = operation.operationId
  world.throttle.checkAddress(call.address)
  if (operation.security.length > 0) {
    call.key = keys.authenticate(world, call)
    call.entry.key = call.key.name
    call.organization = keys.organizationOf(call.key, call)
    call.replyHeaders = world.throttle.hit(id, call.organization)
    keys.authorize(call.key, id)
  }
  call.query = checkQuery(operation, call.query)
}

/** Answers one call; resolves to a handler's value, rejects with an ApiError. */
async function dispatch(call) {
  if (!call.route) throw noRoute(call)
  call.operation = call.route.operation
  call.params = call.route.params
  guard(call)
  const handler = OPERATIONS[call.operation.operationId]
  if (handler) return handler(call)
  throw new ApiError(501, `the stand-in does not answer ${call.operation.operationId}`)
}

module.exports = { dispatch, routeOf }
