--- The steps of a build as a display shows them: their numbers, words, and which of them run.
local terminal = require("os2.text.terminal")

---@class os2.report.progress.steps
---@field private by_id table<string, os2.report.progress.step>
---@field private running os2.report.progress.step[]  in the order in which they began
---@field private count integer
local Steps = {}
Steps.__index = Steps

---@class os2.report.progress.step
---@field number integer  the steps are numbered in the order in which they begin
---@field name string
---@field index? integer
---@field total? integer
---@field stage? string
---@field state "started"|"done"|"cached"|"error"
---@field began number  monotonic seconds
---@field seconds number  the time that it took, or has taken so far
---@field message? string  what went wrong

local M = {}

--- Returns an empty list.
---@return os2.report.progress.steps
function M.new()
  return setmetatable({ by_id = {}, running = {}, count = 0 }, Steps)
end

--- Returns the words of a step: "[builder 2/5] RUN make".
---@param step os2.report.progress.step
---@return string
function M.words(step)
  if not step.index then return step.name end
  local stage = step.stage and step.stage .. " " or ""
  return ("[%s%d/%d] %s"):format(stage, step.index, step.total, step.name)
end

--- Whether a step is one of BuildKit's own and is not in the Dockerfile.
---@param step os2.report.progress.step
---@return boolean
function M.is_internal(step)
  return step.name:sub(1, 10) == "[internal]"
end

--- Whether a step ended because another one failed.
---@param step os2.report.progress.step
---@return boolean
function M.is_cancelled(step)
  return step.state == "error" and (step.message or ""):find("context canceled$") ~= nil
end

--- Returns the step of an id, which is new when it was not seen before.
---@param id string
---@param now number  monotonic seconds
---@return os2.report.progress.step
function Steps:of(id, now)
  local step = self.by_id[id]
  if not step then
    self.count = self.count + 1
    step = { number = self.count, name = "", began = now }
    self.by_id[id] = step
  end
  return step
end

local function stop(self, step)
  for index, other in ipairs(self.running) do
    if other == step then return table.remove(self.running, index) end
  end
end

--- Takes an event of a step and returns the step.
---@param event table  {type = "step", …} of `docker.build`
---@param now number  monotonic seconds
---@return os2.report.progress.step
function Steps:take(event, now)
  local step = self:of(event.id, now)
  step.name, step.stage = terminal.clean(event.name), event.stage and terminal.clean(event.stage)
  step.index, step.total, step.state = event.index, event.total, event.state
  step.seconds = event.seconds or now - step.began
  step.message = event.message and terminal.clean(event.message)
  stop(self, step)
  if step.state == "started" then table.insert(self.running, step) end
  return step
end

--- Returns the words of the running step that began last, or "" when none runs. BuildKit's own
--- steps do not count.
---@return string
function Steps:running_words()
  for index = #self.running, 1, -1 do
    local step = self.running[index]
    if not M.is_internal(step) then return M.words(step) end
  end
  return ""
end

return M
