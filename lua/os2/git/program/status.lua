--- What differs from the commit, as `git status` says it.
local err = require("os2.err")
local fs = require("os2.fs")
local program = require("os2.git.program")

---@class os2.git.program.status
local M = {}

-- How many fields stand before the path, by the kind of line (git-status, "Porcelain Format 2").
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

--- Reads the answer of `git status --porcelain=v2 -z`.
---@param text string
---@return {path: string, state: string}[]
function M.parse(text)
  local changes, is_origin = {}, false
  for record in text:gmatch("(%Z+)%z") do
    local kind = record:sub(1, 1)
    if is_origin then
      is_origin = false -- where a renamed file was
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

-- A partial clone may lack the contents that a renamed file would be told by.
local function ask(path, words)
  local ok, answer = pcall(program.run, path, words, options_of(path))
  if ok then return answer end
  if not err.is(answer, "invalid") then error(answer, 0) end
  words[#words + 1] = "--no-renames"
  local is_answered, other = pcall(program.run, path, words, options_of(path))
  return is_answered and other or error(answer, 0)
end

--- Returns what has changed; see `git.status`.
---@param path string
---@param fields {without_submodules: boolean?}
---@return os2.git.status
function M.of(path, fields)
  local words = { "status", "--porcelain=v2", "-z", "--untracked-files=normal" }
  if fields.without_submodules then words[#words + 1] = "--ignore-submodules=all" end
  local changes = M.parse(ask(path, words))
  return { is_clean = #changes == 0, changes = changes }
end

-- The path of a plain file that differs from the index in its bytes alone, and is not staged.
local function unstaged_file(record)
  local index_mode, tree_mode = record:match("^1 %.M N%.%.%. %d+ (%d+) (%d+) ")
  if index_mode and index_mode == tree_mode and index_mode:sub(1, 2) == "10" then
    return path_of(record, "1")
  end
end

-- Not where it cannot be written out: a filter that fails, contents that a partial clone lacks.
local function holds(root, path, kind, content)
  local ok, stored = pcall(program.run, root, { "cat-file", kind, ":" .. path }, options_of(root))
  if not ok and not err.is(stored, "invalid") then error(stored, 0) end
  return ok and stored == content
end

-- As a checkout writes it, or as it stands in the commit: where line ends or a filter do not agree
-- with what was committed, git calls a file changed that nobody has touched.
local function is_as_committed(root, path)
  local content = fs.read(root .. "/" .. path)
  return holds(root, path, "--filters", content) or holds(root, path, "blob", content)
end

--- Says whether a tracked file is otherwise than committed; see `git.is_changed`.
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
