--- The query of a request that has no row.

---@class os2.client.query
local M = {}

local function encode_word(text)
  return (text:gsub("[^%w%-%._~]", function(c) return ("%%%02X"):format(c:byte()) end))
end

--- Returns a path with a query behind it, whose keys are sorted.
---@param path string  may have a query already
---@param query? table<string, any>
---@param text_of fun(value: any): string
---@return string
function M.add(path, query, text_of)
  local words = {}
  for key, value in pairs(query or {}) do
    words[#words + 1] = encode_word(tostring(key)) .. "=" .. encode_word(text_of(value))
  end
  table.sort(words)
  local joint = path:find("?", 1, true) and "&" or "?"
  return #words > 0 and path .. joint .. table.concat(words, "&") or path
end

return M
