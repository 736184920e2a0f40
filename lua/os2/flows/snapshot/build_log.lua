--- Shows the events of a build, and counts its steps and the bytes of the context that were sent.

---@class os2.flows.snapshot.build_log
local M = {}

---@class os2.flows.snapshot.built
---@field id string  of the image
---@field steps integer  of the Dockerfile
---@field cached integer  steps whose results came from the cache
---@field sent integer  bytes of the build context
---@field files_sent integer?  that the engine asked for; nil: it was sent a tar

local function count(set)
  local total = 0
  for _ in pairs(set) do total = total + 1 end
  return total
end

local ON <const> = {
  step = function(phase, seen, event)
    phase:build_step(event)
    if not event.index then return end -- a step of the engine's own
    seen.steps[event.id] = true
    if event.state == "cached" then seen.cached[event.id] = true end
  end,
  log = function(phase, _, event) phase:log(event) end,
  bytes = function(phase, seen, event)
    if event.id == "context" then seen.sent = event.current end
    if not event.total or event.total <= 0 then return end
    phase:bytes(event.current, event.total, event.id)
  end,
  warning = function(phase, _, event) phase.ui:warn(event.text) end,
}

--- Shows the events of a build until its end. Raises what stopped the build.
---@param phase os2.report.progress.phase
---@param stream os2.docker.stream  of `docker.build`
---@return os2.flows.snapshot.built
function M.follow(phase, stream)
  local seen = { steps = {}, cached = {}, sent = 0 }
  for event in stream do
    if ON[event.type] then ON[event.type](phase, seen, event) end
  end
  local done = stream:result()
  return {
    id = done.id, steps = count(seen.steps), cached = count(seen.cached),
    sent = done.bytes_sent or seen.sent, files_sent = done.files_sent,
  }
end

return M
