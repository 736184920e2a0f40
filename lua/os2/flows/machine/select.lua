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
  local known = setmetatable({}, { -- state -> desired state -> answer
    __index = function(states, state)
      states[state] = {}
      return states[state]
    end,
  })
  return function(machine)
    local answers, desired = known[machine.state], machine.desired_state or ""
    if answers[desired] == nil or is_changed then
      answers[desired] = policy.ask("machine.listed", { machine = machine, all = is_all }) == true
    end
    return answers[desired]
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

-- Returns a function that tells whether all tests are passed.
local function all_of(tests)
  if #tests == 1 then return tests[1] end
  return function(machine)
    for _, test in ipairs(tests) do
      if not test(machine) then return false end
    end
    return true
  end
end

-- Returns the test for what the list itself does not select.
local function test_of(args, reader)
  local tests, cutoff = {}, M.cutoff(args)
  local function add(is_wanted, test)
    if is_wanted then tests[#tests + 1] = test end
  end
  add(not args.is_every, shown_by_policy(args.is_all or false))
  add(args.is_not_latest, function(machine) return (reader:of(machine.snapshot) or 0) > 0 end)
  add(args.snapshot, function(machine) return machine.snapshot == args.snapshot end)
  add(cutoff, function(machine) return is_made_before(machine, cutoff) end)
  return all_of(tests)
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
