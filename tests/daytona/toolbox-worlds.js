// toolbox-worlds: the running insides of sandboxes, made when first asked for.
"use strict"

const { Toolbox } = require("./toolbox-run")

/** The inside of a sandbox: its directory and what runs there. */
function toolboxOf(world, sandbox) {
  const found = world.toolboxes.get(sandbox.id)
  if (found) return found
  const toolbox = new Toolbox(sandbox)
  world.toolboxes.set(sandbox.id, toolbox)
  return toolbox
}

/** A stopped sandbox runs nothing and keeps its files; a deleted one keeps nothing. */
function ended(world, sandbox) {
  const toolbox = world.toolboxes.get(sandbox.id)
  if (!toolbox) return
  if (sandbox.state !== "destroying") return toolbox.stop()
  toolbox.close()
  world.toolboxes.delete(sandbox.id)
}

module.exports = { ended, toolboxOf }
