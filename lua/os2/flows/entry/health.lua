--- Checks the daemon's health over HTTP.
local clock = require("os2.clock")
local err = require("os2.err")
local http = require("os2.http")
local log = require("os2.flows.entry.log")
local policy = require("os2.policy")
local port = require("os2.flows.entry.port")
local task = require("os2.task")

---@class os2.flows.entry.health
local M = {}

local function url()
  return ("http://127.0.0.1:%d%s"):format(policy.ask("entry.port"), policy.ask("entry.health_path"))
end

local function ask()
  -- a kept connection would outlive a restart of the daemon
  return http.request{
    url = url(), timeout = policy.ask("entry.health_timeout"), proxy = false,
    headers = { connection = "close" },
  }
end

-- Returns nil when the daemon is healthy, else what is wrong.
local function fault()
  local answer, failure = task.try(ask)
  if failure then return failure.message end
  local is_healthy = policy.ask("entry.is_healthy", { status = answer.status, body = answer.body })
  return not is_healthy and ("it answers with %d"):format(answer.status) or nil
end

local function fail(message)
  err.raise(err.new{ kind = "timeout", op = "entry.daemon", message = message })
end

local REACHED <const> = { ["0.0.0.0"] = true, ["::"] = true, ["127.0.0.1"] = true }

-- A daemon may serve another address of the machine than the one that is checked: for some programs
-- "localhost" is ::1.
local function where_served()
  local addresses = {}
  for _, listener in ipairs(port.listeners(policy.ask("entry.port"))) do
    if REACHED[listener.address] then return "" end
    addresses[#addresses + 1] = listener.address
  end
  if #addresses == 0 then return "" end
  return ("; the port is served on %s alone"):format(table.concat(addresses, " and "))
end

local function wait_until_ready(began)
  local limit = policy.ask("entry.ready_timeout")
  while true do
    local wrong = fault()
    if not wrong then return end
    if clock.monotonic() - began >= limit then
      fail(("the daemon is not ready %g s after its start: %s: %s%s"):format(limit, url(), wrong,
        where_served()))
    end
    task.sleep(policy.ask("entry.ready_interval"))
  end
end

local function watch_alive()
  local failures, limit = 0, policy.ask("entry.health_failures")
  while failures < limit do
    task.sleep(policy.ask("entry.health_interval"))
    local wrong = fault()
    failures = wrong and failures + 1 or 0
    if wrong then
      log.write("daemon", ("health check failed (%d of %d): %s"):format(failures, limit, wrong))
    end
  end
  fail(("the daemon hangs: the health check at %s failed %d times in a row"):format(url(), limit))
end

--- Waits until the daemon is ready, then watches it; does not return. Raises `timeout` when the
--- daemon does not become ready, or hangs.
---@param on_ready fun()
function M.watch(on_ready)
  wait_until_ready(clock.monotonic())
  on_ready()
  watch_alive()
end

return M
