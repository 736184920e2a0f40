// seed: many snapshots at once, without their way through the states.
"use strict"

const { badRequest, conflict } = require("./errors")
const { RUNNER } = require("./lifecycle")
const { newSnapshot } = require("./snapshots")

const OPTIONS = ["count", "name", "createdAt", "step", "organization", "set"]

/** 2026-01-11T19:30:45.000Z as 20260111-193045. */
function compactTime(iso) {
  return iso.slice(0, 19).replace(/[-:]/g, "").replace("T", "-")
}

function nameOf(pattern, n, createdAt) {
  return pattern.replaceAll("{n}", n).replaceAll("{time}", compactTime(createdAt))
}

/** An active snapshot looks used and pulled; every other state only carries its name. */
function stateFields(state, createdAt, n) {
  if (state !== "active") return { state }
  const ref = `registry.invalid/daytona/daytona-${String(n).padStart(64, "0")}:daytona`
  return { state, lastUsedAt: createdAt, size: 0.01, ref, initialRunnerId: RUNNER }
}

function checkOptions(body, known = OPTIONS) {
  const unknown = Object.keys(body).find((key) => !known.includes(key))
  if (unknown) throw badRequest(`seed: no option "${unknown}"; use ${known.join(", ")}`)
}

function organizationIdOf(world, name) {
  const id = world.config.organizations[name]
  if (!id) throw badRequest(`seed: no organization "${name}"`)
  return id
}

/**
 * Makes `count` (1) snapshots named `name` ("seed-{n}"; {n} counts from 1, {time} is the creation
 * time), the first created at `createdAt` (now), each next one `step` (1) seconds later, in
 * `organization` ("main", "other"), with the record fields in `set` ({state: "active"}).
 * They stay in their state.
 */
function seed(world, body) {
  checkOptions(body)
  const { count = 1, name = "seed-{n}", step = 1, organization = "main", set = {} } = body
  const organizationId = organizationIdOf(world, organization)
  const first = body.createdAt ? Date.parse(body.createdAt) : Date.now()
  const made = []
  for (let n = 1; n <= count; n += 1) {
    const createdAt = new Date(first + (n - 1) * step * 1000).toISOString()
    const fields = { organizationId, name: nameOf(name, n, createdAt), createdAt }
    made.push(
      newSnapshot({ ...fields, ...stateFields(set.state || "active", createdAt, n), ...set }),
    )
  }
  return addAll(world, made)
}

function addAll(world, made) {
  for (const snapshot of made) {
    if (world.snapshots.byName(snapshot.organizationId, snapshot.name)) {
      throw conflict(`seed: a snapshot is already named "${snapshot.name}"`)
    }
    world.snapshots.add(snapshot)
  }
  const brief = made.slice(0, 200).map(({ id, name }) => ({ id, name }))
  return { count: made.length, snapshots: brief }
}

module.exports = { checkOptions, nameOf, organizationIdOf, seed }
