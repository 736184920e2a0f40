--- Git's lock files: one that a killed program has left would stop every later program.
local clock = require("os2.clock")
local fs = require("os2.fs")
local gitdir = require("os2.flows.entry.gitdir")
local log = require("os2.flows.entry.log")
local policy = require("os2.policy")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.entry.locks
local M = {}

local PAUSE_SECONDS <const> = 0.1 -- seconds between two looks at a young lock
local ENDING <const> = ".lock"

local function age_of(path)
  local found = fs.stat(path)
  return found and clock.now() - found.modification
end

-- Returns the lock's age once it is above the limit; nil when its owner has removed it.
local function wait_for(path, limit)
  local due = clock.monotonic() + limit -- independent of the file's time
  while true do
    local age = age_of(path)
    if not age or age >= limit or clock.monotonic() >= due then return age end
    task.sleep(PAUSE_SECONDS)
  end
end

--- Removes a lock file if it exists: at once when it is older than `entry.lock_age`, else when it
--- has become so old. Waits.
---@param topic string  the step
---@param path string
function M.remove(topic, path)
  local age = wait_for(path, policy.ask("entry.lock_age"))
  if not age then return end
  local _, failure = task.try(fs.remove, path)
  log.write(topic, failure and "cannot remove the lock " .. failure.message
    or ("removed %s, which a killed program left %s ago"):format(path,
      terminal.duration(math.max(age, 0))))
end

local function list(directory)
  return task.try(fs.list, directory) or {}
end

local function add_locks(found, directory)
  for _, name in ipairs(list(directory)) do
    if name:sub(-#ENDING) == ENDING then found[#found + 1] = directory .. "/" .. name end
  end
end

local function add_all_locks(found, directory)
  add_locks(found, directory)
  for _, name in ipairs(list(directory)) do
    local path = directory .. "/" .. name
    if (fs.stat(path) or {}).mode == "directory" then add_all_locks(found, path) end
  end
end

--- Removes the locks of a checkout: those of its index, HEAD, branches and configuration.
---@param topic string
---@param path string  the path of the checkout
function M.clear(topic, path)
  local own, common, found = gitdir.of(path), gitdir.common(path), {}
  if not own then return end
  add_locks(found, own)
  if common ~= own then add_locks(found, common) end
  add_all_locks(found, common .. "/refs")
  for _, lock in ipairs(found) do M.remove(topic, lock) end
end

return M
