// testing: what the stand-in's own tests share.
"use strict"

const http = require("node:http")
const { start } = require("./server")

const FULL = "dtn_test_key_full"

function jsonOrText(text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/**
 * One request: {method ("GET"), path, key (the full one; null for none), headers, body}.
 * A body that is no string goes out as JSON. Resolves to {status, headers, text, body}.
 */
function request(url, { method = "GET", path, key = FULL, headers = {}, body }) {
  const sent = { ...(key && { authorization: `Bearer ${key}` }), ...headers }
  const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body)
  if (text !== undefined && !sent["content-type"]) sent["content-type"] = "application/json"
  return new Promise((resolve, reject) => {
    const req = http.request(url + path, { method, headers: sent, agent: false }, (res) => {
      const chunks = []
      res.on("data", (chunk) => chunks.push(chunk))
      res.on("error", reject)
      res.on("end", () => {
        const received = Buffer.concat(chunks).toString()
        resolve({
          status: res.statusCode,
          headers: res.headers,
          text: received,
          body: jsonOrText(received),
        })
      })
    })
    req.on("error", reject)
    req.end(text)
  })
}

/** A stand-in with short hands for the calls tests make. */
async function standIn(config = {}) {
  const server = await start({ config })
  const ask = (options) => request(server.url, options)
  return {
    ...server,
    ask,
    get: (path, more) => ask({ path, ...more }),
    post: (path, body, more) => ask({ method: "POST", path, body, ...more }),
    remove: (path, more) => ask({ method: "DELETE", path, ...more }),
    control: (path, body) => ask({ method: "POST", path: `/_test/${path}`, body, key: null }),
    create: (body, more) => ask({ method: "POST", path: "/api/snapshots", body, ...more }),
  }
}

/** How long a test waits for what comes by itself, also on a machine that has much else to do. */
const PATIENCE_MS = 60000

/** Asks for what is at `path` until it is in one of `states`; its last form. */
async function untilIn(api, path, states) {
  const ends = Date.now() + PATIENCE_MS
  for (;;) {
    const { body } = await api.get(path)
    if (states.includes(body.state)) return body
    if (Date.now() > ends)
      throw new Error(`${path} is ${body.state}, never ${states}: ${body.errorReason}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** The snapshot once it is in `state`. */
function until(api, idOrName, state) {
  return untilIn(api, `/api/snapshots/${encodeURIComponent(idOrName)}`, [state])
}

/** Asks for what is at `path` until it is not there any more. */
async function untilGone(api, path) {
  const ends = Date.now() + PATIENCE_MS
  while ((await api.get(path)).status !== 404) {
    if (Date.now() > ends) throw new Error(`${path} stays`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Whether a header has the whole seconds that are left of `ttl` ones that have just begun. */
function isLeftOf(ttl, text) {
  return /^\d+$/.test(text) && Number(text) > 0 && Number(text) <= ttl
}

module.exports = { FULL, PATIENCE_MS, isLeftOf, request, standIn, until, untilGone, untilIn }
