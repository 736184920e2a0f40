// timeline: records in the order of their creation, kept so that lists need not sort.
"use strict"

/** Orders records by creation time, those of one millisecond by id. */
function compare(a, b) {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1
  if (a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}

/** The first index of `list`, ordered by `order`, whose record does not come before `record`. */
function position(list, record, order = compare) {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (order(list[middle], record) < 0) low = middle + 1
    else high = middle
  }
  return low
}

class Timeline {
  constructor() {
    this.list = []
  }

  add(record) {
    this.list.splice(position(this.list, record), 0, record)
  }

  remove(record) {
    const at = position(this.list, record)
    if (this.list[at] === record) this.list.splice(at, 1)
  }
}

module.exports = { Timeline, compare, position }
