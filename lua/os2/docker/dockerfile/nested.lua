--- Rewrites a Dockerfile so that it takes the build context out of an archive: a first stage
--- unpacks it, and what took a file of the context takes it from that stage. The image is the same,
--- and a builder that keeps only names, modes and contents of files cannot change it.
local err = require("os2.err")
local reader = require("os2.docker.dockerfile.reader")
local sources = require("os2.docker.dockerfile.sources")
local words = require("os2.docker.dockerfile.words")

---@class os2.docker.dockerfile.nested
local M = {}

local STAGE <const> = "os2-context"
local LINES <const> = { "FROM scratch AS %s", "ADD %s /" }
local BYTE_ORDER_MARK <const> = "^\239\187\191"
local IS_COPY <const> = { COPY = true, ADD = true }
local HERE <const> = "or build on the local engine: leave out --remote"

--- How many lines are put before the first FROM.
M.LINES = #LINES

local function refuse(instruction, what, hint)
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "snapshot.remote",
    message = ("line %d of the Dockerfile, %s: %s"):format(instruction.line, instruction.name,
      what),
    hint = ("%s, %s"):format(hint, HERE),
  })
end

local function lines_of(text)
  local list = {}
  for line in (text:gsub(BYTE_ORDER_MARK, "") .. "\n"):gmatch("([^\n]*)\n") do
    list[#list + 1] = line
  end
  if list[#list] == "" then list[#list] = nil end
  return list
end

-- Returns true when nothing but blanks, or the sign that the next line belongs to it, follows.
local function is_ended(line, column, escape)
  local at = line:find("%S", column)
  return not at or line:sub(at, at) == escape and not line:find("%S", at + 1)
end

-- Iterates over the flags of an instruction as they stand in the text: number of the line, first
-- and last column.
local function flags_of(self, instruction)
  local number = instruction.line
  local column = select(2, self.lines[number]:find("^%s*%S+")) + 1
  return function()
    while self.lines[number] do
      local line = self.lines[number]
      local is_skipped = column == 1 and line:find("^%s*#")
      if not is_skipped then
        local from, to = line:find("^%-%-%S+", line:find("%S", column) or #line + 1)
        if from and line:sub(to, to) == self.escape and not line:find("%S", to + 1) then
          to = to - 1
        end
        if from then
          column = to + 1
          return number, from, to
        end
        if not is_ended(line, column, self.escape) then return nil end
      end
      number, column = number + 1, 1
    end
  end
end

local function replace(self, number, from, to, text)
  local line = self.lines[number]
  self.lines[number] = line:sub(1, from - 1) .. text .. line:sub(to + 1)
end

-- A stage is added before all others, so the numbers of stages move.
local function renumbered(flag)
  return (flag:gsub("^(%-%-from=)(%d+)$", function(start, number)
    return start .. math.tointeger(tonumber(number)) + 1
  end):gsub("([,=]from=)(%d+)", function(start, number)
    return start .. math.tointeger(tonumber(number)) + 1
  end))
end

local function mount_of(flag)
  local value = flag:match("^%-%-mount=(.*)$")
  if not value then return nil end
  local mount = {}
  for part in value:gmatch("[^,]+") do
    local key, text = part:match("^([^=]+)=?(.*)$")
    if key then mount[key:lower()] = text end
  end
  return mount
end

local function is_of_context(mount)
  return mount and (mount.type or "bind"):lower() == "bind" and not mount.from
end

local function is_plain(flag)
  return not flag:find("[\"'$`\\]")
end

-- Where a mount's words hide what it is, the context may be meant.
local function rewritten_flag(self, instruction, flag)
  local mount = mount_of(flag)
  if mount and not is_plain(flag) then
    refuse(instruction, ("%s has variables or escapes"):format(flag),
      "write the mount without them")
  end
  flag = renumbered(flag)
  return is_of_context(mount) and ("%s,from=%s"):format(flag, self.stage) or flag
end

-- What is found in the text must be what the instruction has.
local function check_flags(instruction, places)
  local is_same = #places == #instruction.flags
  for index, place in ipairs(places) do
    is_same = is_same and place.flag == instruction.flags[index]
  end
  if is_same then return end
  refuse(instruction, "its flags are written in a way that os2 does not read",
    "write each flag on one line, without quotes")
end

-- The last flag first, so that the places of the others stay.
local function rewrite_flags(self, instruction)
  local places = {}
  for number, from, to in flags_of(self, instruction) do
    places[#places + 1] = {
      number = number, from = from, to = to, flag = self.lines[number]:sub(from, to),
    }
  end
  check_flags(instruction, places)
  for index = #places, 1, -1 do
    local at = places[index]
    replace(self, at.number, at.from, at.to, rewritten_flag(self, instruction, at.flag))
  end
end

-- The sources of a COPY or ADD as they are written; the last word is where they go.
local function written_sources(instruction, escape)
  local list = sources.written(instruction.text, escape)
  list[#list] = nil
  return list
end

local function split(list)
  local own, foreign = {}, {}
  for _, word in ipairs(list) do
    table.insert(sources.is_elsewhere(word) and foreign or own, word)
  end
  return own, foreign
end

-- ADD unpacks an archive, and has no --from: what it copies as it is, COPY can take.
local function check_added(self, instruction, own)
  for _, word in ipairs(own) do
    if word:find("[$*?%[]") then
      refuse(instruction, ("os2 cannot tell whether %s is an archive, which ADD unpacks"):format(
        word), "write COPY")
    elseif self.is_archive(sources.clean(words.expand(word, {}, self.escape))) then
      refuse(instruction, ("ADD unpacks the archive %s of the context"):format(word),
        "COPY it and unpack it in a RUN")
    end
  end
end

local function rewrite_copy(self, instruction)
  local own, foreign = split(written_sources(instruction, self.escape))
  if #own == 0 then return end
  if #foreign > 0 then
    refuse(instruction, "it takes files of the context and others at once", "write two of them")
  end
  if instruction.name == "ADD" then check_added(self, instruction, own) end
  local from, to = self.lines[instruction.line]:find("%S+")
  replace(self, instruction.line, from, to, ("COPY --from=%s"):format(self.stage))
end

local function has_from(instruction)
  for _, flag in ipairs(instruction.flags) do
    if flag:find("^%-%-from=") then return true end
  end
  return false
end

local function refuse_trigger(instruction)
  if has_from(instruction) then return end
  if IS_COPY[instruction.name] or instruction.name == "RUN" and #instruction.flags > 0 then
    refuse(instruction, "ONBUILD takes something of the context of another build",
      "write the instruction without ONBUILD")
  end
end

local function rewrite(self, instruction)
  if instruction.is_onbuild then return refuse_trigger(instruction) end
  if not IS_COPY[instruction.name] and instruction.name ~= "RUN" then return end
  rewrite_flags(self, instruction)
  local is_copy = IS_COPY[instruction.name]
  if is_copy and not has_from(instruction) then rewrite_copy(self, instruction) end
end

local function add_stage(self, first, file)
  for index, line in ipairs(LINES) do
    local value = index == 1 and self.stage or file
    table.insert(self.lines, first.line + index - 1, line:format(value))
  end
end

-- A name of the Dockerfile's own is left to it.
local function free_name(text)
  local name, number = STAGE, 1
  while text:lower():find(name, 1, true) do
    number = number + 1
    name = ("%s-%d"):format(STAGE, number)
  end
  return name
end

--- Returns the text of a Dockerfile that takes the context out of the archive `file`, the only
--- file of its real context. Raises `invalid` (exit 3) for what cannot be taken from there.
---@param text string
---@param options {file: string, is_archive: fun(path: string): boolean}  is_archive: of a path of
---  the context, "a/b"
---@return string
function M.rewrite(text, options)
  local instructions, directives = reader.read(text)
  local self = {
    lines = lines_of(text), escape = directives.escape, stage = free_name(text),
    is_archive = options.is_archive,
  }
  local first
  for _, instruction in ipairs(instructions) do
    if instruction.name == "FROM" then first = first or instruction end
    rewrite(self, instruction)
  end
  if first then add_stage(self, first, options.file) end
  return table.concat(self.lines, "\n") .. "\n"
end

return M
