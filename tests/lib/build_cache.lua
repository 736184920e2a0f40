--- What large builds leave in BuildKit's cache, so that a test can take its own away.
local docker = require("os2.docker")
local json = require("os2.json")

---@class tests.lib.build_cache
local M = {}

--- Returns the ids of the large records that nothing uses. Waits.
---@param size integer  bytes from which a record is large
---@return table<string, true>
function M.large(size)
  local ids = {}
  for _, record in ipairs((docker.request("GET", "/system/df")).BuildCache) do
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
      docker.api.build_prune{ all = true, filters = json.encode{ id = json.array{ id } } }
    end
  end
end

return M
