// faults: requests that are to fail, as a test asked.
"use strict"

const { ApiError, badRequest, envelope } = require("./errors")
const { TOO_MANY } = require("./throttle")

const TYPES = ["status", "throttled", "reset", "slow", "truncated", "html", "lost"]

/**
 * A fault is {match: {method?, path?, nth?, from?}, times?, action: {type, ...}}:
 * `path` is a regular expression on path and query; `nth` fires at the nth match only (1 is the
 * first), `from` at that one and all later ones; `times` is how often it fires (default 1, 0 for
 * always).
 */
class Faults {
  constructor() {
    this.list = []
  }

  add(fault) {
    const action = fault.action || {}
    if (!TYPES.includes(action.type)) {
      throw badRequest(`fault: action.type "${action.type}" must be one of ${TYPES.join(", ")}`)
    }
    const match = fault.match || {}
    const path = new RegExp(match.path || "")
    this.list.push({ match, path, times: fault.times ?? 1, action, seen: 0, fired: 0 })
  }

  clear() {
    this.list = []
  }

  /** The action of the first fault due for this request, or null. Every match is counted. */
  take(call) {
    let due = null
    for (const fault of this.list) {
      if (!matches(fault, call)) continue
      fault.seen += 1
      if (due === null && isDue(fault)) due = fault
    }
    if (due === null) return null
    due.fired += 1
    return due.action
  }

  report() {
    return this.list.map(({ path, ...shown }) => shown)
  }
}

function matches(fault, call) {
  const { method } = fault.match
  if (method && method.toUpperCase() !== call.method) return false
  return fault.path.test(call.url)
}

function isDue(fault) {
  const { nth, from } = fault.match
  if (nth) return fault.seen === nth
  if (from && fault.seen < from) return false
  return fault.times === 0 || fault.fired < fault.times
}

/** A rate limit of the kind `name` ("authenticated"): nothing is done, and it says for how long. */
function throttledAnswer({ name = "authenticated", seconds = 1 }, { url }) {
  const error = new ApiError(429, TOO_MANY)
  return { status: 429, headers: { [`Retry-After-${name}`]: seconds }, body: envelope(url, error) }
}

/** Faults that answer instead of the API: the answer, or null when the API is to answer. */
function faultAnswer(action, call) {
  if (action.type === "throttled") return throttledAnswer(action, call)
  if (action.type === "status") {
    return { status: action.status, headers: action.headers || {}, body: action.body }
  }
  if (action.type !== "html") return null
  const status = action.status || 502
  const headers = { "content-type": "text/html" }
  return {
    status,
    headers,
    body: `<html><head><title>${status}</title></head><body>${status}</body></html>\n`,
  }
}

module.exports = { Faults, faultAnswer }
