// api: routes a request through the API description to its handler, guards first.
"use strict"

const { OpenAPIBackend } = require("openapi-backend")
const definition = require("./api.json")
const keys = require("./keys")
const registry = require("./registry")
const sandboxes = require("./sandboxes")
const service = require("./service")
const snapshots = require("./snapshots")
const { ApiError, badRequest, noRoute, unauthorized } = require("./errors")
const { checkQuery } = require("./rules")

const OPERATIONS = {
  ...keys.handlers,
  ...registry.handlers,
  ...sandboxes.handlers,
  ...service.handlers,
  ...snapshots.handlers,
}

/** Gives each operation handler its call instead of the back end's context. */
function adapted() {
  const entries = Object.entries(OPERATIONS)
  return Object.fromEntries(entries.map(([id, handler]) => [id, (context, call) => handler(call)]))
}

/** A route was found: every address with too many 401s behind it ends here. */
function routed(context, call) {
  if (!context.operation) return
  call.operation = context.operation
  call.params = context.request.params
  call.world.throttle.checkAddress(call.address)
}

function bearer(context, call) {
  call.key = keys.authenticate(call.world, call)
  call.entry.key = call.key.name
  return call.key
}

/** Runs before every operation; public ones carry no key and pass. */
function guard(context, call) {
  if (call.key) {
    const id = call.operation.operationId
    call.organization = keys.organizationOf(call.key, call)
    call.replyHeaders = call.world.throttle.hit(id, call.organization)
    keys.authorize(call.key, id)
  }
  call.query = checkQuery(call.operation, call.query)
}

function notImplemented(context) {
  const { operationId } = context.operation
  throw new ApiError(501, `the stand-in does not answer ${operationId} yet`)
}

/**
 * The back end, ready to be asked. Its own validator stays off: the real API's messages differ,
 * and it lets through much that its description forbids; `rules` says what it refuses.
 */
async function createApi() {
  const api = new OpenAPIBackend({
    definition,
    apiRoot: "/api",
    strict: true,
    validate: false,
    handlers: {
      ...adapted(),
      notFound: (context, call) => {
        throw noRoute(call)
      },
      notImplemented,
      postRoutingHandler: routed,
      preOperationHandler: guard,
      unauthorizedHandler: () => {
        throw unauthorized()
      },
    },
    securityHandlers: { bearer },
  })
  await api.init()
  // The description does not change, and listing its operations anew is most of a request's time.
  const operations = api.router.getOperations()
  api.router.getOperations = () => operations
  return api
}

/** The operation's method and path template, or the path as sent when there is none. */
function routeOf(api, { method, path }) {
  const operation = path.startsWith("/api/") ? api.matchOperation({ method, path }) : undefined
  return `${method} ${operation ? `/api${operation.path}` : path}`
}

/** Routes one call; resolves to a handler's value, rejects with an ApiError. */
async function dispatch(api, call) {
  if (!call.path.startsWith("/api/")) throw noRoute(call)
  call.api = api
  const { method, path, query, headers } = call
  try {
    return await api.handleRequest({ method, path, query, headers, body: null }, call)
  } catch (error) {
    if (error instanceof URIError) throw badRequest("Failed to decode path parameter")
    throw error
  }
}

module.exports = { createApi, dispatch, routeOf }
