--- JSON, as lua-cjson reads and writes it.
---
--- Integral numbers within 2^53 come out as integers; beyond that decoding is lossy. Encoding
--- refuses integers of more than 14 digits. An empty table is an object: `json.array{}` says an
--- empty array.
local err = require("os2.err")
local host = require("host.json")

---@class os2.json
local M = {}

--- What null decodes to and encodes as null.
M.null = host.null

--- Marks a list as an array also when it is empty, and returns it.
---@param list? any[]
---@return any[]
M.array = host.array

--- Returns the JSON text of a value; raises for what JSON cannot hold (functions, cycles, lists
--- with gaps, texts that are not UTF-8).
---@param value any
---@return string
M.encode = host.encode

--- Returns the value of a JSON text; raises `protocol` when it is none.
---@param text string
---@return any
function M.decode(text)
  return err.check(host.decode(text))
end

return M
