--- What `os2 policy edit` gives to the editor: the user's file, and below a line what os2 ships, as
--- a comment. What is below the line is not saved.
local check = require("os2.base.check")
local help_policies = require("os2.help.policies")

---@class os2.flows.decisions.draft
local M = {}

local CUT <const> = "-- ---- os2 policy edit: this line and what follows are not saved ----"
local EMPTY <const> = "policy.api(1)\n"

local function comment(lines, text)
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    lines[#lines + 1] = line == "" and "--" or "-- " .. line
  end
end

-- Returns what changes the policy, to be copied.
local function change_of(record)
  local name = record.name
  if record.type == "function" then
    return ("policy.override(%q, function(base, facts)\n  return base()\nend, { why = \"…\" })")
      :format(name)
  elseif record.type == "steps" then
    return ("policy.insert_after(%q, %q, { name = \"mine\", run = function(ctx) end },\n"
      .. "  { why = \"…\" })"):format(name, record.default[1])
  end
  return ("policy.set(%q, %s, { why = \"…\" })"):format(name, check.write(record.default))
end

--- Returns the text for the editor.
---@param content? string  of the user's file; nil when there is none
---@param record table  from `policy.explain`, the whole of it
---@return string
function M.text(content, record)
  local lines = {}
  comment(lines, help_policies.explanation(record))
  if record.source then comment(lines, "\nWhat os2 ships:\n\n" .. record.source) end
  comment(lines, "\nCopy this above the line, and change it:\n")
  lines[#lines + 1] = change_of(record):gsub("[^\n]+", "--   %0")
  content = content or EMPTY
  if content ~= "" and content:sub(-1) ~= "\n" then content = content .. "\n" end
  return ("%s\n%s\n%s\n"):format(content, CUT, table.concat(lines, "\n"))
end

--- Returns what is saved of an edited text. Without the line it is all of it.
---@param text string
---@return string
function M.saved(text)
  local at = ("\n" .. text):find("\n" .. CUT, 1, true)
  local kept = at and text:sub(1, at - 1) or text
  return (kept:gsub("\n+$", "\n"))
end

return M
