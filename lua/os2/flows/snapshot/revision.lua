--- The commit of a directory, and whether the directory has changes that are not in it.
local commits = require("os2.text.commits")
local err = require("os2.err")
local policy = require("os2.policy")
local remotes = require("os2.flows.remotes")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.revision
local M = {}

local NAMED <const> = 3 -- how many changed files an error names

---@class os2.flows.snapshot.git
---@field commit string?  nil before the first commit
---@field branch string?
---@field source string?  URL of the remote from which it was cloned
---@field is_clean boolean
---@field changes {path: string, state: string}[]

local function source_of(list)
  return remotes.origin(list) or list[1] and list[1].url
end

local function look(path)
  local git = require("os2.git") -- required here, because it loads libgit2
  local head, status = git.head(path), git.status(path)
  return {
    commit = head.commit, branch = head.branch, source = source_of(git.remotes(path)),
    is_clean = status.is_clean, changes = status.changes,
  }
end

--- Returns what git knows of a directory; nil when it is in no repository; nil and the error when
--- the repository cannot be read. Waits.
---@param path string
---@return os2.flows.snapshot.git?
---@return os2.Err? failure
function M.find(path)
  local found, failure = task.try(look, path)
  if failure and failure.kind == "not_found" then return nil end
  return found, failure
end

--- Returns the revision in a few words: "a1b2c3d4e5, clean".
---@param found os2.flows.snapshot.git
---@return string
function M.words(found)
  local commit = commits.short(found.commit)
  if found.is_clean then return commit .. ", clean" end
  return ("%s and %s"):format(commit, terminal.plural(#found.changes, "change"))
end

local function names_of(changes)
  local names = {}
  for index = 1, math.min(#changes, NAMED) do names[index] = changes[index].path end
  if #changes > NAMED then names[#names + 1] = "…" end
  return table.concat(names, ", ")
end

local function refuse(message, hint)
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "snapshot", message = message,
    hint = (hint or "commit the changes") .. ", or add --allow-dirty",
  })
end

--- Raises `invalid` (exit 3) when the policy `snapshot.dirty` refuses uncommitted changes. A
--- directory without a repository, or with one that cannot be read, counts as changed.
---@param args table  the command's arguments
---@param found os2.flows.snapshot.git?
---@param failure os2.Err?
function M.check(args, found, failure)
  if found and found.is_clean then return end
  local verdict = policy.ask("snapshot.dirty", { is_allowed = args.is_dirty_allowed or false })
  if verdict ~= "refuse" then return end
  if failure then
    refuse("it is not known whether the tree has uncommitted changes: " .. failure.message,
      failure.hint or "fix this first")
  elseif not found then
    refuse(("%s is not in a git repository, so it has no commit"):format(args.context))
  end
  refuse(("the tree has %s without a commit: %s"):format(
    terminal.plural(#found.changes, "change"), names_of(found.changes)))
end

return M
