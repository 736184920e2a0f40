--- Waits until a machine reaches a state, until it is gone, or until its port answers.
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local policy = require("os2.policy")
local task = require("os2.task")
local waiting = require("os2.flows.waiting")

---@class os2.flows.machine.wait
local M = {}

local function fail(kind, message, hint)
  err.raise(err.new{ kind = kind, op = "machine.wait", message = message, hint = hint })
end

local function find(ctx, machine)
  return ctx.pace:call("authenticated", ctx.machines.find, machine.id, true)
end

-- A list has less than a record, and may lag behind what an event has told.
local function find_gathered(ctx, machine, seconds, is_told)
  local found = ctx.gathered and ctx.gathered:find(ctx, machine.id, seconds)
  if not found or is_told and found.state == machine.state then return nil end
  found.env = found.env or machine.env
  found.toolboxProxyUrl = found.toolboxProxyUrl or machine.toolboxProxyUrl
  return found
end

local function look(ctx, machine)
  local found = find(ctx, machine)
  if not found then fail("conflict", ("machine %s was deleted meanwhile"):format(machine.name)) end
  return found
end

local function is_ready(machine, wanted)
  local verdict, why = policy.ask("machine.progress", { machine = machine, wanted = wanted })
  if verdict == "failed" then
    fail("invalid", ("machine %s did not become %s: %s"):format(machine.name, wanted,
      foreign.message(why or "it is " .. machine.state)))
  end
  return verdict == "ready"
end

local function fail_late(machine, seconds, failure, hint)
  fail("timeout", ("machine %s is still %s after %g s%s"):format(machine.name, machine.state,
    seconds, waiting.last_words(failure)), hint)
end

local function subject(ctx, machine)
  return { provider = ctx.provider, about = function() return machine.id end }
end

-- What is needed of a record between two looks; there may be a thousand of them.
local function kept_of(machine)
  return {
    id = machine.id, name = machine.name, state = machine.state, env = machine.env,
    toolboxProxyUrl = machine.toolboxProxyUrl,
  }
end

---@class os2.flows.machine.wait.options
---@field wanted string
---@field timeout number  seconds
---@field from string?  a machine in this state has not started to change yet
---@field hint string  for a machine that takes longer
---@field late fun(machine: os2.machine, failure: os2.Err?)?  raises the error for the end of the
---  deadline

--- Waits until a machine is in the wanted state, and returns its record in that state.
---@param ctx os2.flows.machine.ctx
---@param machine os2.machine
---@param options os2.flows.machine.wait.options
---@return os2.machine
function M.state(ctx, machine, options)
  local _ <close> = ctx.gathered and ctx.gathered:enter()
  machine = kept_of(machine)
  return waiting.run(ctx.ui, {
    seconds = options.timeout,
    gather = function(seconds, is_told) return find_gathered(ctx, machine, seconds, is_told) end,
    step = function(_, found)
      found = found or look(ctx, machine)
      machine = kept_of(found)
      return found.state ~= options.from and is_ready(found, options.wanted) and found or nil
    end,
    late = function(seconds, failure)
      if options.late then options.late(machine, failure) end
      fail_late(machine, seconds, failure, options.hint)
    end,
    news = subject(ctx, machine),
  })
end

--- Waits until a machine that is being deleted is gone. Raises when the platform cannot delete it;
--- the machine then stays in state "error".
---@param ctx os2.flows.machine.ctx
---@param machine os2.machine
---@param hint string  for a machine that takes longer
function M.gone(ctx, machine, hint)
  local name = machine.name
  waiting.run(ctx.ui, {
    seconds = policy.ask("timeouts.machine_delete"),
    step = function()
      local found = find(ctx, machine)
      if not found then return true end
      machine = found
      -- a machine that is being deleted gets another name, which makes its own name free
      machine.name = name
      return is_ready(machine, "destroyed") or nil
    end,
    late = function(seconds, failure) fail_late(machine, seconds, failure, hint) end,
    news = subject(ctx, machine),
  })
end

local function answer_of(url, headers)
  local answer, failure = task.try(require("os2.http").request, {
    url = url, headers = headers, timeout = policy.ask("timeouts.request"),
  })
  return answer and answer.status, failure
end

local function words_of(status, failure)
  return status and ("it answered %d"):format(status) or failure.message
end

local function health_url(preview)
  return preview.url:gsub("/$", "") .. policy.ask("machine.health_path")
end

-- Returns how the port is reached; nil and the error when it is not published: a machine that has
-- just ended may still be reported as started.
local function preview_of(ctx, machine)
  local preview, failure = task.try(ctx.machines.preview, machine, policy.ask("machine.port"))
  if failure and failure.kind ~= "conflict" then err.raise(failure) end
  return preview, failure
end

--- Waits until the machine's port answers its health path with 200. Returns the port's URL.
---@param ctx os2.flows.machine.ctx
---@param machine os2.machine
---@param seconds number
---@param hint string  for a machine that takes longer
---@return string url
function M.healthy(ctx, machine, seconds, hint)
  local preview, last
  return waiting.run(ctx.ui, {
    seconds = seconds,
    step = function()
      local status, failure
      if not preview then preview, failure = preview_of(ctx, machine) end
      if preview then status, failure = answer_of(health_url(preview), preview.headers) end
      if status == 200 then return preview.url end
      last = words_of(status, failure) .. (preview and " at " .. health_url(preview) or "")
      -- a machine that has ended will not answer any more
      is_ready(look(ctx, machine), "started")
    end,
    late = function(spent, failure)
      fail("timeout", ("machine %s is not healthy after %g s: %s"):format(machine.name, spent,
        last or failure and failure.message or "its address is not known"), hint)
    end,
  })
end

return M
