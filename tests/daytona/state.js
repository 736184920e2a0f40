// state: everything the stand-in remembers, its timers, and the file that outlives it.
"use strict"

const fs = require("node:fs")
const { applyConfig, defaultConfig } = require("./config")
const { Faults } = require("./faults")
const { RequestLog } = require("./log")
const { Throttle } = require("./throttle")

/** Records by id, and by name inside their organization. */
class Records {
  constructor() {
    this.byId = new Map()
    this.names = new Map()
  }

  get(id) {
    return this.byId.get(id)
  }

  byName(organizationId, name) {
    return this.names.get(`${organizationId} ${name}`)
  }

  add(record) {
    this.byId.set(record.id, record)
    this.names.set(`${record.organizationId} ${record.name}`, record)
  }

  remove(record) {
    this.byId.delete(record.id)
    this.names.delete(`${record.organizationId} ${record.name}`)
  }

  values() {
    return [...this.byId.values()]
  }
}

/** One stand-in: configuration, records, timers, faults, log. */
class World {
  /**
   * @param {object} [options]
   * @param {object} [options.config] change on the defaults; `reset` comes back to it
   * @param {string} [options.stateFile] where records are kept across processes
   */
  constructor(options = {}) {
    this.options = options
    this.timers = new Set()
    this.reset()
  }

  /** Everything as it was at the start; what was under way is forgotten. */
  reset() {
    this.stopTimers()
    this.config = defaultConfig()
    applyConfig(this.config, structuredClone(this.options.config || {}))
    this.snapshots = new Records()
    this.sandboxes = new Records()
    this.jobs = new Map()
    this.faults = new Faults()
    this.log = new RequestLog()
    this.throttle = new Throttle(() => this.config.rateLimits)
  }

  /** Runs `step` in `ms` unless the world is reset or closed before. */
  after(ms, step) {
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      step()
    }, ms)
    this.timers.add(timer)
  }

  stopTimers() {
    for (const timer of this.timers) clearTimeout(timer)
    this.timers.clear()
  }

  /** Reads the state file, if there is one. */
  load() {
    const file = this.options.stateFile
    if (!file || !fs.existsSync(file)) return
    const saved = JSON.parse(fs.readFileSync(file, "utf8"))
    for (const snapshot of saved.snapshots) this.snapshots.add(snapshot)
    for (const sandbox of saved.sandboxes) this.sandboxes.add(sandbox)
  }

  /** Writes the state file, whole or not at all. */
  save() {
    const file = this.options.stateFile
    if (!file) return
    const records = { snapshots: this.snapshots.values(), sandboxes: this.sandboxes.values() }
    fs.writeFileSync(`${file}.tmp`, JSON.stringify(records), { mode: 0o600 })
    fs.renameSync(`${file}.tmp`, file)
  }

  close() {
    this.stopTimers()
    this.save()
  }
}

module.exports = { World }
