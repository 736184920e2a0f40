// previews.test: addresses of sandboxes' ports, and what answers there.
"use strict"

const assert = require("node:assert")
const test = require("node:test")
const { FULL, standIn } = require("./testing")

const TEMPLATE = "{{origin}}/preview/{{PORT}}/{{sandboxId}}/"

async function withSandbox(t, config, set) {
  const api = await standIn({ previews: { healthyAfter: 0 }, ...config })
  t.after(api.close)
  await api.control("seed-sandboxes", { name: "m", set })
  const preview = async (port) => (await api.get(`/api/sandbox/m/ports/${port}/preview-url`)).body
  // Names below localhost do not resolve everywhere: the Host header says which is meant.
  const open = (url, more = {}) => {
    const { host, pathname, search } = new URL(url)
    const headers = { host, ...more.headers }
    return api.ask({ path: pathname + search, key: null, ...more, headers })
  }
  return { ...api, preview, open }
}

test("who may open a port", async (t) => {
  const api = await withSandbox(t)
  const { url, token, sandboxId } = await api.preview(3000)
  assert.strictEqual(url, `http://3000-${sandboxId}.localhost:${new URL(api.url).port}`)
  const rows = [
    [{}, 307],
    [{ headers: { "x-daytona-preview-token": token } }, 200],
    [{ headers: { "x-daytona-preview-token": "wrong" } }, 307],
    [{ query: `?DAYTONA_SANDBOX_AUTH_KEY=${token}` }, 200],
    [{ key: FULL }, 200],
    [{ key: "dtn_test_key_other" }, 307],
  ]
  for (const [{ query = "", ...more }, status] of rows) {
    assert.strictEqual((await api.open(`${url}/${query}`, more)).status, status)
  }
  assert.deepStrictEqual((await api.open(url, { key: FULL })).body, { sandbox: "m", port: 3000 })
  assert.ok((await api.open(url)).headers.location)
  await api.post("/api/sandbox/m/public/true")
  assert.strictEqual((await api.open(url)).status, 200)
  assert.strictEqual((await api.open((await api.preview(2280)).url)).status, 307)
})

test("the token stays the same", async (t) => {
  const api = await withSandbox(t)
  assert.strictEqual((await api.preview(1)).token, (await api.preview(2)).token)
})

test("addresses without host names", async (t) => {
  const api = await withSandbox(t, { proxyTemplateUrl: TEMPLATE }, { public: true })
  const { url, sandboxId } = await api.preview(8080)
  assert.strictEqual(url, `${api.url}/preview/8080/${sandboxId}/`)
  assert.strictEqual((await api.open(url)).body.port, 8080)
  const { proxyTemplateUrl } = (await api.get("/api/config")).body
  assert.strictEqual(proxyTemplateUrl, TEMPLATE.replace("{{origin}}", api.url))
})

test("signed addresses", async (t) => {
  const api = await withSandbox(t, { proxyTemplateUrl: TEMPLATE })
  const sign = (query = "") => api.get(`/api/sandbox/m/ports/3000/signed-preview-url${query}`)
  const { body } = await sign()
  assert.strictEqual(body.url, `${api.url}/preview/3000/${body.token}/`)
  assert.strictEqual((await api.open(body.url)).status, 200)
  assert.strictEqual((await api.open(body.url.replace("3000", "3001"))).status, 307)
  const id = (await api.get(`/api/preview/${body.token}/3000/sandbox-id`)).body
  assert.strictEqual(id, body.sandboxId)
  await api.post(`/api/sandbox/m/ports/3000/signed-preview-url/${body.token}/expire`)
  assert.strictEqual((await api.open(body.url)).status, 307)
  const short = (await sign("?expiresInSeconds=3")).body
  assert.strictEqual((await api.open(short.url)).status, 200)
  while ((await api.open(short.url)).status === 200)
    await new Promise((resolve) => setTimeout(resolve, 50))
  assert.strictEqual((await api.open(short.url)).status, 307)
  assert.strictEqual((await sign("?expiresInSeconds=0")).status, 400)
})

test("a port answers some time after the start", async (t) => {
  const api = await withSandbox(t, { previews: { healthyAfter: 3600000 } }, { public: true })
  const { url } = await api.preview(3000)
  assert.strictEqual((await api.open(url)).status, 502)
  await api.control("config", { previews: { before: "refused" } })
  await assert.rejects(api.open(url), { code: "ECONNRESET" })
  await api.control("config", { previews: { healthyAfter: 1 } })
  assert.strictEqual((await api.open(url)).status, 200)
  await api.control("sandbox", { name: "m", set: { state: "stopped" } })
  await assert.rejects(api.open(url), { code: "ECONNRESET" })
})

test("one that is never healthy", async (t) => {
  const sandboxOutcomes = [{ name: "^m$", healthyAfter: null }]
  const api = await withSandbox(t, { sandboxOutcomes }, { public: true })
  assert.strictEqual((await api.open((await api.preview(3000)).url)).status, 502)
})

test("faults and the log reach previews", async (t) => {
  const api = await withSandbox(t, {}, { public: true })
  const { url, sandboxId } = await api.preview(3000)
  const path = `^/preview/3000/${sandboxId}/health`
  await api.control("faults", { match: { path }, action: { type: "status", status: 503 } })
  assert.strictEqual((await api.open(`${url}/health`)).status, 503)
  assert.strictEqual((await api.open(`${url}/health`)).status, 200)
  const { body } = await api.ask({ path: "/_test/counts", key: null })
  assert.strictEqual(body["GET /preview/{port}/{sandboxId}"], 2)
})

test("what proxies ask", async (t) => {
  const api = await withSandbox(t)
  const { token, sandboxId } = await api.preview(3000)
  const status = async (rest) => (await api.get(`/api/preview/${sandboxId}/${rest}`)).status
  assert.strictEqual(await status("public"), 404)
  assert.strictEqual(await status(`validate/${token}`), 200)
  assert.strictEqual(await status("validate/wrong"), 404)
  assert.strictEqual(await status("access"), 200)
  assert.strictEqual((await api.get(`/api/preview/${sandboxId}/public`)).status, 404)
})
