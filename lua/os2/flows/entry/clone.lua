--- Clones a repository that is not checked out yet.
local clock = require("os2.clock")
local commits = require("os2.text.commits")
local err = require("os2.err")
local fs = require("os2.fs")
local git = require("os2.git")
local log = require("os2.flows.entry.log")
local state = require("os2.flows.entry.state")
local task = require("os2.task")
local terminal = require("os2.text.terminal")
local transfer = require("os2.flows.entry.transfer")

---@class os2.flows.entry.clone
local M = {}

local function check_room(topic, path)
  if not fs.exists(path) or #fs.list(path) == 0 then return end
  err.raise(err.new{
    kind = "conflict", op = "entry." .. topic,
    message = path .. " exists and is not a git checkout", hint = "move it away",
  })
end

local function clone(topic, repository)
  return transfer.run(topic, function()
    return git.clone{
      url = repository.url, path = repository.path, branch = repository.branch,
      depth = repository.depth ~= 0 and repository.depth or nil,
      credentials = transfer.credentials(),
    }
  end)
end

--- Clones a repository. Returns the commit that is checked out.
---@param topic string  the step
---@param repository os2.flows.entry.repository
---@return string commit
function M.run(topic, repository)
  check_room(topic, repository.path)
  log.write(topic, ("cloning %s to %s"):format(repository.url, repository.path))
  fs.mkdir_p(repository.path:match("^(.+)/[^/]+/?$") or "/")
  local began = clock.monotonic()
  local head, failure = task.try(clone, topic, repository)
  if failure then
    local url = repository.url
    transfer.fail(topic, { verb = "clone", subject = url, url = url }, failure)
  end
  state.change(repository.path,
    { commit = head.commit, branch = head.branch, url = repository.url })
  log.write(topic, ("cloned at %s in %s"):format(commits.short(head.commit),
    terminal.duration(clock.monotonic() - began)))
  return head.commit
end

return M
