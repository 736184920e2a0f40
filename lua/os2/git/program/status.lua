--- What differs from the commit, as `git status` says it.
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

--- Returns what has changed; see `git.status`.
---@param path string
---@param fields {without_submodules: boolean?}
---@return os2.git.status
function M.of(path, fields)
  local words = { "status", "--porcelain=v2", "-z", "--untracked-files=normal" }
  if fields.without_submodules then words[#words + 1] = "--ignore-submodules=all" end
  local stdout = program.run(path, words, {
    verb = "git.status", what = ("cannot compare %s with its commit"):format(path),
  })
  local changes = M.parse(stdout)
  return { is_clean = #changes == 0, changes = changes }
end

return M
