--- One connection to Daytona's notification gateway. A task of its own reads it, so that the
--- gateway's pings are answered while whoever takes the events is busy.
local bell = require("os2.run.bell")
local clock = require("os2.clock")
local err = require("os2.err")
local http = require("os2.http")
local policy = require("os2.policy")
local run_options = require("os2.run.options")
local scheduler = require("os2.run.scheduler")
local socketio = require("os2.daytona.socketio")
local task = require("os2.task")

---@class os2.daytona.gateway.Connection
---@field socket userdata
---@field failure os2.Err?  why it has ended
---@field fields table?  the only fields of an event's payload that are decoded
---@field private reader os2.Task
---@field private texts {text: string, at: number}[]  that came and were not taken
---@field private first integer
---@field private last integer
---@field private bytes integer  of them
---@field private ending os2.Err?  why nothing comes any more
---@field private came os2.run.bell.Bell
---@field private taken os2.run.bell.Bell
local Connection = {}
Connection.__index = Connection

---@class os2.daytona.gateway
local M = {}

local OP <const> = "daytona.events"
local HINT <const> = "check DAYTONA_API_KEY; os2 doctor looks at it"

-- The gateway itself refuses a key only after it has let the connection in.
local REFUSED <const> = "a proxy may stand before the gateway that lets no WebSocket pass"
local HINTS <const> = {
  [400] = "there may be no notification gateway at DAYTONA_API_URL", [401] = REFUSED,
  [403] = REFUSED, [407] = "give the proxy's user and password in HTTPS_PROXY",
}
HINTS[404], HINTS[405] = HINTS[400], HINTS[400]

local function explain(failure)
  failure.op = OP
  failure.hint = failure.hint or HINTS[failure.status]
  return failure
end

local function end_of(socket)
  local ending, failure = socket:result()
  if failure then return explain(failure) end
  return err.new{
    kind = "network", op = OP,
    message = ("the notification gateway closed the connection (%d)"):format(ending.code),
  }
end

local function refused(packet)
  return err.new{
    kind = "denied", op = OP, hint = HINT,
    message = ("the notification gateway refuses the API key: %s"):format(packet.message),
  }
end

local function broken(what)
  return err.new{ kind = "protocol", op = OP, message = "the notification gateway sent " .. what }
end

-- Answers what the protocol itself asks. Returns the packet if it is for the caller, or nil and
-- the error that ends the connection.
local function take(connection, packet)
  if packet.type == "event" and packet.id then
    connection.socket:send(socketio.acknowledge(packet.id))
  end
  if packet.type == "refused" then return nil, refused(packet) end
  if packet.type == "invalid" then return nil, broken("what is no packet of socket.io") end
  if packet.type == "close" or packet.type == "disconnected" then
    return nil, err.new{ kind = "network", op = OP, message = "the notification gateway hung up" }
  end
  return packet
end

-- Nothing more is read while too much waits: then the gateway hangs up, and the loss is told.
local function hold(connection, text)
  while connection.bytes > policy.ask("events.held") do connection.taken:wait() end
  connection.last = connection.last + 1
  connection.texts[connection.last] = { text = text, at = clock.now() }
  connection.bytes = connection.bytes + #text
  connection.came:ring()
end

local function listen(connection)
  for text, kind in connection.socket do
    if kind == "text" and text:sub(1, 1) == socketio.PING then
      connection.socket:send(socketio.PONG)
    elseif kind == "text" then
      hold(connection, text)
    end
  end
  return end_of(connection.socket)
end

local function read(connection)
  local ending, failure = task.try(listen, connection)
  connection.ending = ending or failure
  connection.came:ring()
end

-- Returns the oldest text that was not taken; nil at the end. Waits.
local function next_text(connection)
  while connection.first > connection.last do
    if connection.ending then return nil end
    connection.came:wait()
  end
  local entry = connection.texts[connection.first]
  connection.texts[connection.first] = nil
  connection.first, connection.bytes = connection.first + 1, connection.bytes - #entry.text
  connection.taken:ring()
  return entry
end

--- Returns the next packet of one of the types "connected" and "event", with the time `at` which it
--- came. Waits. Returns nil when the connection has ended; then `failure` says why.
---@return os2.daytona.socketio.packet?
function Connection:next()
  for entry in next_text, self do
    local packet, failure = take(self, socketio.read(entry.text, self.fields))
    if failure then
      self.failure = failure
      return nil
    end
    packet.at = entry.at
    if packet.type == "event" or packet.type == "connected" then return packet end
  end
  self.failure = self.ending
  return nil
end

--- Drops the connection.
function Connection:close()
  if not self.reader.is_done then scheduler.cancel(self.reader, scheduler.cancelled()) end
  self.socket:close()
end

local function join(connection, address)
  connection.socket:send(socketio.connect{ token = address.token })
  local packet = connection:next()
  if not packet then err.raise(connection.failure) end
  if packet.type ~= "connected" then err.raise(broken("an event before it let us in")) end
end

-- Also a cancelled task leaves no connection behind, which its reader would hold.
local function join_or_close(connection, address)
  local has_joined = false
  local _ <close> = task.defer(function()
    if not has_joined then connection:close() end
  end)
  task.timeout(policy.ask("timeouts.connect"), join, connection, address)
  has_joined = true
end

---@class os2.daytona.gateway.address
---@field base string  the API's URL
---@field token string
---@field query table<string, string>

--- Connects and joins. Raises `denied` (the key), `not_found` and `invalid` (no gateway there),
--- `network`, `timeout`, `unavailable`, `protocol`.
---@param address os2.daytona.gateway.address
---@param fields? table  the only fields of an event's payload that are decoded
---@return os2.daytona.gateway.Connection
function M.open(address, fields)
  local url = socketio.url(address.base, address.query)
  if run_options.guard then run_options.guard.allow(url, "events") end
  local socket, failure = task.try(http.websocket, {
    url = url, idle_timeout = policy.ask("events.silence"),
    max_message = policy.ask("events.max_message"),
  })
  if not socket then err.raise(explain(failure)) end
  local connection = setmetatable({
    socket = socket, fields = fields, texts = {}, first = 1, last = 0, bytes = 0,
    came = bell.new(), taken = bell.new(),
  }, Connection)
  connection.reader = scheduler.spawn(nil, nil, nil, read, connection)
  join_or_close(connection, address)
  return connection
end

return M
