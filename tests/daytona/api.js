// api: takes a request to the handler of its operation, guards first.
"use strict"

const { Backend } = require("./backend")
const keys = require("./keys")
const { maintenance, noRoute } = require("./errors")
const { isServed } = require("./features")
const { checkQuery } = require("./rules")

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
    require("./warm-pools"),
    require("./webhooks"),
  ].map((resource) => resource.handlers),
)

/** Every address with too many 401s behind it ends here. */
function routed({ world, address }) {
  world.throttle.checkAddress(address)
}

/** Who asks, and whether they may; public operations come by without. */
function bearer(call) {
  const { world, operation } = call
  const id = operation.operationId
  call.key = keys.authenticate(world, call)
  call.entry.key = call.key.name
  call.organization = keys.organizationOf(call.key, call)
  call.replyHeaders = world.throttle.hit(id, call.organization)
  keys.authorize(call.key, id)
  return true
}

function preOperationHandler(call) {
  call.query = checkQuery(call.operation, call.query)
}

const backend = new Backend({
  definition: require("./api.json"),
  apiRoot: "/api",
  handlers: { ...OPERATIONS, preOperationHandler },
  routed,
  securityHandlers: { bearer },
})

/** The route of a call under /api, or null: {operation}. */
function routeOf({ method, path, world }) {
  const operation = path.startsWith("/api/") && backend.match(method, path)
  return operation && isServed(world, operation) ? { operation } : null
}

/** Answers one call; resolves to a handler's value, rejects with an ApiError. */
async function dispatch(call) {
  if (call.world.config.maintenance) throw maintenance()
  if (!call.route) throw noRoute(call)
  return backend.handle(call, call.path)
}

module.exports = { dispatch, ready: backend.ready, routeOf }
