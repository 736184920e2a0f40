--- Repeats a registration that failed for a reason that passes, such as another one of the same
--- image: Daytona pulls an image (by digest) once at a time, and the later one ends in an error.
local create = require("os2.flows.snapshot.registration.create")
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local name = require("os2.flows.snapshot.name")
local policy = require("os2.policy")
local task = require("os2.task")
local waiting = require("os2.flows.waiting")

---@class os2.flows.snapshot.registration.again
local M = {}

--- Returns true when the wish's own snapshot has failed in this way and is to be registered again.
---@param wish os2.flows.snapshot.registration.wish
---@return boolean
function M.is_wanted(wish)
  -- this run continues with what another run has registered
  if wish.image == nil or wish.record.imageName ~= wish.image then return false end
  return (policy.ask("snapshot.again", {
    snapshot = wish.record, attempt = wish.registrations or 1,
  }))
end

-- Returns true when a snapshot is another registration of the same image, by Daytona's reference.
-- When a record has no reference, every earlier registration counts.
local function is_rival(snapshot, failed)
  if snapshot.general or snapshot.id == failed.id then return false end
  if policy.ask("snapshot.progress", { snapshot = snapshot }) ~= "waiting" then return false end
  if type(failed.ref) == "string" and type(snapshot.ref) == "string" then
    return snapshot.ref == failed.ref
  end
  return tostring(snapshot.createdAt) <= tostring(failed.createdAt)
end

-- One page is enough, because a registration in progress is new.
local function rival_of(wish, failed)
  local page = wish.provider.pages{
    sort = policy.ask("resolution.sort"), order = "desc", limit = policy.ask("resolution.limit"),
  }()
  for _, snapshot in ipairs(page or {}) do
    if is_rival(snapshot, failed) then return snapshot end
  end
end

-- The surrounding wait has the deadline.
local function wait_until(wish, is_so)
  waiting.run(wish.ui, {
    seconds = wish.timeout or policy.ask("timeouts.activate"),
    step = function() return is_so() or nil end,
    late = function() end,
  })
end

local function keep_name(wish, failed)
  if wish.is_named then return false end
  wish.ui:warn(("the snapshot %s stays in state error; delete it: %s"):format(failed.name,
    "os2 snapshot delete " .. failed.name))
  name.move_on(wish)
  return true
end

-- The name stays taken until the failed snapshot is deleted. With a key that may not delete, the
-- run continues under the next name.
local function make_room(wish, failed)
  local _, failure = task.try(wish.provider.delete_snapshot, failed.id)
  if not failure or failure.kind == "not_found" then
    return wait_until(wish, function() return not wish.provider.find_snapshot(failed.id, true) end)
  end
  if failure.kind ~= "denied" or not keep_name(wish, failed) then err.raise(failure) end
end

local BUSY <const> = "already in progress"

local function is_busy(failed)
  return failed.errorReason:find(BUSY, 1, true) ~= nil
end

local function tell(wish, failed)
  if not is_busy(failed) then
    return wish.ui:note(("the registration failed for a reason that passes (%s); it is made again")
      :format(foreign.message(failed.errorReason)))
  end
  wish.ui:note("Daytona is still registering the same image for another snapshot; this one is "
    .. "registered again afterwards")
  if wish.phase then wish.phase:show("waiting for another registration of the same image") end
end

local function pause(wish, failed)
  if not is_busy(failed) then
    return task.sleep(policy.ask("poll.interval", { attempt = wish.registrations }))
  end
  wait_until(wish, function() return not rival_of(wish, failed) end)
end

--- Waits until nothing is in the way any more, then registers again.
---@param wish os2.flows.snapshot.registration.wish
---@return table? record
function M.run(wish)
  local failed = wish.record
  -- while the API is away, this may be begun several times for one failure
  if wish.told ~= failed.id then tell(wish, failed) end
  wish.told = failed.id
  make_room(wish, failed)
  wish.registrations = (wish.registrations or 1) + 1
  wish.record = nil
  create.set(wish, { is_sent = false })
  pause(wish, failed)
  create.tell(wish, "again", wish)
  return create.run(wish)
end

return M
