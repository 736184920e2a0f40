// toolbox: the API inside a sandbox, under /toolbox/<sandbox id>.
"use strict"

const { Backend } = require("./backend")
const { ApiError, badRequest, notFound, unauthorized } = require("./errors")
const { isHealthy } = require("./health")
const { findKey } = require("./keys")
const { now } = require("./lifecycle")
const { tokenOf } = require("./previews")
const files = require("./toolbox-files")
const git = require("./toolbox-git")
const commands = require("./toolbox-process")
const terminals = require("./toolbox-pty")
const sessions = require("./toolbox-sessions")
const { toolboxOf } = require("./toolbox-worlds")
const { systemMetrics, updateEnv } = require("./toolbox-system")

const definition = require("./toolbox.json")

// The older path of uploads.
const MORE = {
  "/files/upload": { post: { operationId: "UploadFile" } },
}

// The only port anything listens on in a sandbox.
const SERVED_PORT = 3000

function servedPorts({ world, sandbox }) {
  return isHealthy(world, sandbox) ? [SERVED_PORT] : []
}

function isPortInUse(call) {
  const port = Number(call.params.port)
  if (!(port >= 3000 && port <= 9999)) {
    throw badRequest("port out of range: must be between 3000 and 9999")
  }
  return { isInUse: servedPorts(call).includes(port) }
}

const HANDLERS = {
  ...commands.handlers,
  ...files.handlers,
  ...git.handlers,
  ...sessions.handlers,
  ...terminals.handlers,
  GetPorts: (call) => ({ ports: servedPorts(call) }),
  GetSystemMetrics: systemMetrics,
  GetUserHomeDir: ({ toolbox }) => ({ dir: toolbox.directory }),
  GetVersion: ({ world }) => ({ version: `v${world.config.version}` }),
  GetWorkDir: ({ toolbox }) => ({ dir: toolbox.directory }),
  IsPortInUse: isPortInUse,
  UpdateEnv: updateEnv,
}

/** The key or the preview token of the sandbox opens its toolbox, before any path is looked at. */
function authenticate(call) {
  const sandbox = call.world.sandboxes.get(call.route.sandboxId)
  call.sandbox = sandbox
  const key = findKey(call.world, call.headers.authorization)
  if (key && sandbox && key.organization === sandbox.organizationId) {
    call.entry.key = key.name
    return
  }
  const token = call.headers["x-daytona-preview-token"]
  if (sandbox && token && token === tokenOf(call.world, sandbox)) return
  if (key) throw notFound(`Sandbox with ID ${call.route.sandboxId} not found`)
  throw unauthorized()
}

/** Readies a call for its handler. */
function preOperationHandler(call) {
  const { world, sandbox, headers } = call
  if (sandbox.state !== "started") throw badRequest("no IP address found. Is the Sandbox started?")
  if (headers["x-daytona-skip-last-activity-update"] !== "true") sandbox.lastActivityAt = now()
  call.toolbox = toolboxOf(world, sandbox)
  if (call.wantsStream) sessions.checkStream(call)
}

function noPage() {
  throw notFound("404 page not found")
}

const backend = new Backend({
  definition: { ...definition, paths: { ...definition.paths, ...MORE } },
  apiRoot: "/toolbox",
  handlers: { ...HANDLERS, notFound: noPage, preOperationHandler },
  routed: authenticate,
})

/** A path inside a toolbox as the back end knows it: without the sandbox. */
const pathOf = (inner) => `/toolbox${inner}`

/** The route of a call, or null: {sandboxId, inner, operation}; `inner` is its path. */
function routeOf({ method, path }) {
  const match = /^\/toolbox\/([^/]+)(\/.*)$/.exec(path)
  if (!match) return null
  const [, sandboxId, inner] = match
  return { sandboxId, inner, operation: backend.match(method, pathOf(inner)) }
}

/** Answers one call; resolves to a handler's value, rejects with an ApiError. */
async function dispatch(call) {
  return backend.handle(call, pathOf(call.route.inner))
}

/** Resolves to what a WebSocket is to be given to; rejects when the call cannot have one. */
async function openStream(call) {
  const { absent } = call.world.config.sockets
  if (absent) throw new ApiError(absent, "no sockets here")
  call.wantsStream = true
  return dispatch(call)
}

/** The body of every error of the toolbox. */
function envelope(call, error) {
  const path = call.route ? call.route.inner : call.path
  const timestamp = new Date().toISOString()
  const { status: statusCode, message } = error
  return { statusCode, message, timestamp, path, method: call.method }
}

module.exports = { dispatch, envelope, openStream, ready: backend.ready, routeOf }
