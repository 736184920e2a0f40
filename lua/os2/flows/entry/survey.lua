--- What a checkout is like, for those who decide what becomes of it.
local git = require("os2.git")
local state = require("os2.flows.entry.state")
local task = require("os2.task")

---@class os2.flows.entry.survey
local M = {}

---@class os2.flows.entry.seen
---@field path string
---@field commit string?
---@field branch string?  nil: on none
---@field is_shallow boolean
---@field is_clean boolean
---@field known os2.flows.entry.state.fields

-- A reset leaves untracked files where they are: a build's output is no change.
local function is_clean(path)
  for _, change in ipairs(git.status(path).changes) do
    if change.state ~= "untracked" then return false end
  end
  return true
end

--- Looks at a checkout.
---@param path string
---@return os2.flows.entry.seen
function M.of(path)
  local head = git.head(path)
  return {
    path = path, commit = head.commit, branch = head.branch, is_shallow = head.is_shallow,
    is_clean = is_clean(path), known = state.read(path),
  }
end

--- The facts of `entry.update`.
---@param seen os2.flows.entry.seen
---@return table
function M.of_update(seen)
  return { is_shallow = seen.is_shallow, is_clean = seen.is_clean }
end

-- Where there is no such commit, nothing of it can be lost.
local function is_contained(path, commit, tip)
  if not commit then return true end
  local is_so, failure = task.try(git.is_ancestor, { path = path, commit = commit, of = tip })
  return is_so or failure ~= nil and failure.kind == "not_found"
end

local function is_switched(repository, seen)
  local known = seen.known.branch
  return known ~= nil and known ~= seen.branch and seen.branch ~= repository.branch
end

-- The local branch that an update would go to, and set.
local function is_branch_free(repository, seen, tip)
  local branch = repository.branch
  if branch == nil or branch == seen.branch then return true end
  return is_contained(seen.path, "refs/heads/" .. branch, tip)
end

--- The facts of `entry.move`.
---@param repository os2.flows.entry.repository
---@param seen os2.flows.entry.seen
---@param tip string  what was fetched
---@return table
function M.of_move(repository, seen, tip)
  return {
    is_own = seen.known.commit ~= nil and seen.known.commit == seen.commit,
    is_contained = is_contained(seen.path, seen.commit, tip),
    is_switched = is_switched(repository, seen),
    is_branch_free = is_branch_free(repository, seen, tip),
  }
end

return M
