--- What large builds leave in BuildKit's cache, so that a test can take its own away.
local clock = require("os2.clock")
local docker = require("os2.docker")
local err = require("os2.err")
local json = require("os2.json")
local task = require("os2.task")

---@class tests.lib.build_cache
local M = {}

-- For an engine that others use at the same time: to remove 20 000 files took it more than 30 s.
local PATIENCE_SECONDS <const> = 200

-- Docker's engine refuses a second such operation beside one that runs ("a disk usage operation is
-- already running"), and another phase of the tests may use the same engine.
local function when_free(ask)
  local due = clock.monotonic() + PATIENCE_SECONDS
  while true do
    local answer, failure = task.try(ask)
    if not failure then return answer end
    local is_busy = failure.message:find("already running", 1, true) and clock.monotonic() < due
    if not is_busy then err.raise(failure) end
    task.sleep(0.1)
  end
end

--- Returns the ids of the large records that nothing uses. Waits.
---@param size integer  bytes from which a record is large
---@return table<string, true>
function M.large(size)
  local ids = {}
  local usage = when_free(function()
    return (docker.request("GET", "/system/df", { timeout = PATIENCE_SECONDS }))
  end)
  for _, record in ipairs(usage.BuildCache) do
    if record.Size >= size and not record.InUse then ids[record.ID] = true end
  end
  return ids
end

--- Removes the large records that have come since. Waits.
---@param size integer
---@param before table<string, true>  what `large` returned
function M.prune_since(size, before)
  for id in pairs(M.large(size)) do
    if not before[id] then
      local filters = json.encode{ id = json.array{ id } }
      when_free(function()
        return docker.api.build_prune({ all = true, filters = filters },
          { timeout = PATIENCE_SECONDS })
      end)
    end
  end
end

return M
