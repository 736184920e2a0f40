// app: one HTTP request from its bytes to its answer, faults included.
"use strict"

const { WebSocketServer } = require("ws")
const { control } = require("./control")
const { ApiError, envelope, unexpected } = require("./errors")
const { faultAnswer } = require("./faults")
const { Reply, asReply } = require("./reply")
const { surfaceOf } = require("./surfaces")
const toolbox = require("./toolbox")
const { MalformedJson, openCall, readBody, send } = require("./wire")

const MALFORMED = { message: "Invalid JSON in request body", error: "Bad Request", statusCode: 400 }

const API_ENVELOPE = (call, error) => envelope(call.url, error)

function errorReply(call, error, rendered = API_ENVELOPE) {
  if (error instanceof MalformedJson) return new Reply(400, MALFORMED)
  if (error instanceof ApiError) {
    return new Reply(error.status, rendered(call, error), error.headers)
  }
  process.stderr.write(`stand-in: ${call.method} ${call.url}: ${error.stack}\n`)
  return new Reply(500, rendered(call, unexpected()))
}

/** The surface's own answer: what a handler returned, or the error it threw. */
async function ownReply(surface, req, call) {
  try {
    call.body = await surface.readBody(req, call)
    if (call.body && Object.keys(call.body).length > 0) call.entry.body = call.body
    const value = await surface.dispatch(call)
    return value === null ? null : asReply(value)
  } catch (error) {
    return errorReply(call, error, surface.envelope)
  }
}

function serviceHeaders(world) {
  return { "X-Powered-By": "Express", "X-Daytona-Api-Version": world.config.version }
}

/** A pause that does not keep the program alive. */
function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}

/** Pauses; false where the world was reset meanwhile: what was under way is forgotten. */
async function outlasts(world, ms) {
  const { log } = world
  await pause(ms)
  return world.log === log
}

/** Does the work and gives the answer, or null for a connection that is to be dropped. */
async function answer(surface, req, call, fault) {
  if (fault && fault.type === "reset") return null
  if (fault && fault.type === "slow" && !(await outlasts(call.world, fault.ms))) return null
  const made = fault ? faultAnswer(fault, call) : null
  if (made) {
    req.resume()
    return new Reply(made.status, made.body, made.headers)
  }
  const reply = await ownReply(surface, req, call)
  if (reply) surface.answered(call, reply.status)
  if (fault && fault.type === "lost") {
    await pause(fault.ms || 0)
    return null
  }
  return reply
}

/** Enters a call in the log and takes the fault that is due for it, or null. */
function admit(world, call, surface) {
  call.entry = world.log.open(call, `${call.method} ${surface.name(call)}`)
  const fault = world.faults.take(call)
  call.entry.fault = fault && fault.type
  return fault
}

async function serve(world, req, res, call) {
  const surface = surfaceOf(call)
  const fault = admit(world, call, surface)
  const reply = await answer(surface, req, call, fault)
  if (reply === null) return res.socket && res.socket.resetAndDestroy()
  call.entry.status = reply.status
  reply.headers = { ...serviceHeaders(world), ...call.replyHeaders, ...reply.headers }
  return send(res, reply, Boolean(fault && fault.type === "truncated"))
}

async function serveControl(world, req, res, call) {
  try {
    call.body = await readBody(req, call)
    send(res, new Reply(200, control(world, call)))
  } catch (error) {
    send(res, errorReply(call, error))
  }
}

/** A request listener for `world`. */
function createApp(world) {
  return (req, res) => {
    const call = openCall(req)
    call.world = world
    if (world.gateway.owns(req.url)) return world.gateway.request(req, res)
    if (call.path.startsWith("/_test/")) return serveControl(world, req, res, call)
    return serve(world, req, res, call)
  }
}

/* WebSockets --------------------------------------------------------------------------------- */

function refuse(socket, { status, message }) {
  const head = `HTTP/1.1 ${status} Refused\r\nConnection: close\r\n`
  socket.end(`${head}Content-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`)
}

/** Resolves to what the call's WebSocket is to be given to; rejects with what keeps it from one. */
async function openStream(call, fault) {
  if (fault && fault.type === "status") throw new ApiError(fault.status, "fault")
  if (!call.route || !call.route.inner) throw new ApiError(404, "not a stream")
  return toolbox.openStream(call)
}

/**
 * For requests that want a WebSocket, to follow a toolbox's log: `upgrade` is the listener, and
 * `close` drops every connection, of which the HTTP server no longer knows.
 */
function createStreams(world) {
  const server = new WebSocketServer({ noServer: true })
  const open = new Set()
  const upgrade = async (req, socket, head) => {
    open.add(socket)
    socket.on("close", () => open.delete(socket))
    socket.on("error", () => socket.destroy())
    const call = openCall(req)
    call.world = world
    if (world.gateway.owns(req.url)) return world.gateway.upgrade(req, socket, head)
    const surface = surfaceOf(call)
    const fault = admit(world, call, surface)
    if (fault && fault.type === "reset") return socket.destroy()
    let stream
    try {
      stream = await openStream(call, fault)
    } catch (error) {
      call.entry.status = error.status
      return refuse(socket, error)
    }
    call.entry.status = 101
    return server.handleUpgrade(req, socket, head, stream)
  }
  const close = () => open.forEach((socket) => socket.destroy())
  world.cutSockets = close
  return { upgrade, close }
}

module.exports = { createApp, createStreams }
