// toolbox-log: what one command of a session writes, as it writes it.
"use strict"

const { EventEmitter } = require("node:events")

// How the API marks the two streams where it sends both as one.
const MARKS = { stdout: "\x01\x01\x01", stderr: "\x02\x02\x02" }

class CommandLog extends EventEmitter {
  constructor(id, command) {
    super()
    this.setMaxListeners(0)
    this.id = id
    this.command = command
    this.exitCode = undefined
    this.chunks = []
  }

  /** Appends bytes of "stdout" or "stderr". */
  write(stream, bytes) {
    if (bytes.length === 0) return
    this.chunks.push({ stream, bytes })
    this.emit("chunk", { stream, bytes })
  }

  finish(exitCode) {
    if (this.exitCode !== undefined) return
    this.exitCode = exitCode
    this.emit("finish")
  }

  present() {
    return { id: this.id, command: this.command, exitCode: this.exitCode }
  }

  /** The text of one stream, or of both as they came. */
  text(stream) {
    const wanted = this.chunks.filter((chunk) => !stream || chunk.stream === stream)
    return Buffer.concat(wanted.map((chunk) => chunk.bytes)).toString()
  }

  markedText() {
    return this.markedBytes().toString()
  }

  /** Both streams as they came, byte for byte: a character may be there in part. */
  bytes() {
    return Buffer.concat(this.chunks.map((chunk) => chunk.bytes))
  }

  markedBytes() {
    return Buffer.concat(this.chunks.map(marked))
  }
}

/** A chunk with the mark of its stream before it. */
function marked({ stream, bytes }) {
  return Buffer.concat([Buffer.from(MARKS[stream]), bytes])
}

module.exports = { CommandLog, marked }
