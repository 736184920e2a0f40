--- The part of an update that changes files, and its completion after os2 was killed in it.
local commits = require("os2.text.commits")
local git = require("os2.git")
local log = require("os2.flows.entry.log")
local state = require("os2.flows.entry.state")
local survey = require("os2.flows.entry.survey")
local task = require("os2.task")
local transfer = require("os2.flows.entry.transfer")

---@class os2.flows.entry.finish
local M = {}

--- Sets a checkout to a commit, then removes the mark `updating`.
---@param topic string
---@param path string
---@param goal {to: string, onto: string?, url: string?}
function M.run(topic, path, goal)
  -- `entry.move` has agreed to overwrite these files, or the killed update has written them
  local head, failure = task.try(git.reset, {
    path = path, to = goal.to, branch = goal.onto, overwrite = true,
  })
  if failure then transfer.fail(topic, { verb = "reset", subject = path }, failure) end
  state.change(path, {
    commit = goal.to, branch = head.branch or false, url = goal.url, goes_to = false,
    updating = false, onto = false,
  })
end

-- The mark says what os2 was about to do; somebody may have moved the checkout since.
local function is_still_so(topic, path, known)
  local commit = survey.head(topic, path).commit
  return commit == known.commit or commit == known.updating
end

--- Completes an update during which os2 was killed: it left a mixture of two commits, and
--- everything that is needed is there.
---@param topic string
---@param path string
function M.interrupted(topic, path)
  local known = state.read(path)
  if not known.updating then return end
  local short = commits.short(known.updating)
  if not is_still_so(topic, path, known) then
    log.write(topic, ("the interrupted update to %s is given up: somebody has checked out another "
      .. "commit"):format(short))
    return state.change(path, { updating = false, onto = false })
  end
  log.write(topic, ("finishing the interrupted update to %s"):format(short))
  M.run(topic, path, { to = known.updating, onto = known.onto, url = known.goes_to })
end

return M
