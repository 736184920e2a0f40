--- Splits a Dockerfile into its instructions, as the engine's front end does: parser directives,
--- comments, continued lines, here-documents. Source: BuildKit, frontend/dockerfile/parser.
local blank = require("os2.text.blank")
local words = require("os2.docker.dockerfile.words")

---@class os2.docker.dockerfile.reader
local M = {}

local BYTE_ORDER_MARK <const> = "^\239\187\191"
local DIRECTIVES <const> = { syntax = true, escape = true, check = true }
local MAY_HAVE_DOCUMENTS <const> = { RUN = true, COPY = true, ADD = true }

---@class os2.docker.dockerfile.document  a here-document
---@field name string
---@field text string

---@class os2.docker.dockerfile.instruction
---@field name string  in upper case
---@field flags string[]  "--from=x", without quotes
---@field text string  the text after name and flags, on one line
---@field line integer  number of its first line
---@field documents os2.docker.dockerfile.document[]
---@field is_onbuild boolean?  it follows ONBUILD

local function lines_of(text)
  local list = {}
  for line in (text:gsub(BYTE_ORDER_MARK, "") .. "\n"):gmatch("([^\n]*)\n") do
    list[#list + 1] = (line:gsub("\r$", ""))
  end
  return list
end

-- Directives precede everything else, also comments.
local function directives_of(lines)
  local found = {}
  for index, line in ipairs(lines) do
    local name, value = line:match("^#%s*(%a[%w]*)%s*=(.*)$")
    value = value and blank.trim(value)
    local is_script = index == 1 and line:find("^#!") ~= nil
    if not is_script and (not name or value == "") then break end
    name = name and name:lower()
    if name and DIRECTIVES[name] then found[name] = found[name] or value end
  end
  return found
end

local function is_comment(line)
  return line:find("^%s*#") ~= nil
end

-- Returns the line without the escape character that continues it; nil when the line ends the
-- instruction. An escape character that is escaped itself does not continue the line.
local function continued(line, escape)
  local before = blank.trim_end(line)
  if before:sub(-1) ~= escape or before:sub(-2, -2) == escape then return nil end
  return before:sub(1, -2)
end

-- Returns the instruction that begins on a line, joined, and the index of the line after it.
-- Comments and empty lines inside it are skipped.
local function join(lines, first, escape)
  local parts, index = {}, first
  while index <= #lines do
    local line = lines[index]
    index = index + 1
    if index - 1 == first or not is_comment(line) and line:find("%S") then
      local part = continued(line, escape)
      parts[#parts + 1] = part or line
      if not part then break end
    end
  end
  return table.concat(parts), index
end

-- Removes the flags from a text; the word "--" ends them.
local function split_flags(text, escape)
  local flags, behind = {}, 1
  for word, after in words.each(text, escape) do
    if word:sub(1, 2) ~= "--" then break end
    behind = after
    if word == "--" then break end
    flags[#flags + 1] = words.expand(word, nil, escape)
  end
  return flags, blank.trim(text:sub(behind))
end

local function is_json(text)
  return text:sub(1, 1) == "[" and text:sub(-1) == "]"
end

-- Returns the here-documents that a line announces: "<<EOF", "<<-'EOF'", "3<<EOF". Their words have
-- one escape character only.
local function announced(text)
  local found = {}
  for word in words.each(text, "\\") do
    local dash, name = word:match("^%d*<<(%-?)([^<]+)$")
    if name then
      found[#found + 1] = { name = words.expand(name, nil, "\\"), drops_tabs = dash == "-" }
    end
  end
  return found
end

-- Returns the text of a here-document that begins on a line, and the index of the line after its
-- end; nil when it has no end.
local function document_at(lines, first, wanted)
  for index = first, #lines do
    local line = lines[index]
    if (wanted.drops_tabs and line:gsub("^\t+", "") or line) == wanted.name then
      return table.concat(lines, "\n", first, index - 1), index + 1
    end
  end
end

-- An engine without here-documents treats their lines as instructions; so does this function when a
-- here-document has no end.
local function read_documents(lines, index, instruction)
  for _, wanted in ipairs(announced(instruction.text)) do
    local text, behind = document_at(lines, index, wanted)
    if not text then break end
    table.insert(instruction.documents, { name = wanted.name, text = text })
    index = behind
  end
  return index
end

local function new_instruction(joined, line, escape)
  local name, rest = joined:match("^%s*(%S+)(.*)$")
  local flags, text = split_flags(rest, escape)
  return { name = name:upper(), flags = flags, text = text, line = line, documents = {} }
end

-- The text after ONBUILD is an instruction of its own.
local function unwrapped(instruction, escape)
  if instruction.name ~= "ONBUILD" or instruction.text == "" then return instruction end
  local inner = new_instruction(instruction.text, instruction.line, escape)
  inner.is_onbuild = true
  return inner
end

-- Returns the instruction that begins on a line, or nil when there is none, and the index of the
-- line after it.
local function instruction_at(lines, first, escape)
  if is_comment(lines[first]) or not lines[first]:find("%S") then return nil, first + 1 end
  local joined, index = join(lines, first, escape)
  if not joined:find("%S") then return nil, index end
  local instruction = unwrapped(new_instruction(joined, first, escape), escape)
  if MAY_HAVE_DOCUMENTS[instruction.name] and not is_json(instruction.text) then
    index = read_documents(lines, index, instruction)
  end
  return instruction, index
end

--- Reads a Dockerfile. Errors are skipped, because the front end reports them.
---@param text string
---@return os2.docker.dockerfile.instruction[]
---@return {syntax: string?, check: string?, escape: string} directives
function M.read(text)
  local lines, found, index = lines_of(text), {}, 1
  local directives = directives_of(lines)
  directives.escape = directives.escape == "`" and "`" or "\\"
  while index <= #lines do
    found[#found + 1], index = instruction_at(lines, index, directives.escape)
  end
  return found, directives
end

return M
