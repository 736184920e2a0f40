--- What the name and the image of a snapshot say, as the policies read them. Each record is asked
--- about once: a list needs the answers in several places, and a decision costs more than the rest.
local images = require("os2.text.images")
local policy = require("os2.policy")

---@class os2.flows.snapshots.identity
local M = {}

-- Returns a table: record -> what `read` gives for it, false for nothing.
local function once(read)
  return setmetatable({}, {
    __mode = "k",
    __index = function(known, snapshot)
      known[snapshot] = read(snapshot) or false
      return known[snapshot]
    end,
  })
end

local prefixes = once(function(snapshot)
  return (policy.ask("naming.prefix", { name = snapshot.name }))
end)

local tags = once(function(snapshot)
  local tag = type(snapshot.imageName) == "string" and images.tag_of(snapshot.imageName)
  return tag and policy.ask("snapshot.read_tag", { tag = tag })
end)

--- Returns the prefix of a snapshot's name (policy `naming.prefix`); nil for a name that os2 did
--- not make.
---@param snapshot table
---@return string?
function M.prefix(snapshot)
  return prefixes[snapshot] or nil
end

--- Returns what the tag of a snapshot's image says (policy `snapshot.read_tag`); nil without a tag.
---@param snapshot table
---@return {is_own: boolean?, commit: string?, content: string?, is_dirty: boolean?}?
function M.tag(snapshot)
  return tags[snapshot] or nil
end

return M
