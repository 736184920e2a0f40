--- Makes error objects of git's error output. Its exit code is the same for nearly everything, so
--- its words (in English, because LC_ALL is C) tell the kind.
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local fs = require("os2.fs")
local lfs = require("lfs")

---@class os2.git.program.complaint
local M = {}

local LONGEST_BYTES <const> = 400 -- bytes of git's words that are passed on
local LONGEST_SEEN_BYTES <const> = 8 * LONGEST_BYTES -- bytes of git's output that the patterns see

-- Searched in this order.
local KINDS <const> = {
  { "detected dubious ownership", "denied" }, { "unsafe repository", "denied" },
  { "File exists", "conflict" }, { "Another git process", "conflict" },
  { "already checked out at", "conflict" }, { "already used by worktree", "conflict" },
  { "Permission denied", "denied" },
  { "Read-only file system", "denied" }, { "cannot change to ", "not_found" },
  { "Needed a single revision", "not_found" }, { "unknown revision", "not_found" },
  { "bad revision", "not_found" }, { "Not a valid object name", "not_found" },
}

local NEWER <const> = {
  "unknown repository extension", "Expected git repo version", "unknown value for 'extensions",
  "invalid value for 'extensions", "unknown index entry format", "index uses .- extension, which",
  "unsupported .- extension",
}

local function kind_of(text)
  for _, row in ipairs(KINDS) do
    if text:find(row[1], 1, true) then return row[2] end
  end
  return "invalid"
end

local function is_too_new(text)
  local head = text:sub(1, LONGEST_SEEN_BYTES)
  for _, pattern in ipairs(NEWER) do
    if head:find(pattern) then return true end
  end
  return false
end

-- Returns the first line with a complaint; an unknown extension is named on the line after it.
local function words_of(text, status)
  local cut = text:sub(1, LONGEST_SEEN_BYTES)
  local line = cut:match("fatal: ([^\n]*)") or cut:match("error: ([^\n]*)") or cut:match("[^\n]+")
  if not line then
    return status.signal and ("git was ended by signal %d"):format(status.signal)
      or ("git ended with code %d and said nothing"):format(status.code)
  end
  if line:sub(-1) == ":" then line = line .. " " .. (cut:match("\n\t([^\n]*)") or "") end
  return foreign.line(line, LONGEST_BYTES)
end

-- Uses the root as git names it, so that the command in the hint works from every directory.
local function owner_of(path, text, options)
  local root = text:sub(1, LONGEST_SEEN_BYTES)
    :match("\tgit config %-%-global %-%-add safe%.directory ([^\n]*)")
  root = root and (root:match("^'(.*)'$") or root) or path
  return err.new{
    kind = "denied", op = options.verb,
    message = ("%s: it belongs to another user: git config --global --add safe.directory %s, if "
      .. "you trust it"):format(options.what, root),
  }
end

local function has_repository(path, is_here)
  local at = lfs.attributes(path) and fs.realpath(path)
  while at do
    if lfs.attributes(at .. "/.git") then return true end
    at = not is_here and at ~= "/" and (at:match("^(.+)/[^/]*$") or "/") or nil
  end
  return false
end

local function no_repository(path, options)
  local is_damaged = has_repository(path, options.is_here)
  return err.new{
    kind = is_damaged and "invalid" or "not_found", op = options.verb,
    message = ("%s: %s"):format(options.what, is_damaged
      and "it is damaged, git does not take its .git for a repository"
      or "there is no git repository"),
  }
end

local function outside(path, options)
  return err.new{
    kind = "invalid", op = options.verb,
    message = path .. " is not in the working tree of a repository",
  }
end

--- Makes the error for what git wrote to stderr.
---@param path string
---@param status {code: integer, signal: integer?}
---@param text string
---@param options os2.git.program.options
---@return os2.Err
function M.of(path, status, text, options)
  if text:find("dubious ownership", 1, true) then return owner_of(path, text, options) end
  if text:find("not a git repository", 1, true) then return no_repository(path, options) end
  if text:find("must be run in a work tree", 1, true) then return outside(path, options) end
  return err.new{
    kind = kind_of(text), op = options.verb,
    message = ("%s: %s"):format(options.what, words_of(text, status)),
    hint = is_too_new(text) and "a newer git program can read it" or nil,
  }
end

return M
