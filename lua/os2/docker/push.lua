--- Pushes and pulls: streams of lines that report a failure inside an answer with status 200.
local answer_lines = require("os2.docker.answer_lines")
local client = require("os2.docker.client")
local clock = require("os2.clock")
local config = require("os2.docker.config")
local err = require("os2.err")
local errors = require("os2.docker.errors")
local arguments = require("os2.base.arguments")
local policy = require("os2.policy")
local reference = require("os2.docker.reference")
local stream = require("os2.docker.stream")
local transfer = require("os2.docker.transfer")

---@class os2.docker.push
local M = {}

--- Returns the value of X-Registry-Auth: the given credentials, else those of Docker's
--- configuration.
---@param ref string
---@param auth table?  {username, password} or {identitytoken}
---@return string
function M.auth_header(ref, auth)
  local host = reference.registry(ref)
  auth = auth or config.credentials(client.connect().config, host)
  return config.header(auth, host)
end

local REPEATING <const> = "; the registry did not take a layer, and the engine was sending it again"

-- Adds the subject to the error of an answer that did not end; the engine's own refusals name it
-- already. The engine tells why a layer was not accepted only when it gives up.
local function explain(failure, about, merger)
  if failure.status then return failure end
  local is_late = failure.kind == "timeout" and merger.is_repeating
  failure.message = ("%s: %s%s"):format(about, failure.message, is_late and REPEATING or "")
  if is_late then
    failure.hint = "allow a push more time (policy timeouts.push): after about a minute the engine "
      .. "gives up and says why"
  end
  return failure
end

-- A stream may end without an error; only the line with the digest proves that an image was pushed.
local function push_outcome(merger, about)
  local pushed = merger.pushed
  if pushed then return { digest = pushed.Digest, size = pushed.Size, tag = pushed.Tag } end
  return nil, err.new{
    kind = "protocol", op = "docker.push", retryable = true,
    message = about .. ": the engine's answer ended before the digest was told",
  }
end

-- The failures of a push or a pull are all inside the stream.
local function outcome_of(act, merger, lines, options)
  local about = act.verb .. " " .. options.ref
  local told = merger.failure
  if told then return nil, errors.of_registry(act.op, told.message, about, not options.auth) end
  if lines:last_fault() then return nil, lines:last_fault() end
  return act.outcome(merger, about, options)
end

local PUSH <const> = {
  verb = "push", op = "docker.push", row = "image_push", new_merger = transfer.push,
  outcome = push_outcome,
}

local PULL <const> = {
  verb = "pull", op = "docker.pull", row = "image_create", new_merger = transfer.pull,
  outcome = function(_, _, options) return { ref = options.ref } end,
}

local function start(act, params, options)
  return client.start(act.row, params, {
    headers = { "X-Registry-Auth: " .. M.auth_header(options.ref, options.auth) },
    timeout = options.timeout or policy.ask("timeouts.push"),
  })
end

local function follow(act, params, options)
  local merger, lines, started = act.new_merger(), answer_lines.new(act.op), clock.monotonic()
  return stream.open(options.on_progress, {
    op = start(act, params, options), merger = merger,
    on_raw = function(text)
      local line = lines:decode(text)
      if line then merger:feed(line) end
    end,
    finish = function(response, failure)
      local wrong = client.check(act.op, act.row, started, response, failure)
      if wrong then return nil, explain(wrong, act.verb .. " " .. options.ref, merger) end
      return outcome_of(act, merger, lines, options)
    end,
  })
end

local function require_tag(ref)
  local name, tag, digest = reference.split(ref)
  if not digest then return name, tag or "latest" end
  err.raise(err.new{
    kind = "invalid", op = "docker.push",
    message = ("%s names a digest, and a push needs a tag: registry/name:tag"):format(ref),
  })
end

--- Pushes an image; see `os2.docker.push`.
---@param options table
---@return any
function M.start(options)
  arguments.check("docker.push", options, {
    ref = "string", auth = "table?", timeout = "number?", on_progress = "function?",
  })
  local name, tag = require_tag(options.ref)
  return follow(PUSH, { name = name, tag = tag }, options)
end

--- Pulls an image; see `os2.docker.pull`.
---@param options table
---@return any
function M.pull(options)
  arguments.check("docker.pull", options, {
    ref = "string", auth = "table?", platform = "string?", timeout = "number?",
    on_progress = "function?",
  })
  local name, tag, digest = reference.split(options.ref)
  return follow(PULL, {
    fromImage = name, tag = digest or tag or "latest", platform = options.platform,
  }, options)
end

return M
