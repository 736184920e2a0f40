--- What os2 remembers of a checkout from one boot to the next, in git's directory.
local fs = require("os2.fs")
local gitdir = require("os2.flows.entry.gitdir")
local json = require("os2.json")
local task = require("os2.task")

---@class os2.flows.entry.state
local M = {}

local FILE <const> = "/os2-entry.json"

---@class os2.flows.entry.state.fields
---@field commit string?  the commit that os2 checked out last
---@field branch string?  the branch that it was on
---@field url string?  the repository from which it came
---@field goes_to string?  the repository from which os2 has started to fetch instead
---@field updating string?  the commit that an update has started to check out
---@field onto string?  the branch to which this update moves
---@field installing boolean?  an install was started and has not succeeded
---@field installed string?  the commit whose dependencies were installed last

--- Returns what is known of a checkout; an empty table when it is new, or not a git checkout.
---@param path string
---@return os2.flows.entry.state.fields
function M.read(path)
  local directory = gitdir.of(path)
  local content = directory and task.try(fs.read, directory .. FILE)
  local fields = content and task.try(json.decode, content)
  return type(fields) == "table" and fields or {}
end

--- Changes some of the fields; false removes a field.
---@param path string
---@param changes table<string, string|boolean>
function M.change(path, changes)
  local directory = gitdir.of(path)
  if not directory then return end
  local fields = M.read(path)
  for name, value in pairs(changes) do fields[name] = value or nil end
  fs.write_atomic(directory .. FILE, json.encode(fields) .. "\n")
end

return M
