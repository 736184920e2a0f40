--- The scripts that os2 ships; each is a command: `os2 NAME`.
local M = {}

local SHARE <const> = package.os2_share -- luacheck: ignore 143

--- Returns the path of the script with that name, whether it exists or not.
---@param name string
---@return string
function M.path(name)
  return ("%s/scripts/%s.lua"):format(SHARE, name)
end

--- Returns the names of all scripts, sorted.
---@return string[]
function M.names()
  local names = {}
  for name in require("lfs").dir(SHARE .. "/scripts") do
    names[#names + 1] = name:match("^(.+)%.lua$")
  end
  table.sort(names)
  return names
end

--- Returns true when there is a script with that name.
---@param name string?
---@return boolean
function M.has(name)
  for _, own in ipairs(M.names()) do
    if own == name then return true end
  end
  return false
end

return M
