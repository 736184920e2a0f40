// app: one HTTP request from its bytes to its answer, faults included.
"use strict"

const { createApi, dispatch, routeOf } = require("./api")
const { control } = require("./control")
const { ApiError, envelope, unexpected } = require("./errors")
const { faultAnswer } = require("./faults")
const { Reply, asReply } = require("./reply")
const { MalformedJson, openCall, readBody, send } = require("./wire")

const MALFORMED = { message: "Invalid JSON in request body", error: "Bad Request", statusCode: 400 }

function errorReply(call, error) {
  if (error instanceof MalformedJson) return new Reply(400, MALFORMED)
  if (error instanceof ApiError)
    return new Reply(error.status, envelope(call.url, error), error.headers)
  process.stderr.write(`stand-in: ${call.method} ${call.url}: ${error.stack}\n`)
  return new Reply(500, envelope(call.url, unexpected()))
}

/** The API's own answer: what a handler returned, or the error it threw. */
async function apiReply(api, req, call) {
  try {
    call.body = await readBody(req, call)
    if (Object.keys(call.body).length > 0) call.entry.body = call.body
    return asReply(await dispatch(api, call))
  } catch (error) {
    return errorReply(call, error)
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

/** Does the work and gives the answer, or null for a connection that is to be dropped. */
async function answer(api, req, call, fault) {
  if (fault && fault.type === "reset") return null
  if (fault && fault.type === "slow") await pause(fault.ms)
  const made = fault ? faultAnswer(fault) : null
  if (made) {
    req.resume()
    return new Reply(made.status, made.body, made.headers)
  }
  const reply = await apiReply(api, req, call)
  if (fault && fault.type === "lost") return null
  return reply
}

async function serveApi(world, api, req, res, call) {
  call.entry = world.log.open(call, routeOf(api, call))
  const fault = world.faults.take(call)
  call.entry.fault = fault && fault.type
  const reply = await answer(api, req, call, fault)
  if (reply === null) return res.socket.resetAndDestroy()
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
async function createApp(world) {
  const api = await createApi()
  return (req, res) => {
    const call = openCall(req)
    call.world = world
    if (call.path.startsWith("/_test/")) return serveControl(world, req, res, call)
    return serveApi(world, api, req, res, call)
  }
}

module.exports = { createApp }
