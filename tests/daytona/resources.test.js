// resources.test: volumes, registries, secrets, keys, regions, audit; and nothing left out.
"use strict"

const assert = require("node:assert")
const test = require("node:test")
const definition = require("./api.json")
const { JWT_ONLY } = require("./subset")
const { standIn, untilIn } = require("./testing")

const UUID = "11111111-2222-4333-8444-555555555555"
const NOBODY = "dtn_test_key_read"
const MAIN = "70cac463-5492-4aa1-8fb7-5b9f19157e95"

// Everything that the description has, also what v0.190 does not answer.
const ALL = { newest: true, resize: true }

const PERSON = { key: "test.jwt.token", headers: { "x-daytona-organization-id": MAIN } }

const REGISTRY = { name: "own", url: "registry.example", username: "u", password: "hidden" }

async function fresh(t, config) {
  const api = await standIn(config)
  t.after(api.close)
  return { ...api, patch: (path, body) => api.ask({ method: "PATCH", path, body }) }
}

test("every operation of the description is answered", async (t) => {
  const api = await fresh(t, { features: ALL })
  for (const [path, item] of Object.entries(definition.paths)) {
    for (const [method, { operationId }] of Object.entries(item)) {
      if (JWT_ONLY.includes(operationId)) continue
      const url = `/api${path.replace(/\{[^}]+\}/g, UUID)}`
      const body = method === "get" ? undefined : {}
      const { status, text } = await api.ask({ method: method.toUpperCase(), path: url, body })
      const known = { getPushAccess: 200, getTransientPushAccess: 500 }[operationId]
      assert.ok(known === status || status < 500, `${operationId}: ${status} ${text}`)
    }
  }
})

test("volumes", async (t) => {
  const api = await fresh(t)
  const made = (await api.post("/api/volumes", { name: "data" })).body
  assert.strictEqual(made.state, "pending_create")
  const path = `/api/volumes/${made.id}`
  await untilIn(api, path, ["ready"])
  assert.strictEqual((await api.post("/api/volumes", { name: "data" })).status, 409)
  assert.strictEqual((await api.get("/api/volumes/by-name/data")).body.id, made.id)
  await api.control("seed", { name: "re-1" })
  const volumes = [{ volumeId: "data", mountPath: "/data" }]
  const sandbox = (await api.post("/api/sandbox", { snapshot: "re-1", volumes })).body
  assert.strictEqual((await api.remove(path)).status, 409)
  await api.remove(`/api/sandbox/${sandbox.id}`)
  assert.strictEqual((await api.remove(path)).status, 200)
  assert.strictEqual((await api.get("/api/volumes/by-name/data")).status, 404)
  assert.strictEqual((await api.post("/api/volumes", { name: "data" })).status, 200)
  assert.strictEqual((await api.get("/api/volumes/by-name/data", { key: NOBODY })).status, 403)
})

test("registries never show their password", async (t) => {
  const api = await fresh(t)
  const made = await api.post("/api/docker-registry", REGISTRY)
  assert.deepStrictEqual([made.status, made.body.registryType], [201, "organization"])
  const path = `/api/docker-registry/${made.body.id}`
  const changed = await api.patch(path, { name: "new", url: "other.example", username: "v" })
  assert.deepStrictEqual([changed.status, changed.body.name], [200, "new"])
  const listed = await api.get("/api/docker-registry")
  assert.strictEqual(listed.body.length, 1)
  assert.ok(![made, changed, listed].some(({ text }) => text.includes("hidden")))
  const missing = await api.post("/api/docker-registry", { name: "x" })
  assert.match(missing.body.message, /^url must be a string, /)
  assert.strictEqual((await api.remove(path)).status, 204)
  assert.strictEqual((await api.get(path)).status, 404)
})

test("secrets never show their value", async (t) => {
  const api = await fresh(t, { features: ALL })
  const make = (name) => api.post("/api/secret", { name, value: "hidden", hosts: ["a.example"] })
  const made = await make("a")
  assert.strictEqual(made.status, 201)
  assert.strictEqual((await make("a")).status, 409)
  await make("b")
  await make("c")
  const first = (await api.get("/api/secret/paginated?limit=2&sort=name&order=asc")).body
  assert.deepStrictEqual([first.total, first.items.map(({ name }) => name)], [3, ["a", "b"]])
  const next = `&cursor=${first.nextCursor}`
  const last = (await api.get(`/api/secret/paginated?limit=2&sort=name&order=asc${next}`)).body
  assert.deepStrictEqual([last.items[0].name, last.nextCursor], ["c", null])
  const path = `/api/secret/${made.body.id}`
  assert.deepStrictEqual((await api.patch(path, { hosts: [] })).body.hosts, [])
  assert.ok(!(await api.get("/api/secret")).text.includes("hidden"))
  assert.strictEqual((await api.remove(path)).status, 204)
  assert.strictEqual((await api.get(path)).status, 404)
})

test("keys", async (t) => {
  const api = await fresh(t)
  const make = (body) => api.post("/api/api-keys", body, PERSON)
  const made = await make({ name: "ci", permissions: ["write:sandboxes"] })
  assert.strictEqual(made.status, 201)
  const current = (await api.get("/api/api-keys/current", { key: made.body.value })).body
  assert.deepStrictEqual([current.name, current.permissions], ["ci", ["write:sandboxes"]])
  assert.ok(!current.value.includes(made.body.value))
  assert.strictEqual((await make({ name: "ci", permissions: [] })).status, 409)
  assert.strictEqual((await api.remove("/api/api-keys/ci", PERSON)).status, 204)
  assert.strictEqual((await api.get("/api/health", { key: made.body.value })).status, 200)
  assert.strictEqual((await api.get("/api/volumes", { key: made.body.value })).status, 401)
})

test("an API key can ask about no key but itself", async (t) => {
  const api = await fresh(t)
  const rows = [
    ["GET", ""],
    ["POST", "", { name: "x", permissions: [] }],
    ["GET", "/full"],
    ["DELETE", "/read"],
    ["DELETE", "/u1/read"],
  ]
  for (const [method, rest, body] of rows) {
    const answer = await api.ask({ method, path: `/api/api-keys${rest}`, body })
    assert.deepStrictEqual([answer.status, answer.body.message], [401, "Invalid credentials"], rest)
  }
  assert.strictEqual((await api.get("/api/api-keys", PERSON)).status, 200)
  assert.strictEqual((await api.get("/api/api-keys/current")).status, 200)
})

test("regions", async (t) => {
  const api = await fresh(t)
  const names = async (path) => (await api.get(path)).body.map(({ name }) => name)
  assert.deepStrictEqual(await names("/api/shared-regions"), ["us", "eu"])
  const made = await api.post("/api/regions", { name: "here", proxyUrl: "http://proxy.example" })
  assert.strictEqual(made.status, 201)
  assert.ok(made.body.proxyApiKey)
  assert.deepStrictEqual(await names("/api/regions"), ["us", "eu", "here"])
  await api.control("seed", { name: "re-1", set: { regionIds: [made.body.id] } })
  const sandbox = await api.post("/api/sandbox", { snapshot: "re-1", target: "here" })
  assert.strictEqual(sandbox.body.target, made.body.id)
  assert.strictEqual((await api.remove("/api/regions/us")).status, 403)
  assert.strictEqual((await api.remove(`/api/regions/${made.body.id}`)).status, 204)
})

test("webhooks", async (t) => {
  const api = await fresh(t)
  const path = `/api/webhooks/organizations/${MAIN}`
  const off = await api.post(`${path}/initialize`)
  assert.deepStrictEqual([off.status, off.body.message], [503, "Webhook service is not configured"])
  await api.control("config", { webhooks: true })
  assert.strictEqual((await api.get(`${path}/initialization-status`)).status, 404)
  assert.strictEqual((await api.post(`${path}/initialize`, {}, { key: NOBODY })).status, 201)
  const { body } = await api.get(`${path}/initialization-status`)
  assert.deepStrictEqual([body.organizationId, body.retryCount], [MAIN, 0])
  const access = await api.post(`${path}/app-portal-access`)
  assert.deepStrictEqual([access.status, Object.keys(access.body)], [201, ["token", "url"]])
  assert.strictEqual((await api.post(`${path}/refresh-endpoints`)).status, 204)
  const others = await api.post(`/api/webhooks/organizations/${UUID}/initialize`)
  assert.strictEqual(others.status, 403)
})

test("warm pools", async (t) => {
  const api = await fresh(t)
  assert.strictEqual((await api.get("/api/warm-pools")).status, 404)
  await api.control("config", { features: { newest: true } })
  await api.control("seed", { name: "re-1" })
  const made = await api.post("/api/warm-pools", { snapshot: "re-1", pool: 2 })
  assert.deepStrictEqual([made.status, made.body.pool, made.body.target], [201, 2, "us"])
  const path = `/api/warm-pools/${made.body.id}`
  assert.strictEqual((await api.patch(path, { pool: 5 })).body.pool, 5)
  assert.strictEqual((await api.get("/api/warm-pools")).body.length, 1)
  assert.strictEqual((await api.remove(path)).status, 204)
  assert.deepStrictEqual((await api.get("/api/warm-pools")).body, [])
})

test("what an organization tells of its regions", async (t) => {
  const api = await fresh(t, { features: ALL })
  const path = `/api/organizations/${MAIN}`
  const classes = (await api.get(`${path}/available-sandbox-classes`)).body
  assert.deepStrictEqual(classes[0], {
    regionId: "us",
    sandboxClass: "container",
    gpuAvailable: false,
  })
  assert.deepStrictEqual((await api.get(`${path}/gpu-capacity`)).body.capacity, [])
  const queue = (defaultQueueTimeout) =>
    api.patch(`${path}/default-queue-timeout`, { defaultQueueTimeout })
  for (const minutes of [5, null]) assert.strictEqual((await queue(minutes)).status, 200)
  const others = await api.get(`/api/organizations/${UUID}/gpu-capacity`)
  assert.strictEqual(others.status, 403)
})

test("object storage", async (t) => {
  const api = await fresh(t)
  const { body } = await api.get("/api/object-storage/push-access")
  assert.deepStrictEqual([body.bucket, body.organizationId], ["daytona", MAIN])
  assert.match(body.accessKey, /^ASIA/)
  const refused = await api.get("/api/object-storage/push-access", { key: NOBODY })
  assert.strictEqual(refused.status, 403)
})

test("what was changed is audited", async (t) => {
  const api = await fresh(t)
  await api.create({ name: "x", imageName: "alpine:3" })
  await api.create({ name: "x", imageName: "alpine:3" })
  await api.get("/api/snapshots")
  const path = `/api/audit/organizations/${MAIN}`
  const { total, items } = (await api.get(path)).body
  assert.strictEqual(total, 2)
  const shown = items.map(({ action, targetType, targetId, statusCode }) => [
    action,
    targetType,
    targetId,
    statusCode,
  ])
  assert.deepStrictEqual(shown, [
    ["create", "snapshot", "x", 409],
    ["create", "snapshot", "x", 200],
  ])
  assert.strictEqual((await api.get(path, { key: NOBODY })).status, 403)
  assert.strictEqual((await api.get(`/api/audit/organizations/${UUID}`)).status, 403)
})

test("permissions of sandboxes' operations", async (t) => {
  const api = await fresh(t)
  await api.control("seed-sandboxes", { name: "m" })
  for (const verb of ["start", "stop", "archive", "autostop/1", "public/true"]) {
    const { status } = await api.post(`/api/sandbox/m/${verb}`, {}, { key: NOBODY })
    assert.strictEqual(status, 403, verb)
  }
  assert.strictEqual((await api.get("/api/sandbox/m", { key: NOBODY })).status, 200)
})
