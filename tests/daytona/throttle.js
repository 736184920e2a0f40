// throttle: rate limits by name and subject, with the header names the API uses.
"use strict"

const { ApiError } = require("./errors")

const TOO_MANY = "ThrottlerException: Too Many Requests"

const OWN_LIMIT = {
  createSandbox: "sandbox-create",
  forkSandbox: "sandbox-create",
  startSandbox: "sandbox-lifecycle",
  stopSandbox: "sandbox-lifecycle",
  pauseSandbox: "sandbox-lifecycle",
  deleteSandbox: "sandbox-lifecycle",
  archiveSandbox: "sandbox-lifecycle",
  resizeSandbox: "sandbox-lifecycle",
  recoverSandbox: "sandbox-lifecycle",
}

/** Counts hits in fixed windows. A limit is {limit, ttl} (ttl in seconds), or null for none. */
class Throttle {
  /** @param {() => Record<string, {limit: number, ttl: number}|null>} limits */
  constructor(limits) {
    this.limits = limits
    this.windows = new Map()
  }

  window(name, subject, ttl) {
    const id = `${name} ${subject}`
    const now = Date.now()
    const open = this.windows.get(id)
    if (open && open.ends > now) return open
    const fresh = { count: 0, ends: now + ttl * 1000 }
    this.windows.set(id, fresh)
    return fresh
  }

  /** The headers of a normal answer to operation `id` of an organization; throws a 429. */
  hit(id, organizationId) {
    const name = OWN_LIMIT[id] || "authenticated"
    const limit = this.limits()[name]
    if (!limit) return {}
    const window = this.window(name, organizationId, limit.ttl)
    window.count += 1
    const seconds = secondsLeft(window)
    // Only the suffixed header: a client that looks for plain Retry-After alone finds nothing.
    if (window.count > limit.limit)
      throw new ApiError(429, TOO_MANY, { [`Retry-After-${name}`]: seconds })
    return limitHeaders(name, limit.limit, limit.limit - window.count, seconds)
  }

  /** Counts a 401 of this address. */
  failedAuth(address) {
    const limit = this.limits()["failed-auth"]
    if (limit) this.window("failed-auth", address, limit.ttl).count += 1
  }

  /** Throws a 429 on every route once an address has had its share of 401s. */
  checkAddress(address) {
    const limit = this.limits()["failed-auth"]
    if (!limit) return
    const window = this.window("failed-auth", address, limit.ttl)
    if (window.count < limit.limit) return
    const seconds = secondsLeft(window)
    const headers = limitHeaders("failed-auth", limit.limit, 0, seconds)
    throw new ApiError(429, TOO_MANY, { "Retry-After": seconds, ...headers })
  }
}

function secondsLeft(window) {
  return Math.ceil((window.ends - Date.now()) / 1000)
}

function limitHeaders(name, limit, remaining, reset) {
  return {
    [`X-RateLimit-Limit-${name}`]: limit,
    [`X-RateLimit-Remaining-${name}`]: remaining,
    [`X-RateLimit-Reset-${name}`]: reset,
  }
}

module.exports = { TOO_MANY, Throttle }
