// sandbox-states.test: sandboxes through their states, and what the lists know of them.
"use strict"

const assert = require("node:assert")
const test = require("node:test")
const { isLeftOf, standIn, until, untilGone, untilIn } = require("./testing")

async function withSandbox(t, config, name = "m") {
  const api = await standIn(config)
  t.after(api.close)
  await api.control("seed", { name: "re-1" })
  const make = (body) => api.post("/api/sandbox", { snapshot: "re-1", ...body })
  const made = await make({ name })
  const act = (verb, body) => api.post(`/api/sandbox/${name}/${verb}`, body)
  return {
    ...api,
    made,
    make,
    act,
    reach: (...states) => untilIn(api, `/api/sandbox/${name}`, states),
  }
}

test("archive and restore", async (t) => {
  const api = await withSandbox(t)
  await api.act("stop")
  await api.reach("stopped")
  assert.strictEqual((await api.act("archive")).body.state, "archiving")
  assert.strictEqual((await api.reach("archived")).backupState, "Completed")
  assert.strictEqual((await api.act("start")).body.state, "archived")
  assert.strictEqual((await api.reach("restoring", "started")).desiredState, "started")
  await api.reach("started")
})

test("a failed start leaves a sandbox behind, which can recover when it says so", async (t) => {
  const outcome = { name: "^m$", errorReason: "no luck", recoverable: true, times: 1 }
  const api = await withSandbox(t, { sandboxOutcomes: [outcome] })
  assert.strictEqual(api.made.status, 400)
  const { body } = await api.get("/api/sandbox/m")
  assert.deepStrictEqual(
    [body.state, body.errorReason, body.recoverable],
    ["error", "no luck", true],
  )
  const recovered = await api.act("recover")
  assert.strictEqual(recovered.body.state, "started")
})

test("a wait ends before a start that takes too long", async (t) => {
  const api = await withSandbox(t, { createWait: 20, timetable: { creating: 60000 } })
  assert.deepStrictEqual([api.made.status, api.made.body.state], [200, "creating"])
  assert.strictEqual((await api.get("/api/sandbox/m")).body.state, "creating")
})

test("one start that takes longer than others", async (t) => {
  const api = await withSandbox(t, { sandboxOutcomes: [{ name: "^slow$", delay: 200 }] })
  const began = performance.now()
  await api.make({ name: "slow" })
  assert.ok(performance.now() - began >= 190) // a timer may be early by a moment
})

test("a build goes on behind its answer", async (t) => {
  const api = await withSandbox(t)
  const buildInfo = { dockerfileContent: "FROM alpine:3" }
  const { body } = await api.post("/api/sandbox", { name: "b", buildInfo, cpu: 2 })
  assert.deepStrictEqual([body.state, body.cpu, body.snapshot], ["pending_build", 2, undefined])
  await untilIn(api, "/api/sandbox/b", ["started"])
  const { url } = (await api.get("/api/sandbox/b/build-logs-url")).body
  assert.strictEqual(url, `${api.url}/sandboxes/${body.id}/build-logs`)
  await api.control("config", { buildLog: "step 1\n" })
  const logs = await api.get(new URL(url).pathname)
  assert.deepStrictEqual([logs.status, logs.text], [200, "step 1\n"])
})

test("one that is deleted when it stops", async (t) => {
  const api = await withSandbox(t)
  await api.act("autodelete/0")
  await api.act("stop")
  await untilGone(api, "/api/sandbox/m")
})

test("a snapshot of a sandbox", async (t) => {
  const api = await withSandbox(t)
  assert.strictEqual((await api.act("snapshot", { name: "taken" })).body.state, "snapshotting")
  await api.reach("started")
  const snapshot = await until(api, "taken", "active")
  assert.strictEqual(snapshot.imageName, "")
  const again = await api.act("snapshot", { name: "taken" })
  assert.strictEqual(again.status, 409)
})

test("settings", async (t) => {
  const api = await withSandbox(t)
  await api.make({ name: "other" })
  const fields = async () => (await api.get("/api/sandbox/m")).body
  for (const [verb, field, value] of [
    ["autostop/30", "autoStopInterval", 30],
    ["autoarchive/999999", "autoArchiveInterval", 43200],
    ["autodelete/5", "autoDeleteInterval", 5],
    ["public/true", "public", true],
  ]) {
    assert.strictEqual((await api.act(verb)).body[field], value, verb)
    assert.strictEqual((await fields())[field], value, verb)
  }
  for (const labels of [{ a: "1", b: "2" }, { c: "3" }]) {
    const { body } = await api.ask({
      method: "PUT",
      path: "/api/sandbox/m/labels",
      body: { labels },
    })
    assert.deepStrictEqual(body, { labels })
    assert.deepStrictEqual((await fields()).labels, labels)
  }
})

test("env and volumes are shown by a get of one only", async (t) => {
  const api = await withSandbox(t)
  await api.make({ name: "with", env: { TOKEN: "x" } })
  assert.deepStrictEqual((await api.get("/api/sandbox/with")).body.env, { TOKEN: "x" })
  assert.ok(!(await api.get("/api/sandbox")).text.includes("TOKEN"))
})

test("lists are behind by listDelay", async (t) => {
  const api = await withSandbox(t, { listDelay: 3600000 })
  const listed = async () => (await api.get("/api/sandbox")).body.items.length
  assert.strictEqual(await listed(), 0)
  assert.strictEqual((await api.get("/api/sandbox/m")).status, 200)
  await api.control("config", { listDelay: 1 })
  while ((await listed()) === 0);
  assert.strictEqual(await listed(), 1)
})

test("10 000 sandboxes: every one once, in every order, while others come and go", async (t) => {
  const api = await withSandbox(t)
  await api.control("seed-sandboxes", { count: 10000, createdAt: "2026-01-01T00:00:00Z" })
  for (const query of ["", "&order=asc", "&sort=name", "&sort=cpu&order=asc"]) {
    const seen = new Set()
    let cursor = ""
    do {
      const { body } = await api.get(`/api/sandbox?limit=200&name=box${query}${cursor}`)
      for (const { id } of body.items) assert.ok(!seen.has(id) && seen.add(id), query)
      if (seen.size === 400)
        await api.control("seed-sandboxes", { name: `new${seen.size}${query}` })
      cursor = body.nextCursor && `&cursor=${body.nextCursor}`
    } while (cursor)
    assert.strictEqual(seen.size, 10000, query)
  }
})

test("1 000 creates at once", async (t) => {
  const api = await withSandbox(t)
  const made = await Promise.all(
    Array.from({ length: 1000 }, (_, n) => api.make({ name: `n${n}` })),
  )
  assert.ok(made.every(({ status }) => status === 200))
  const { body } = await api.ask({ path: "/_test/counts", key: null })
  assert.strictEqual(body["POST /api/sandbox"], 1001)
})

test("limits of their own for creating and for moving sandboxes", async (t) => {
  const limit = { limit: 2, ttl: 20 }
  const api = await withSandbox(t, {
    rateLimits: { "sandbox-create": limit, "sandbox-lifecycle": limit },
  })
  assert.strictEqual(api.made.headers["x-ratelimit-remaining-sandbox-create"], "1")
  assert.strictEqual((await api.make({})).status, 200)
  assert.ok(isLeftOf(20, (await api.make({})).headers["retry-after-sandbox-create"]))
  assert.strictEqual((await api.act("start")).headers["x-ratelimit-limit-sandbox-lifecycle"], "2")
  await api.act("stop")
  const third = await api.act("start")
  assert.strictEqual(third.status, 429)
  assert.ok(isLeftOf(20, third.headers["retry-after-sandbox-lifecycle"]))
})

test("the service turns off what is old and unused, for ten minutes at least", async (t) => {
  const api = await withSandbox(t)
  const old = "2026-01-01T00:00:00.000Z"
  await api.control("seed", { name: "old", createdAt: old })
  await api.control("seed", { name: "used", createdAt: old, set: { lastUsedAt: "2999-01-01" } })
  await api.control("seed", { name: "shared", createdAt: old, set: { general: true } })
  assert.deepStrictEqual((await api.control("age", {})).body, { aged: ["old"] })
  const aged = (await api.get("/api/snapshots/old")).body
  assert.deepStrictEqual([aged.state, aged.lastUsedAt], ["inactive", old])
  assert.ok(Date.now() - Date.parse(aged.updatedAt) < 60000)
  const refused = await api.post(`/api/snapshots/${aged.id}/activate`)
  assert.match(refused.body.message, /^Snapshot deactivation is still in progress\./)
  await api.control("age-out", { name: "used", ago: 1000 })
  const { id } = (await api.get("/api/snapshots/used")).body
  assert.strictEqual((await api.post(`/api/snapshots/${id}/activate`)).status, 400)
})

test("inactive by age or by somebody's hand", async (t) => {
  const api = await withSandbox(t, { activationCooldown: 600000 })
  await api.control("seed", { name: "re-2" })
  const aged = (await api.control("age-out", { name: "re-1" })).body
  const off = (await api.control("turn-off", { name: "re-2" })).body
  const days = ({ updatedAt, lastUsedAt }) =>
    (Date.parse(updatedAt) - Date.parse(lastUsedAt)) / 864e5
  assert.deepStrictEqual([aged.state, off.state], ["inactive", "inactive"])
  assert.ok(days(aged) >= 14 && days(off) < 14)
  const activate = ({ id }) => api.post(`/api/snapshots/${id}/activate`)
  assert.strictEqual((await activate(aged)).body.state, "pending")
  assert.match((await activate(off)).body.message, /^Snapshot deactivation is still in progress\./)
})
