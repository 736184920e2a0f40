--- Waits for a machine to come to a state, and for its port to answer.
local clock = require("os2.clock")
local err = require("os2.err")
local policy = require("os2.policy")
local task = require("os2.task")

---@class os2.flows.machine.wait
local M = {}

local function fail(kind, message, hint)
  err.raise(err.new{ kind = kind, op = "machine.wait", message = message, hint = hint })
end

local function look(ctx, machine)
  local found = ctx.pace:call("authenticated", ctx.machines.find, machine.id)
  if not found then fail("conflict", ("machine %s was deleted meanwhile"):format(machine.name)) end
  return found
end

local function is_ready(machine, wanted)
  local verdict, why = policy.ask("machine.progress", { machine = machine, wanted = wanted })
  if verdict == "failed" then
    fail("invalid", ("machine %s did not become %s: %s"):format(machine.name, wanted,
      why or "it is " .. machine.state))
  end
  return verdict == "ready"
end

local function pause(attempt, left)
  task.sleep(math.max(0, math.min(policy.ask("poll.interval", { attempt = attempt }), left)))
end

--- Waits until a machine is in the wanted state and returns it as it is then. A machine in `from`
--- has not begun to change yet.
---@param ctx os2.flows.machine.ctx
---@param machine os2.machine
---@param options {wanted: string, timeout: number, from: string?, hint: string}  seconds; the hint
---  is for one that takes longer
---@return os2.machine
function M.state(ctx, machine, options)
  local due, attempt = clock.monotonic() + options.timeout, 0
  while true do
    machine = look(ctx, machine)
    if machine.state ~= options.from and is_ready(machine, options.wanted) then return machine end
    local left = due - clock.monotonic()
    if left <= 0 then
      fail("timeout", ("machine %s is still %s after %g s"):format(machine.name, machine.state,
        options.timeout), options.hint)
    end
    attempt = attempt + 1
    pause(attempt, left)
  end
end

local function answer_of(url, headers, seconds)
  local answer, failure = task.try(require("os2.http").request, {
    url = url, headers = headers, timeout = seconds,
  })
  return answer and answer.status, failure
end

local function words_of(status, failure)
  return status and ("it answered %d"):format(status) or failure.message
end

--- Waits until the machine's port answers its health path with 200; returns the port's address.
---@param ctx os2.flows.machine.ctx
---@param machine os2.machine
---@param seconds number
---@return string url
function M.healthy(ctx, machine, seconds)
  local due, attempt = clock.monotonic() + seconds, 0
  local preview = ctx.machines.preview(machine, policy.ask("machine.port"))
  local url = preview.url:gsub("/$", "") .. policy.ask("machine.health_path")
  while true do
    local left = due - clock.monotonic()
    local status, failure = answer_of(url, preview.headers,
      math.max(0.1, math.min(left, policy.ask("timeouts.request"))))
    if status == 200 then return preview.url end
    left = due - clock.monotonic()
    if left <= 0 then
      fail("timeout", ("machine %s is not healthy after %g s: %s at %s"):format(machine.name,
        seconds, words_of(status, failure), url),
        "where it takes longer, set the policy timeouts.machine_healthy")
    end
    -- One that has ended will not answer any more.
    is_ready(look(ctx, machine), "started")
    attempt = attempt + 1
    pause(attempt, left)
  end
end

return M
