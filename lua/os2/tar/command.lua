--- The system's tar: command lines that pack and unpack under another name, and the meaning of its
--- messages.
local blank = require("os2.text.blank")
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local helper = require("os2.run.helper")

---@class os2.tar.command
local M = {}

--- Returns the changes to the environment in which tar runs.
---@return table<string, string|false>
function M.environment()
  return helper.changes("tar", { TAR_OPTIONS = false, LC_ALL = "C" })
end

-- Escapes a name for the pattern, or for the replacement, of tar's `s,old,new,`.
local function pattern_of(name) return (name:gsub("[][\\.*^$,]", "\\%0")) end
local function replacement_of(name) return (name:gsub("[\\&,]", "\\%0")) end

-- Replaces the first component of every name; the targets of symbolic links stay.
local function rename(from, to)
  return ("--transform=flags=rSh;s,^%s\\(/\\|$\\),%s\\1,"):format(pattern_of(from),
    replacement_of(to))
end

--- Returns the command line that writes a tar of `source` to stdout, under this name. The name "."
--- means the directory itself.
---@param source {directory: string, name: string}
---@param name string
---@return string[]
function M.pack(source, name)
  return {
    "tar", "-C", source.directory, rename(source.name, name), "--no-unquote", "-cf", "-", "--",
    source.name,
  }
end

--- Returns the command line that writes a tar of a directory's entries to stdout, without the
--- directory itself, so that unpacking leaves the target directory itself as it is. The names are
--- given on stdin, each followed by a zero byte.
---@param directory string
---@return string[]
function M.pack_entries(directory)
  return { "tar", "-C", directory, "--null", "--no-unquote", "-T", "-", "-cf", "-" }
end

-- Without --preserve-permissions, tar itself drops the set-user-id, set-group-id and sticky bits.
-- Only the umask affects the others, and it is set to 0 here.
local UNPACK <const> = 'umask 0 && exec tar "$@"'

--- Returns the command line that unpacks a tar from stdin and renames `name` to the target's name.
--- The files belong to the caller; of their modes the bits 0777 are kept.
---@param name string
---@param target {directory: string, name: string}
---@return string[]
function M.unpack(name, target)
  return {
    "sh", "-c", UNPACK, "tar", "-C", target.directory, rename(name, target.name),
    "--no-same-owner", "--no-same-permissions", "-xf", "-",
  }
end

-- What tar reports, with exit code 1, about files that change while it packs them. A file that
-- became shorter is not among them: zeros take the place of the missing bytes.
local CHANGED <const> = { ": file changed as we read it$", ": File removed before we read it$" }
local HARMLESS <const> = { ": socket ignored$", "^tar: Removing leading `.*' from" }

local function matches(line, patterns)
  for _, pattern in ipairs(patterns) do
    if line:find(pattern) then return true end
  end
  return false
end

-- Returns the lines about files that have changed meanwhile; nil when anything else went wrong. A
-- report that was cut ends with an incomplete line.
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

local LONGEST_SEEN_BYTES <const> = 16 * 1024 -- bytes of tar's report that are read
local LONGEST_REPORT_BYTES <const> = 500 -- bytes of it that are passed on

local function words_of(text)
  return blank.join_lines(foreign.visible((foreign.head(text, LONGEST_REPORT_BYTES))), "; ")
end

--- Raises when tar failed. When files have only changed while they were packed, returns tar's words
--- about them.
---@param code integer
---@param stderr string
---@return string? words
function M.check(code, stderr)
  if code == 0 then return nil end
  stderr = stderr:sub(1, LONGEST_SEEN_BYTES)
  local lines = code == 1 and changed_in(stderr)
  if lines then return words_of(table.concat(lines, "\n")) end
  err.raise(err.new{
    kind = "invalid", op = "tar",
    message = words_of(stderr),
  })
end

return M
