// toolbox-system: the environment that commands get from now on, and what this machine has.
"use strict"

const os = require("node:os")
const { now } = require("./lifecycle")

/** Sets names, takes out others, and those whose value begins with a prefix. */
function updateEnv({ toolbox, body }) {
  const { set = {}, unset = [], unsetValuePrefix } = body
  const begins = ([, value]) => unsetValuePrefix && value.startsWith(unsetValuePrefix)
  const prefixed = Object.entries(toolbox.environment()).filter(begins)
  const gone = [...unset, ...prefixed.map(([name]) => name)]
  toolbox.change({ ...Object.fromEntries(gone.map((name) => [name, null])), ...set })
  return {}
}

function systemMetrics() {
  const memory = { memTotal: os.totalmem(), memUsed: os.totalmem() - os.freemem(), memCache: 0 }
  const disk = { diskTotal: 0, diskFree: 0, diskUsed: 0 }
  const time = { timestamp: now(), timestampUnix: Math.floor(Date.now() / 1000) }
  return { cpuCount: os.cpus().length, cpuUsedPct: 0, ...memory, ...disk, ...time }
}

module.exports = { systemMetrics, updateEnv }
