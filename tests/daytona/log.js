// log: every API request with its answer's status, for tests to count.
"use strict"

const SHOWN_HEADERS = [
  "accept",
  "content-length",
  "content-type",
  "traceparent",
  "user-agent",
  "x-daytona-organization-id",
  "x-daytona-sdk-version",
  "x-daytona-source",
]

function shownHeaders(headers) {
  const shown = {}
  for (const name of SHOWN_HEADERS) {
    if (name in headers) shown[name] = headers[name]
  }
  // The scheme is of interest, the secret behind it is not: a log must be safe to print.
  if (headers.authorization) shown.authorization = headers.authorization.replace(/\s.*$/s, " ***")
  return shown
}

/** An append-only list of requests. */
class RequestLog {
  constructor() {
    this.clear()
  }

  clear() {
    this.entries = []
    // Number of requests by route template, for example {"GET /api/snapshots/{id}": 3}.
    this.counts = {}
  }

  /** Opens the entry of `call` to `route`; its status is null until an answer was sent. */
  open(call, route) {
    const entry = {
      at: new Date().toISOString(),
      method: call.method,
      path: call.path,
      query: call.query,
      headers: shownHeaders(call.headers),
      route,
      key: null,
      body: null,
      fault: null,
      status: null,
    }
    this.entries.push(entry)
    this.counts[route] = (this.counts[route] || 0) + 1
    return entry
  }

  report() {
    return { total: this.entries.length, counts: this.counts, requests: this.entries }
  }
}

module.exports = { RequestLog }
