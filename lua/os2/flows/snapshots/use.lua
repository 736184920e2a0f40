--- Who needs which snapshot: the machines that name it, and the pins.
local facts = require("os2.flows.facts")

---@class os2.flows.snapshots.use
local M = {}

--- Returns how many machines name each snapshot, by its name. Reads the list of machines page by
--- page and keeps the numbers only. A page that fails raises, so the numbers are of all machines.
---@param provider table
---@return table<string, integer>
function M.by_snapshot(provider)
  local machines = require(("os2.providers.%s.machines"):format(provider.name))
  local counts = {}
  for machine in machines.list({}, true) do
    local name = machine.snapshot
    if name then counts[name] = (counts[name] or 0) + 1 end
  end
  return counts
end

--- Returns how many machines name one snapshot now, or more of them when some were listed before.
---@param provider table
---@param snapshot {name: string}
---@return integer
function M.of_one(provider, snapshot)
  local machines = require(("os2.providers.%s.machines"):format(provider.name))
  local count = 0
  for machine in machines.list({}, true, { snapshot.name }) do
    if machine.snapshot == snapshot.name then count = count + 1 end
  end
  return count
end

--- Returns the pins of these prefixes as a set of names. Raises when a pin cannot be read.
---@param prefixes string[]
---@return table<string, boolean>
function M.pins(prefixes)
  local pins = {}
  for _, prefix in ipairs(prefixes) do
    local pin = facts.ask("resolution.pin", { prefix = prefix })
    if pin then pins[pin] = true end
  end
  return pins
end

return M
