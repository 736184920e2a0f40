// server.test: requests the stand-in must answer as the real API was seen to answer.
"use strict"

const assert = require("node:assert")
const fs = require("node:fs")
const path = require("node:path")
const test = require("node:test")
const { IMAGE, ROWS, SORT } = require("./observed")
const { standIn } = require("./testing")

const REGISTRY = { name: "own", url: "registry.example", username: "u", password: "p" }

test("requests and their answers", async (t) => {
  const api = await standIn()
  t.after(api.close)
  for (const [what, asked, status, message, config = {}] of ROWS) {
    await t.test(what, async () => {
      await api.control("reset")
      await api.control("seed", { name: "seeded" })
      await api.control("config", config)
      const answer = await api.ask(asked)
      assert.strictEqual(answer.status, status, answer.text)
      if (message !== undefined) assert.strictEqual(answer.body.message, message)
      assert.strictEqual(answer.headers["x-daytona-api-version"], "0.190.0")
    })
  }
})

test("the error envelope", async (t) => {
  const api = await standIn()
  t.after(api.close)
  const { headers, body } = await api.get("/api/snapshots?name=a&sort=createdTime")
  assert.match(body.timestamp, /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/)
  delete body.timestamp
  assert.deepStrictEqual(body, {
    path: "/api/snapshots?name=a&sort=createdTime",
    statusCode: 400,
    error: "Bad Request",
    message: SORT,
  })
  assert.ok(headers.etag)
  assert.strictEqual(headers["x-powered-by"], "Express")
  const malformed = await api.create("{")
  assert.deepStrictEqual(Object.keys(malformed.body), ["message", "error", "statusCode"])
})

test("a body of exactly the limit is read", async (t) => {
  const api = await standIn()
  t.after(api.close)
  const start = JSON.stringify({ ...IMAGE, x: "" })
  const body = JSON.stringify({ ...IMAGE, x: "x".repeat(102400 - start.length) })
  assert.strictEqual(body.length, 102400)
  assert.strictEqual((await api.create(body)).status, 200)
})

test("the key in use", async (t) => {
  const api = await standIn()
  t.after(api.close)
  const { body } = await api.get("/api/api-keys/current", { key: "dtn_test_key_read" })
  assert.deepStrictEqual(body, {
    name: "read",
    value: "dtn********************ead",
    createdAt: "2026-01-01T00:00:00.000Z",
    permissions: [],
    lastUsedAt: null,
    expiresAt: null,
    userId: "u1",
  })
})

test("answers hold no field the description does not know", async (t) => {
  const { schemas } = require("./api.json").components
  const api = await standIn()
  t.after(api.close)
  const check = (body, schema) => {
    const unknown = Object.keys(body).filter((key) => !(key in schemas[schema].properties))
    assert.deepStrictEqual(unknown, [], schema)
  }
  await api.control("seed", { name: "seeded" })
  check((await api.create(IMAGE)).body, "SnapshotDto")
  check((await api.get("/api/snapshots/seeded")).body, "SnapshotDto")
  check((await api.get("/api/snapshots")).body, "PaginatedSnapshots")
  check((await api.post("/api/sandbox", { snapshot: "seeded" })).body, "Sandbox")
  const sandboxes = (await api.get("/api/sandbox")).body
  check(sandboxes, "ListSandboxesResponse")
  check(sandboxes.items[0], "SandboxListItem")
  const one = `/api/sandbox/${sandboxes.items[0].id}`
  check((await api.get(one)).body, "Sandbox")
  check((await api.get(`${one}/ports/1/preview-url`)).body, "PortPreviewUrl")
  check((await api.get(`${one}/ports/1/signed-preview-url`)).body, "SignedPortPreviewUrl")
  check((await api.post(`${one}/ssh-access`)).body, "SshAccessDto")
  check((await api.post("/api/volumes", { name: "v" })).body, "VolumeDto")
  check((await api.post("/api/docker-registry", REGISTRY)).body, "DockerRegistry")
  await api.control("config", { features: { newest: true } })
  check((await api.post("/api/secret", { name: "s", value: "v" })).body, "Secret")
  const person = {
    key: "test.jwt.token",
    headers: { "x-daytona-organization-id": sandboxes.items[0].organizationId },
  }
  const key = await api.post("/api/api-keys", { name: "k", permissions: [] }, person)
  check(key.body, "ApiKeyResponse")
  check((await api.post("/api/warm-pools", { snapshot: "seeded", pool: 1 })).body, "WarmPool")
  check((await api.post("/api/regions", { name: "r" })).body, "CreateRegionResponse")
  check((await api.get("/api/regions/us")).body, "Region")
  check((await api.get("/api/object-storage/push-access")).body, "StorageAccessDto")
  const audit = `/api/audit/organizations/${sandboxes.items[0].organizationId}`
  check((await api.get(audit)).body.items[0], "AuditLog")
  check((await api.get("/api/api-keys/current")).body, "ApiKeyList")
  check((await api.get("/api/config")).body, "DaytonaConfiguration")
})

test("the files kept in the project", () => {
  const read = (name) => fs.readFileSync(path.join(__dirname, name), "utf8")
  assert.ok(!read("package-lock.json").includes("://"), "the lock file names a host: npm run lock")
  assert.ok(!/"(summary|description)": "[^"]/.test(read("api.json")), "api.json holds prose")
})
