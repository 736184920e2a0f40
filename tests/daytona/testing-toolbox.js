// testing-toolbox: what the tests of toolboxes share.
"use strict"

const assert = require("node:assert")
const { standIn } = require("./testing")

/** A stand-in with the sandbox "m": its {id, base}, `call` for its toolbox, and `execute`. */
async function withToolbox(t, config) {
  const api = await standIn(config)
  t.after(api.close)
  await api.control("seed-sandboxes", { name: "m", body: { env: { GREETING: "hello" } } })
  const { id, toolboxProxyUrl } = (await api.get("/api/sandbox/m")).body
  const base = `${new URL(toolboxProxyUrl).pathname}/${id}`
  const call = (method, rest, body, more) => api.ask({ method, path: base + rest, body, ...more })
  const execute = (command, more) => call("POST", "/process/execute", { command, ...more })
  return { ...api, id, base, call, execute }
}

/** Starts `command` in a new session and returns {id, logs(query, headers), state()}. */
async function background(api, command) {
  await api.call("POST", "/process/session", { sessionId: "s" })
  const body = { command, runAsync: true }
  const { status, body: started } = await api.call("POST", "/process/session/s/exec", body)
  assert.strictEqual(status, 202)
  const base = `/process/session/s/command/${started.cmdId}`
  return {
    base,
    logs: (headers) => api.call("GET", `${base}/logs`, undefined, { headers }),
    async ended() {
      for (;;) {
        const { exitCode } = (await api.call("GET", base)).body
        if (exitCode !== undefined) return exitCode
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
  }
}

module.exports = { background, withToolbox }
