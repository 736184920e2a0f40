// toolbox-run: the inside of one sandbox: a private directory, and the processes run in it.
"use strict"

const { spawn } = require("node:child_process")
const fs = require("node:fs")
const os = require("node:os")
const path = require("node:path")
const { CommandLog } = require("./toolbox-log")
const { Shell } = require("./toolbox-shell")

const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/** Sends a signal to a process and everything it started; false when nothing of it is left. */
function signalGroup({ pid }, signal) {
  if (pid === undefined) return false
  try {
    return process.kill(-pid, signal)
  } catch (error) {
    if (error.code === "ESRCH") return false
    throw error
  }
}

class Toolbox {
  constructor(sandbox) {
    this.sandbox = sandbox
    this.directory = fs.mkdtempSync(path.join(os.tmpdir(), "daytona-stand-in-"))
    this.children = new Set()
    this.sessions = new Map()
    this.ptys = new Map()
    this.changes = {}
    this.entrypoint = new CommandLog("entrypoint_command", "sleep infinity")
  }

  /** What a process in the sandbox sees of the environment: nothing of the stand-in's own. */
  environment(more = {}) {
    const { id, user, env } = this.sandbox
    const own = { PATH: SYSTEM_PATH, HOME: this.directory, USER: user, DAYTONA_SANDBOX_ID: id }
    const all = { ...own, ...env, ...this.changes, ...more }
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null))
  }

  /** Changes the environment of what is started from now on; null takes a name out. */
  change(names) {
    Object.assign(this.changes, names)
  }

  /**
   * A path of the sandbox as one of this machine. Relative ones start at the directory, and
   * absolute ones are taken inside it unless they are already; none leads out of it.
   */
  resolve(name = ".") {
    const given = path.resolve(this.directory, name)
    const inside = given === this.directory || given.startsWith(`${this.directory}/`)
    return inside ? given : path.join(this.directory, path.resolve("/", name))
  }

  /** Starts a process in the sandbox, which ends with it. */
  spawn(command, argv, { cwd, envs, stdio }) {
    const options = { cwd: this.resolve(cwd), env: this.environment(envs), stdio, detached: true }
    const child = spawn(command, argv, options)
    this.children.add(child)
    // What a command left in the background lives on in its process group.
    child.on("close", () => signalGroup(child, 0) || this.children.delete(child))
    return child
  }

  kill(child) {
    signalGroup(child, "SIGKILL")
  }

  openSession(id) {
    const session = new Shell(this, id)
    this.sessions.set(id, session)
    return session
  }

  /** Ends every process; the files stay. */
  stop() {
    for (const child of this.children) this.kill(child)
    this.children.clear()
    this.sessions.clear()
    this.ptys.clear()
    this.entrypoint.finish(137)
  }

  close() {
    this.stop()
    fs.rmSync(this.directory, { recursive: true, force: true })
  }
}

module.exports = { Toolbox }
