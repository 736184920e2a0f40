// faults.test: failures on order, rate limits and the control plane.
"use strict"

const assert = require("node:assert")
const { spawn } = require("node:child_process")
const { once } = require("node:events")
const path = require("node:path")
const test = require("node:test")
const { isLeftOf, request, standIn } = require("./testing")

const LIST = "/api/snapshots"

async function fresh(t, config) {
  const api = await standIn(config)
  t.after(api.close)
  return api
}

async function outcome(promise) {
  try {
    return (await promise).status
  } catch (error) {
    return error.code
  }
}

test("each kind of fault", async (t) => {
  const api = await fresh(t)
  const rows = [
    [{ type: "status", status: 503, body: { message: "down" } }, 503],
    [{ type: "html" }, 502],
    [{ type: "reset" }, "ECONNRESET"],
    [{ type: "truncated" }, "ECONNRESET"],
    [{ type: "lost" }, "ECONNRESET"],
    [{ type: "slow", ms: 1 }, 200],
  ]
  for (const [action, expected] of rows) {
    await api.control("faults", { action })
    assert.strictEqual(await outcome(api.get(LIST)), expected, action.type)
    assert.strictEqual(await outcome(api.get(LIST)), 200, `after ${action.type}`)
  }
})

test("a reset forgets a slow request", async (t) => {
  const api = await fresh(t)
  await api.control("faults", { action: { type: "slow", ms: 1000 } })
  const created = outcome(api.create({ name: "x", imageName: "a:1" }))
  while (api.world.faults.list[0].fired === 0) await new Promise(setImmediate)
  api.world.reset()
  assert.strictEqual(await created, "ECONNRESET")
  assert.deepStrictEqual(api.world.snapshots.values(), [])
})

test("a fault from a match on", async (t) => {
  const api = await fresh(t)
  await api.control("faults", { match: { from: 2 }, times: 0, action: { type: "html" } })
  const seen = []
  for (let count = 0; count < 3; count += 1) seen.push(await outcome(api.get(LIST)))
  assert.deepStrictEqual(seen, [200, 502, 502])
})

test("a status fault carries its headers and body", async (t) => {
  const api = await fresh(t)
  const headers = { "Retry-After-authenticated": "7" }
  await api.control("faults", {
    action: { type: "status", status: 429, headers, body: "slow down" },
  })
  const answer = await api.get(LIST)
  assert.strictEqual(answer.headers["retry-after-authenticated"], "7")
  assert.strictEqual(answer.text, "slow down")
})

test("a fault in the shape of a rate limit", async (t) => {
  const api = await fresh(t)
  const action = { type: "throttled", name: "sandbox-create", seconds: 7 }
  await api.control("faults", { match: { method: "POST" }, action })
  await api.control("seed", { name: "re-1" })
  const { status, headers, body } = await api.post("/api/sandbox", { snapshot: "re-1" })
  assert.deepStrictEqual(
    [status, headers["retry-after-sandbox-create"], headers["retry-after"], body.message],
    [429, "7", undefined, "ThrottlerException: Too Many Requests"],
  )
  assert.deepStrictEqual((await api.get("/api/sandbox")).body.items, [])
})

test("faults match method, path, nth and times", async (t) => {
  const api = await fresh(t)
  const status = (code) => ({ type: "status", status: code, body: {} })
  await api.control("faults", [
    { match: { method: "POST" }, action: status(501) },
    { match: { path: "[?&]page=2" }, action: status(502) },
    { match: { path: "name=n", nth: 2 }, action: status(503) },
    { match: { path: "name=t" }, times: 2, action: status(504) },
    { match: { path: "name=a" }, times: 0, action: status(505) },
  ])
  const statuses = async (query, count) => {
    const seen = []
    for (let i = 0; i < count; i += 1) seen.push((await api.get(LIST + query)).status)
    return seen
  }
  assert.deepStrictEqual(await statuses("?page=1", 1), [200])
  assert.deepStrictEqual(await statuses("?page=2", 2), [502, 200])
  assert.deepStrictEqual(await statuses("?name=n", 3), [200, 503, 200])
  assert.deepStrictEqual(await statuses("?name=t", 3), [504, 504, 200])
  assert.deepStrictEqual(await statuses("?name=a", 3), [505, 505, 505])
})

test("a lost answer did its work, a reset one did not", async (t) => {
  const api = await fresh(t)
  for (const [type, found] of [
    ["lost", 200],
    ["reset", 404],
  ]) {
    await api.control("faults", { match: { method: "POST" }, action: { type } })
    await assert.rejects(api.create({ name: type, imageName: "alpine:3" }), { code: "ECONNRESET" })
    assert.strictEqual((await api.get(`${LIST}/${type}`)).status, found)
  }
})

test("the limit of authenticated requests", async (t) => {
  const api = await fresh(t, { rateLimits: { authenticated: { limit: 2, ttl: 20 } } })
  const first = await api.get(LIST)
  assert.strictEqual(first.headers["x-ratelimit-limit-authenticated"], "2")
  assert.strictEqual(first.headers["x-ratelimit-remaining-authenticated"], "1")
  assert.ok(isLeftOf(20, first.headers["x-ratelimit-reset-authenticated"]))
  await api.get(LIST)
  const { status, headers, body } = await api.get(LIST)
  assert.deepStrictEqual(
    [status, body.error, body.message],
    [429, "Too Many Requests", "ThrottlerException: Too Many Requests"],
  )
  assert.ok(isLeftOf(20, headers["retry-after-authenticated"]))
  assert.strictEqual(headers["retry-after"], undefined)
  assert.ok(!Object.keys(headers).some((name) => name.startsWith("x-ratelimit")))
  assert.strictEqual((await api.get(LIST, { key: "dtn_test_key_other" })).status, 200)
})

test("creating sandboxes has its own limit", async (t) => {
  const api = await fresh(t, { rateLimits: { "sandbox-create": { limit: 1, ttl: 20 } } })
  const first = await api.post("/api/sandbox", { snapshot: "nosuch" })
  assert.strictEqual(first.headers["x-ratelimit-limit-sandbox-create"], "1")
  const second = await api.post("/api/sandbox", {})
  assert.strictEqual(second.status, 429)
  assert.ok(isLeftOf(20, second.headers["retry-after-sandbox-create"]))
  assert.strictEqual((await api.get(LIST)).status, 200)
})

test("too many 401s close every route to an address", async (t) => {
  const api = await fresh(t, { rateLimits: { "failed-auth": { limit: 2, ttl: 20 } } })
  for (let i = 0; i < 2; i += 1)
    assert.strictEqual((await api.get(LIST, { key: "bad" })).status, 401)
  for (const path of [LIST, "/api/health"]) {
    const { status, headers } = await api.get(path)
    assert.strictEqual(status, 429)
    assert.ok(isLeftOf(20, headers["retry-after"]))
    assert.strictEqual(headers["x-ratelimit-limit-failed-auth"], "2")
  }
})

test("the request log counts by route and holds no key", async (t) => {
  const api = await fresh(t)
  await api.get(`${LIST}?name=x`, { headers: { "x-daytona-source": "os2/1 test u" } })
  await api.get(`${LIST}/nosuch`)
  const { body, text } = await api.ask({ path: "/_test/requests", key: null })
  assert.deepStrictEqual(body.counts, { "GET /api/snapshots": 1, "GET /api/snapshots/{id}": 1 })
  const [first] = body.requests
  assert.deepStrictEqual([first.query, first.status, first.key], [{ name: "x" }, 200, "full"])
  assert.deepStrictEqual(first.headers["x-daytona-source"], "os2/1 test u")
  assert.strictEqual(first.headers.authorization, "Bearer ***")
  assert.ok(!text.includes("dtn_test_key"))
})

test("control calls refuse what they do not know", async (t) => {
  const api = await fresh(t)
  const rows = [
    ["config", { nosuch: 1 }, 'config: no key "nosuch"'],
    ["config", { timetable: { nosuch: 1 } }, 'config: no key "timetable.nosuch"'],
    ["config", { permissions: { nosuch: [] } }, 'config: permissions: no key is named "nosuch"'],
    ["faults", { action: { type: "nosuch" } }, /^fault: action.type "nosuch" must be one of/],
    ["seed", { nosuch: 1 }, /^seed: no option "nosuch"/],
    ["seed", { organization: "nosuch" }, 'seed: no organization "nosuch"'],
    ["snapshot", { name: "nosuch" }, 'no snapshot is named "nosuch"'],
  ]
  for (const [call, body, message] of rows) {
    const answer = await api.control(call, body)
    assert.strictEqual(answer.status, 400)
    assert.match(
      answer.body.message,
      message instanceof RegExp ? message : new RegExp(`^${message}`),
    )
  }
})

test("permissions change and reset comes back to the start", async (t) => {
  const api = await fresh(t)
  const body = { name: "x", imageName: "alpine:3" }
  await api.control("config", { permissions: { full: ["delete:snapshots"] } })
  assert.strictEqual((await api.create(body)).status, 403)
  await api.control("reset")
  assert.strictEqual((await api.create(body)).status, 200)
})

test("the program announces its address and ends on SIGTERM", async (t) => {
  const child = spawn(process.execPath, [path.join(__dirname, "server.js"), "--port", "0"])
  t.after(() => child.kill("SIGKILL"))
  const [chunk] = await once(child.stdout, "data")
  const [, url] = /^listening (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(chunk.toString())
  assert.strictEqual((await request(url, { path: "/api/health" })).status, 200)
  child.kill("SIGTERM")
  assert.deepStrictEqual(await once(child, "exit"), [0, null])
})
