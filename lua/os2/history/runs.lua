--- The folder of the runs: what each run seldom needs.
local native_clock = require("host.clock")
local native_fs = require("host.fs")
local policy = require("os2.policy")
local writer = require("os2.history.writer")

---@class os2.history.runs
local M = {}

local DIRECTORY_MODE <const> = tonumber("700", 8)
local LONGEST_TEXT_BYTES <const> = 4096
local SECONDS_PER_DAY <const> = 86400

--- Makes the folder and those above it.
---@param path string
function M.make_directory(path)
  local at = path:find("/", 2, true)
  while at do
    native_fs.mkdir(path:sub(1, at - 1), DIRECTORY_MODE)
    at = path:find("/", at + 1, true)
  end
  native_fs.mkdir(path, DIRECTORY_MODE)
end

--- Returns what of a failure is written down.
---@param failure os2.Err
---@return table
function M.failure(failure)
  local message = require("os2.text.foreign").head(tostring(failure.message), LONGEST_TEXT_BYTES)
  return {
    kind = failure.kind, op = failure.op, message = message, hint = failure.hint,
    status = failure.status,
  }
end

--- Returns when the run with that id began, in seconds since 1970; nil for what is no id.
---@param id string
---@return number?
function M.time(id)
  local year, month, day, hour, min, sec, ms =
    id:match("^(%d%d%d%d)(%d%d)(%d%d)%-(%d%d)(%d%d)(%d%d)%-(%d%d%d)%-%x%x%x%x%x%x$")
  local whole = year and native_clock.time{
    year = tonumber(year), month = tonumber(month), day = tonumber(day), hour = tonumber(hour),
    min = tonumber(min), sec = tonumber(sec),
  }
  return whole and whole + tonumber(ms) / 1000
end

local function path_of(directory, id)
  return ("%s/%s%s"):format(directory, id, writer.ENDING)
end

--- Returns the ids of the runs in a folder, the newest first; an empty list when it cannot be read.
---@param directory string
---@return string[]
function M.ids(directory)
  local can_open, step, folder = pcall(require("lfs").dir, directory)
  if not can_open then return {} end
  local ids = {}
  for name in step, folder do
    local id = name:sub(1, -#writer.ENDING - 1)
    if name:sub(-#writer.ENDING) == writer.ENDING and M.time(id) then ids[#ids + 1] = id end
  end
  table.sort(ids, function(one, other) return one > other end)
  return ids
end

-- Returns the index of the newest run that does not stay.
local function first_to_remove(directory, ids, oldest, bytes)
  local lfs, sum = require("lfs"), 0
  for index, id in ipairs(ids) do
    sum = sum + (lfs.attributes(path_of(directory, id), "size") or 0)
    if M.time(id) < oldest or sum > bytes then return index end
  end
  return #ids + 1
end

-- Returns true when everything that had to go went.
local function remove(directory, now)
  local ids, most = M.ids(directory), policy.ask("history.prune_most")
  local oldest = now - policy.ask("history.keep_days") * SECONDS_PER_DAY
  local first = first_to_remove(directory, ids, oldest, policy.ask("history.keep_bytes"))
  local last = math.max(first, #ids - most + 1)
  for index = #ids, last, -1 do os.remove(path_of(directory, ids[index])) end
  return last == first
end

--- Removes what must go, the oldest first.
---@param directory string
---@param now number
function M.prune(directory, now)
  local path = directory .. "/pruned"
  -- first the stamp: of several runs that end together one prunes
  local stamp = io.open(path, "w")
  if not stamp then return end
  stamp:write(("%d\n"):format(now // 1))
  stamp:close()
  if not remove(directory, now) then os.remove(path) end
end

return M
