--- What the locale can show: where it has no UTF-8, os2's own signs become ASCII.
---
--- A locale that is not set counts as UTF-8, because containers and CI set none and show it.
---@class os2.text.locale
local M = {}

local SIGNS <const> = {
  ["…"] = "...", ["·"] = "-", ["→"] = "->", ["█"] = "#", ["░"] = ".", ["—"] = "-", ["–"] = "-",
  ["“"] = '"', ["”"] = '"', ["‘"] = "'", ["’"] = "'", ["×"] = "x", ["✓"] = "ok", ["✗"] = "x",
}
local OTHER <const> = "[\xC2-\xF4][\x80-\xBF]+"

local function variable(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

--- Returns true when the locale is set and has another character set than UTF-8: LC_ALL, or else
--- LC_CTYPE, or else LANG.
---@return boolean
function M.is_ascii()
  local name = variable("LC_ALL") or variable("LC_CTYPE") or variable("LANG")
  return name ~= nil and not name:lower():find("utf%-?8")
end

--- Returns a text as the locale can show it: os2's own signs become ASCII. What others have written
--- stays, but for these signs.
---@param text string
---@return string
function M.shown(text)
  if not M.is_ascii() or utf8.len(text) == #text then return text end
  return (text:gsub(OTHER, SIGNS))
end

return M
