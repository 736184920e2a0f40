--- What Daytona tells of changes, as a stream that survives its connections.
local clock = require("os2.clock")
local err = require("os2.err")
local gateway = require("os2.daytona.gateway")
local names = require("os2.text.names")
local policy = require("os2.policy")
local task = require("os2.task")

---@class os2.daytona.events.Stream
---@field address os2.daytona.gateway.address
---@field options table
---@field is_wanted fun(event: os2.daytona.event): boolean
---@field connection os2.daytona.gateway.Connection?
---@field connections integer  how many there were
---@field failures integer  in a row
local Stream = {}
Stream.__index = Stream

---@class os2.daytona.events
local M = {}

local HIDDEN <const> = "***"

---@class os2.daytona.event
---@field type string  "snapshot.created", "snapshot.state.updated", "snapshot.removed", "sandbox.…"
---@field snapshot table?  the record, as the API has it
---@field sandbox table?  the record; the values of its `env` are hidden
---@field record table?  of another kind of thing
---@field old string?  the state before
---@field new string?  the state now
---@field at number  seconds since 1970, when it came

local function hide(sandbox)
  if type(sandbox) ~= "table" or type(sandbox.env) ~= "table" then return sandbox end
  local hidden = {}
  for name in pairs(sandbox.env) do hidden[name] = HIDDEN end
  local copy = {}
  for key, value in pairs(sandbox) do copy[key] = value end
  copy.env = hidden
  return copy
end

local function text_of(value)
  return type(value) == "string" and value or nil
end

--- Makes an event of what the gateway sent; nil when that is not about a record.
---@param name string  "snapshot.state.updated"
---@param payload any
---@param has_env? boolean  keep the values of environment variables
---@param at? number  when it came, by default now
---@return os2.daytona.event?
function M.of(name, payload, has_env, at)
  if type(payload) ~= "table" then return nil end
  local kind = name:match("^%l+")
  local record = type(payload[kind]) == "table" and payload[kind] or payload
  local event = {
    type = name, at = at or clock.now(),
    old = text_of(payload.oldState) or text_of(payload.oldDesiredState),
    new = text_of(payload.newState) or text_of(payload.newDesiredState) or text_of(record.state),
  }
  if kind == "sandbox" and not has_env then record = hide(record) end
  event[(kind == "snapshot" or kind == "sandbox") and kind or "record"] = record
  return event
end

-- Returns a function that tells whether a record has one of these names or ids; nil without any.
local function named(list)
  if not list then return nil end
  local matches = names.matcher(list)
  return function(record)
    if type(record) ~= "table" then return false end
    -- a machine that is being deleted has another name already
    local name = tostring(record.name):gsub("^DESTROYED_(.*)_%d+$", "%1")
    return matches(name) or matches(tostring(record.id))
  end
end

local function filter(options)
  local is_type = options.types and names.matcher(options.types)
  local is_snapshot, is_machine = named(options.snapshots), named(options.machines)
  return function(event)
    if is_type and not is_type(event.type) then return false end
    if not is_snapshot and not is_machine then return true end
    return (is_snapshot and is_snapshot(event.snapshot) or is_machine and is_machine(event.sandbox))
      or false
  end
end

-- Returns the pause after a failure that passes; raises any other.
local function pause_after(stream, failure)
  if not policy.ask("retry.passing", { err = failure, is_wait = true }) then err.raise(failure) end
  stream.failures = stream.failures + 1
  local pause = policy.ask("retry.delay", {
    idempotent = true, attempt = stream.failures, err = failure, random = math.random(),
    is_wait = true, elapsed = 0,
  })
  return pause or err.raise(failure)
end

local function tell(stream, hook, ...)
  if stream.options[hook] then stream.options[hook](...) end
end

local function connect(stream)
  local connection, failure = task.try(gateway.open, stream.address, stream.options.fields)
  if connection then
    stream.connection, stream.connections = connection, stream.connections + 1
    tell(stream, "on_connect", stream.connections)
    return
  end
  local pause = pause_after(stream, failure)
  tell(stream, "on_lost", failure, pause)
  task.sleep(pause)
end

local function lose(stream)
  local failure = stream.connection.failure
  stream.connection:close()
  stream.connection = nil
  local pause = pause_after(stream, failure)
  tell(stream, "on_lost", failure, pause)
  task.sleep(pause)
end

--- Returns the next event. Waits, and connects again when the connection is lost. Raises what does
--- not pass: the key is refused (`denied`), there is no gateway (`not_found`, `invalid`).
---@return os2.daytona.event
function Stream:next()
  while true do
    if not self.connection then connect(self) end
    local packet = self.connection and self.connection:next()
    if packet then
      self.failures = 0
      local event = packet.type == "event"
        and M.of(packet.name, packet.payload, self.options.has_env, packet.at)
      if event and self.is_wanted(event) then return event end
    elseif self.connection then
      lose(self)
    end
  end
end

--- Drops the connection.
function Stream:close()
  if self.connection then self.connection:close() end
  self.connection = nil
end

Stream.__call = Stream.next
Stream.__close = Stream.close

--- Returns a stream, which connects at its first `next`.
---@param address os2.daytona.gateway.address
---@param options table
---@return os2.daytona.events.Stream
function M.open(address, options)
  return setmetatable({
    address = address, options = options, is_wanted = filter(options), connections = 0,
    failures = 0,
  }, Stream)
end

return M
