--- The state of a checkout, as facts for the policies that decide about it.
local git = require("os2.git")
local remotes = require("os2.flows.remotes")
local state = require("os2.flows.entry.state")
local task = require("os2.task")
local transfer = require("os2.flows.entry.transfer")

---@class os2.flows.entry.survey
local M = {}

---@class os2.flows.entry.seen
---@field path string
---@field commit string?
---@field branch string?  nil: HEAD is detached
---@field is_shallow boolean
---@field is_clean boolean?  nil: not known, `failure` says why
---@field failure os2.Err?
---@field origin string?  the URL of the remote, without user and password
---@field known os2.flows.entry.state.fields

-- A reset keeps untracked files, so the output of a build is no change. It also leaves submodules
-- alone: they differ from what an update has fetched, and nothing in them is lost.
local function is_clean(path)
  return not git.is_changed(path)
end

--- Returns the head of a checkout. Raises, with the step's name, when it cannot be read.
---@param topic string
---@param path string
---@return os2.git.look
function M.head(topic, path)
  local head, failure = task.try(git.head, path)
  if head then return head end
  local hint = "move it away; then it is cloned again"
  transfer.fail(topic, { verb = "read", subject = path, hint = hint }, failure)
end

--- Returns the state of a checkout.
---@param topic string  the step
---@param path string
---@return os2.flows.entry.seen
function M.of(topic, path)
  local head = M.head(topic, path)
  local is_so, failure = task.try(is_clean, path)
  return {
    path = path, commit = head.commit, branch = head.branch, is_shallow = head.is_shallow,
    is_clean = is_so, failure = failure, known = state.read(path),
    origin = remotes.origin(git.remotes(path)),
  }
end

-- Compares without case, trailing slashes and ".git", because a repository's URL has several
-- spellings.
local function is_same(one, other)
  local function plain(url)
    local site, path = url:match("^(%a+://[^/]*)(.*)$")
    return (site and site:lower() .. path or url):gsub("/+$", ""):gsub("%.git$", "")
  end
  return one ~= nil and other ~= nil and plain(one) == plain(other)
end

-- Returns true when the checkout is at the commit that os2 checked out, and is fetched from the
-- same URL.
local function is_own(repository, seen)
  local known, origin = seen.known, seen.origin
  if known.commit == nil or known.commit ~= seen.commit then return false end
  return known.url == nil or is_same(origin, known.url) or is_same(origin, known.goes_to)
    or is_same(origin, repository.url)
end

--- Returns true when the checkout is fetched from another repository than the wanted one.
---@param repository os2.flows.entry.repository
---@param seen os2.flows.entry.seen
---@return boolean
function M.is_other(repository, seen)
  return not is_same(seen.origin, repository.url)
end

--- Returns true when os2 has checked it out from another repository than the wanted one.
---@param repository os2.flows.entry.repository
---@param seen os2.flows.entry.seen
---@return boolean
function M.is_replaced(repository, seen)
  return is_own(repository, seen) and not is_same(seen.known.url or seen.origin, repository.url)
end

--- Returns the facts of `entry.update`.
---@param repository os2.flows.entry.repository
---@param seen os2.flows.entry.seen
---@return table
function M.of_update(repository, seen)
  return {
    is_shallow = seen.is_shallow, is_clean = seen.is_clean, is_own = is_own(repository, seen),
    is_other = M.is_other(repository, seen),
  }
end

-- A commit that cannot be compared counts as not contained.
local function is_contained(path, commit, tip)
  if not commit then return true end
  return task.try(git.is_ancestor, { path = path, commit = commit, of = tip }) or false
end

local function is_switched(repository, seen)
  local known = seen.known.branch
  return known ~= nil and known ~= seen.branch and seen.branch ~= repository.branch
end

-- Returns the local branch that an update would move; nil when it is new, or is the current branch.
local function branch_of(repository, seen)
  local name = repository.branch
  if name == nil or name == seen.branch then return nil end
  return git.branch(seen.path, name)
end

--- Returns the facts of `entry.move`.
---@param repository os2.flows.entry.repository
---@param seen os2.flows.entry.seen
---@param tip string  the commit that was fetched
---@return table
function M.of_move(repository, seen, tip)
  local branch = branch_of(repository, seen)
  return {
    is_own = is_own(repository, seen),
    is_contained = is_contained(seen.path, seen.commit, tip),
    is_switched = is_switched(repository, seen),
    is_branch_contained = is_contained(seen.path, branch and branch.commit, tip),
    is_branch_elsewhere = branch ~= nil and branch.is_elsewhere,
    overwritten = git.overwritten{ path = seen.path, to = tip },
  }
end

return M
