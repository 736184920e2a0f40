--- Waits until Daytona reports that machines can start from a registered snapshot.
local again = require("os2.flows.snapshot.registration.again")
local create = require("os2.flows.snapshot.registration.create")
local err = require("os2.err")
local policy = require("os2.policy")
local terminal = require("os2.text.terminal")
local verdict = require("os2.flows.snapshot.verdict")
local waiting = require("os2.flows.waiting")

---@class os2.flows.snapshot.registration.await
local M = {}

local function fail(kind, message, hint)
  err.raise(err.new{ kind = kind, op = "snapshot.wait", message = message, hint = hint })
end

local function look(wish)
  local found = wish.provider.find_snapshot(wish.record.id, true)
  if not found then
    create.set(wish, { has_verdict = true })
    fail("conflict", ("snapshot %s was deleted while it was waited for"):format(wish.name),
      "run again for a new one")
  end
  return found
end

local function fail_late(wish, seconds, failure)
  create.set(wish, { has_verdict = true })
  create.tell(wish, "late", wish, seconds, failure)
  local record = wish.record or { id = "none", state = "not registered" }
  fail("timeout", ("snapshot %s (id %s) is still %s after %g s%s"):format(wish.name, record.id,
    terminal.clean(record.state), seconds, waiting.last_words(failure)),
    "it may still become active")
end

local function is_over(wish)
  -- an error raised here already says what becomes of the snapshot
  create.set(wish, { has_verdict = true })
  local is_ready = verdict.is_ready(wish.record)
  create.set(wish, { has_verdict = false })
  return is_ready
end

local function show_state(wish, state)
  local states, shown = wish.states, terminal.clean(state)
  if states[#states] ~= shown then states[#states + 1] = shown end
  if wish.phase then wish.phase:show(table.concat(states, " → ")) end
end

local function remember(wish)
  show_state(wish, wish.record.state)
end

-- Returns "none" where a hook wants no registration any more.
local function repeat_or_judge(wish)
  remember(wish)
  if again.is_wanted(wish) then
    if not again.run(wish) then return "none" end
    remember(wish)
  end
  return is_over(wish) or nil
end

-- The answer of the create is checked first, without a further request.
local function follow(wish)
  local is_known = true
  return function()
    if not wish.record then
      -- a failure that passes has cut the second registration off
      if not create.run(wish) then return "none" end
    elseif not is_known then
      create.set(wish, { record = look(wish) })
    end
    is_known = false
    return repeat_or_judge(wish)
  end
end

-- Shows the states that no look sees.
local function note(wish)
  return function(event)
    if event.type == "snapshot.state.updated" and event.new then show_state(wish, event.new) end
  end
end

local function subject(wish)
  return {
    provider = wish.provider, note = note(wish),
    about = function() return wish.record and wish.record.id, wish.name end,
  }
end

--- Waits for the registered snapshot. See `os2.flows.snapshot.registration`.
---@param wish os2.flows.snapshot.registration.wish  with `record`
---@return table? record
function M.run(wish)
  wish.states = {}
  local ended = waiting.run(wish.ui, {
    seconds = wish.timeout or policy.ask("timeouts.activate"),
    step = follow(wish),
    late = function(seconds, failure) fail_late(wish, seconds, failure) end,
    news = subject(wish),
  })
  return ended ~= "none" and wish.record or nil
end

return M
