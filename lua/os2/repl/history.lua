--- The statements of earlier sessions: a file of this user, `$XDG_STATE_HOME/os2/history`, one
--- statement a line as JSON text.
---
--- A statement that holds a secret, or that gives a value to a name that marks it as secret, is not
--- kept; nor is one that begins with a space. Whatever fails here stops no session.
local fs = require("os2.fs")
local json = require("os2.json")
local policy = require("os2.policy")
local secrets = require("os2.text.secrets")
local state = require("os2.store.state")
local task = require("os2.task")

---@class os2.repl.history
---@field private last string?
local M = {}

local FILE_MODE <const>, DIRECTORY_MODE <const> = tonumber("600", 8), tonumber("700", 8)
local LONGEST_BYTES <const> = 64 * 1024 -- of a statement that is kept
local LONGEST_FILE_BYTES <const> = 64 * 1024 * 1024

local function path_of()
  local directory = state.directory()
  return directory and directory .. "/history", directory
end

local function decoded(line)
  local text = task.try(json.decode, line)
  return type(text) == "string" and text or nil
end

local function read_all(path)
  local found = fs.stat(path)
  if not found or found.size > LONGEST_FILE_BYTES then return {} end
  local list = {}
  for line in fs.read(path):gmatch("[^\n]+") do list[#list + 1] = line end
  return list
end

-- Returns the newest lines; the file keeps no others.
local function newest(path, limit)
  local lines = read_all(path)
  if #lines <= limit then return lines end
  local kept = table.move(lines, #lines - limit + 1, #lines, 1, {})
  local text = kept[1] and table.concat(kept, "\n") .. "\n" or ""
  fs.write_atomic(path, text, { mode = FILE_MODE })
  return kept
end

--- Returns the statements of earlier sessions, oldest first, as many as `repl.history` says.
---@return string[]
function M.load()
  local path = path_of()
  local lines = path and task.try(newest, path, policy.ask("repl.history")) or {}
  local list = {}
  for _, line in ipairs(lines) do list[#list + 1] = decoded(line) end
  return list
end

-- Reading a variable, with env.get or os.getenv and its name, gives no value. A default behind
-- the name would be one.
local READINGS <const> = {
  "%f[%w_]([%w_]+)%s*%(%s*([\"'][%w_]+[\"'])%s*%)", "%f[%w_]([%w_]+)%s*([\"'][%w_]+[\"'])",
}

local function without_readings(text)
  for _, pattern in ipairs(READINGS) do
    text = text:gsub(pattern, function(name) return name:find("get", 1, true) and "" or nil end)
  end
  return text
end

-- A text may be given to a name in many ways: name = "", set("name", ""), "NAME=value".
local function gives_secret(text)
  local rest = without_readings(text)
  if rest:find("[\"']") or rest:find("%[=*%[") then
    for word in rest:gmatch("[%w_%-]+") do
      if word == "conceal" or secrets.is_word(word) then return true end
    end
  end
  return secrets.masked_everywhere(text) ~= text
end

local function is_kept(text)
  if #text > LONGEST_BYTES or text:find("^%s") or text == M.last then return false end
  return policy.ask("repl.history") > 0 and not gives_secret(text)
end

local function append(path, directory, text)
  fs.mkdir_p(directory, DIRECTORY_MODE)
  if not fs.exists(path) then fs.write_atomic(path, "", { mode = FILE_MODE }) end
  local file <close> = assert(io.open(path, "a"))
  file:write(json.encode(text), "\n")
end

--- Keeps a statement for later sessions.
---@param text string
function M.keep(text)
  local path, directory = path_of()
  if not path or not is_kept(text) then return end
  M.last = text
  pcall(append, path, directory, text)
end

return M
