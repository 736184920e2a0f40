// toolbox-sockets.test: logs and terminals over the WebSockets of the stand-in's sandboxes.
"use strict"

const assert = require("node:assert")
const test = require("node:test")
const { WebSocket } = require("ws")
const { FULL } = require("./testing")
const { background, withToolbox } = require("./testing-toolbox")

/** Everything a WebSocket at `rest` sends until it closes, or the status it is refused with. */
function received(api, rest) {
  const headers = { authorization: `Bearer ${FULL}` }
  const socket = new WebSocket(`${api.url.replace("http", "ws")}${api.base}${rest}`, { headers })
  return new Promise((resolve, reject) => {
    let text = ""
    socket.on("message", (data) => (text += data))
    socket.on("close", (code) => resolve({ text, code }))
    socket.on("unexpected-response", (req, res) => {
      req.destroy()
      resolve({ status: res.statusCode })
    })
    socket.on("error", reject)
  })
}

test("following a log over a WebSocket", async (t) => {
  const api = await withToolbox(t)
  const command = await background(api, "echo one; sleep 0.2; echo two")
  const followed = await received(api, `${command.base}/logs?follow=true`)
  assert.deepStrictEqual(followed, { text: "one\ntwo\n", code: 1000 })
  assert.deepStrictEqual(await received(api, `${command.base}/logs`), followed)
  const refused = await received(api, "/process/session/no/command/no/logs")
  assert.deepStrictEqual(refused, { status: 404 })
})

test("faults of sockets", async (t) => {
  const api = await withToolbox(t)
  const command = await background(api, "echo one; sleep 0.1; echo two")
  await command.ended()
  const set = (sockets) => api.control("config", { sockets })
  const follow = () => received(api, `${command.base}/logs?follow=true`)
  await set({ pieceBytes: 2, cutBytes: [3] })
  assert.deepStrictEqual(await follow(), { text: "one\n", code: 1006 })
  assert.deepStrictEqual(await follow(), { text: "one\ntwo\n", code: 1000 })
  await set({ absent: 502 })
  assert.deepStrictEqual(await follow(), { status: 502 })
})

/** A terminal, {call, base, socket, said, shown, closed}: what was said about it and what it shows. */
async function terminal(t, more = {}) {
  const api = await withToolbox(t)
  const body = { id: "p", rows: 30, cols: 90, lazyStart: true, ...more }
  assert.deepStrictEqual((await api.call("POST", "/process/pty", body)).body, { sessionId: "p" })
  const url = `${api.url.replace("http", "ws")}${api.base}/process/pty/p/connect`
  const headers = { authorization: `Bearer ${FULL}` }
  const socket = new WebSocket(url, "X-Daytona-Pty-Exit-Control", { headers })
  const seen = { ...api, socket, said: [], shown: "" }
  socket.on("message", (data, isBinary) => {
    if (isBinary) seen.shown += data
    else seen.said.push(JSON.parse(data))
  })
  seen.closed = new Promise((resolve) => {
    socket.on("close", (code, reason) => resolve([code, JSON.parse(reason)]))
  })
  await new Promise((resolve) => {
    socket.on("open", resolve)
  })
  seen.until = async (words) => {
    while (!seen.shown.includes(words)) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return seen
}

test("a terminal over a WebSocket", async (t) => {
  const seen = await terminal(t, { envs: { A: "b" } })
  assert.strictEqual(seen.socket.protocol, "X-Daytona-Pty-Exit-Control")
  seen.socket.send("stty size; echo $A-$A\n")
  await seen.until("30 90\r\nb-b\r\n")
  const resize = (rows, cols) => seen.call("POST", "/process/pty/p/resize", { rows, cols })
  assert.strictEqual((await resize(0, 10)).status, 400)
  assert.strictEqual((await resize(1001, 10)).status, 400)
  assert.strictEqual((await resize(40, 70)).body.cols, 70)
  seen.socket.send(Buffer.from("stty size; exit 3\n"))
  const ending = { exitCode: 3, exitReason: "exit status 3" }
  assert.deepStrictEqual(await seen.closed, [1000, ending])
  assert.match(seen.shown, /\r\n40 70\r\n/)
  const [connected, exited] = seen.said
  assert.deepStrictEqual(connected, { type: "control", status: "connected" })
  assert.deepStrictEqual(exited, { type: "control", status: "exited", ...ending })
  assert.strictEqual((await resize(10, 10)).status, 410)
  assert.strictEqual((await seen.call("GET", "/process/pty")).body.sessions[0].active, false)
})

test("a terminal's end, and what there is of it afterwards", async (t) => {
  const seen = await terminal(t)
  assert.strictEqual((await seen.call("POST", "/process/pty", { id: "p" })).status, 409)
  seen.socket.send("echo $((40 + 2))\n")
  await seen.until("42\r\n")
  assert.strictEqual((await seen.call("DELETE", "/process/pty/p")).status, 200)
  assert.deepStrictEqual((await seen.closed)[0], 1000)
  assert.strictEqual((await seen.call("DELETE", "/process/pty/p")).status, 404)
  assert.strictEqual((await seen.call("POST", "/process/pty/p/resize", { rows: 1, cols: 1 })).status, 410)
  assert.strictEqual((await seen.call("GET", "/process/pty/p/connect")).status, 400)
})

test("the entrypoint's log is what the test writes", async (t) => {
  const api = await withToolbox(t)
  await api.control("entrypoint", { name: "m", stdout: "up\n" })
  const logs = "/process/session/entrypoint/logs"
  assert.strictEqual((await api.call("GET", logs)).text, "up\n")
  const following = received(api, `${logs}?follow=true`)
  setTimeout(() => api.control("entrypoint", { name: "m", stdout: "down\n", exitCode: 0 }), 50)
  assert.deepStrictEqual(await following, { text: "up\ndown\n", code: 1000 })
  const { commands } = (await api.call("GET", "/process/session/entrypoint")).body
  assert.strictEqual(commands[0].exitCode, 0)
})

test("every WebSocket can be cut", async (t) => {
  const seen = await terminal(t)
  seen.socket.removeAllListeners("close")
  const cut = new Promise((resolve) => {
    seen.socket.once("close", resolve)
  })
  await seen.control("sockets/cut")
  assert.strictEqual(await cut, 1006)
})
