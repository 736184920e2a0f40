#!/usr/bin/env node
// server: starts the Daytona stand-in of the tests (see README.md).
"use strict"

const fs = require("node:fs")
const http = require("node:http")
const { parseArgs } = require("node:util")
const { createApp, createStreams } = require("./app")
const lifecycle = require("./lifecycle")
const sandboxStates = require("./sandbox-states")
const { World } = require("./state")
const surfaces = require("./surfaces")

const USAGE = `usage: node server.js [--port N] [--host ADDRESS] [--config FILE] [--state-file FILE]
                      [--registry URL --registry-user NAME]
The registry's password is read from DAYTONA_REGISTRY_PASSWORD.
`

const OPTIONS = {
  port: { type: "string", default: "0" },
  host: { type: "string", default: "127.0.0.1" },
  config: { type: "string" },
  "state-file": { type: "string" },
  registry: { type: "string" },
  "registry-user": { type: "string" },
  help: { type: "boolean" },
}

/**
 * Starts a stand-in.
 * @param {object} [options] config, stateFile (see state.js), port (0), host
 * @returns {Promise<{url: string, world: object, close: () => Promise<void>}>}
 */
async function start({ port = 0, host = "127.0.0.1", ...options } = {}) {
  await surfaces.ready
  const world = new World(options)
  world.load()
  lifecycle.resume(world)
  sandboxStates.resume(world)
  // A connection that is closed because nobody used it could take the next request with it, which a
  // client must not repeat.
  const server = http.createServer({ keepAliveTimeout: 600000 }, createApp(world))
  const streams = createStreams(world)
  server.on("upgrade", streams.upgrade)
  await new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, host, resolve)
  })
  world.origin = `http://${host}:${server.address().port}`
  const close = () => {
    world.close()
    world.gateway.close()
    streams.close()
    server.closeAllConnections()
    return new Promise((resolve) => {
      server.close(resolve)
    })
  }
  return { url: world.origin, world, close }
}

function configFrom(values, env) {
  const config = values.config ? JSON.parse(fs.readFileSync(values.config, "utf8")) : {}
  const url = values.registry || env.DAYTONA_REGISTRY_URL
  if (!url) return config
  const username = values["registry-user"] || env.DAYTONA_REGISTRY_USER
  const password = env.DAYTONA_REGISTRY_PASSWORD
  return { ...config, registry: { url, username, password, ...config.registry } }
}

function readArguments(argv) {
  try {
    return parseArgs({ args: argv, options: OPTIONS }).values
  } catch (error) {
    process.stderr.write(`server: ${error.message}\n${USAGE}`)
    return process.exit(2)
  }
}

async function main(argv, env) {
  const values = readArguments(argv)
  if (values.help) return process.stdout.write(USAGE)
  const standIn = await start({
    port: Number(values.port),
    host: values.host,
    stateFile: values["state-file"],
    config: configFrom(values, env),
  })
  const end = () => standIn.close().then(() => process.exit(0))
  process.on("SIGTERM", end)
  process.on("SIGINT", end)
  return process.stdout.write(`listening ${standIn.url}\n`)
}

if (require.main === module) {
  main(process.argv.slice(2), process.env).catch((error) => {
    process.stderr.write(`server: ${error.message}\n`)
    process.exit(1)
  })
}

module.exports = { start }
