--- Runs commands in a container, and reads its logs.
local attached = require("os2.docker.attached")
local client = require("os2.docker.client")
local clock = require("os2.clock")
local err = require("os2.err")
local json = require("os2.json")
local arguments = require("os2.base.arguments")
local output = require("os2.docker.output")
local policy = require("os2.policy")
local records = require("os2.docker.records")
local task = require("os2.task")

---@class os2.docker.container
local M = {}

local JSON_BODY <const> = { "Content-Type: application/json" }
-- With a terminal the engine keeps ctrl-p back and ends the stream at ctrl-p ctrl-q, unless it is
-- told of a sequence that nobody types.
local NO_DETACH_KEYS <const> = ("ctrl-@,"):rep(7) .. "ctrl-@"
-- An engine may report a command's end only a moment after its output has ended.
local END_SECONDS <const>, NAP_SECONDS <const> = 1, 0.05

--- Prepares a command in a container without running it. Returns its id. Raises `not_found`, and
--- `conflict` when the container does not run. Waits.
---@param container string  name or id
---@param argv string[]
---@param options? {cwd: string?, env: table<string, string>?, is_attached: boolean?, is_tty:
---  boolean?}  is_attached: it gets a stdin; is_tty: and a terminal
---@return string
function M.prepare(container, argv, options)
  options = arguments.check("docker.prepare", options, {
    cwd = "string?", env = "table?", is_attached = "boolean?", is_tty = "boolean?",
  })
  local env = {}
  for key, value in pairs(options.env or {}) do env[#env + 1] = key .. "=" .. value end
  return records.made("container_exec", client.ask("container_exec", {
    id = container, Cmd = json.array(argv), AttachStdout = true, AttachStderr = true,
    AttachStdin = options.is_attached, Tty = options.is_tty,
    DetachKeys = options.is_tty and NO_DETACH_KEYS or nil, WorkingDir = options.cwd,
    Env = #env > 0 and env or nil,
  })).Id
end

--- Returns the state of a prepared command: {Running, ExitCode (null before its end), Pid}. Waits.
---@param id string  from `prepare`
---@return table
function M.state(id)
  return records.exec(client.ask("exec_inspect", { id = id }))
end

--- Returns true when a command has ended. Podman also gives the code 0 to a command that has never
--- started, but only a command that has ended can be removed there.
---@param state table  from `state`
---@param state table  what `state` returned
---@return boolean
function M.has_ended(state)
  if state.Running or not math.type(state.ExitCode) then return false end
  return state.ExitCode ~= 0 or (state.Pid or 0) ~= 0 or state.CanRemove == true
end

local function refuse_cut(state)
  err.raise(err.new{
    kind = "network", op = "docker.exec", is_sent = true,
    message = state.Running and "the connection to the engine was cut while the command still runs"
      or "the connection to the engine was cut, and it does not know how the command ended",
    hint = "check the engine; effects of the command until then remain",
  })
end

-- A connection that was cut looks like the end of the output; only the engine can tell them apart.
local function code_of(id)
  local due, state = clock.monotonic() + END_SECONDS, M.state(id)
  while not M.has_ended(state) do
    if clock.monotonic() >= due then refuse_cut(state) end
    task.sleep(NAP_SECONDS)
    state = M.state(id)
  end
  return state.ExitCode
end

--- Runs a prepared command, once. Returns a stream of {stream, data}; its result is {code}. Raises
--- `network` when the connection is cut before the command has ended.
---@param id string  from `prepare`
---@param options? {timeout: number?, on_progress: function?}
---@return os2.docker.stream
function M.run(id, options)
  options = arguments.check("docker.exec", options,
    { timeout = "number?", on_progress = "function?" })
  return output.open("docker.exec", "exec_start", { id = id }, {
    timeout = options.timeout or policy.ask("timeouts.exec"), headers = JSON_BODY,
    body = json.encode{ Detach = false, Tty = false }, on_progress = options.on_progress,
    result = function() return { code = code_of(id) } end,
  })
end

--- Runs a command in a container; see `docker.exec`.
---@param container string
---@param argv string[]
---@param options? table
---@return os2.docker.stream
function M.exec(container, argv, options)
  options = arguments.check("docker.exec", options, {
    cwd = "string?", env = "table?", timeout = "number?", on_progress = "function?",
  })
  local id = M.prepare(container, argv, { cwd = options.cwd, env = options.env })
  return M.run(id, { timeout = options.timeout, on_progress = options.on_progress })
end

--- Returns the output of a container; see `docker.logs`. A container with a terminal has one
--- stream, stdout, which is not framed.
---@param container string
---@param options? table
---@return os2.docker.stream
function M.logs(container, options)
  options = arguments.check("docker.logs", options, {
    follow = "boolean?", tail = "integer?", since = "number?", timeout = "number?",
    on_progress = "function?",
  })
  local found = client.ask("container_inspect", { id = container })
  return output.open("docker.logs", "container_logs", {
    id = container, stdout = "true", stderr = "true", follow = tostring(options.follow or false),
    tail = options.tail and tostring(options.tail) or "all",
    since = options.since and ("%.9f"):format(options.since) or nil,
  }, {
    timeout = options.timeout
      or policy.ask(options.follow and "timeouts.follow" or "timeouts.engine"),
    on_progress = options.on_progress,
    is_raw = type(found.Config) == "table" and found.Config.Tty == true,
  })
end

--- Runs a prepared command, once, and connects its stdin; see os2.docker.attached.
---@param id string  from `prepare` with `is_attached`
---@param options {timeout: number, is_tty: boolean?, is_written: boolean?, rows: integer?, columns:
---  integer?}
---@return os2.docker.attached
function M.attach(id, options)
  return attached.open(id, options, code_of)
end

return M
