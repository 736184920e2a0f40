--- Working trees as libgit2 reads them, where there is no git program. What it cannot read rightly
--- is an error that says what would help.
local err = require("os2.err")
local explain = require("os2.git.explain")
local overwritten = require("os2.git.overwritten")
local policy = require("os2.policy")
local stream = require("os2.git.stream")

---@class os2.git.library
local M = {}

-- Loaded at first use: what needs no git must not pay for libgit2.
local function host()
  return require("host.git")
end

--- Asks libgit2 one question; raises what it says went wrong.
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

--- Returns what a reset by libgit2 would overwrite or remove; see `git.overwritten`. It removes the
--- directory of a submodule that goes, so those with work in them are among it.
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
