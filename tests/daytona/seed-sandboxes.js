// seed-sandboxes: many sandboxes at once, without their way through the states.
"use strict"

const { conflict } = require("./errors")
const { admit, newSandbox } = require("./sandboxes")
const { checkOptions, nameOf, organizationIdOf } = require("./seed")

const OPTIONS = ["count", "name", "createdAt", "step", "organization", "body", "set"]

const DECIDED = { target: "us", snapshot: "seeded", cpu: 1, gpu: 0, memory: 1, disk: 3 }

function seedOne(world, organizationId, { name, createdAt, body, set }) {
  if (world.sandboxes.byName(organizationId, name)) {
    throw conflict(`seed: a sandbox is already named "${name}"`)
  }
  const decided = { ...DECIDED, sandboxClass: "container" }
  const sandbox = newSandbox(world, organizationId, { ...body, name }, decided)
  const times = { createdAt, updatedAt: createdAt, lastActivityAt: createdAt }
  admit(world, Object.assign(sandbox, { state: "started" }, times, set))
  return { id: sandbox.id, name }
}

/**
 * Makes `count` (1) sandboxes named `name` ("box-{n}"; as for seed), the first created at
 * `createdAt` (now), each next one `step` (1) seconds later, in `organization` ("main"), with the
 * fields of POST /sandbox in `body` and those of the record in `set` ({state: "started"}).
 */
function seedSandboxes(world, options) {
  checkOptions(options, OPTIONS)
  const { count = 1, name = "box-{n}", step = 1, organization = "main", body, set } = options
  const organizationId = organizationIdOf(world, organization)
  const first = options.createdAt ? Date.parse(options.createdAt) : Date.now()
  const made = []
  for (let n = 1; n <= count; n += 1) {
    const createdAt = new Date(first + (n - 1) * step * 1000).toISOString()
    const fields = { name: nameOf(name, n, createdAt), createdAt, body, set }
    made.push(seedOne(world, organizationId, fields))
  }
  return { count: made.length, sandboxes: made.slice(0, 200) }
}

module.exports = { seedSandboxes }
