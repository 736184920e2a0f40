--- JSON, as lua-cjson reads and writes it, without losing what it would.
---
--- Integral numbers that 64 bits hold come out as integers; a number that Lua cannot hold digit by
--- digit comes out as its text, one that is out of range is refused. A field that is null is not
--- there. An empty list stays a list; an empty table is an object: `json.array{}` says a list.
local err = require("os2.err")
local native_json = require("host.json")
local arguments = require("os2.base.arguments")

---@class os2.json
local M = {}

--- What is encoded as null, and stands for null in decoded lists.
M.null = native_json.null

--- Marks a list as an array also when it is empty, and returns it.
---@param list? any[]
---@return any[]
M.array = native_json.array

--- Returns the JSON text of a value; raises for what JSON cannot hold (functions, cycles, lists
--- with gaps, texts that are not UTF-8).
---@param value any
---@return string
M.encode = native_json.encode

---@class os2.json.decode_options
---@field null? any  what null becomes, for example json.null; without it a field that is null is
---  not there, and in a list it is json.null, so that what follows keeps its place

local DECODE_OPTIONS <const> = { null = "any?" }

--- Returns the value of a JSON text, nil for null; raises `protocol` when it is none.
---@param text string
---@param options? os2.json.decode_options
---@return any
function M.decode(text, options)
  options = arguments.check("json.decode", options, DECODE_OPTIONS)
  return err.check(native_json.decode(text, options.null))
end

return M
