--- Checks which command an image runs by itself, before it is pushed or registered.
local err = require("os2.err")
local native_json = require("host.json")
local policy = require("os2.policy")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.command
local M = {}

local function is_list_with_words(value)
  return type(value) == "table" and #value > 0
end

local function refuse(ctx, config, why)
  local words = is_list_with_words(config.Cmd) and native_json.encode(config.Cmd) or '["program"]'
  words = words:gsub("\\/", "/")
  err.raise(err.new{
    kind = "invalid", op = "snapshot.command",
    message = ("the image of %s is not used: %s"):format(ctx.name, why),
    hint = "write the whole command as ENTRYPOINT: " .. terminal.clean("ENTRYPOINT " .. words),
  })
end

-- An image that an earlier run has built was checked by that run, with its Dockerfile.
local function is_written(ctx)
  return ctx.dockerfile ~= nil and ctx.dockerfile:writes("CMD")
end

--- Asks the policy `snapshot.command` about the image: warns, or raises an error that says what to
--- change.
---@param ctx table
function M.check(ctx)
  local config = type(ctx.image.Config) == "table" and ctx.image.Config or {}
  local action, why = policy.ask("snapshot.command", {
    has_entrypoint = is_list_with_words(config.Entrypoint),
    has_cmd = is_list_with_words(config.Cmd),
    is_cmd_written = is_written(ctx), provider = ctx.provider.name,
  })
  why = type(why) == "string" and why or "policy snapshot.command says so"
  if action == "refuse" then refuse(ctx, config, why) end
  if action == "warn" then ctx.ui:warn(why) end
end

return M
