// health: from when on a sandbox's ports answer.
"use strict"

const { outcomeOf } = require("./sandbox-states")

/** Milliseconds after a start until the ports answer; null is never. */
function healthyAfter(world, sandbox) {
  const outcome = outcomeOf(world, sandbox)
  if (outcome && outcome.healthyAfter !== undefined) return outcome.healthyAfter
  return world.config.previews.healthyAfter
}

/** Whether what runs in the sandbox answers on its ports by now. */
function isHealthy(world, sandbox) {
  if (sandbox.state !== "started") return false
  const after = healthyAfter(world, sandbox)
  return after !== null && Date.now() >= world.details.get(sandbox.id).startedAt + after
}

module.exports = { isHealthy }
