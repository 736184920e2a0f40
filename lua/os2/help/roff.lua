--- Builds a manual page: the markup of man(7), with the text escaped.

---@class os2.help.roff
---@field private lines string[]
local Roff = {}
Roff.__index = Roff

---@class os2.help.roff.module
local M = {}

local PLAIN_ASCII <const> = { ["\\"] = "\\e", ["-"] = "\\-", ["~"] = "\\(ti", ["^"] = "\\(ha",
  ["'"] = "\\(aq", ["`"] = "\\(ga" }

-- Returns text that roff shows as it is. A line must not begin with a control character.
local function escaped(text)
  local out = text:gsub("[\\~^'`-]", PLAIN_ASCII)
  return (out:gsub("^%.", "\\&."):gsub("\n%.", "\n\\&."))
end

local function in_one_line(text)
  return (text:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", ""))
end

function Roff:add(line)
  self.lines[#self.lines + 1] = line
  return self
end

--- Begins a section.
---@param title string
function Roff:section(title) return self:add('.SH "' .. escaped(title):upper() .. '"') end

--- Begins a subsection.
---@param title string
function Roff:subsection(title) return self:add('.SS "' .. escaped(title) .. '"') end

--- Adds a paragraph; white space in it is one space.
---@param text string
function Roff:paragraph(text)
  return self:add(".PP"):add(escaped(in_one_line(text)))
end

--- Adds a label and, indented below it, what it means.
---@param label string
---@param text string
function Roff:item(label, text)
  return self:add(".TP"):add("\\fB" .. escaped(in_one_line(label)) .. "\\fR")
    :add(escaped(in_one_line(text)))
end

--- Adds lines that are shown as they stand.
---@param text string
function Roff:code(text)
  return self:add(".PP"):add(".nf"):add(".RS"):add(escaped(text)):add(".RE"):add(".fi")
end

--- Returns the page.
---@return string
function Roff:text() return table.concat(self.lines, "\n") .. "\n" end

--- Begins a page.
---@param name string  "os2-machine"
---@param section integer
---@param summary string
---@return os2.help.roff
function M.page(name, section, summary)
  local version = "os2 " .. require("host.err").version
  local page = setmetatable({ lines = {} }, Roff)
  page:add(('.TH "%s" "%d" "" "%s" "os2"'):format(escaped(name:upper()), section, version))
  -- without hyphenation, names of options stay whole
  page:add(".nh"):add(".ad l"):section("Name")
  return page:add(escaped(name) .. " \\- " .. escaped(in_one_line(summary):gsub("%.$", "")))
end

return M
