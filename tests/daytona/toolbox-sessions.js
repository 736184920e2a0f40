// toolbox-sessions: sessions, their commands and the commands' logs.
"use strict"

const { ApiError, badRequest, conflict, notFound } = require("./errors")
const { Reply, empty } = require("./reply")
const { marked } = require("./toolbox-log")

const ENTRYPOINT = "entrypoint"

const STREAMING = ["ConnectPtySession", "GetEntrypointLogs", "GetSessionCommandLogs"]

function findSession({ toolbox, params }) {
  const session = toolbox.sessions.get(params.sessionId)
  if (!session) throw notFound("session not found")
  return session
}

function findCommand(call) {
  const command = findSession(call).commands.get(call.params.commandId)
  if (!command) throw notFound("command not found")
  return command
}

/** The command whose log a request is about: one of a session, or the entrypoint. */
function logOf(call) {
  if (call.operation.operationId === "GetEntrypointLogs") return call.toolbox.entrypoint
  return findCommand(call)
}

function createSession({ toolbox, body }) {
  if (typeof body.sessionId !== "string" || body.sessionId === "") {
    throw badRequest("invalid request body: sessionId is required")
  }
  if (toolbox.sessions.has(body.sessionId)) throw conflict("session already exists")
  toolbox.openSession(body.sessionId)
  return empty(201)
}

function deleteSession(call) {
  const session = findSession(call)
  session.close()
  call.toolbox.sessions.delete(session.id)
  return empty(204)
}

/* Logs --------------------------------------------------------------------------------------- */

function sdkVersion({ headers }) {
  const inProtocol = /X-Daytona-SDK-Version~([\w.-]+)/i.exec(headers["sec-websocket-protocol"])
  return headers["x-daytona-sdk-version"] || (inProtocol ? inProtocol[1] : "")
}

function isOlder(version, than) {
  const [a, b] = [version, than].map((text) => text.split(/[.-]/).map(Number))
  const at = [0, 1, 2].find((i) => a[i] !== b[i])
  return at !== undefined && a[at] < b[at]
}

/** How a client gets both streams: "plain" together, "marked" each with its mark, or "apart". */
function logForm(call) {
  const version = sdkVersion(call)
  if (version === "") return call.headers["x-daytona-split-output"] === "true" ? "apart" : "plain"
  if (isOlder(version, "0.27.0")) return "plain"
  return isOlder(version, "0.103.0") ? "marked" : "apart"
}

function streams(log, form) {
  const output = form === "plain" ? log.text() : log.markedText()
  if (form !== "apart") return { output }
  return { output, stdout: log.text("stdout"), stderr: log.text("stderr") }
}

/**
 * Returns the function that sends bytes over a socket, with the faults of `config.sockets`: in
 * messages of `pieceBytes`, as texts, and cut after the next number of `cutBytes`.
 */
function sender({ world }, socket) {
  const { pieceBytes, cutBytes, isText } = world.config.sockets
  const cut = cutBytes.shift() ?? Infinity
  let sent = 0
  const sendPiece = (piece) => {
    if (sent >= cut) return
    sent += piece.length
    socket.send(piece, { binary: !isText })
    if (sent < cut) return
    socket.isCut = true
    setTimeout(() => socket.terminate(), 5)
  }
  return (bytes) => {
    const size = pieceBytes || bytes.length || 1
    for (let at = 0; at < bytes.length; at += size) sendPiece(bytes.subarray(at, at + size))
  }
}

/** Sends a log over a WebSocket; with `follow` until its command ends, else what there is. */
function stream(call, log, socket) {
  const encode = logForm(call) === "plain" ? ({ bytes }) => bytes : marked
  const sendBytes = sender(call, socket)
  const send = (chunk) => sendBytes(encode(chunk))
  const end = () => socket.isCut || socket.close(1000)
  log.chunks.forEach(send)
  if (call.query.follow !== "true" || log.exitCode !== undefined) return end()
  log.on("chunk", send)
  log.once("finish", end)
  socket.on("close", () => log.off("chunk", send).off("finish", end))
}

/** A log as it is; for a call that wants a WebSocket, the function to give that to. */
function getLogs(call) {
  const log = logOf(call)
  if (call.wantsStream) return (socket) => stream(call, log, socket)
  const form = logForm(call)
  if (form === "apart") return streams(log, form)
  const bytes = form === "plain" ? log.bytes() : log.markedBytes()
  return new Reply(200, bytes, { "Content-Type": "text/plain; charset=utf-8" })
}

/** Throws unless the call is for a log. */
function checkStream({ operation }) {
  if (!STREAMING.includes(operation.operationId)) throw badRequest("not a stream")
}

/* Commands ----------------------------------------------------------------------------------- */

function checkCommand(session, { command }) {
  if (typeof command !== "string" || command.trim() === "") {
    throw badRequest("command cannot be empty")
  }
  if (session.ended) throw badRequest("session cancelled")
}

async function execute(call) {
  const session = findSession(call)
  checkCommand(session, call.body)
  const log = session.run(call.body.command)
  const cmdId = log.id
  if (call.body.runAsync || call.body.async) return new Reply(202, { cmdId })
  await new Promise((resolve) => {
    log.once("finish", resolve)
  })
  return { cmdId, ...streams(log, logForm(call)), exitCode: log.exitCode }
}

async function sendInput(call) {
  const command = findCommand(call)
  if (typeof call.body.data !== "string") throw badRequest("invalid request body")
  if (command.exitCode !== undefined) throw new ApiError(410, "command has already completed")
  // the answer waits while nobody reads, as a write to a full pipe does
  await findSession(call).input(call.body.data)
  return empty(204)
}

function entrypointSession({ toolbox }) {
  return { sessionId: ENTRYPOINT, commands: [toolbox.entrypoint.present()] }
}

const handlers = {
  CreateSession: createSession,
  DeleteSession: deleteSession,
  GetEntrypointLogs: getLogs,
  GetEntrypointSession: entrypointSession,
  GetSession: (call) => findSession(call).present(),
  GetSessionCommand: (call) => findCommand(call).present(),
  GetSessionCommandLogs: getLogs,
  ListSessions: ({ toolbox }) => [...toolbox.sessions.values()].map((session) => session.present()),
  SendInput: sendInput,
  SessionExecuteCommand: execute,
}

module.exports = { checkStream, handlers }
