// state: everything the stand-in remembers, its timers, and the file that outlives it.
"use strict"

const fs = require("node:fs")
const { applyConfig, defaultConfig } = require("./config")
const { Faults } = require("./faults")
const { Gateway } = require("./gateway")
const { RequestLog } = require("./log")
const { Throttle } = require("./throttle")
const { Timeline } = require("./timeline")
const { Usage } = require("./usage")

// Kinds of records the state file carries, as fields of a world.
const KEPT = ["snapshots", "sandboxes"]

/** Records by id, by name inside their organization, and by creation. */
class Records {
  /** @param {object} [watcher] told of each record that comes and goes, with the records' kind */
  constructor(kind, watcher) {
    this.kind = kind
    this.watcher = watcher
    this.byId = new Map()
    this.names = new Map()
    this.general = new Map()
    this.timelines = new Map()
  }

  get(id) {
    return this.byId.get(id)
  }

  byName(organizationId, name) {
    return this.names.get(`${organizationId} ${name}`)
  }

  /** The record every organization sees under this name. */
  generalByName(name) {
    return this.general.get(name)
  }

  /** An organization's records, oldest first; not to be changed. */
  oldestFirst(organizationId) {
    return this.timeline(organizationId).list
  }

  timeline(organizationId) {
    const found = this.timelines.get(organizationId)
    if (found) return found
    const timeline = new Timeline()
    this.timelines.set(organizationId, timeline)
    return timeline
  }

  add(record) {
    this.byId.set(record.id, record)
    this.names.set(`${record.organizationId} ${record.name}`, record)
    if (record.general) this.general.set(record.name, record)
    this.timeline(record.organizationId).add(record)
    this.watcher?.added(this.kind, record)
  }

  remove(record) {
    this.byId.delete(record.id)
    this.names.delete(`${record.organizationId} ${record.name}`)
    if (this.general.get(record.name) === record) this.general.delete(record.name)
    this.timeline(record.organizationId).remove(record)
    this.watcher?.removed(this.kind, record, () => this.byId.get(record.id) === record)
  }

  /** Lets another record have the name of this one, which stays. */
  freeName(record) {
    this.names.delete(`${record.organizationId} ${record.name}`)
  }

  /** Sets fields of a record that it may be found by. */
  update(record, fields) {
    this.remove(record)
    Object.assign(record, fields)
    this.add(record)
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
    this.origin = "http://127.0.0.1:0"
    this.timers = new Set()
    this.toolboxes = new Map()
    this.gateway = new Gateway(this)
    this.reset()
  }

  /** Everything as it was at the start; what was under way is forgotten. */
  reset() {
    this.stopTimers()
    this.closeToolboxes()
    this.config = defaultConfig()
    applyConfig(this.config, structuredClone(this.options.config || {}))
    this.gateway.reset()
    this.snapshots = new Records("snapshot", this.gateway.watcher)
    this.sandboxes = new Records("sandbox", this.gateway.watcher)
    this.volumes = new Records()
    this.registries = new Records()
    this.secrets = new Records()
    this.regions = new Records()
    this.warmPools = new Records()
    this.storageAccess = new Map()
    this.objects = new Map()
    this.webhooks = new Map()
    this.details = new Map()
    this.signedPreviews = new Map()
    this.auditLogs = []
    this.usage = new Usage()
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

  /** Ends what runs inside the sandboxes and removes their directories. */
  closeToolboxes() {
    for (const toolbox of this.toolboxes.values()) toolbox.close()
    this.toolboxes.clear()
  }

  /** Reads the state file, if there is one. */
  load() {
    const file = this.options.stateFile
    if (!file || !fs.existsSync(file)) return
    const saved = JSON.parse(fs.readFileSync(file, "utf8"))
    for (const kind of KEPT) {
      for (const record of saved[kind]) this[kind].add(record)
    }
    for (const sandbox of saved.sandboxes) this.usage.add(sandbox)
  }

  /** Writes the state file, whole or not at all. */
  save() {
    const file = this.options.stateFile
    if (!file) return
    const records = Object.fromEntries(KEPT.map((kind) => [kind, this[kind].values()]))
    fs.writeFileSync(`${file}.tmp`, JSON.stringify(records), { mode: 0o600 })
    fs.renameSync(`${file}.tmp`, file)
  }

  close() {
    this.stopTimers()
    this.closeToolboxes()
    this.save()
  }
}

module.exports = { World }
