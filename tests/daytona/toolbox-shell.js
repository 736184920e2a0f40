// toolbox-shell: a session: one shell that runs command after command.
"use strict"

const crypto = require("node:crypto")
const { CommandLog } = require("./toolbox-log")

const OUT = 3
const ERR = 4
const INPUT = 5

const STDIO = ["pipe", "ignore", "ignore", "pipe", "pipe", "pipe"]

/**
 * Splits a stream of the shell into commands: a mark with the exit code ends each. Bytes that may
 * be the start of a mark wait for more.
 */
class Splitter {
  /** @param {string} mark what a mark begins with; it ends with a newline */
  constructor(mark, onBytes, onEnd) {
    Object.assign(this, { mark, onBytes, onEnd, rest: "" })
  }

  push(bytes) {
    this.rest += bytes.toString("latin1")
    for (;;) {
      const at = this.rest.indexOf(this.mark)
      const end = at < 0 ? -1 : this.rest.indexOf("\n", at)
      if (end < 0) return this.pass(at < 0 ? this.partialMark() : at)
      this.pass(at)
      const code = Number(this.rest.slice(this.mark.length, end - at))
      this.rest = this.rest.slice(end - at + 1)
      this.onEnd(code)
    }
  }

  /** Where the last bytes begin that could become a mark. */
  partialMark() {
    const at = this.rest.lastIndexOf(this.mark[0])
    return at >= 0 && this.mark.startsWith(this.rest.slice(at)) ? at : this.rest.length
  }

  pass(length) {
    this.onBytes(Buffer.from(this.rest.slice(0, length), "latin1"))
    this.rest = this.rest.slice(length)
  }
}

class Shell {
  constructor(toolbox, id) {
    this.id = id
    this.toolbox = toolbox
    this.commands = new Map()
    this.mark = `\x1e${crypto.randomBytes(8).toString("hex")} `
    this.child = toolbox.spawn("/bin/sh", [], { stdio: STDIO })
    this.child.stdin.on("error", () => {})
    this.child.stdio[INPUT].on("error", () => {})
    this.listen(OUT, "stdout")
    this.listen(ERR, "stderr")
    this.child.on("close", (code) => this.end(code))
  }

  /** The commands under way in each stream: both streams go through them in the same order. */
  listen(descriptor, stream) {
    const queue = (this[stream] = [])
    const splitter = new Splitter(
      this.mark,
      (bytes) => queue[0] && queue[0].write(stream, bytes),
      (code) => this.leave(stream, queue.shift(), code),
    )
    this.child.stdio[descriptor].on("data", (bytes) => splitter.push(bytes))
  }

  /** A command is over when both of its streams are. */
  leave(stream, log, code) {
    const other = stream === "stdout" ? this.stderr : this.stdout
    if (!other.includes(log)) log.finish(code)
  }

  /** Runs a command in the shell's own state: what it sets and where it goes stays. */
  run(command) {
    const log = new CommandLog(crypto.randomUUID(), command)
    this.commands.set(log.id, log)
    this.stdout.push(log)
    this.stderr.push(log)
    const mark = `printf '%s%d\\n' '${this.mark}' "$__code"`
    this.child.stdin.write(
      `{ ${command}\n} <&${INPUT} >&${OUT} 2>&${ERR}; __code=$?\n` +
        `${mark} >&${OUT}; ${mark} >&${ERR}\n`,
    )
    return log
  }

  /** Resolves when the kernel has all of it, or when nobody reads it any more. */
  input(data) {
    return new Promise((resolve) => {
      this.child.stdio[INPUT].write(data, () => resolve())
    })
  }

  /** The shell is gone, and with it what it had not done. */
  end(code) {
    this.ended = true
    for (const log of this.commands.values()) log.finish(code ?? 137)
  }

  present() {
    return {
      sessionId: this.id,
      commands: [...this.commands.values()].map((log) => log.present()),
    }
  }

  close() {
    this.toolbox.kill(this.child)
  }
}

module.exports = { Shell }
