--- The part of an update that changes files, and its end where os2 was killed in it.
local git = require("os2.git")
local log = require("os2.flows.entry.log")
local state = require("os2.flows.entry.state")
local survey = require("os2.flows.entry.survey")
local task = require("os2.task")
local transfer = require("os2.flows.entry.transfer")

---@class os2.flows.entry.finish
local M = {}

local SHORT <const> = 10 -- digits of a commit that are shown

--- Sets a checkout to a commit, whose mark (`updating`) is taken away then.
---@param topic string
---@param path string
---@param goal {to: string, onto: string?, url: string?}
function M.run(topic, path, goal)
  -- What is in the way was asked for before (`entry.move`), or is what the killed one had written.
  local head, failure = task.try(git.reset, {
    path = path, to = goal.to, branch = goal.onto, overwrite = true,
  })
  if failure then transfer.fail(topic, { verb = "reset", subject = path }, failure) end
  state.change(path, {
    commit = goal.to, branch = head.branch or false, url = goal.url, goes_to = false,
    updating = false, onto = false,
  })
end

-- The mark says what os2 was about to do; somebody may have gone elsewhere since.
local function is_still_so(topic, path, known)
  local commit = survey.head(topic, path).commit
  return commit == known.commit or commit == known.updating
end

--- Brings an update to its end that was under way when os2 was killed: it left a mixture, and all
--- that is needed is there.
---@param topic string
---@param path string
function M.interrupted(topic, path)
  local known = state.read(path)
  if not known.updating then return end
  local short = known.updating:sub(1, SHORT)
  if not is_still_so(topic, path, known) then
    log.write(topic, ("the update to %s that was interrupted is given up: somebody has put another "
      .. "commit there"):format(short))
    return state.change(path, { updating = false, onto = false })
  end
  log.write(topic, ("finishing the update to %s that was interrupted"):format(short))
  M.run(topic, path, { to = known.updating, onto = known.onto, url = known.goes_to })
end

return M
