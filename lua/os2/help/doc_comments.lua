--- Reads the everyday verbs from the doc comments of the library.
local fs = require("os2.fs")

---@class os2.help.doc_comments
local M = {}

---@class os2.help.reference.verb
---@field name string  "create_snapshot"
---@field arguments string  "fields"
---@field doc string[]  the lines of the doc comment, without dashes
---@field see string?  "daytona.api.create_snapshot": the operation behind the verb

local SHARE <const> = package.os2_share -- luacheck: ignore 143

--- The modules that scripts can use.
M.modules = {
  "clock", "daytona", "docker", "env", "err", "fs", "git", "hash", "http", "json", "machines",
  "policy", "proc", "snapshots", "task",
}

local function read_lines(module)
  return fs.read(("%s/lua/os2/%s.lua"):format(SHARE, module)):gmatch("([^\n]*)\n")
end

-- A verb is a function of the module, or a host function whose doc comment has a @return.
local function verb_of(line, doc)
  local name, arguments = line:match("^function M%.([%w_]+)%((.-)%)")
  if name then return name, arguments end
  name = line:match("^M%.([%l_]+) = [%w_.]+$")
  if name and table.concat(doc):find("@return", 1, true) then return name, "..." end
end

local function see_of(doc)
  for _, line in ipairs(doc) do
    local see = line:match("^@see (%S+)$")
    if see then return see end
  end
end

--- Returns the first sentence of a module's file.
---@param module string
---@return string
function M.summary(module)
  return read_lines(module)():gsub("^%-%-%-%s*", "")
end

--- Returns the documented verbs of a module, in the order of its file.
---@param module string  "daytona"
---@return os2.help.reference.verb[]
function M.verbs(module)
  local verbs, doc = {}, {}
  for line in read_lines(module) do
    local comment = line:match("^%-%-%-(.*)$")
    local name, arguments = verb_of(line, doc)
    if comment then
      doc[#doc + 1] = comment
    else
      if name and #doc > 0 then
        verbs[#verbs + 1] = { name = name, arguments = arguments, doc = doc, see = see_of(doc) }
      end
      doc = {}
    end
  end
  return verbs
end

return M
