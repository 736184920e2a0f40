// toolbox.test: commands, sessions and files inside the stand-in's sandboxes.
"use strict"

const assert = require("node:assert")
const { execFileSync } = require("node:child_process")
const fs = require("node:fs")
const path = require("node:path")
const test = require("node:test")
const { PATIENCE_MS } = require("./testing")
const { background, withToolbox } = require("./testing-toolbox")

test("the environment of what is started from now on", async (t) => {
  const { call, execute } = await withToolbox(t)
  const change = { set: { A: "1", URL: "http://x" }, unset: ["GREETING"] }
  assert.strictEqual((await call("POST", "/env", change)).status, 200)
  const seen = async () => (await execute("echo $A,$URL,$GREETING")).body.result
  assert.strictEqual(await seen(), "1,http://x,\n")
  await call("POST", "/env", { unsetValuePrefix: "http:" })
  assert.strictEqual(await seen(), "1,,\n")
})

test("what the machine has", async (t) => {
  const { call } = await withToolbox(t)
  const { body } = await call("GET", "/system/metrics")
  assert.ok(body.cpuCount > 0 && body.memTotal > 0 && body.timestampUnix > 0)
  assert.match((await call("GET", "/version")).body.version, /^v/)
})

test("commands", async (t) => {
  const { execute } = await withToolbox(t)
  const rows = [
    ["echo $GREETING", 0, "hello\n"],
    ["echo out; echo err >&2; echo more", 0, "out\nerr\nmore\n"],
    ["exit 3", 3, ""],
    ["nosuchcommand", 127, /not found/],
    ["kill -9 $$", -1, ""],
    ["echo $DTN", 0, "set\n", { envs: { DTN: "set" } }],
    ["pwd", 0, /\/sub\n$/, { cwd: "sub" }],
    ["pwd", -1, /ENOENT/, { cwd: "nosuch" }],
    ["cat", 0, ""],
  ]
  await execute("mkdir sub")
  for (const [command, exitCode, result, more] of rows) {
    const { status, body } = await execute(command, more)
    assert.deepStrictEqual([status, body.exitCode], [200, exitCode], command)
    if (result instanceof RegExp) assert.match(body.result, result)
    else assert.strictEqual(body.result, result, command)
  }
})

test("refusals of a command", async (t) => {
  const { execute, call } = await withToolbox(t)
  const late = await execute("sleep 30 & sleep 30", { timeout: 1 })
  assert.deepStrictEqual([late.status, late.body.message], [408, "command execution timeout"])
  assert.deepStrictEqual(Object.keys(late.body), [
    "statusCode",
    "message",
    "timestamp",
    "path",
    "method",
  ])
  assert.strictEqual(late.body.path, "/process/execute")
  assert.strictEqual((await execute(" ")).body.message, "empty command")
  assert.strictEqual(
    (await call("POST", "/process/execute", {})).body.message,
    "command is required",
  )
})

test("who gets in", async (t) => {
  const api = await withToolbox(t)
  const status = async (more) => (await api.call("GET", "/work-dir", undefined, more)).status
  const { token } = (await api.get("/api/sandbox/m/ports/3000/preview-url")).body
  assert.strictEqual(await status({}), 200)
  assert.strictEqual(await status({ key: null }), 401)
  assert.strictEqual(await status({ key: "dtn_test_key_other" }), 404)
  assert.strictEqual(
    await status({ key: null, headers: { "x-daytona-preview-token": token } }),
    200,
  )
  await api.control("sandbox", { name: "m", set: { state: "stopped" } })
  const stopped = await api.call("GET", "/work-dir")
  assert.deepStrictEqual(
    [stopped.status, stopped.body.message],
    [400, "no IP address found. Is the Sandbox started?"],
  )
})

test("paths that are none", async (t) => {
  const api = await withToolbox(t)
  const get = async (path, more) => {
    const { status, body } = await api.call("GET", path, undefined, more)
    return [status, body.message]
  }
  const missing = [404, "404 page not found"]
  assert.deepStrictEqual(await get("/nosuch"), missing)
  assert.deepStrictEqual(await get("/nosuch", { key: null }), [401, "Invalid credentials"])
  assert.deepStrictEqual(await get("//work-dir"), missing)
  const malformed = [400, "Failed to decode path parameter"]
  assert.deepStrictEqual(await get("/process/session/%zz"), malformed)
  await api.control("sandbox", { name: "m", set: { state: "stopped" } })
  assert.deepStrictEqual(await get("/nosuch"), missing)
})

test("faults and the log reach into sandboxes", async (t) => {
  const api = await withToolbox(t)
  const action = { type: "html", status: 502 }
  await api.control("faults", { match: { path: "/process/execute" }, action })
  assert.strictEqual((await api.execute("true")).status, 502)
  assert.strictEqual((await api.execute("true")).status, 200)
  const { body } = await api.ask({ path: "/_test/counts", key: null })
  assert.strictEqual(body["POST /toolbox/{sandboxId}/process/execute"], 2)
})

test("a session keeps its state", async (t) => {
  const { call } = await withToolbox(t)
  const session = { sessionId: "s" }
  assert.strictEqual((await call("POST", "/process/session", session)).status, 201)
  assert.strictEqual((await call("POST", "/process/session", session)).status, 409)
  const run = async (command) => (await call("POST", "/process/session/s/exec", { command })).body
  await run("mkdir d && cd d && X=1")
  const shown = await run("basename $PWD; echo $X; false")
  assert.deepStrictEqual([shown.output, shown.exitCode], ["d\n1\n", 1])
  const all = (await call("GET", "/process/session")).body
  assert.deepStrictEqual(
    all[0].commands.map((command) => command.exitCode),
    [0, 1],
  )
  assert.strictEqual((await run("exit 4")).exitCode, 4)
  assert.strictEqual((await call("DELETE", "/process/session/s")).status, 204)
  assert.strictEqual((await call("GET", "/process/session/s")).body.message, "session not found")
})

test("logs together, marked or apart", async (t) => {
  const api = await withToolbox(t)
  const command = await background(api, "echo out; sleep 0.1; echo err >&2; exit 2")
  assert.strictEqual(await command.ended(), 2)
  const marked = "\x01\x01\x01out\n\x02\x02\x02err\n"
  assert.strictEqual((await command.logs({})).text, "out\nerr\n")
  assert.strictEqual((await command.logs({ "x-daytona-sdk-version": "0.26.0" })).text, "out\nerr\n")
  assert.strictEqual((await command.logs({ "x-daytona-sdk-version": "0.30.0" })).text, marked)
  for (const headers of [
    { "x-daytona-sdk-version": "0.190.0" },
    { "x-daytona-split-output": "true" },
  ]) {
    const { body } = await command.logs(headers)
    assert.deepStrictEqual(body, { output: marked, stdout: "out\n", stderr: "err\n" })
  }
})

test("input to a command", async (t) => {
  const api = await withToolbox(t)
  const command = await background(api, "read -r line; echo got $line")
  const input = (data) => api.call("POST", `${command.base}/input`, { data })
  assert.strictEqual((await input("this\n")).status, 204)
  assert.strictEqual(await command.ended(), 0)
  assert.strictEqual((await command.logs({})).text, "got this\n")
  assert.strictEqual((await input("late\n")).status, 410)
})

/** A form with one file, {body, headers}. */
function form(parts) {
  const pieces = parts.map(([name, text]) => {
    const file = name.endsWith("path") ? "" : '; filename="f"'
    return `--B\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${text}\r\n`
  })
  const headers = { "content-type": "multipart/form-data; boundary=B" }
  return { body: `${pieces.join("")}--B--\r\n`, headers }
}

test("files", async (t) => {
  const api = await withToolbox(t)
  const { call } = api
  const upload = async (route, name, text) => {
    const { body, headers } = form([["file", text]])
    return call("POST", `/files/${route}?path=${name}`, body, { headers })
  }
  assert.strictEqual((await upload("upload-v2", "/home/x.txt", "one\r\ntwo")).body.name, "x.txt")
  assert.strictEqual((await upload("upload", "y.txt", "why")).status, 200)
  assert.strictEqual((await call("GET", "/files/download?path=/home/x.txt")).text, "one\r\ntwo")
  assert.strictEqual((await api.execute("cat home/x.txt y.txt")).body.result, "one\r\ntwowhy")
  assert.strictEqual((await call("GET", "/files/download?path=nosuch")).status, 404)
  assert.strictEqual((await call("GET", "/files/download?path=home")).status, 400)
  assert.strictEqual((await call("POST", "/files/folder?path=d&mode=0700")).status, 201)
  assert.strictEqual((await call("POST", "/files/move?source=y.txt&destination=d/z")).status, 200)
  assert.strictEqual((await call("POST", "/files/permissions?path=d/z&mode=0600")).status, 200)
  const info = (await call("GET", "/files/info?path=d/z")).body
  assert.deepStrictEqual(
    [info.name, info.size, info.mode, info.permissions],
    ["z", 3, "-rw-------", "0600"],
  )
  const names = (await call("GET", "/files")).body.map(({ name }) => name)
  assert.deepStrictEqual(names, ["d", "home"])
  assert.strictEqual((await call("DELETE", "/files?path=d")).status, 400)
  assert.strictEqual((await call("DELETE", "/files?path=d&recursive=true")).status, 204)
  assert.strictEqual((await call("GET", "/files/info?path=d")).status, 404)
})

test("no path leads out of a sandbox", async (t) => {
  const { call } = await withToolbox(t)
  for (const name of ["../../../etc/passwd", "/etc/passwd", "/../etc/passwd"]) {
    assert.strictEqual((await call("GET", `/files/download?path=${name}`)).status, 404, name)
  }
})

test("many files at once, and what is in them", async (t) => {
  const { call } = await withToolbox(t)
  const sent = form([
    ["files[0].path", "a.txt"],
    ["files[0].file", "first"],
    ["files[1].path", "b/c.txt"],
    ["files[1].file", "second"],
  ])
  await call("POST", "/files/bulk-upload", sent.body, { headers: sent.headers })
  const bulk = await call("POST", "/files/bulk-download", { paths: ["b/c.txt", "nosuch"] })
  assert.match(bulk.text, /name="file"; filename="b\/c\.txt"[^]*second[^]*name="error"/)
  const search = (await call("GET", "/files/search?path=.&pattern=*.txt")).body.files
  assert.deepStrictEqual(
    search.map((file) => path.basename(file)),
    ["a.txt", "c.txt"],
  )
  const [found] = (await call("GET", "/files/find?path=.&pattern=eco")).body
  assert.deepStrictEqual([found.line, found.content], [1, "second"])
  const request = { files: ["a.txt"], pattern: "first", newValue: "third" }
  assert.strictEqual((await call("POST", "/files/replace", request)).body[0].success, true)
  assert.strictEqual((await call("GET", "/files/download?path=a.txt")).text, "third")
})

test("git", async (t) => {
  const { call, execute } = await withToolbox(t)
  assert.strictEqual((await call("POST", "/git/init", { path: "r" })).status, 201)
  await execute("echo x > r/f")
  const status = async () => (await call("GET", "/git/status?path=r")).body.fileStatus
  assert.deepStrictEqual((await status())[0].worktree, "Untracked")
  await call("POST", "/git/add", { path: "r", files: ["f"] })
  const identity = { author: "A", email: "a@example.com", message: "one" }
  const { hash } = (await call("POST", "/git/commit", { path: "r", ...identity })).body
  assert.strictEqual((await call("GET", "/git/history?path=r")).body[0].hash, hash)
  assert.deepStrictEqual(await status(), [])
  await call("POST", "/git/branches", { path: "r", name: "side" })
  await call("POST", "/git/checkout", { path: "r", branch: "side" })
  assert.strictEqual((await call("GET", "/git/branches?path=r")).body.current, "side")
  assert.strictEqual((await call("GET", "/git/status?path=nosuch")).status, 404)
})

test("ports and the rest", async (t) => {
  const { call } = await withToolbox(t, { previews: { healthyAfter: 0 } })
  assert.deepStrictEqual((await call("GET", "/port")).body, { ports: [3000] })
  assert.deepStrictEqual((await call("GET", "/port/3000/in-use")).body, { isInUse: true })
  assert.deepStrictEqual((await call("GET", "/port/3001/in-use")).body, { isInUse: false })
  assert.strictEqual((await call("GET", "/version")).body.version, "v0.190.0")
  assert.strictEqual((await call("GET", "/nosuch")).status, 404)
})

test("nothing stays behind a sandbox", async (t) => {
  const api = await withToolbox(t)
  const { dir } = (await api.call("GET", "/work-dir")).body
  const command = `sleep 4242.${process.pid}` // the list of processes is everybody's
  await api.execute(`${command} >/dev/null 2>&1 &`)
  await background(api, command)
  await api.remove("/api/sandbox/m")
  assert.ok(!fs.existsSync(dir))
  await api.control("seed-sandboxes", { name: "n" })
  const { id } = (await api.get("/api/sandbox/n")).body
  const second = (await api.get(`/toolbox/${id}/work-dir`)).body.dir
  assert.ok(fs.existsSync(second))
  await api.control("reset")
  assert.ok(!fs.existsSync(second))
  const isRunning = () => execFileSync("ps", ["-eo", "args"]).toString().includes(command)
  for (const ends = Date.now() + PATIENCE_MS; isRunning() && Date.now() < ends; );
  assert.ok(!isRunning())
})
