// sandbox-list: filters, order and cursors of the lists of sandboxes.
"use strict"

const { badRequest } = require("./errors")
const { ilike } = require("./ilike")
const { compare, position } = require("./timeline")

const FIELDS = { memoryGib: "memory", diskGib: "disk" }

// Query parameters that bound a field from below and from above.
const RANGES = [
  ["minCpu", "maxCpu", "cpu"],
  ["minGpu", "maxGpu", "gpu"],
  ["minMemoryGiB", "maxMemoryGiB", "memory"],
  ["minDiskGiB", "maxDiskGiB", "disk"],
  ["createdAtAfter", "createdAtBefore", "createdAt"],
  ["lastEventAfter", "lastEventBefore", "lastActivityAt"],
]

// Query parameters that name the values a field may have, and those that name one.
const CHOICES = [
  ["states", "state"],
  ["snapshots", "snapshot"],
  ["regionIds", "target"],
  ["sandboxClasses", "sandboxClass"],
]
const FLAGS = [
  ["isPublic", "public"],
  ["isRecoverable", "recoverable"],
]

function wantedLabels(text) {
  if (text === undefined) return []
  try {
    return Object.entries(JSON.parse(text))
  } catch {
    throw badRequest("Invalid labels JSON format")
  }
}

function labelTest(text) {
  const pairs = wantedLabels(text)
  return (sandbox) => pairs.every(([key, value]) => sandbox.labels[key] === value)
}

function prefixTest(field, prefix) {
  const pattern = ilike(`${prefix}%`)
  return (sandbox) => pattern.test(sandbox[field])
}

function rangeTests(query) {
  const tests = []
  for (const [from, to, field] of RANGES) {
    if (query[from] !== undefined) tests.push((sandbox) => sandbox[field] >= query[from])
    if (query[to] !== undefined) tests.push((sandbox) => sandbox[field] <= query[to])
  }
  return tests
}

function valueTests(query) {
  const given = ([name]) => query[name] !== undefined
  return [
    ...CHOICES.filter(given).map(
      ([name, field]) =>
        (box) =>
          query[name].includes(box[field]),
    ),
    ...FLAGS.filter(given).map(
      ([name, field]) =>
        (box) =>
          box[field] === query[name],
    ),
  ]
}

/** One that could not be deleted is listed only when it is asked for. */
function goneTest({ includeErroredDeleted }) {
  const isGone = ({ state, desiredState }) =>
    ["error", "build_failed"].includes(state) && desiredState === "destroyed"
  return (sandbox) => includeErroredDeleted === true || !isGone(sandbox)
}

/** A new sandbox reaches the lists later than the rest of the API. */
function listedTest({ listDelay }) {
  if (listDelay === 0) return () => true
  const newest = new Date(Date.now() - listDelay).toISOString()
  return (sandbox) => sandbox.createdAt <= newest
}

/** One function that says whether a sandbox passes every filter of the query. */
function filterOf({ query, world }) {
  const tests = [listedTest(world.config), goneTest(query), ...rangeTests(query)]
  tests.push(...valueTests(query))
  if (query.id) tests.push(prefixTest("id", query.id))
  if (query.name) tests.push(prefixTest("name", query.name))
  if (query.labels !== undefined) tests.push(labelTest(query.labels))
  return (sandbox) => tests.every((test) => test(sandbox))
}

/* Order -------------------------------------------------------------------------------------- */

function ascending(field) {
  if (field === "createdAt") return compare
  return (a, b) => {
    if (a[field] === b[field]) return compare(a, b)
    return a[field] < b[field] ? -1 : 1
  }
}

/** The organization's sandboxes, ascending. Only an order other than by age costs a sort. */
function ascendingList(call, field) {
  const list = call.world.sandboxes.oldestFirst(call.organization)
  return field === "createdAt" ? list : [...list].sort(ascending(field))
}

function orderOf({ sort = "createdAt", order = "desc" }) {
  return { field: FIELDS[sort] || sort, step: order === "asc" ? 1 : -1 }
}

/* Cursors ------------------------------------------------------------------------------------ */

function encodeCursor(sandbox, field) {
  const { createdAt, id } = sandbox
  return Buffer.from(JSON.stringify({ createdAt, id, [field]: sandbox[field] })).toString(
    "base64url",
  )
}

function decodeCursor(cursor) {
  try {
    const last = JSON.parse(Buffer.from(cursor, "base64url").toString())
    if (last.id && last.createdAt) return last
  } catch {
    // Refused below, like a cursor that is JSON of another shape.
  }
  throw badRequest(`Invalid cursor provided: ${cursor}`)
}

/** The first index of `list` behind the cursor, in the direction of `step`. */
function indexAfter(list, cursor, field, step) {
  if (cursor === undefined) return step === 1 ? 0 : list.length - 1
  const last = decodeCursor(cursor)
  const order = ascending(field)
  const at = position(list, last, order)
  if (step === -1) return at - 1
  return at < list.length && order(list[at], last) === 0 ? at + 1 : at
}

/** One page: {items, nextCursor}; the last page's cursor is null. */
function pageOf(call, present) {
  const { field, step } = orderOf(call.query)
  const list = ascendingList(call, field)
  const passes = filterOf(call)
  const found = []
  let at = indexAfter(list, call.query.cursor, field, step)
  for (; at >= 0 && at < list.length && found.length <= call.query.limit; at += step) {
    if (passes(list[at])) found.push(list[at])
  }
  const items = found.slice(0, call.query.limit)
  const more = found.length > items.length
  const nextCursor = more ? encodeCursor(items[items.length - 1], field) : null
  return { items: items.map(present), nextCursor }
}

module.exports = { pageOf }
