// gateway: the notification gateway, on npm's own socket.io server, and what may go wrong with it.
"use strict"

const { Server: Engine } = require("engine.io")
const { Server } = require("socket.io")
const { findKey } = require("./keys")

const PATH = "/api/socket.io/"

/**
 * Faults, set with POST /_test/gateway; each counts from then on.
 * absent: the status of every answer (404, 400, 502).
 * cutBytes: [n, …]: the connections to come are cut after n bytes; those behind the list are not.
 * drop: every how manyth event is lost (1: all). duplicate: each event comes twice.
 * reorder: an event comes after the next one, or after `reorder` ms. late: ms by which all are late.
 * ping: ms between two pings of the connections to come. mute: who connects gets no answer.
 */
const NO_FAULTS = {
  absent: 0,
  cutBytes: [],
  drop: 0,
  duplicate: false,
  reorder: 0,
  late: 0,
  ping: 25000,
  mute: false,
}

/** Calls `told(key, old, value)` whenever one of the record's keys is set to another value. */
function watch(record, keys, told) {
  for (const key of keys) {
    let value = record[key]
    Object.defineProperty(record, key, {
      enumerable: true,
      configurable: true,
      get: () => value,
      set(next) {
        const old = value
        value = next
        if (next !== old) told(key, old, next)
      },
    })
  }
}

function shown(kind, record) {
  // here, because these modules need the world's
  if (kind === "sandbox") return { ...record }
  return require("./snapshots").present(record)
}

/** Tells of what happens to a world's records: `tell(organization, event, payload)`. */
class Watcher {
  constructor(tell) {
    this.tell = tell
    this.known = new Set()
  }

  /** A record was added, perhaps again: it is watched from now on. */
  added(kind, record) {
    if (this.known.has(record)) return
    this.known.add(record)
    const say = (event, more) => {
      // what is set beside the state belongs to the event
      queueMicrotask(() => this.tell(record.organizationId, `${kind}.${event}`, more(shown(kind, record))))
    }
    say("created", (fields) => fields)
    watch(record, ["state"], (key, oldState, newState) => {
      say("state.updated", (fields) => ({ [kind]: { ...fields, state: newState }, oldState, newState }))
    })
    if (kind !== "sandbox") return
    watch(record, ["desiredState"], (key, oldDesiredState, newDesiredState) => {
      say("desired-state.updated", (sandbox) => ({ sandbox, oldDesiredState, newDesiredState }))
    })
  }

  /** A record was removed, perhaps only to be added again. */
  removed(kind, record, isThere) {
    queueMicrotask(() => {
      if (isThere() || !this.known.delete(record)) return
      if (kind === "sandbox") {
        const sandbox = { ...record, state: "destroyed" }
        const states = { oldState: record.state, newState: "destroyed" }
        this.tell(record.organizationId, "sandbox.state.updated", { sandbox, ...states })
        return
      }
      const { id, ...fields } = shown(kind, record)
      this.tell(record.organizationId, "snapshot.removed", fields)
    })
  }
}

/** Ends a connection after so many bytes, in the middle of a frame where that is there. */
function cutAfter(socket, count) {
  const write = socket.write.bind(socket)
  let left = count
  socket.write = (chunk, ...rest) => {
    const bytes = Buffer.from(chunk, typeof rest[0] === "string" ? rest[0] : "utf8")
    if (left > bytes.length) {
      left -= bytes.length
      return write(chunk, ...rest)
    }
    write(bytes.subarray(0, left))
    socket.write = () => false
    return socket.uncork() || socket.uncork() || socket.destroySoon()
  }
}

/** The gateway of one world. */
class Gateway {
  constructor(world) {
    this.world = world
    this.engine = new Engine({ transports: ["websocket"] })
    this.io = new Server({ serveClient: false })
    this.io.bind(this.engine)
    this.io.use((socket, next) => this.admit(socket, next))
    this.engine.on("connection", (socket) => socket.on("heartbeat", () => (this.pongs += 1)))
    this.reset()
  }

  reset() {
    this.faults = { ...NO_FAULTS, cutBytes: [] }
    this.engine.opts.pingInterval = this.faults.ping
    this.connections = 0
    this.pongs = 0
    this.events = 0
    this.held = null
    this.watcher = new Watcher((...event) => this.told(...event))
  }

  configure(faults) {
    for (const key of Object.keys(faults)) {
      if (!(key in NO_FAULTS)) throw new Error(`gateway: ${key} is unknown`)
    }
    this.faults = { ...this.faults, ...faults }
    this.engine.opts.pingInterval = this.faults.ping
    const { connections, pongs, events } = this
    return { faults: this.faults, connections, pongs, events, joined: this.io.of("/").sockets.size }
  }

  /** Drops every connection. */
  cut() {
    for (const client of Object.values(this.engine.clients)) client.transport.socket?.terminate()
  }

  admit(socket, next) {
    if (this.faults.mute) return undefined
    const key = findKey(this.world, `Bearer ${socket.handshake.auth.token}`)
    if (!key) return next(new Error("Unauthorized"))
    socket.join(key.organization)
    return next()
  }

  /* What happens to an event on its way. */

  told(...event) {
    this.events += 1
    const { drop, late, duplicate } = this.faults
    if (drop && this.events % drop === 0) return
    const send = () => {
      this.inOrder(event)
      if (duplicate) this.inOrder(event)
    }
    if (late) this.world.after(late, send)
    else send()
  }

  inOrder(event) {
    if (!this.faults.reorder) return this.emit(...event)
    const before = this.held
    this.held = before ? null : event
    if (!before) return this.world.after(this.faults.reorder, () => this.held === event && this.release())
    this.emit(...event)
    return this.emit(...before)
  }

  release() {
    this.emit(...this.held)
    this.held = null
  }

  emit(organization, name, payload) {
    this.io.to(organization).emit(name, payload)
  }

  /* Connections. */

  owns(url) {
    return url.startsWith(PATH)
  }

  upgrade(request, socket, head) {
    const { absent, cutBytes } = this.faults
    this.connections += 1
    if (absent) return socket.end(`HTTP/1.1 ${absent} No\r\nContent-Length: 2\r\n\r\nno`)
    if (cutBytes.length > 0) cutAfter(socket, cutBytes.shift())
    return this.engine.handleUpgrade(request, socket, head)
  }

  request(request, response) {
    if (!this.faults.absent) return this.engine.handleRequest(request, response)
    response.writeHead(this.faults.absent)
    return response.end()
  }

  close() {
    this.cut()
    this.io.close()
  }
}

module.exports = { Gateway }
