// registry.test: push access against a real docker-registry behind a password.
"use strict"

const assert = require("node:assert")
const { spawn, spawnSync } = require("node:child_process")
const crypto = require("node:crypto")
const fs = require("node:fs")
const net = require("node:net")
const os = require("node:os")
const path = require("node:path")
const test = require("node:test")
const { PATIENCE_MS, standIn, until } = require("./testing")

const USER = "robot$daytona+push"
const PASSWORD = "a-push-secret"
// bcrypt of PASSWORD
const HASH = "$2y$05$abcdefghijklmnopqrstuup7Tja0z08oiUn1eVP./YXIB0FeczSZq"

const MANIFEST = "application/vnd.oci.image.manifest.v1+json"
const skip = spawnSync("docker-registry", ["--version"]).status === 0 ? false : "no docker-registry"

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

function writeConfig(dir, port) {
  fs.writeFileSync(path.join(dir, "htpasswd"), `${USER}:${HASH}\n`)
  const config = {
    version: 0.1,
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: path.join(dir, "data") } },
    http: { addr: `127.0.0.1:${port}` },
    auth: { htpasswd: { realm: "tests", path: path.join(dir, "htpasswd") } },
  }
  const file = path.join(dir, "config.json")
  fs.writeFileSync(file, JSON.stringify(config))
  return file
}

/** Whether the registry answers before it ends: another program may have taken its port. */
async function isReady(host, child) {
  for (const ends = Date.now() + PATIENCE_MS; Date.now() < ends; ) {
    if (child.exitCode !== null) return false
    const answer = await fetch(`http://${host}/v2/`).catch(() => null)
    if (answer && child.exitCode === null) return true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error("the registry never answered")
}

/** A real registry for one test; its host and port. */
async function startRegistry(t) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "registry-"))
  t.after(() => fs.rmSync(dir, { recursive: true, force: true }))
  for (let tries = 0; tries < 5; tries += 1) {
    const port = await freePort()
    const child = spawn("docker-registry", ["serve", writeConfig(dir, port)], { stdio: "ignore" })
    t.after(() => child.kill("SIGKILL"))
    if (await isReady(`127.0.0.1:${port}`, child)) return `127.0.0.1:${port}`
  }
  throw new Error("the registry never began")
}

/** Sends `method` to the registry with the credentials of a push access answer. */
function send(access, method, url, body, type = "application/octet-stream") {
  const credentials = Buffer.from(`${access.username}:${access.secret}`).toString("base64")
  const headers = { authorization: `Basic ${credentials}`, "content-type": type }
  return fetch(new URL(url, `http://${access.registryUrl}`), { method, headers, body })
}

async function pushBlob(access, repository, bytes) {
  const digest = `sha256:${crypto.createHash("sha256").update(bytes).digest("hex")}`
  const opened = await send(access, "POST", `/v2/${repository}/blobs/uploads/`)
  assert.strictEqual(opened.status, 202)
  const url = new URL(opened.headers.get("location"))
  url.searchParams.set("digest", digest)
  assert.strictEqual((await send(access, "PUT", url, bytes)).status, 201)
  return { digest, size: bytes.length }
}

async function pushImage(access, repository, tag) {
  const config = await pushBlob(access, repository, Buffer.from("{}"))
  const layer = await pushBlob(access, repository, Buffer.alloc(290, "x"))
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", ...layer }],
  })
  const answer = await send(access, "PUT", `/v2/${repository}/manifests/${tag}`, manifest, MANIFEST)
  assert.strictEqual(answer.status, 201, await answer.text())
}

test("push, register, active; and an image that is absent", { skip }, async (t) => {
  const host = await startRegistry(t)
  const registry = { url: `http://${host}`, username: USER, password: PASSWORD }
  const api = await standIn({ registry })
  t.after(api.close)

  const asked = Date.now()
  const { status, body: access } = await api.get("/api/docker-registry/registry-push-access")
  const ends = Date.parse(access.expiresAt) - 3600000
  assert.strictEqual(status, 200)
  assert.deepStrictEqual([access.registryUrl, access.project], [host, "daytona"])
  assert.ok(ends >= asked - 1000 && ends <= Date.now() + 1000)
  const elsewhere = await api.get("/api/docker-registry/registry-push-access?regionId=mars")
  assert.strictEqual(elsewhere.status, 500)

  await pushImage(access, "daytona/base", "1")
  await api.create({ name: "pushed", imageName: `${host}/daytona/base:1` })
  const active = await until(api, "pushed", "active")
  assert.strictEqual(active.size, 290 / 1024 ** 3)
  assert.match(active.ref, new RegExp(`^${host}/daytona/daytona-[0-9a-f]{64}:daytona$`))

  for (const image of ["daytona/nope:1", "daytona/base"]) {
    await api.create({ name: image, imageName: `${host}/${image}` })
    const { errorReason } = await until(api, image, "error")
    assert.ok(
      errorReason.startsWith(`Snapshot ${host}/${image} failed to inspect in registry on runner `),
    )
    assert.ok(
      errorReason.endsWith("Error: Error response from daemon: manifest unknown: manifest unknown"),
    )
  }
})

test("credentials the registry refuses end in an error", { skip }, async (t) => {
  const host = await startRegistry(t)
  const api = await standIn({ registry: { url: host, username: USER, password: "wrong" } })
  t.after(api.close)
  await api.create({ name: "x", imageName: `${host}/daytona/base:1` })
  assert.match((await until(api, "x", "error")).errorReason, /registry answered 401$/)
})
