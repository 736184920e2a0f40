// snapshot-list: which snapshots a list holds, and in which order.
"use strict"

const { ilike } = require("./ilike")

/** Own snapshots of every state, and everybody's general ones. */
function visible(call) {
  const { name } = call.query
  const pattern = name ? ilike(`%${name}%`) : null
  return call.world.snapshots.values().filter((snapshot) => {
    if (snapshot.organizationId !== call.organization && !snapshot.general) return false
    return pattern === null || pattern.test(snapshot.name)
  })
}

function compare(a, b) {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Nulls last in both directions. Names compare by code point, not by a database's collation. */
function compareField(a, b, sign) {
  if (a === null || b === null) return compare(a === null, b === null)
  return sign * compare(a, b)
}

function stateRank(states) {
  return (snapshot) => states.indexOf(snapshot.state)
}

/** General snapshots last whatever the sort; ties by creation, newest first. */
function order(snapshots, { sort, order: direction }, states) {
  const sign = direction === "asc" ? 1 : -1
  const value = sort === "state" ? stateRank(states) : (snapshot) => snapshot[sort]
  return snapshots.sort(
    (a, b) =>
      Number(a.general) - Number(b.general) ||
      compareField(value(a), value(b), sign) ||
      compare(b.createdAt, a.createdAt),
  )
}

/** One page of `items` in the shape of the API's page-numbered lists. */
function paginate(items, { page, limit }, present) {
  const from = (page - 1) * limit
  return {
    items: items.slice(from, from + limit).map(present),
    total: items.length,
    page,
    totalPages: Math.ceil(items.length / limit),
  }
}

module.exports = { order, paginate, visible }
