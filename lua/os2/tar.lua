--- The system's tar: command lines that pack and unpack under another name, and what it says.
local blank = require("os2.text.blank")
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local helper = require("os2.proc.helper")

---@class os2.tar
local M = {}

--- Returns the changes of the environment it runs in.
---@return table<string, string|false>
function M.environment()
  return helper.changes("tar", { TAR_OPTIONS = false, LC_ALL = "C" })
end

-- A name as the pattern and as the replacement of tar's `s,old,new,`.
local function pattern_of(name) return (name:gsub("[][\\.*^$,]", "\\%0")) end
local function replacement_of(name) return (name:gsub("[\\&,]", "\\%0")) end

-- Gives the first part of every name another name; where symbolic links point stays.
local function rename(from, to)
  return ("--transform=flags=rSh;s,^%s\\(/\\|$\\),%s\\1,"):format(pattern_of(from),
    replacement_of(to))
end

--- Returns the command line that writes a tar of `source` on stdout, in which it has this name.
---@param source {directory: string, name: string}
---@param name string
---@return string[]
function M.pack(source, name)
  return {
    "tar", "-C", source.directory, rename(source.name, name), "--no-unquote", "-cf", "-", "--",
    source.name,
  }
end

--- Returns the command line that unpacks a tar from stdin, in which `name` gets the target's name.
---@param name string
---@param target {directory: string, name: string}
---@return string[]
function M.unpack(name, target)
  return { "tar", "-C", target.directory, rename(name, target.name), "--no-same-owner", "-xf", "-" }
end

local LONGEST_REPORT <const> = 500 -- bytes

local function words_of(stderr)
  return blank.join_lines(foreign.visible((foreign.head(stderr, LONGEST_REPORT))), "; ")
end

--- Raises where it did not go well.
---@param code integer
---@param stderr string
function M.check(code, stderr)
  if code == 0 then return end
  err.raise(err.new{
    kind = "invalid", op = "tar",
    message = words_of(stderr),
  })
end

return M
