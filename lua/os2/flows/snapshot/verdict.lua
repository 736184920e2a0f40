--- What the state of a registered snapshot means, and what to do when it cannot be used.
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local policy = require("os2.policy")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.verdict
local M = {}

local function command(verb, snapshot)
  return ("os2 snapshot %s %s"):format(verb, terminal.clean(snapshot.name))
end

-- What to do in a state that does not become active by itself. Every other such state is a failure.
local WAYS_ON <const> = {
  inactive = function(snapshot) return "activate it: " .. command("activate", snapshot) end,
  removing = function() return "run again without --name, or with it once it is gone" end,
}

local function way_on(snapshot)
  local words = WAYS_ON[snapshot.state]
  if words then return words(snapshot) end
  return ("run again for a new name; delete this one: %s"):format(command("delete", snapshot))
end

-- Returns the reason in one line, also when the policy gave none.
local function reason_of(snapshot, why)
  why = type(why) == "string" and foreign.message(why) or ""
  return why ~= "" and why or "it is " .. terminal.clean(snapshot.state)
end

local function fail_for(snapshot, why)
  local kind = WAYS_ON[snapshot.state] and "conflict" or "invalid"
  local state = terminal.clean(snapshot.state)
  local shown = why:find(state, 1, true) and "" or (" (state %s)"):format(state)
  err.raise(err.new{
    kind = kind, op = "snapshot.wait", hint = way_on(snapshot),
    message = ("snapshot %s cannot be used%s: %s"):format(
      terminal.clean(snapshot.name), shown, why),
  })
end

--- Returns true when a snapshot is ready. Raises when it will not become ready by itself.
---@param snapshot table  the API's record
---@return boolean
function M.is_ready(snapshot)
  local verdict, why = policy.ask("snapshot.progress", { snapshot = snapshot })
  if verdict == "failed" then fail_for(snapshot, reason_of(snapshot, why)) end
  return verdict == "ready"
end

return M
