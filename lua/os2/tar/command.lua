--- The system's tar: command lines that pack and unpack under another name, and what it says.
local blank = require("os2.text.blank")
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local helper = require("os2.run.helper")

---@class os2.tar.command
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

--- Returns the command line that writes a tar of `source` on stdout, in which it has this name. The
--- directory itself is its name ".".
---@param source {directory: string, name: string}
---@param name string
---@return string[]
function M.pack(source, name)
  return {
    "tar", "-C", source.directory, rename(source.name, name), "--no-unquote", "-cf", "-", "--",
    source.name,
  }
end

--- Returns the command line that writes a tar of a directory's entries on stdout, without the
--- directory itself: who unpacks it leaves his own directory as it is. Their names come on stdin,
--- each with a zero byte behind it.
---@param directory string
---@return string[]
function M.pack_entries(directory)
  return { "tar", "-C", directory, "--null", "--no-unquote", "-T", "-", "-cf", "-" }
end

-- tar itself keeps the bits for set-user-id, set-group-id and "sticky" back where it is not to
-- preserve permissions; then only the umask stands between, and that is ours.
local UNPACK <const> = 'umask 0 && exec tar "$@"'

--- Returns the command line that unpacks a tar from stdin, in which `name` gets the target's name.
--- Files are the caller's, and of their modes the bits 0777 are kept.
---@param name string
---@param target {directory: string, name: string}
---@return string[]
function M.unpack(name, target)
  return {
    "sh", "-c", UNPACK, "tar", "-C", target.directory, rename(name, target.name),
    "--no-same-owner", "--no-same-permissions", "-xf", "-",
  }
end

-- What tar says, with the code 1, of files that others change while it packs them. A file that got
-- shorter is none of it: zeros stand in the place of what is missing.
local CHANGED <const> = { ": file changed as we read it$", ": File removed before we read it$" }
local HARMLESS <const> = { ": socket ignored$", "^tar: Removing leading `.*' from" }

local function matches(line, patterns)
  for _, pattern in ipairs(patterns) do
    if line:find(pattern) then return true end
  end
  return false
end

-- The lines about files that were changed meanwhile; nil where anything else went wrong. A report
-- that is too long ends in a part of a line.
local function changed_in(stderr)
  local lines = {}
  for line, ending in stderr:gmatch("([^\n]+)(\n?)") do
    if ending == "" then
      break
    elseif matches(line, CHANGED) then
      lines[#lines + 1] = line:gsub("^tar: ", "")
    elseif not matches(line, HARMLESS) then
      return nil
    end
  end
  return #lines > 0 and lines or nil
end

local LONGEST_SEEN <const> = 16 * 1024 -- bytes of what tar says that are looked at
local LONGEST_REPORT <const> = 500 -- and of those that are passed on

local function words_of(text)
  return blank.join_lines(foreign.visible((foreign.head(text, LONGEST_REPORT))), "; ")
end

--- Raises where it did not go well. Where only files were changed while they were packed, it did;
--- those are returned, in tar's words.
---@param code integer
---@param stderr string
---@return string? words
function M.check(code, stderr)
  if code == 0 then return nil end
  stderr = stderr:sub(1, LONGEST_SEEN)
  local lines = code == 1 and changed_in(stderr)
  if lines then return words_of(table.concat(lines, "\n")) end
  err.raise(err.new{
    kind = "invalid", op = "tar",
    message = words_of(stderr),
  })
end

return M
