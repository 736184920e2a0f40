// toolbox-process: commands run to their end, without a session.
"use strict"

const { ApiError, badRequest } = require("./errors")

const timedOut = () => new ApiError(408, "command execution timeout")

/** Both streams in the order they were written: the shell itself joins them. */
function joined(command) {
  return `exec 2>&1\n${command}`
}

function collect(child) {
  const chunks = []
  child.stdout.on("data", (chunk) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString()
}

function limited(toolbox, child, seconds) {
  if (!(seconds > 0)) return { over: false }
  const limit = { over: false }
  limit.timer = setTimeout(() => {
    limit.over = true
    toolbox.kill(child)
  }, seconds * 1000)
  return limit
}

/**
 * Runs `argv` in the sandbox. Resolves to {exitCode, result}; rejects with a 408 when it takes
 * longer than `timeout` seconds. A command that cannot be started has exit code -1.
 */
function run(toolbox, argv, { cwd, envs, timeout }) {
  const stdio = ["ignore", "pipe", "ignore"]
  const child = toolbox.spawn(argv[0], argv.slice(1), { cwd, envs, stdio })
  const output = collect(child)
  const limit = limited(toolbox, child, timeout)
  return new Promise((resolve, reject) => {
    child.on("error", (error) => resolve({ exitCode: -1, result: error.message }))
    child.on("close", (code) => {
      clearTimeout(limit.timer)
      if (limit.over) return reject(timedOut())
      resolve({ exitCode: code ?? -1, result: output() })
    })
  })
}

function executeCommand({ toolbox, body }) {
  if (typeof body.command !== "string") throw badRequest("command is required")
  if (body.command.trim() === "") throw badRequest("empty command")
  return run(toolbox, ["/bin/sh", "-c", joined(body.command)], body)
}

const INTERPRETERS = { python: ["python3", "-c"], javascript: ["node", "-e"] }

async function codeRun({ toolbox, body }) {
  const interpreter = INTERPRETERS[body.language]
  if (!interpreter) throw badRequest(`unsupported language: ${body.language}`)
  const argv = [...interpreter, String(body.code), ...(body.argv || [])]
  const command = ["/bin/sh", "-c", joined('exec "$@"'), "sh", ...argv]
  return { ...(await run(toolbox, command, body)), artifacts: { charts: [] } }
}

module.exports = { handlers: { CodeRun: codeRun, ExecuteCommand: executeCommand }, run }
