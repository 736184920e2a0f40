// usage: what the sandboxes of each organization take of its quotas, kept up to date.
"use strict"

const NO_COMPUTE = ["stopped", "archiving", "archived", "error", "build_failed", "destroying"]
const NO_DISK = ["archived", "destroying"]

function shareOf({ state, cpu, memory, disk }) {
  const computes = !NO_COMPUTE.includes(state)
  const stores = !NO_DISK.includes(state)
  return {
    cpu: computes ? cpu : 0,
    memory: computes ? memory : 0,
    disk: stores ? disk : 0,
    count: state === "destroying" ? 0 : 1,
  }
}

class Usage {
  constructor() {
    this.totals = new Map()
  }

  of(organizationId) {
    return this.totals.get(organizationId) || { cpu: 0, memory: 0, disk: 0, count: 0 }
  }

  add(sandbox, sign = 1) {
    const total = { ...this.of(sandbox.organizationId) }
    for (const [name, amount] of Object.entries(shareOf(sandbox))) total[name] += sign * amount
    this.totals.set(sandbox.organizationId, total)
  }

  remove(sandbox) {
    this.add(sandbox, -1)
  }

  /** What `sandbox` would take, had it `fields`, beyond what it takes now. */
  growth(sandbox, fields) {
    const before = shareOf(sandbox)
    const after = shareOf({ ...sandbox, ...fields })
    const names = Object.keys(after)
    return Object.fromEntries(names.map((name) => [name, after[name] - before[name]]))
  }
}

module.exports = { Usage, shareOf }
