--- What is wrong, of what `os2 status` has found, each with the command that mends it.
local clock = require("os2.clock")
local lists = require("os2.base.lists")
local open = require("os2.flows.snapshots.open")
local policy = require("os2.policy")
local terminal = require("os2.text.terminal")

---@class os2.flows.status.problems
local M = {}

local function of_key(add, found)
  local key = found.key
  if not key then return end
  for _, permission in ipairs(policy.ask("snapshot.permissions")) do
    if not lists.has(key.permissions, permission) then
      add(("the key '%s' lacks %s, so it makes no snapshot"):format(key.name, permission),
        "make a key with it in the Daytona dashboard, and set DAYTONA_API_KEY")
    end
  end
  local ends = key.expires_at and clock.parse_iso(key.expires_at)
  if ends and ends - clock.now() < policy.ask("status.expiry") then
    add(("the key '%s' ends at %s"):format(key.name, key.expires_at),
      "make a new key in the Daytona dashboard, and set DAYTONA_API_KEY")
  end
end

local function of_clock(add, found)
  local offset = found.clock_offset or 0
  if math.abs(offset) <= policy.ask("naming.ahead") then return end
  add(("this machine's clock is %s %s Daytona's"):format(terminal.duration(math.abs(offset)),
    offset > 0 and "ahead of" or "behind"), "sudo timedatectl set-ntp true")
end

local function of_pin(add, found, ctx)
  local pin = found.pin
  if not pin then return end
  if not pin.state then
    add(("the pin %s does not exist"):format(pin.name), "unset DAYTONA_SNAPSHOT_PIN")
  elseif pin.state == "inactive" then
    add(("the pin %s is inactive"):format(pin.name), open.command(ctx, "activate", pin.name))
  elseif pin.state ~= "active" then
    add(("the pin %s is in state %s"):format(pin.name, pin.state), "unset DAYTONA_SNAPSHOT_PIN")
  end
end

-- The options without which a command would mean another place, or another prefix.
local function options_of(ctx)
  return (ctx.provider.is_local and " --provider docker" or "")
    .. (ctx.args.prefix and " --prefix " .. ctx.args.prefix or "")
end

local function of_snapshots(add, found, ctx)
  if not found.snapshots then return end
  if not found.latest then
    add(("no usable snapshot has the prefix %s"):format(ctx.prefix), found.inactive
      and open.command(ctx, "activate", found.inactive)
      or "os2 snapshot" .. options_of(ctx))
  end
  for _, name in ipairs(found.orphans) do
    add(("%s was left by an earlier run"):format(name), open.command(ctx, "delete", name))
  end
end

local function of_cache(add, found, ctx)
  local wanted = found.latest
  for _, entry in ipairs(wanted and found.cache or {}) do
    if entry.state == "fresh" and entry.name ~= wanted and entry.name ~= ctx.pin then
      add(("the cache answers %s, and %s is the newest"):format(entry.name, wanted),
        "os2 resolve --refresh" .. options_of(ctx))
    end
  end
end

--- Returns what is wrong.
---@param ctx table
---@param found table  the fields of all parts
---@return {what: string, mend: string}[]
function M.find(ctx, found)
  local list = {}
  local function add(what, mend)
    list[#list + 1] = { what = terminal.clean(what), mend = terminal.clean(mend) }
  end
  for _, failure in ipairs(ctx.failures) do
    add(failure.message, failure.hint or "os2 doctor")
  end
  for _, of in ipairs{ of_key, of_clock, of_pin, of_snapshots, of_cache } do of(add, found, ctx) end
  return list
end

return M
