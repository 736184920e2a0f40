--- A result that is a list: it is written as its pages come, and is never held as a whole.
---
--- Text and the lines of --jsonl go to stdout at once. The items of a document wait in a temporary
--- file without a name, because the document begins with `ok` and `error`, which are known at its
--- end only.
local collector = require("os2.run.collector")
local document = require("os2.cli.document")
local err = require("os2.err")
local locale = require("os2.text.locale")
local ordered = require("os2.cli.ordered")
local output = require("os2.console.output")
local random = require("os2.base.random")

---@class os2.cli.listing
---@field is_shown boolean  people read it: text is wanted
---@field private field string  the name of the list in the document
---@field private is_jsonl boolean
---@field private is_kept boolean
---@field private encode fun(records: table[], joint: string): string
---@field private parts string[]  of the items that were not written to the file yet
---@field private bytes integer
---@field private file file*?
---@field private count integer
local Listing = {}
Listing.__index = Listing

local M = {}

local HELD_BYTES <const> = 256 * 1024
local PIECE_BYTES <const> = 64 * 1024

--- Returns the list of a run.
---@param outputs os2.cli.outputs
---@param args {is_jsonl: boolean?}
---@param field string  the name of the list in the document
---@param declared os2.cli.declared  the fields of its records
---@return os2.cli.listing
function M.new(outputs, args, field, declared)
  collector.fit_list(true)
  return setmetatable({
    field = field,
    is_jsonl = args.is_jsonl or false,
    is_shown = not (args.is_jsonl or outputs.json),
    is_kept = outputs.json ~= nil or outputs.result ~= nil,
    encode = ordered.encoder(declared), parts = {}, bytes = 0, count = 0,
  }, Listing)
end

local function refuse(why)
  err.raise(err.new{
    kind = "invalid", op = "cli", message = "the temporary file of the list: " .. tostring(why),
    hint = "make room in /tmp, or take --jsonl, which needs no file",
  })
end

function Listing:spill()
  if not self.file then
    local file, why = io.tmpfile()
    self.file = file or refuse(why)
  end
  local done, why = self.file:write(table.concat(self.parts))
  if done then done, why = self.file:flush() end
  if not done then refuse(why) end
  self.parts, self.bytes = {}, 0
end

function Listing:keep(text)
  if self.count > 0 then text = "," .. text end
  self.parts[#self.parts + 1] = text
  self.bytes = self.bytes + #text
  if self.bytes > HELD_BYTES then self:spill() end
end

--- Writes a page. Waits for the reader of stdout.
---@param records table[]  with the fields that the command declares, and maybe others
---@param text fun(records: table[]): string  returns the lines for people, without control
---  characters
function Listing:page(records, text)
  if #records == 0 then return end
  if self.is_kept then self:keep(self.encode(records, ",")) end
  if self.is_jsonl then output.write(self.encode(records, "\n") .. "\n") end
  self.count = self.count + #records
  if self.is_shown then output.write(locale.shown(text(records)) .. "\n") end
end

local function pieces_of(listing)
  local index, file = 0, listing.file
  if file then file:seek("set") end
  return function()
    local piece = file and file:read(PIECE_BYTES)
    if piece then return piece end
    file, index = nil, index + 1
    return listing.parts[index]
  end
end

--- Calls a function with the pieces of the document, in which the list has its items.
---@param fields table  the document
---@param take fun(piece: string)
function Listing:document(fields, take)
  local mark = "list-" .. random.word()
  fields[self.field] = mark
  local encoded = document.encode(fields)
  local from, to = encoded:find('"' .. mark .. '"', 1, true)
  take(encoded:sub(1, from - 1) .. "[")
  for piece in pieces_of(self) do take(piece) end
  take("]" .. encoded:sub(to + 1))
end

--- Ends the list: removes its temporary file, and gives the collector its pace again.
function Listing:close()
  if self.file then self.file:close() end
  self.file = nil
  collector.fit_list(false)
end

Listing.__close = Listing.close

return M
