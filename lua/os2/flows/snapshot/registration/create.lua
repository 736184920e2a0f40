--- Sends the create of a registration, and finds out what became of it where the answer does not
--- tell.
local err = require("os2.err")
local name = require("os2.flows.snapshot.name")
local policy = require("os2.policy")
local retry = require("os2.client.retry")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.registration.create
local M = {}

--- Calls a hook of the wish, where it has it.
---@param wish os2.flows.snapshot.registration.wish
---@param hook string
---@return any
function M.tell(wish, hook, ...)
  local call = wish.on and wish.on[hook]
  if call then return call(...) end
end

--- Sets what has become of the wish, and says so.
---@param wish os2.flows.snapshot.registration.wish
---@param fields table
function M.set(wish, fields)
  for key, value in pairs(fields) do wish[key] = value end
  M.tell(wish, "change", wish)
end

local function fields_of(wish)
  return {
    name = wish.name, imageName = wish.image, buildInfo = wish.build, cpu = wish.cpu,
    memory = wish.memory, disk = wish.disk, gpu = wish.gpu,
    gpuType = wish.gpu_type and { wish.gpu_type },
    sandboxClass = wish.sandbox_class, entrypoint = wish.entrypoint, regionId = wish.region,
  }
end

local function send(wish)
  M.set(wish, { is_sent = true })
  return wish.provider.create_snapshot(fields_of(wish))
end

-- Errors after which it is not known whether the request had an effect.
local UNCLEAR <const> = { network = true, timeout = true, unavailable = true, protocol = true }

local function pause_for_name(wish, failure, attempt)
  if attempt >= policy.ask("retry.attempts") then name.refuse(wish, nil, failure.message) end
  task.sleep(policy.ask("poll.interval", { attempt = attempt }))
end

-- Waits before a retry; the create had no effect, so it may be sent again.
local function pause_for_server(wish, failure, attempt)
  local delay = retry.delay(failure, { attempt = attempt })
  if failure.retry_after then
    wish.ui:note(("%s; registering again in %s"):format(failure.message, terminal.duration(delay)))
  end
  task.sleep(delay)
end

-- Returns true for a request that the server refused before it acted, or that was not sent.
local function is_undone(failure)
  return failure.status == 429 or failure.is_sent == false
end

local function move_on(wish)
  name.move_on(wish)
  M.set(wish, {})
end

local function decide(wish, found, attempt)
  return policy.ask("snapshot.on_conflict", {
    snapshot = found, ref = wish.image, build = wish.build, region = wish.region,
    sizes = { cpu = wish.cpu, mem = wish.memory, disk = wish.disk }, named = wish.is_named or false,
    candidate = wish.is_candidate or false, lost = wish.lost_name == wish.name, attempt = attempt,
  })
end

local function refuse_answer(wish, action)
  policy.refuse("snapshot.on_conflict",
    ("the answer is %s, but there is no snapshot %s; answer retry, rename or fail"):format(action,
      wish.name))
end

-- Decides what to do after a create without a snapshot. Returns the snapshot when it exists after
-- all, and "same" when another run has made the same thing under this name.
local function after_failure(wish, failure, attempt)
  if is_undone(failure) then
    M.set(wish, { is_sent = false })
    return pause_for_server(wish, failure, attempt)
  end
  local found = wish.provider.find_snapshot(wish.name)
  if UNCLEAR[failure.kind] then wish.lost_name = wish.name end
  M.set(wish, { is_sent = false })
  if found and found.imageName ~= wish.image and M.tell(wish, "is_same", found) then
    return "same"
  end
  local action, why = decide(wish, found, attempt)
  if action == "use" or action == "wait" then return found or refuse_answer(wish, action) end
  if action == "fail" then name.refuse(wish, found, why) end
  if action == "rename" then return move_on(wish) end
  if retry.is_taken(failure) then return pause_for_name(wish, failure, attempt) end
  pause_for_server(wish, failure, attempt)
end

local function refuse(wish, failure)
  M.set(wish, { is_sent = false })
  err.raise(M.tell(wish, "explain", failure) or failure)
end

local function register(wish)
  local attempt = 0
  while true do
    attempt = attempt + 1
    local record, failure = task.try(send, wish)
    if failure and not (retry.is_taken(failure) or UNCLEAR[failure.kind]) then
      refuse(wish, failure)
    end
    record = record or after_failure(wish, failure, attempt)
    if record then return record end
  end
end

-- Returns true when the record is the result, or nil is; false when `before` is to be asked again.
local function is_settled(wish, record)
  if record == "same" then return false end
  M.set(wish, { record = record })
  local answer = M.tell(wish, "after", wish)
  if answer then wish.record = nil end
  return answer ~= "again"
end

--- Registers the image. See `os2.flows.snapshot.registration`.
---@param wish os2.flows.snapshot.registration.wish
---@return table? record
function M.run(wish)
  while true do
    if M.tell(wish, "before", wish) then return nil end
    if is_settled(wish, register(wish)) then return wish.record end
    name.take_next(wish)
    M.set(wish, { is_sent = false })
  end
end

return M
