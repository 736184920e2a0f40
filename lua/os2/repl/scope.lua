--- What a statement of the session sees as its globals: the session's own variables, and below them
--- the globals and the verbs.

---@class os2.repl.scope
---@field env table  the `_ENV` of each statement
---@field private known table<string, boolean>  the names of the session's variables
---@field private values table<string, any>
local Scope = {}
Scope.__index = Scope

local M = {}

--- Returns the globals and a place for the session's variables.
---@return os2.repl.scope
function M.new()
  local self = setmetatable({ known = {}, values = {} }, Scope)
  self.env = setmetatable({}, {
    __index = function(_, name)
      if self.known[name] then return self.values[name] end
      return _G[name]
    end,
    __newindex = function(_, name, value)
      if self.known[name] then self.values[name] = value else _G[name] = value end
    end,
  })
  return self
end

--- Makes a name a variable of the session, which hides a global of the name.
---@param name string
---@param value any
function Scope:set(name, value)
  self.known[name], self.values[name] = true, value
end

--- Makes these names variables of the session. Those that are keep their values.
---@param names string[]
function Scope:declare(names)
  for _, name in ipairs(names) do self.known[name] = true end
end

--- Returns what a name stands for, without any metamethod of a person's own.
---@param name string
---@return any
function Scope:look(name)
  if self.known[name] then return self.values[name] end
  local value = rawget(_G, name)
  if value ~= nil then return value end
  return require("os2")[name]
end

--- Returns the names of the session's variables, of the globals and of the modules.
---@return string[]
function Scope:names()
  local names = {}
  for name in pairs(self.known) do names[#names + 1] = name end
  for name in next, _G do names[#names + 1] = type(name) == "string" and name or nil end
  local modules = require("os2.help.doc_comments").modules
  return table.move(modules, 1, #modules, #names + 1, names)
end

return M
