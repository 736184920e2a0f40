--- What a run remembers for the next one: small tables in files of this user, below
--- `$XDG_STATE_HOME/os2`. A file that cannot be read or written is as none: nothing may depend on
--- it alone.
local env = require("os2.env")
local fs = require("os2.fs")
local json = require("os2.json")
local run_options = require("os2.run.options")
local task = require("os2.task")

---@class os2.store.state
local M = {}

--- Returns the directory; nil when the environment names no home.
---@return string?
function M.directory()
  local base = env.get("XDG_STATE_HOME")
  if base and base:sub(1, 1) == "/" then return base .. "/os2" end
  local home = env.home()
  return home and home .. "/.local/state/os2" or nil
end

local function path_of(kind, key)
  local directory = M.directory()
  return directory and ("%s/%s/%s.json"):format(directory, kind, key), directory
end

--- Returns what was remembered; nil when there is nothing.
---@param kind string  the name of a directory
---@param key string  letters and digits
---@return table?
function M.read(kind, key)
  local path = path_of(kind, key)
  local value = path and task.try(function() return json.decode(fs.read(path)) end)
  return type(value) == "table" and value or nil
end

--- Remembers a table. Returns the error when it could not be written.
---@param kind string
---@param key string
---@param value table
---@return os2.Err? failure
function M.write(kind, key, value)
  local path, directory = path_of(kind, key)
  if not path or run_options.guard then return nil end
  local _, failure = task.try(function()
    fs.mkdir_p(("%s/%s"):format(directory, kind), tonumber("700", 8))
    fs.write_atomic(path, json.encode(value), { mode = tonumber("600", 8) })
  end)
  return failure
end

--- Forgets what was remembered.
---@param kind string
---@param key string
function M.remove(kind, key)
  local path = path_of(kind, key)
  if path and not run_options.guard then task.try(fs.remove, path) end
end

return M
