--- Shows the log of a build at Daytona while the snapshot's state decides: a log that breaks off
--- fails nothing.
local build_lines = require("os2.flows.snapshot.remote.build_lines")
local docker = require("os2.docker")
local err = require("os2.err")
local policy = require("os2.policy")
local task = require("os2.task")

---@class os2.flows.snapshot.remote.log
local M = {}

-- A step that is not in the Dockerfile is a trigger of the base image (ONBUILD), which knows
-- nothing of the stage with the context.
local function is_trigger(ctx, name)
  local word = name:match("^(%u+) ")
  if word ~= "COPY" and word ~= "ADD" then return false end
  if name:find(" --from=") or name:find("://") or name:find("<<") then return false end
  return not ctx.build_info.dockerfileContent:find(name, 1, true)
end

local function warn_of_trigger(ctx, state, step)
  -- a run that goes on with an earlier one's registration does not know the Dockerfile
  if state.is_warned or not ctx.build_info or not is_trigger(ctx, step.name) then return end
  state.is_warned = true
  ctx.ui:warn(("the base image has a step that takes files of the context by itself (ONBUILD): %s. "
    .. "It does not get them with --remote; build on the local engine"):format(step.name))
end

local function show(ctx, state, line)
  local phase = ctx.ui.current
  state.output:add(line)
  for _, event in ipairs(state.lines:take(line)) do
    if phase and event.type == "step" then phase:build_step(event) end
    if event.type == "step" then warn_of_trigger(ctx, state, event) end
    if phase and event.type == "log" then phase:log(event) end
  end
end

-- The gate has its own snapshot built.
local function record_of(ctx)
  local record = ctx.snapshot or ctx.candidate and ctx.candidate.record
  if record then return record end
  err.raise(err.new{ kind = "not_found", op = "snapshot.log", message = "nothing is registered" })
end

-- A log that is read again starts at its beginning.
local function read(ctx, state, is_followed)
  local record = record_of(ctx)
  local stream <close> = ctx.provider.build_log(record.id, is_followed)
  local number = 0
  for line in stream:chunks() do
    number = number + 1
    if number > state.seen then
      state.seen = number
      show(ctx, state, (line:gsub("\r$", "")))
    end
  end
end

-- Right after the registration there is no log yet (404), and a proxy may cut a long one off or end
-- it. So the log is asked for until the wait has ended.
local function follow(ctx, state)
  local attempt = 0
  while true do
    local seen = state.seen
    task.try(read, ctx, state, true)
    attempt = state.seen > seen and 1 or attempt + 1
    task.sleep(policy.ask("poll.interval", { attempt = attempt }))
  end
end

-- What was written since the follower read: a failed build never ends its log.
local function read_rest(ctx, state)
  task.try(task.timeout, policy.ask("timeouts.build_log"), read, ctx, state, false)
end

local LINE <const> = "(line )(%d+)"

-- Daytona counts the lines of the Dockerfile that it was sent.
local function own_lines(ctx, text)
  local added = ctx.context and ctx.context.lines_added or 0
  return (text:gsub(LINE, function(word, number)
    return word .. math.max(1, math.tointeger(tonumber(number)) - added)
  end))
end

-- As it stands in the user's own Dockerfile.
local function own_step(step)
  local own = {}
  for key, value in pairs(step or {}) do own[key] = value end
  if step then own.name = own.name:gsub(" %-%-from=os2%-context%-?%d*", "", 1) end
  return step and own
end

local function explain(ctx, state, failure)
  local lines = state.lines
  local reason = own_lines(ctx, lines.reason or ctx.snapshot and ctx.snapshot.errorReason or "")
  if reason == "" or failure.kind ~= "invalid" then return failure end
  local built = docker.build_failure(reason, own_step(lines.failed), state.output:text())
  local line = ctx.dockerfile and ctx.dockerfile:line_of(built.step, reason)
  if line then failure.file, failure.line = ctx.args.dockerfile, line end
  failure.message = ("%s; snapshot %s was not built"):format(built.message, ctx.name)
  failure.detail = failure.detail or built.detail
  return failure
end

local function counted(ctx, state)
  if state.lines.steps == 0 then return end
  ctx.built = {
    steps = state.lines.steps, cached = state.lines.cached,
    sent = ctx.uploaded and ctx.uploaded.sent or 0,
  }
end

--- Runs `wait` and shows the log beside it. Raises what `wait` raises, with the step that failed.
---@param ctx table
---@param wait fun()
function M.during(ctx, wait)
  -- the context has a stage of its own
  local stages_added = ctx.context and ctx.context.lines_added > 0 and 1 or 0
  local state = { lines = build_lines.new(stages_added), output = docker.kept_output(), seen = 0 }
  local failure
  -- the end of the wait ends the log, too
  task.try(task.group, function(group)
    group:spawn(follow, ctx, state)
    failure = select(2, task.try(wait))
    group:cancel()
  end)
  if failure and not err.is(failure, "cancelled") then read_rest(ctx, state) end
  counted(ctx, state)
  if failure then err.raise(explain(ctx, state, failure)) end
end

return M
