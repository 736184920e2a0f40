--- JSON, read and written by lua-cjson, without its losses.
---
--- Integers that fit into 64 bits are decoded as integers. A number whose digits Lua cannot keep is
--- decoded as its text, and a number out of range is refused. A field that is null is left out. An
--- empty list stays a list; an empty table is encoded as an object, and `json.array{}` as a list.
local err = require("os2.err")
local native_json = require("host.json")
local arguments = require("os2.base.arguments")

---@class os2.json
local M = {}

--- The value that is encoded as null, and that stands for null in decoded lists.
M.null = native_json.null

--- Marks a list so that it is encoded as an array even when it is empty, and returns it.
---@param list? any[]
---@return any[]
M.array = native_json.array

--- Returns the JSON text of a value. Raises for a value that JSON cannot represent (functions,
--- cycles, lists with gaps, strings that are not UTF-8).
---@param value any
---@return string
M.encode = native_json.encode

---@class os2.json.decode_options
---@field null? any  the value that null becomes, for example json.null; by default a field that is
---  null is left out, and in a list null becomes json.null, so that the items keep their positions

local DECODE_OPTIONS <const> = { null = "any?" }

--- Returns the value of a JSON text; nil for null. Raises `protocol` when the text is not JSON.
---@param text string
---@param options? os2.json.decode_options
---@return any
function M.decode(text, options)
  options = arguments.check("json.decode", options, DECODE_OPTIONS)
  return err.check(native_json.decode(text, options.null))
end

return M
