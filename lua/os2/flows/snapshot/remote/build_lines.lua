--- Reads the log of a build at Daytona: which steps there are, what they write, which one fails.
---
--- Its lines are those of Daytona's builder: "#4 [stage-1 2/3] RUN make", "#4 CACHED [2/3] …",
--- "ERROR: …", and in between what the steps write.

local blank = require("os2.text.blank")

---@class os2.flows.snapshot.remote.build_lines
---@field failed table?  the step that failed
---@field reason string?  what its error says
---@field steps integer  of the Dockerfile
---@field cached integer  of them
---@field private by_stage table<string, table>  the running step of each stage
---@field private stages_added integer
---@field private all table[]
local Lines = {}
Lines.__index = Lines

local M = {}

--- Returns a reader of a log from its beginning.
---@param stages_added? integer  how many stages the Dockerfile has before the user's own
---@return os2.flows.snapshot.remote.build_lines
function M.new(stages_added)
  return setmetatable({
    all = {}, by_stage = {}, steps = 0, cached = 0, stages_added = stages_added or 0,
  }, Lines)
end

-- A stage without a name has its number.
local function own_stage(self, stage)
  return (stage:gsub("stage%-(%d+)$", function(number)
    return ("stage-%d"):format(math.max(0, math.tointeger(tonumber(number)) - self.stages_added))
  end))
end

-- "[stage-1 2/3] RUN make" in parts; other names are the builder's own steps.
local function named(self, id, name)
  local head, rest = name:match("^%[([^%]]*)%]%s+(.*)$")
  local stage, index, total = (head or ""):match("^(.*)%f[%d](%d+)/(%d+)$")
  if not stage then rest = nil end
  stage = stage and blank.trim_end(stage)
  stage = stage and stage ~= "" and own_stage(self, stage) or nil
  return {
    type = "step", id = id, name = rest or name, stage = stage,
    index = math.tointeger(tonumber(index)), total = math.tointeger(tonumber(total)),
  }
end

local function with_state(step, state, message)
  local event = {}
  for key, value in pairs(step) do event[key] = value end
  event.state, event.message = state, message
  return event
end

-- The builder does not say that a step has ended: the next one of its stage begins.
local function begin(self, step, events)
  local stage = step.stage or ""
  local before = step.index and self.by_stage[stage]
  if before then events[#events + 1] = with_state(before, "done") end
  if step.index then self.by_stage[stage], self.steps = step, self.steps + 1 end
  self.all[#self.all + 1] = step
  events[#events + 1] = with_state(step, "started")
end

local function take_cached(self, step, events)
  if step.index then self.steps, self.cached = self.steps + 1, self.cached + 1 end
  self.all[#self.all + 1] = step
  events[#events + 1] = with_state(step, "cached")
end

-- The step whose command the error quotes, else the last one that began.
local function failed_step(self, reason)
  local command = reason:match('^process "/bin/sh %-c (.*)" did not complete')
  for index = #self.all, 1, -1 do
    local step = self.all[index]
    if command and step.name:find(command, 1, true) then return step end
  end
  return self.all[#self.all]
end

local function take_error(self, reason, events)
  local step = failed_step(self, reason)
  -- the other steps are stopped then, and say so later
  if self.failed and reason:find("context canceled", 1, true) then return end
  self.failed, self.reason = step, reason
  if step then events[#events + 1] = with_state(step, "error", reason) end
end

--- Reads the next line. Returns its events, as those of `docker.build`.
---@param line string
---@return table[]
function Lines:take(line)
  local events = {}
  local id, cached = line:match("^#(%d+) CACHED (.+)$")
  if id then take_cached(self, named(self, id, cached), events) return events end
  local name
  id, name = line:match("^#(%d+) (.+)$")
  if id then begin(self, named(self, id, name), events) return events end
  local reason = line:match("^ERROR: (.+)$")
  if reason then take_error(self, reason, events) return events end
  local last = self.all[#self.all]
  if last and line ~= "" then events[1] = { type = "log", step = last.id, text = line } end
  return events
end

return M
