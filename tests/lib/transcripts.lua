--- Reads the commands that documents show, with their output, and compares output with masks.
---
--- A block ```console has commands after "$ " and their output below them; a block ```sh has
--- commands only. A block whose info string has "norun (why)" is not run. In expected output, a
--- line "…" stands for any number of lines, and a "…" at the end of a line for its rest.
local fs = require("os2.fs")

---@class tests.lib.transcripts
local M = {}

---@class tests.lib.transcripts.command
---@field place string  "README.md:12"
---@field text string  what a shell runs
---@field expected string[]?  lines of output; nil where the document shows none

local function is_run(info, place)
  local language = info:match("^%a+")
  if language ~= "console" and language ~= "sh" then return false end
  if not info:find("norun", 1, true) then return true end
  assert(info:find("norun %(.+%)$"), place .. ": norun wants its reason: norun (why)")
  return false
end

local function add_line(commands, language, line, place)
  local command = language == "sh" and line or line:match("^%$ (.*)")
  if command then
    if command:find("%S") and not command:find("^#") then
      commands[#commands + 1] = { place = place, text = command }
    end
    return
  end
  local last = assert(commands[#commands], place .. ": output before a command")
  last.expected = last.expected or {}
  last.expected[#last.expected + 1] = line
end

--- Returns the commands of a document that can be run, in its order.
---@param path string
---@return tests.lib.transcripts.command[]
function M.read(path)
  local commands, info, number = {}, nil, 0
  for line in (fs.read(path) .. "\n"):gmatch("(.-)\n") do
    number = number + 1
    local fence = line:match("^%s*```(.*)$")
    if fence then
      info = not info and fence or nil
    elseif info and is_run(info, ("%s:%d"):format(path, number)) then
      add_line(commands, info:match("^%a+"), line, ("%s:%d"):format(path, number))
    end
  end
  return commands
end

-- What differs from run to run, in this order: a pattern and what stands for it.
local MASKS <const> = {
  { "%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ", "<time>" },
  { "%d%d%d%d%d%d%d%d%-%d%d%d%d%d%d%-%x%x%x%x%x%x%x%x", "<stamp>" },
  { "%d%d%d%d%d%d%d%d%-%d%d%d%d%d%d", "<stamp>" },
  { "https?://%S+", "<url>" },
  { "%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x+", "<id>" },
  { "sha256:%x+", "<digest>" },
  { "%f[%w]%x%x%x%x%x%x%x%x%x%x%f[%W]", "<commit>" },
  { "docker %S+ %(BuildKit%)", "docker <version> (BuildKit)" },
  { "docker %S+, API [%d.]+", "docker <version>" },
  { "os2 %d+%.%d+%.%d+", "os2 <version>" },
  { "linux/%w+", "<platform>" },
  { "%f[%d][%d.]+ [kMG]?B%f[%W]", "<size>" },
  { "%f[%d]%d+%.%d+ s%f[%W]", "<seconds>" },
  { ", %d+ cached", "" },
  -- builds that go on at the same time share the step, with the name that the first one gives it
  { "%[[^%]]+%] FROM ", "[<step>] FROM " },
  { "pending →.* active", "pending → active" },
  { "%d+ in use", "<n> in use" },
  { "%d+ files", "<n> files" },
  { "%d+ ignored", "<n> ignored" },
  { "process %d+", "process <n>" },
  { "port %d+", "port <n>" },
  { "mach_%d+ |", "mach_<n> |" },
  { "(%s)/[^%s,:]+", "%1<path>" },
  { "%s+", " " },
  { " $", "" },
}

--- Returns a line with names, times, sizes, ids and places replaced by what stands for them.
---@param line string
---@return string
function M.mask(line)
  for _, mask in ipairs(MASKS) do line = line:gsub(mask[1], mask[2]) end
  return line
end

local function fits(expected, actual)
  local start = expected:match("^(.-)%s*…$")
  if start then return actual:sub(1, #start) == start end
  return expected == actual
end

local function fits_from(expected, at, actual, next_line)
  if at > #expected then return next_line > #actual end
  if expected[at] == "…" then
    for following = next_line, #actual + 1 do
      if fits_from(expected, at + 1, actual, following) then return true end
    end
    return false
  end
  return actual[next_line] ~= nil and fits(expected[at], actual[next_line])
    and fits_from(expected, at + 1, actual, next_line + 1)
end

--- Returns whether the output of a command is what the document shows, and both as masked text.
---@param expected string[]
---@param output string
---@return boolean is_same, string expected, string actual
function M.compare(expected, output)
  local wanted, seen = {}, {}
  for index, line in ipairs(expected) do wanted[index] = M.mask(line) end
  for line in output:gmatch("([^\n]*)\n?") do seen[#seen + 1] = M.mask(line) end
  while seen[#seen] == "" do seen[#seen] = nil end
  while wanted[#wanted] == "" do wanted[#wanted] = nil end
  return fits_from(wanted, 1, seen, 1), table.concat(wanted, "\n"), table.concat(seen, "\n")
end

return M
