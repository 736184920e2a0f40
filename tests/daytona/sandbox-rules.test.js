// sandbox-rules.test: requests on sandboxes answered as the real API was seen to answer them.
"use strict"

const assert = require("node:assert")
const test = require("node:test")
const { ROWS } = require("./observed-sandboxes")
const { standIn } = require("./testing")

const STATES = ["started", "stopped", "archived", "archiving", "stopping", "error"]

const SETUP = { timetable: { stopping: 60000 } }

async function prepare(api, { snapshot = "active", ...config }) {
  await api.control("reset")
  await api.control("config", { ...SETUP, ...config })
  await api.control("seed", { name: "seeded", set: { state: snapshot } })
  for (const state of STATES) {
    const set = { state, desiredState: state, recoverable: state === "error" }
    await api.control("seed-sandboxes", { name: state, set })
  }
}

test("requests on sandboxes and their answers", async (t) => {
  const api = await standIn()
  t.after(api.close)
  for (const [what, asked, status, message, config = {}, state] of ROWS) {
    await t.test(what, async () => {
      await prepare(api, config)
      const answer = await api.ask(asked)
      assert.strictEqual(answer.status, status, answer.text)
      if (message !== undefined) assert.strictEqual(answer.body.message, message)
      if (state !== undefined) assert.strictEqual(answer.body.state, state)
    })
  }
})

test("quotas count what sandboxes take in their states", async (t) => {
  const api = await standIn({ sandboxQuota: { cpu: 2, disk: 9, count: 4 } })
  t.after(api.close)
  await api.control("seed", { name: "re-1" })
  await api.control("seed-sandboxes", { name: "running-{n}", count: 2 })
  const make = () => api.post("/api/sandbox", { snapshot: "re-1" })
  const refused = async (text) => {
    const { status, body } = await make()
    assert.strictEqual(status, 400)
    assert.match(body.message, text)
  }
  await refused(/^Total CPU limit exceeded\. Maximum allowed: 2\.\n/)
  await api.control("sandbox", { name: "running-1", set: { state: "stopped" } })
  assert.strictEqual((await make()).status, 200)
  await api.control("sandbox", { name: "running-2", set: { state: "stopped" } })
  await refused(/^Total disk limit exceeded\. Maximum allowed: 9GiB\.\n/)
  await api.control("sandbox", { name: "running-2", set: { state: "archived" } })
  assert.strictEqual((await make()).status, 200)
  await api.control("config", { sandboxQuota: { cpu: null, disk: null } })
  await refused(/^Sandbox quota exceeded\. Maximum allowed: 4\.\n/)
  await api.remove("/api/sandbox/running-2")
  assert.strictEqual((await make()).status, 200)
})
