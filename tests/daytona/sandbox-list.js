// sandbox-list: filters, order and cursors of GET /sandbox.
"use strict"

const { badRequest } = require("./errors")
const { ilike } = require("./ilike")

const FIELDS = { memoryGib: "memory", diskGib: "disk" }

function wantedLabels(text) {
  if (text === undefined) return []
  try {
    return Object.entries(JSON.parse(text))
  } catch {
    throw badRequest("Invalid labels JSON format")
  }
}

function includes(list, value) {
  return list === undefined || list.includes(value)
}

/** The organization's sandboxes that pass every filter of the query. */
function filtered(call) {
  const { name, states, snapshots, labels } = call.query
  const pattern = name ? ilike(`${name}%`) : null
  const pairs = wantedLabels(labels)
  return call.world.sandboxes
    .values()
    .filter(
      (sandbox) =>
        sandbox.organizationId === call.organization &&
        (pattern === null || pattern.test(sandbox.name)) &&
        includes(states, sandbox.state) &&
        includes(snapshots, sandbox.snapshot) &&
        pairs.every(([key, value]) => sandbox.labels[key] === value),
    )
}

function ordered(sandboxes, { sort = "createdAt", order = "desc" }) {
  const field = FIELDS[sort] || sort
  const sign = order === "asc" ? 1 : -1
  return sandboxes.sort((a, b) => {
    if (a[field] === b[field]) return a.id < b.id ? -1 : 1
    return a[field] < b[field] ? -sign : sign
  })
}

function encodeCursor(offset) {
  return Buffer.from(`after:${offset}`).toString("base64url")
}

function decodeCursor(cursor) {
  if (cursor === undefined) return 0
  const match = /^after:(\d+)$/.exec(Buffer.from(cursor, "base64url").toString())
  if (!match) throw badRequest(`Invalid cursor provided: ${cursor}`)
  return Number(match[1])
}

/** One page: {items, nextCursor}; the last page's cursor is null. */
function pageOf(call, present) {
  const from = decodeCursor(call.query.cursor)
  const all = ordered(filtered(call), call.query)
  const to = from + call.query.limit
  const nextCursor = to < all.length ? encodeCursor(to) : null
  return { items: all.slice(from, to).map(present), nextCursor }
}

module.exports = { pageOf }
