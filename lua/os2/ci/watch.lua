--- Tells others of a run while it goes and at its end: GitHub Actions, a collector of traces.
local err = require("os2.err")
local progress = require("os2.report.progress")
local scheduler = require("os2.run.scheduler")

---@class os2.ci.watch
---@field failure_exit string?  name of the exit code for every failure
---@field private watchers {finish: function}[]
local Watch = {}
Watch.__index = Watch

local M = {}

--- Begins to tell of a command's run. `<close>` what it returns.
---@param command string
---@param wants {github: boolean, trace: boolean}
---@return os2.ci.watch
function M.open(command, wants)
  local watch = setmetatable({ watchers = {}, fields = {} }, Watch)
  local github = wants.github and require("os2.ci.github")
  if github and github.is_wanted() then table.insert(watch.watchers, github.open(command)) end
  if wants.trace then table.insert(watch.watchers, (require("os2.ci.trace").open(command))) end
  return watch
end

--- Notes the result of the run.
---@param fields table  of the document
---@param code? integer  the exit code that is passed on
function Watch:result(fields, code)
  self.fields, self.code = fields, code
end

local function finish(watch, failure)
  local fields = failure and failure.result or watch.fields
  for _, watcher in ipairs(watch.watchers) do
    local ok, why = pcall(watcher.finish, watcher, fields, failure, watch.code)
    if not ok then progress.warn("the run was not told of: " .. tostring(why)) end
  end
  progress.forget_observers()
end

-- A run that passes on an exit code ends by a cancellation, which is no failure.
local function failure_of(watch, raised)
  if raised == nil then return nil end
  local failure = err.from(raised)
  failure.exit = watch.failure_exit or failure.exit
  local is_passed_on = failure.kind == "cancelled" and watch.code and not scheduler.signal
  return not is_passed_on and failure or nil
end

-- In a clean-up, so that it works in an interrupted run too, as long as a clean-up may take.
function Watch:__close(raised)
  scheduler.shield(nil, finish, self, failure_of(self, raised))
end

return M
