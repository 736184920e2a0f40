--- The machines that a command is about: by label, snapshot and age, page by page.
local behind = require("os2.flows.machine.behind")
local clock = require("os2.clock")
local policy = require("os2.policy")

---@class os2.flows.machine.select
local M = {}

---@class os2.flows.machine.selection
---@field labels table<string, string>
---@field is_all boolean?  also those that are deleted and not gone yet
---@field snapshot string?
---@field is_not_latest boolean?
---@field older_than number?  seconds
---@field made_before string?  the same as a time, UTC, for a run that goes on later
---@field is_every boolean?  the policy machine.listed leaves none out

--- Returns true when the arguments select machines by anything.
---@param args os2.flows.machine.selection
---@return boolean
function M.is_any(args)
  return next(args.labels or {}) ~= nil or args.snapshot ~= nil or args.is_not_latest == true
    or args.older_than ~= nil
end

-- The decision is asked once for each pair of states, unless a policy file has changed it: it may
-- then look at anything of the machine.
local function shown_by_policy(is_all)
  local is_changed = #policy.explain("machine.listed").changes > 0
  local known = {}
  return function(machine)
    local key = machine.state .. " " .. (machine.desired_state or "")
    local is_shown = known[key]
    if is_shown == nil or is_changed then
      is_shown = policy.ask("machine.listed", { machine = machine, all = is_all }) == true
      known[key] = is_shown
    end
    return is_shown
  end
end

local function is_made_before(machine, time)
  local made = machine.created_at and clock.parse_iso(machine.created_at)
  return made ~= nil and made < time
end

--- Returns the time before which the machines were made that the arguments select; nil for any.
---@param args os2.flows.machine.selection
---@return number?
function M.cutoff(args)
  if args.made_before then return clock.parse_iso(args.made_before) end
  return args.older_than and clock.now() - args.older_than or nil
end

-- Returns the test for what the list itself does not select.
local function test_of(args, reader)
  local is_shown, cutoff = shown_by_policy(args.is_all or false), M.cutoff(args)
  return function(machine)
    if not (args.is_every or is_shown(machine)) then return false end
    if args.is_not_latest and (reader:of(machine.snapshot) or 0) == 0 then return false end
    if args.snapshot and machine.snapshot ~= args.snapshot then return false end
    return not cutoff or is_made_before(machine, cutoff)
  end
end

--- Returns an iterator over the pages of the machines that the arguments select. Each machine has
--- `behind` in it: how many seconds its snapshot is behind the newest; nil when it is not known.
---@param ctx os2.flows.machine.ctx
---@param args os2.flows.machine.selection
---@return fun(): os2.machine[]?
function M.pages(ctx, args)
  local reader = behind.new(ctx.provider, args.is_not_latest == true)
  local is_selected = test_of(args, reader)
  local next_page = ctx.machines.pages(args.labels, args.is_all,
    args.snapshot and { args.snapshot } or nil)
  return function()
    local page, selected = next_page(), {}
    if not page then return nil end
    for _, machine in ipairs(page) do
      if is_selected(machine) then
        machine.behind = reader:of(machine.snapshot)
        selected[#selected + 1] = machine
      end
    end
    return selected
  end
end

return M
