// sandboxes.test: the stand-in's sandboxes.
"use strict"

const assert = require("node:assert")
const test = require("node:test")
const { standIn, untilGone, untilIn } = require("./testing")

async function withSnapshot(t, config) {
  const api = await standIn(config)
  t.after(api.close)
  await api.control("seed", { name: "re-1" })
  const make = (body) => api.post("/api/sandbox", { snapshot: "re-1", ...body })
  return { ...api, make }
}

test("create waits for the start and answers with what was before", async (t) => {
  const api = await withSnapshot(t, { timetable: { creating: 100 } })
  const began = performance.now()
  const { status, body } = await api.make({
    name: "sb-one",
    env: { A: "1" },
    autoArchiveInterval: 999999,
  })
  assert.ok(performance.now() - began >= 90) // a timer may be early by a moment
  assert.strictEqual(status, 200)
  assert.deepStrictEqual(
    [body.state, body.desiredState, body.snapshot, body.memory, body.target],
    ["creating", "started", "re-1", 1, "us"],
  )
  assert.strictEqual(body.autoArchiveInterval, 43200)
  assert.strictEqual((await api.get("/api/sandbox/sb-one")).body.state, "started")
  assert.strictEqual((await api.get(`/api/sandbox/${body.id}`)).body.env.A, "1")
})

test("names", async (t) => {
  const api = await withSnapshot(t)
  await api.make({ name: "box-0" })
  const again = await api.make({ name: "box-0" })
  assert.deepStrictEqual(
    [again.status, again.body.message],
    [409, "Sandbox with name box-0 already exists"],
  )
  assert.strictEqual((await api.make({ name: "bad name!" })).status, 200)
  const unnamed = await api.make({})
  assert.strictEqual(unnamed.body.name, unnamed.body.id)
})

test("snapshots that are not active", async (t) => {
  const api = await withSnapshot(t)
  for (const state of ["removing", "inactive"]) {
    await api.control("snapshot", { name: "re-1", set: { state } })
    const { status, body } = await api.make({})
    assert.deepStrictEqual([status, body.message], [400, `Snapshot re-1 is ${state}`])
  }
})

test("start and stop", async (t) => {
  const api = await withSnapshot(t, { timetable: { stopping: 3600000 } })
  await api.make({ name: "m" })
  const act = (verb) => api.post(`/api/sandbox/m/${verb}`)
  assert.strictEqual((await act("start")).body.state, "started")
  assert.strictEqual((await act("stop")).body.state, "stopping")
  const early = await act("stop")
  assert.deepStrictEqual(
    [early.status, early.body.message],
    [409, "Sandbox state change in progress"],
  )
  await api.control("sandbox", { name: "m", set: { state: "stopped" } })
  const late = await act("stop")
  assert.deepStrictEqual(
    [late.status, late.body.message],
    [400, "Sandbox is not in a stoppable state"],
  )
  assert.strictEqual((await act("start")).body.state, "started")
})

test("a deleted sandbox is found by its id until the runner is done", async (t) => {
  const api = await withSnapshot(t, { timetable: { destroying: 2000 } })
  const { id } = (await api.make({ name: "m" })).body
  const { status, body } = await api.remove("/api/sandbox/m")
  assert.deepStrictEqual([status, body.state], [200, "destroying"])
  assert.match(body.name, /^DESTROYED_m_\d+$/)
  assert.strictEqual((await api.get("/api/sandbox/m")).status, 404)
  assert.strictEqual((await api.remove("/api/sandbox/m")).status, 404)
  const byId = await api.get(`/api/sandbox/${id}`)
  assert.deepStrictEqual([byId.status, byId.body.name], [200, body.name])
  const again = await api.remove(`/api/sandbox/${id}`)
  assert.deepStrictEqual(
    [again.status, again.body.message],
    [409, "Sandbox state change in progress"],
  )
  const listed = (await api.get("/api/sandbox")).body.items
  assert.deepStrictEqual([listed.length, listed[0].name], [1, body.name])
  assert.strictEqual((await api.make({ name: "m" })).status, 200)
  await untilGone(api, `/api/sandbox/${id}`)
  const left = (await api.get("/api/sandbox")).body.items
  assert.deepStrictEqual(
    left.map(({ name }) => name),
    ["m"],
  )
})

test("a sandbox that the runner cannot delete", async (t) => {
  const outcome = { name: "^m$", deleteError: "device or resource busy" }
  const api = await withSnapshot(t, { sandboxOutcomes: [outcome] })
  const { id } = (await api.make({ name: "m" })).body
  assert.strictEqual((await api.remove("/api/sandbox/m")).status, 200)
  const left = await untilIn(api, `/api/sandbox/${id}`, ["error"])
  assert.deepStrictEqual(
    [left.desiredState, left.errorReason],
    ["destroyed", "device or resource busy"],
  )
  const listed = async (query) => (await api.get(`/api/sandbox${query}`)).body.items.length
  assert.deepStrictEqual([await listed(""), await listed("?includeErroredDeleted=true")], [0, 1])
  assert.strictEqual(await listed("?includeErroredDeleted=false"), 0)
})

test("a snapshot of another region", async (t) => {
  const api = await withSnapshot(t)
  const refused = await api.make({ target: "eu" })
  assert.deepStrictEqual(
    [refused.status, refused.body.message],
    [400, "Snapshot re-1 is not available in region eu"],
  )
  await api.control("snapshot", { name: "re-1", set: { regionIds: ["us", "eu"] } })
  assert.strictEqual((await api.make({ target: "eu" })).body.target, "eu")
})

test("preview URLs", async (t) => {
  const api = await withSnapshot(t, { proxyUrl: "http://localhost:14000" })
  const { id } = (await api.make({ name: "m" })).body
  const { body } = await api.get("/api/sandbox/m/ports/3000/preview-url")
  assert.strictEqual(body.sandboxId, id)
  assert.strictEqual(body.url, `http://3000-${id}.localhost:14000`)
  assert.ok(body.token.length >= 32)
  const bad = await api.get("/api/sandbox/m/ports/70000/preview-url")
  assert.deepStrictEqual([bad.status, bad.body.message], [400, "Invalid port"])
  const odd = await api.get("/api/sandbox/m/ports/abc/preview-url")
  assert.deepStrictEqual([odd.status, odd.body.url], [200, `http://NaN-${id}.localhost:14000`])
})

test("lists", async (t) => {
  const api = await withSnapshot(t)
  for (const name of ["box-1", "box-2", "other"]) await api.make({ name, labels: { k: name } })
  const labels = (wanted) => encodeURIComponent(JSON.stringify(wanted))
  const rows = [
    ["?name=box_1", ["box-1"]],
    ["?name=BOX", ["box-1", "box-2"]],
    ["?name=ox", []],
    [`?labels=${labels({ k: "other" })}`, ["other"]],
    [`?labels=${labels({ k: "othe" })}`, []],
    ["?states=stopped", []],
    ["?states=started&states=stopped", ["box-1", "box-2", "other"]],
    ["?page=7&sort=name", ["box-1", "box-2", "other"]],
  ]
  for (const [query, expected] of rows) {
    const { body } = await api.get(`/api/sandbox${query}`)
    assert.deepStrictEqual(body.items.map((item) => item.name).sort(), expected, query)
    assert.strictEqual(body.nextCursor, null)
    assert.ok(body.items.every((item) => !("env" in item) && !("volumes" in item)))
  }
  const bogus = await api.get("/api/sandbox?states=bogus")
  assert.match(
    bogus.body.message,
    /^each value must be one of the following values: creating, .*, resuming$/,
  )
})

test("cursors", async (t) => {
  const api = await withSnapshot(t)
  for (const name of ["a", "b", "c"]) await api.make({ name })
  const found = []
  let cursor = ""
  do {
    const { body } = await api.get(`/api/sandbox?limit=2&sort=name&order=asc${cursor}`)
    found.push(...body.items.map((item) => item.name))
    cursor = body.nextCursor && `&cursor=${body.nextCursor}`
  } while (cursor)
  assert.deepStrictEqual(found, ["a", "b", "c"])
})
