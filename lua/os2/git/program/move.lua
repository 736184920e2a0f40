--- Moves a checkout with the git program, and finds what the move would overwrite.
local files = require("os2.git.program.files")
local look = require("os2.git.program.look")
local overwritten = require("os2.git.overwritten")
local program = require("os2.git.program")
local task = require("os2.task")

---@class os2.git.program.move
local M = {}

local function target_of(path, commit, options)
  local stdout = program.run(path, { "ls-tree", "-r", "-z", "--full-tree", commit }, options)
  local target = {}
  for mode, name in stdout:gmatch("(%d+) %a+ %x+\t(%Z+)%z") do target[name] = mode end
  return target
end

--- Returns the untracked files that a checkout of a commit would overwrite; see `git.overwritten`.
---@param path string
---@param fields {revision: string, timeout: number?}
---@return string[]
function M.overwritten(path, fields)
  local options = {
    verb = "git.overwritten", is_here = true, timeout = fields.timeout,
    what = ("cannot compare %s with %s"):format(path, fields.revision),
  }
  local commit = look.commit(path, fields.revision, options)
  local untracked = files.untracked(path, options)
  if #untracked == 0 then return {} end
  return overwritten.of(path, untracked, target_of(path, commit, options))
end

-- git reports progress as text: "Updating files:  45% (123/300)".
local function telling(on_progress)
  if not on_progress then return nil end
  return function(text)
    for done, total in text:gmatch("Updating files: +%d+%% %((%d+)/(%d+)%)") do
      on_progress{
        type = "progress", phase = "checkout", done = math.tointeger(done),
        total = math.tointeger(total), bytes = 0,
      }
    end
  end
end

-- A clone of a single branch is configured to fetch that branch only, and has no upstream for
-- another one.
local function follow(path, branch, options)
  local upstream = "origin/" .. branch
  if not look.find_commit(path, "refs/remotes/" .. upstream, options) then return end
  local words = { "branch", "-q", "--set-upstream-to=" .. upstream, branch }
  local _, failure = task.try(program.run, path, words, options)
  if not failure then return end
  program.run(path, { "remote", "set-branches", "--add", "origin", branch }, options)
  program.run(path, words, options)
end

local function words_of(branch, commit)
  local words = { "checkout", "--progress", "--force", "--no-track", "-B", branch, commit }
  return branch and words or { "checkout", "--progress", "--force", "--detach", commit }
end

--- Sets a checkout to a commit; see `git.reset`.
---@param fields {path: string, revision: string, branch: string?, timeout: number,
---  on_progress: function?}
---@return os2.git.head
function M.reset(fields)
  local path = fields.path
  local options = {
    verb = "git.reset", is_here = true, is_change = true, timeout = fields.timeout,
    what = ("cannot reset %s to %s"):format(path, fields.revision),
    on_stderr = telling(fields.on_progress),
  }
  local commit = look.commit(path, fields.revision, options)
  local current = look.current_branch(path, options)
  local branch = fields.branch or current
  program.run(path, words_of(branch, commit), options)
  if fields.branch and branch ~= current then follow(path, branch, options) end
  local head = look.head(path)
  return { commit = head.commit, branch = head.branch, root = head.root }
end

return M
