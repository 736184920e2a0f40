--- What identifies a build that Daytona makes: the text of its Dockerfile, and the hashes of its
--- context.

---@class os2.base.builds
local M = {}

local function sorted(list)
  local copy = {}
  if type(list) ~= "table" then list = {} end
  for index, hash in ipairs(list) do copy[index] = tostring(hash) end
  table.sort(copy)
  return table.concat(copy, "\n")
end

--- Returns true when a record of Daytona was made by this build.
---@param record table  a snapshot's record
---@param build {dockerfileContent: string, contextHashes: string[]}
---@return boolean
function M.is_of(record, build)
  local its = record.buildInfo
  return type(its) == "table" and its.dockerfileContent == build.dockerfileContent
    and sorted(its.contextHashes) == sorted(build.contextHashes)
end

--- Returns a text that is equal for equal builds only; nil for what is no build.
---@param build any  a record's buildInfo
---@return string?
function M.identity(build)
  if type(build) ~= "table" or type(build.dockerfileContent) ~= "string" then return nil end
  return sorted(build.contextHashes) .. "\n\n" .. build.dockerfileContent
end

return M
