--- The plan of a dry run, in words and as the `plan` of the run's document.
local foreign = require("os2.text.foreign")
local gate = require("os2.guard.gate")
local json = require("os2.json")
local secrets = require("os2.text.secrets")
local sorted = require("os2.base.sorted")

---@class os2.guard.plan
local M = {}

local VALUE_BYTES <const>, LINE_BYTES <const> = 200, 400 -- most bytes that are shown
local HIDDEN <const> = "***"

-- The variables of a machine and of a secret may be secrets whatever their names are.
local OPAQUE <const> = { env = true, value = true, Env = true, envs = true, buildargs = true }

local function is_hidden(key)
  return OPAQUE[key] or secrets.is_word(tostring(key))
end

local function masked(value, key)
  if key and is_hidden(key) then return HIDDEN end
  if type(value) == "string" then return secrets.masked(value) end
  if type(value) ~= "table" then return value end
  local copy = {}
  for name, item in pairs(value) do copy[name] = masked(item, type(name) == "string" and name) end
  return getmetatable(value) == false and json.array(copy) or copy
end

local function shown(key, value)
  if is_hidden(key) then return HIDDEN end
  local text = type(value) == "table" and json.encode(masked(value)) or tostring(value)
  return foreign.head(secrets.masked(text), VALUE_BYTES)
end

local function fields_text(fields)
  local words = {}
  for _, key in ipairs(sorted.keys(fields)) do
    words[#words + 1] = ("%s=%s"):format(key, shown(key, fields[key]))
  end
  return table.concat(words, " ")
end

local function line_of(index, entry)
  local words = { ("%d. %s"):format(index, entry.verb) }
  if entry.method then
    words[#words + 1] = entry.method .. " " .. secrets.masked(entry.target or "")
  end
  if entry.text then words[#words + 1] = secrets.masked(entry.text) end
  if entry.fields and next(entry.fields) then words[#words + 1] = fields_text(entry.fields) end
  return foreign.line(table.concat(words, "  "), LINE_BYTES)
end

--- Returns the plan as text, a line for each change.
---@return string
function M.text()
  local entries = gate.recorded()
  if #entries == 0 then return "plan: nothing would change\n" end
  local ending = #entries > 1 and "s" or ""
  local lines = { ("plan: %d change%s, none was made"):format(#entries, ending) }
  for index, entry in ipairs(entries) do lines[index + 1] = line_of(index, entry) end
  return table.concat(lines, "\n") .. "\n"
end

local function has_word(words, wanted)
  for _, word in ipairs(words or {}) do
    if word == "--" then return false end
    if word == wanted then return true end
  end
  return false
end

--- Prints the plan at the end of a dry run, unless it is a part of the document on stdout. Beside a
--- list of objects for programs it goes to stderr. A run that failed before it planned anything has
--- none: what it would have changed is not known.
---@param words? string[]  of the command line
---@param has_failed? boolean
function M.show(words, has_failed)
  if gate.mode ~= "dry-run" or gate.is_told then return end
  if has_failed and #gate.recorded() == 0 then return end
  local stream = has_word(words, "--jsonl") and io.stderr or io.stdout
  stream:write(M.text())
  stream:flush()
end

--- Returns the plan as a list for the document.
---@return table[]
function M.document()
  local list = {}
  for index, entry in ipairs(gate.recorded()) do
    list[index] = {
      kind = entry.kind, verb = entry.verb, method = entry.method, target = masked(entry.target),
      text = masked(entry.text), fields = masked(entry.fields),
    }
  end
  return json.array(list)
end

return M
