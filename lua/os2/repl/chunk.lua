--- From the text of a statement to a function.
local locals = require("os2.repl.locals")

---@class os2.repl.chunk
local M = {}

local NAME <const> = "=stdin"
-- With a variable to close, a call is no tail call, so that an error can name the line.
local EXPRESSION <const> = "local os2_ <close> = nil return "

local function is_unfinished(message)
  return message:find("<eof>$") ~= nil and not message:find("unfinished string", 1, true)
end

--- Returns true when more lines have to follow.
---@param text string
---@return boolean
function M.is_incomplete(text)
  local expression, expected = load(EXPRESSION .. text, NAME, "t")
  local statement, message = load(text, NAME, "t")
  return not expression and not statement and (is_unfinished(expected) or is_unfinished(message))
end

--- Returns the statement as a function, which returns the values of an expression. Returns nil and
--- Lua's message when it is none.
---@param text string
---@param scope os2.repl.scope
---@return function?
---@return string? message
function M.compile(text, scope)
  local chunk = load(EXPRESSION .. text, NAME, "t", scope.env)
  if chunk then return chunk end
  local message
  chunk, message = load(text, NAME, "t", scope.env)
  if not chunk then return nil, message end
  local shared, names = locals.shared(text)
  if not names[1] then return chunk end
  scope:declare(names)
  return load(shared, NAME, "t", scope.env)
end

return M
