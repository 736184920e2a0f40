--- Reads working trees with libgit2, when there is no git program. What libgit2 cannot read
--- correctly is an error that says what helps.
local err = require("os2.err")
local explain = require("os2.git.explain")
local overwritten = require("os2.git.overwritten")
local policy = require("os2.policy")
local stream = require("os2.git.stream")

---@class os2.git.library
local M = {}

-- Loaded at first use, so that a run without git does not load libgit2.
local function host()
  return require("host.git")
end

--- Asks libgit2 one question. Raises its error.
---@param verb string
---@param path string
---@param fields table?
---@return any
function M.ask(verb, path, fields)
  local request = { path = path, timeout = policy.ask("timeouts.git") }
  for key, value in pairs(fields or {}) do request[key] = value end
  local answer, failure = host()[verb](request)
  if answer == nil and failure then err.raise(explain.of(failure)) end
  return answer
end

local function target_of(path, fields)
  local target = {}
  for _, entry in ipairs(M.ask("tree", path, fields)) do target[entry.path] = entry.mode end
  return target
end

--- Returns what a reset by libgit2 would overwrite or remove; see `git.overwritten`. libgit2
--- removes the directory of a submodule that the commit lacks, so submodules with work in them are
--- included.
---@param path string
---@param fields {revision: string, timeout: number?}
---@return string[]
function M.overwritten(path, fields)
  local target = target_of(path, fields)
  local untracked = M.ask("untracked", path, { timeout = fields.timeout })
  local names = overwritten.of(path, untracked, target, { is_submodule_a_file = true })
  local lost = M.ask("lost_submodules", path, fields)
  table.move(lost, 1, #lost, #names + 1, names)
  table.sort(names)
  return names
end

--- Sets a checkout to a commit; see `git.reset`.
---@param fields {path: string, revision: string, branch: string?, timeout: number,
---  on_progress: function?}
---@return os2.git.head
function M.reset(fields)
  local op, failure = host().reset{
    path = fields.path, revision = fields.revision, branch = fields.branch,
    timeout = fields.timeout,
  }
  if not op then err.raise(explain.of(failure)) end
  local function nobody() end
  return stream.open(op, fields.on_progress or nobody)
end

return M
