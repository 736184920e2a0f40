// toolbox-pty: terminals in a sandbox, and the WebSocket that carries one.
"use strict"

const { spawnSync } = require("node:child_process")
const { ApiError, badRequest, conflict, notFound } = require("./errors")
const { Reply } = require("./reply")

const EXIT_CONTROL = "X-Daytona-Pty-Exit-Control"
const LARGEST = 1000

// Tells where the terminal is, sets its size, and becomes the shell.
const START = 'tty >&3; exec 3>&-; stty rows "$OS2_ROWS" cols "$OS2_COLS"; unset OS2_ROWS OS2_COLS; exec /bin/sh'

const isSize = (number) => Number.isInteger(number) && number >= 1 && number <= LARGEST

/** One terminal: util-linux's script holds its other side. */
class Pty {
  constructor(toolbox, { id, cwd = "", envs = {}, rows = 24, cols = 80, lazyStart = false }) {
    Object.assign(this, { toolbox, id, cwd, envs, rows, cols, lazyStart })
    this.createdAt = new Date().toISOString()
    this.listeners = new Set()
    if (!lazyStart) this.start()
  }

  start() {
    if (this.child) return
    const envs = { TERM: "xterm-256color", ...this.envs }
    Object.assign(envs, { OS2_ROWS: String(this.rows), OS2_COLS: String(this.cols), SHELL: "/bin/sh" })
    const argv = ["-qefc", START, "-E", "always", "/dev/null"]
    const stdio = ["pipe", "pipe", "ignore", "pipe"]
    this.child = this.toolbox.spawn("script", argv, { cwd: this.cwd || undefined, envs, stdio })
    this.child.stdin.on("error", () => {})
    this.child.stdio[3].on("data", (text) => (this.tty = String(text).trim()))
    this.child.stdout.on("data", (bytes) => this.tell("output", bytes))
    this.child.on("close", (code) => {
      this.exitCode = code ?? 137
      this.tell("exit", this.exitCode)
    })
  }

  tell(event, value) {
    for (const listener of this.listeners) listener[event](value)
  }

  resize(rows, cols) {
    Object.assign(this, { rows, cols })
    if (this.tty) spawnSync("stty", ["-F", this.tty, "rows", String(rows), "cols", String(cols)])
  }

  get active() {
    return this.exitCode === undefined
  }

  present() {
    const { id, cwd, envs, rows, cols, active, createdAt, lazyStart } = this
    return { id, cwd, envs, rows, cols, active, createdAt, lazyStart }
  }
}

function find({ toolbox, params }) {
  const pty = toolbox.ptys.get(params.sessionId)
  if (!pty) throw notFound("PTY session not found")
  return pty
}

function create({ toolbox, body }) {
  if (typeof body.id !== "string" || body.id === "") throw badRequest("session ID is required")
  if (toolbox.ptys.has(body.id)) throw conflict("PTY session already exists")
  toolbox.ptys.set(body.id, new Pty(toolbox, body))
  return new Reply(201, { sessionId: body.id })
}

function remove(call) {
  const pty = find(call)
  if (pty.child && pty.active) call.toolbox.kill(pty.child)
  call.toolbox.ptys.delete(pty.id)
  return { message: "PTY session deleted" }
}

function resize(call) {
  const { rows, cols } = call.body
  if (!isSize(rows) || !isSize(cols)) throw badRequest("rows and cols must be 1 to 1000")
  const pty = call.toolbox.ptys.get(call.params.sessionId)
  if (!pty || !pty.active) throw new ApiError(410, "PTY session is gone")
  pty.resize(rows, cols)
  return pty.present()
}

const control = (status, more) => JSON.stringify({ type: "control", status, ...more })

/** Serves a terminal over a WebSocket: output comes as binary frames, input as any. */
function attach({ world }, pty, socket) {
  const exit = (exitCode) => {
    const ending = { exitCode, exitReason: exitCode === 0 ? "" : `exit status ${exitCode}` }
    if (socket.protocol === EXIT_CONTROL) socket.send(control("exited", ending))
    socket.close(1000, JSON.stringify(ending))
  }
  const output = (bytes) => {
    if (world.config.sockets.isDeaf) return socket.pause()
    return socket.send(bytes)
  }
  const listener = { output, exit }
  socket.send(control("connected"))
  pty.listeners.add(listener)
  socket.on("message", (data) => pty.child.stdin.write(data))
  socket.on("close", () => pty.listeners.delete(listener))
  pty.start()
  if (!pty.active) exit(pty.exitCode)
}

/** For a call that wants a WebSocket, the function to give that to. */
function connect(call) {
  if (!call.wantsStream) throw badRequest("not a WebSocket request")
  const pty = call.toolbox.ptys.get(call.params.sessionId)
  if (pty) return (socket) => attach(call, pty, socket)
  return (socket) => {
    socket.send(control("error", { error: "PTY session not found" }))
    socket.close(1008, JSON.stringify({ error: "PTY session not found" }))
  }
}

const handlers = {
  ConnectPtySession: connect,
  CreatePtySession: create,
  DeletePtySession: remove,
  GetPtySession: (call) => find(call).present(),
  ListPtySessions: ({ toolbox }) => ({ sessions: [...toolbox.ptys.values()].map((pty) => pty.present()) }),
  ResizePtySession: resize,
}

module.exports = { handlers }
