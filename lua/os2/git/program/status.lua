--- Reads the changes of a working tree from `git status`.
local err = require("os2.err")
local fs = require("os2.fs")
local program = require("os2.git.program")

---@class os2.git.program.status
local M = {}

-- Number of fields before the path, by kind of line (git-status, "Porcelain Format 2").
local FIELDS <const> = { ["1"] = 7, ["2"] = 8, u = 9 }

local function path_of(record, kind)
  local at = 3
  for _ = 1, FIELDS[kind] do at = record:find(" ", at, true) + 1 end
  return record:sub(at)
end

local function state_of(kind, record)
  if kind == "u" then return "conflicted" end
  local index, tree = record:match("^%d (.)(.)")
  if index == "D" or tree == "D" then return "deleted" end
  if index == "R" or tree == "R" then return "renamed" end
  if index == "A" or tree == "A" or index == "C" or tree == "C" then return "added" end
  return "modified"
end

--- Parses the output of `git status --porcelain=v2 -z`.
---@param text string
---@return {path: string, state: string}[]
function M.parse(text)
  local changes, is_origin = {}, false
  for record in text:gmatch("(%Z+)%z") do
    local kind = record:sub(1, 1)
    if is_origin then
      is_origin = false -- the old path of a renamed file
    elseif kind == "?" then
      changes[#changes + 1] = { path = record:sub(3), state = "untracked" }
    elseif FIELDS[kind] then
      changes[#changes + 1] = { path = path_of(record, kind), state = state_of(kind, record) }
      is_origin = kind == "2"
    end
  end
  return changes
end

local function options_of(path)
  return { verb = "git.status", what = ("cannot compare %s with its commit"):format(path) }
end

-- A partial clone may lack the contents by which git detects a rename.
local function ask(path, words)
  local ok, answer = pcall(program.run, path, words, options_of(path))
  if ok then return answer end
  if not err.is(answer, "invalid") then error(answer, 0) end
  words[#words + 1] = "--no-renames"
  local is_answered, other = pcall(program.run, path, words, options_of(path))
  return is_answered and other or error(answer, 0)
end

--- Returns the changes; see `git.status`.
---@param path string
---@param fields {without_submodules: boolean?}
---@return os2.git.status
function M.of(path, fields)
  local words = { "status", "--porcelain=v2", "-z", "--untracked-files=normal" }
  if fields.without_submodules then words[#words + 1] = "--ignore-submodules=all" end
  local changes = M.parse(ask(path, words))
  return { is_clean = #changes == 0, changes = changes }
end

-- Returns the path of a regular file whose content differs from the index, and whose mode and
-- staged content do not.
local function unstaged_file(record)
  local index_mode, tree_mode = record:match("^1 %.M N%.%.%. %d+ (%d+) (%d+) ")
  if index_mode and index_mode == tree_mode and index_mode:sub(1, 2) == "10" then
    return path_of(record, "1")
  end
end

-- Returns false when the content cannot be produced: a filter fails, or a partial clone lacks it.
local function holds(root, path, kind, content)
  local ok, stored = pcall(program.run, root, { "cat-file", kind, ":" .. path }, options_of(root))
  if not ok and not err.is(stored, "invalid") then error(stored, 0) end
  return ok and stored == content
end

-- Returns true when the file has the content that a checkout writes, or the content in the commit.
-- When line ends or a filter do not agree with the commit, git reports a file as changed that
-- nobody has touched.
local function is_as_committed(root, path)
  local content = fs.read(root .. "/" .. path)
  return holds(root, path, "--filters", content) or holds(root, path, "blob", content)
end

--- Returns true when a tracked file differs from the commit; see `git.is_changed`.
---@param path string
---@return boolean
function M.is_changed(path)
  local options = options_of(path)
  local stdout = program.run(path, {
    "status", "--porcelain=v2", "-z", "--untracked-files=no", "--ignore-submodules=all",
    "--no-renames",
  }, options)
  if stdout == "" then return false end
  local root = program.run(path, { "rev-parse", "--show-toplevel" }, options):gsub("\n$", "")
  for record in stdout:gmatch("(%Z+)%z") do
    local file = unstaged_file(record)
    if not file or not is_as_committed(root, file) then return true end
  end
  return false
end

return M
