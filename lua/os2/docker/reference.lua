--- Splits image references into their parts.
local images = require("os2.text.images")

---@class os2.docker.reference
local M = {}

--- Splits a reference into name, tag and digest; see `os2.text.images`.
---@param ref string
---@return string name
---@return string? tag
---@return string? digest
function M.split(ref)
  return images.split(ref)
end

--- Returns the registry's host of a reference; "docker.io" when it names none.
---@param ref string
---@return string
function M.registry(ref)
  local first = ref:match("^([^/]+)/")
  if first and (first:find("[.:]") or first == "localhost") then return first end
  return "docker.io"
end

local HUB <const> = "docker.io"
local HUB_HOSTS <const> = { [HUB] = true, ["index.docker.io"] = true }

--- Returns the full name of a reference, with the registry that a short name omits, without tag and
--- digest: "docker.io/library/debian" for "debian:12".
---@param ref string
---@return string
function M.full_name(ref)
  local name, host = M.split(ref), M.registry(ref)
  local path = name:sub(1, #host + 1) == host .. "/" and name:sub(#host + 2) or name
  if not HUB_HOSTS[host] then return host .. "/" .. path end
  return HUB .. "/" .. (path:find("/", 1, true) and path or "library/" .. path)
end

return M
