--- Pushes and pulls: streams of lines whose failures come inside a 200 answer.
local client = require("os2.docker.client")
local clock = require("os2.clock")
local config = require("os2.docker.config")
local err = require("os2.err")
local errors = require("os2.docker.errors")
local json = require("host.json")
local arguments = require("os2.base.arguments")
local policy = require("os2.policy")
local reference = require("os2.docker.reference")
local stream = require("os2.docker.stream")
local transfer = require("os2.docker.transfer")

---@class os2.docker.push
local M = {}

--- Returns the value of X-Registry-Auth: those given, else those of Docker's config.
---@param ref string
---@param auth table?  {username, password} or {identitytoken}
---@return string
function M.auth_header(ref, auth)
  local host = reference.registry(ref)
  auth = auth or config.credentials(client.connect().config, host)
  return config.header(auth, host)
end

local function follow(on_progress, op, merger, finish)
  return stream.open(on_progress, {
    op = op, merger = merger, finish = finish,
    on_raw = function(text)
      local line = json.decode(text)
      if type(line) == "table" then merger:feed(line) end
    end,
  })
end

-- Every failure of a push is inside the stream, and a stream may end without a word: only the line
-- with the digest means success.
local function push_outcome(merger, options)
  local about = "push " .. options.ref
  if merger.failure then
    return nil, errors.of_registry("docker.push", merger.failure.message, about, not options.auth)
  end
  local pushed = merger.pushed
  if not pushed then
    return nil, err.new{
      kind = "protocol", op = "docker.push", retryable = true,
      message = about .. ": the engine's answer ended before the digest was told",
    }
  end
  return { digest = pushed.Digest, size = pushed.Size, tag = pushed.Tag }
end

local REPEATING <const> = "; the registry did not take a layer, and the engine was sending it again"

-- Of an answer that came to no end; the engine's own refusals name what they are about. Why a layer
-- was not taken the engine tells only when it gives up.
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
  local merger, started = transfer.push(), clock.monotonic()
  local op = client.start("image_push", { name = name, tag = tag }, {
    headers = { "X-Registry-Auth: " .. M.auth_header(options.ref, options.auth) },
    timeout = options.timeout or policy.ask("timeouts.push"),
  })
  return follow(options.on_progress, op, merger, function(response, failure)
    local wrong = client.check("docker.push", "image_push", started, response, failure)
    if wrong then return nil, explain(wrong, "push " .. options.ref, merger) end
    return push_outcome(merger, options)
  end)
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
  local merger, started = transfer.pull(), clock.monotonic()
  local op = client.start("image_create", {
    fromImage = name, tag = digest or tag or "latest", platform = options.platform,
  }, {
    headers = { "X-Registry-Auth: " .. M.auth_header(options.ref, options.auth) },
    timeout = options.timeout or policy.ask("timeouts.push"),
  })
  return follow(options.on_progress, op, merger, function(response, failure)
    local wrong = client.check("docker.pull", "image_create", started, response, failure)
    if wrong then return nil, explain(wrong, "pull " .. options.ref, merger) end
    if not merger.failure then return { ref = options.ref } end
    return nil, errors.of_registry("docker.pull", merger.failure.message, "pull " .. options.ref,
      not options.auth)
  end)
end

return M
