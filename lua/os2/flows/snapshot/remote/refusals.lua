--- What a build at Daytona cannot be given: its builder takes a Dockerfile and a context, and
--- nothing else.
local err = require("os2.err")
local json = require("os2.json")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.remote.refusals
local M = {}

local HERE <const> = "build on the local engine: leave out --remote"
local PLATFORM <const> = "linux/amd64"
-- A larger body is answered as if the route did not exist (404).
local LARGEST_BODY_BYTES <const> = 102400
-- For what stands in the body beside the Dockerfile: names, sizes, hashes.
local OTHER_FIELDS_BYTES <const> = 1024

local function fail(exit, message, hint)
  err.raise(err.new{
    kind = "invalid", exit = exit, op = "snapshot.remote", message = message, hint = hint,
  })
end

local function has(list)
  return list ~= nil and next(list) ~= nil
end

-- Each option: whether it is asked for, and the other way, if there is one.
local REFUSED <const> = {
  { "--secret", function(args) return has(args.secrets) end },
  { "--ssh", function(args) return has(args.ssh) end },
  { "--build-arg", function(args) return has(args.build_args) end,
    "write the value as the default of the Dockerfile's ARG" },
  { "--label", function(args) return has(args.labels) end, "write a LABEL in the Dockerfile" },
  { "--target", function(args) return (args.target or "") ~= "" end,
    "make that stage the last one: Daytona builds no other" },
  { "--no-cache", function(args) return args.is_uncached end },
  { "--pull", function(args) return args.is_base_pulled end },
  { "--cache-from", function(args) return has(args.cache_from) end },
  { "--add-host", function(args) return has(args.hosts) end },
  { "--network", function(args) return (args.network or "default") ~= "default" end },
  { "--run-key", function(args) return args.run_key ~= nil end,
    "use --if-changed: the same files are the same build" },
  { "--image", function(args) return args.image ~= nil end },
  { "--entrypoint", function(args) return has(args.entrypoint) end,
    "write it as the Dockerfile's ENTRYPOINT" },
  { "several regions", function(args) return #(args.regions or {}) > 1 end,
    "run once for each" },
  { "--also", function(args) return has(args.also) end },
  { "--pushed", function(args) return args.pushed ~= nil end },
  { "--platform", function(args) return args.platform ~= PLATFORM end,
    "Daytona builds for linux/amd64" },
}

--- Raises `invalid` (exit 2) for what this path lacks, also where a policy asks for it.
---@param args table  the command's arguments, with their defaults
---@param provider table
function M.check(args, provider)
  if provider.is_local then
    fail("usage", "--remote lets Daytona build, and --provider docker is this machine's engine",
      "leave out one of them")
  end
  for _, option in ipairs(REFUSED) do
    if option[2](args) then
      fail("usage", ("--remote does not go with %s (or the policy for it): Daytona's builder takes "
        .. "a Dockerfile and its context, and nothing else"):format(option[1]),
        option[3] and ("%s, or %s"):format(option[3], HERE) or HERE)
    end
  end
end

local function refuse_size(bytes)
  fail("config", ("the Dockerfile is too long for Daytona: its request would have %s, and the API "
    .. "takes %s (it answers 404 to more)"):format(terminal.plural(bytes, "byte"),
    terminal.plural(LARGEST_BODY_BYTES, "byte")),
    "move here-documents and long scripts into files that are copied, or " .. HERE)
end

--- Raises `invalid` (exit 3) for a Dockerfile that the API cannot be sent.
---@param text string
function M.check_length(text)
  local bytes = #json.encode(text) + OTHER_FIELDS_BYTES
  if bytes > LARGEST_BODY_BYTES then refuse_size(bytes) end
end

--- Raises `invalid` (exit 3) where the whole request is longer than the API takes.
---@param fields table  of the request
function M.check_body(fields)
  local bytes = #json.encode(fields)
  if bytes > LARGEST_BODY_BYTES then refuse_size(bytes) end
end

--- Raises `invalid` (exit 3) where a step must have a secret or an agent; warns where it may.
---@param file os2.docker.dockerfile
---@param warn fun(words: string)
function M.check_mounts(file, warn)
  for _, mount in ipairs(file:mounts{ secret = true, ssh = true }) do
    local what = ("line %d of the Dockerfile mounts a %s, and Daytona's builder has none"):format(
      mount.line, mount.type)
    if mount.is_required then fail("config", what, HERE) end
    warn(what .. ": the step runs without it")
  end
end

return M
