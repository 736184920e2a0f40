--- Child processes, started with an argument list and never through a shell.
local err = require("os2.err")
local native_proc = require("host.proc")
local arguments = require("os2.base.arguments")
local task = require("os2.task")

---@class os2.proc
local M = {}

--- Signal numbers by name: HUP, INT, TERM, KILL.
M.signals = native_proc.signals

local RUN_OPTIONS <const> = {
  input = "string?", env = "table?", cwd = "string?", timeout = "number", stderr = "string?",
  limit = "integer?",
}

local function check_argv(name, argv)
  if type(argv) ~= "table" or #argv == 0 then
    arguments.misuse(name .. ": argv must be a list: the program and its arguments")
  end
  for index = 1, #argv do
    if type(argv[index]) ~= "string" then
      local message = "%s: argv[%d] must be a string, not %s"
      arguments.misuse(message:format(name, index, type(argv[index])))
    end
  end
end

local function check_environment(name, changes)
  for variable, value in pairs(changes or {}) do
    if type(variable) ~= "string" or (type(value) ~= "string" and value ~= false) then
      arguments.misuse(("%s: env.%s must be a string or false"):format(name, tostring(variable)))
    end
  end
end

-- Returns the whole environment of a child: that of os2 with `changes`; the value false removes a
-- variable.
local function environment(changes)
  if not changes then return nil end
  local list = {}
  for _, entry in ipairs(native_proc.environment()) do
    if changes[entry:match("^[^=]*")] == nil then list[#list + 1] = entry end
  end
  for name, value in pairs(changes) do
    if value then list[#list + 1] = name .. "=" .. value end
  end
  return list
end

--- Starts a program and returns a stream of {stream = "stdout"|"stderr", data = bytes}; its result
--- is {code, signal?}. Its methods are write, close_stdin, kill(signal) and pid. Closing it kills
--- the program. Raises `not_found` when there is no such program.
--- stdin, stdout and stderr are "pipe" (the default), "null" or "inherit". `env` changes the
--- environment; the value false removes a variable. With `group` the program leads a process group,
--- and signals go to the group. `timeout` in seconds.
---@param argv string[]
---@param options? {env: table?, cwd: string?, stdin: string?, stdout: string?, stderr: string?,
---  group: boolean?, timeout: number?}
---@return userdata
function M.spawn(argv, options)
  options = arguments.check("proc.spawn", options, {
    env = "table?", cwd = "string?", stdin = "string?", stdout = "string?", stderr = "string?",
    group = "boolean?", timeout = "number?",
  })
  check_argv("proc.spawn", argv)
  check_environment("proc.spawn", options.env)
  return err.check(native_proc.spawn{
    argv = argv, env = environment(options.env), cwd = options.cwd, stdin = options.stdin,
    stdout = options.stdout, stderr = options.stderr, group = options.group,
    timeout = options.timeout,
  })
end

local function refuse_more(argv, limit)
  err.raise(err.new{
    kind = "protocol", op = "proc.run",
    message = ("%s wrote more than the %d bytes that are taken of it"):format(argv[1], limit),
  })
end

local function read_all(process, argv, limit)
  local parts, left = { stdout = {}, stderr = {} }, limit or math.huge
  for event in process do
    local list = parts[event.stream]
    list[#list + 1] = event.data
    left = left - #event.data
    if left < 0 then refuse_more(argv, limit) end
  end
  return table.concat(parts.stdout), table.concat(parts.stderr)
end

local function feed(process, input)
  process:write(input)
  process:close_stdin()
end

-- Writes and reads at the same time: a program that writes while it reads would otherwise wait for
-- us while we wait for it.
local function feed_and_read(process, argv, input, limit)
  return task.group(function(group)
    if input then group:spawn(feed, process, input) end
    return read_all(process, argv, limit)
  end)
end

--- Runs a program to its end and returns {code, signal?, stdout, stderr}. A code other than 0 is an
--- answer, not an error. `timeout` in seconds, `limit` in bytes of output. Raises `not_found` (no
--- such program), `timeout`, and `protocol` when the output exceeds `limit`.
---@param argv string[]
---@param options {timeout: number, input: string?, env: table?, cwd: string?, stderr: string?,
---  limit: integer?}
---@return {code: integer, signal: integer?, stdout: string, stderr: string}
function M.run(argv, options)
  arguments.check("proc.run", options, RUN_OPTIONS)
  local process <close> = M.spawn(argv, {
    env = options.env, cwd = options.cwd, timeout = options.timeout, group = true,
    stdin = options.input and "pipe" or "null", stderr = options.stderr,
  })
  local stdout, stderr = feed_and_read(process, argv, options.input, options.limit)
  local status = err.check(process:result())
  return { code = status.code, signal = status.signal, stdout = stdout, stderr = stderr }
end

return M
