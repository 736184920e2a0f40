--- Reads a file of variables as docker compose and the dotenv tools do, without substitution:
--- `$NAME` stays as it is. An error names the line, and never a value.
local blank = require("os2.text.blank")
local err = require("os2.err")

---@class os2.flows.machine.env_file
local M = {}

local function refuse(where, message, hint)
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "machine.create", message = where .. ": " .. message,
    hint = hint,
  })
end

local ESCAPES <const> = { n = "\n", r = "\r", t = "\t", ["\\"] = "\\", ['"'] = '"', ["$"] = "$" }

-- Returns the meaning of a quoted text.
local UNQUOTED <const> = {
  ['"'] = function(text)
    return (text:gsub("\\(.)", function(letter) return ESCAPES[letter] or "\\" .. letter end))
  end,
  ["'"] = function(text) return (text:gsub("\\'", "'")) end,
}

-- Returns the position of the closing quote for the one at `at`; nil when there is none.
local function closing_of(text, at, quote)
  local stop = "[\\" .. quote .. "]"
  at = text:find(stop, at + 1)
  while at and text:sub(at, at) == "\\" do at = text:find(stop, at + 2) end
  return at
end

local function read_quoted(text, at, quote, where)
  local closing = closing_of(text, at, quote)
  if not closing then
    refuse(where, "the quote is not closed", ("inside of it write \\%s"):format(quote))
  end
  local rest = text:match("^[^\n]*", closing + 1)
  if not rest:match("^[ \t]*$") and not rest:match("^[ \t]*#") then
    refuse(where, "there is text after the closing quote", "only a comment may follow it")
  end
  return UNQUOTED[quote](text:sub(at + 1, closing - 1)), closing + 1
end

-- A comment begins after a blank: "a#b" is a value.
local function read_plain(text, at)
  local rest = text:match("^[^\n]*", at)
  local has_blank = text:find("^[ \t]", at - 1) ~= nil
  local value = has_blank and rest:find("^#") and "" or rest:gsub("[ \t]#.*$", "", 1)
  return blank.trim_end(value), at + #rest
end

local function read_value(text, at, where)
  local quote = text:match("^[\"']", at)
  if quote then return read_quoted(text, at, quote, where) end
  return read_plain(text, at)
end

-- Returns the name at the start of a line, and where its value begins: after "=", or after ":" and
-- a blank. A name alone has no value.
local function read_name(text, at)
  local name, value_at = text:match("^([%a_][%w_]*)[ \t]*=[ \t]*()", at)
  if name then return name, value_at end
  name, value_at = text:match("^([%a_][%w_]*):[ \t]+()", at)
  if name then return name, value_at end
  return text:match("^([%a_][%w_]*)[ \t]*%f[\n\0]", at)
end

local function lines_in(text, from, to)
  local _, count = text:sub(from, to):gsub("\n", "")
  return count
end

local function skip_export(text, at)
  return text:match("^export[ \t]+()%f[%a_]", at) or at
end

--- Calls a function for each variable.
---@param text string  the file's content
---@param path string  for messages
---@param on_variable fun(name: string, value: string?, where: string)  value: nil when the line is
---  a name alone
function M.read(text, path, on_variable)
  text = text:gsub("^\239\187\191", ""):gsub("\r\n?", "\n")
  local at, number = 1, 1
  while at <= #text do
    local from, where = at, ("%s:%d"):format(path, number)
    at = text:match("^[ \t]*()", at)
    if not text:find("^[#\n]", at) and at <= #text then
      local name, value_at = read_name(text, skip_export(text, at))
      if not name then
        refuse(where, "a variable's name consists of letters, digits and '_'",
          "write KEY=VALUE, or KEY for the value of the environment")
      end
      local value
      if value_at then value, at = read_value(text, value_at, where) end
      on_variable(name, value, where)
    end
    at = (text:find("\n", at, true) or #text) + 1
    number = number + lines_in(text, from, at - 1)
  end
end

return M
