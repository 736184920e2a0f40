--- One connection to Daytona's notification gateway.
local err = require("os2.err")
local http = require("os2.http")
local policy = require("os2.policy")
local run_options = require("os2.run.options")
local socketio = require("os2.daytona.socketio")
local task = require("os2.task")

---@class os2.daytona.gateway.Connection
---@field socket userdata
---@field failure os2.Err?  why it has ended
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
  local socket = connection.socket
  if packet.type == "ping" then socket:send(socketio.PONG) end
  if packet.type == "event" and packet.id then socket:send(socketio.acknowledge(packet.id)) end
  if packet.type == "refused" then return nil, refused(packet) end
  if packet.type == "invalid" then return nil, broken("what is no packet of socket.io") end
  if packet.type == "close" or packet.type == "disconnected" then
    return nil, err.new{ kind = "network", op = OP, message = "the notification gateway hung up" }
  end
  return packet
end

--- Returns the next packet of one of the types "connected" and "event". Waits. Returns nil when the
--- connection has ended; then `failure` says why.
---@return os2.daytona.socketio.packet?
function Connection:next()
  for text, kind in self.socket do
    local read = kind == "text" and socketio.read(text) or { type = "ignored" }
    local packet, failure = take(self, read)
    if failure then
      self.failure = failure
      return nil
    end
    if packet.type == "event" or packet.type == "connected" then return packet end
  end
  self.failure = end_of(self.socket)
  return nil
end

--- Drops the connection.
function Connection:close()
  self.socket:close()
end

local function join(connection, address)
  connection.socket:send(socketio.connect{ token = address.token })
  local packet = connection:next()
  if not packet then err.raise(connection.failure) end
  if packet.type ~= "connected" then err.raise(broken("an event before it let us in")) end
end

---@class os2.daytona.gateway.address
---@field base string  the API's URL
---@field token string
---@field query table<string, string>

--- Connects and joins. Raises `denied` (the key), `not_found` and `invalid` (no gateway there),
--- `network`, `timeout`, `unavailable`, `protocol`.
---@param address os2.daytona.gateway.address
---@return os2.daytona.gateway.Connection
function M.open(address)
  local url = socketio.url(address.base, address.query)
  if run_options.guard then run_options.guard.allow(url, "events") end
  local socket, failure = task.try(http.websocket, {
    url = url, idle_timeout = policy.ask("events.silence"),
    max_message = policy.ask("events.max_message"),
  })
  if not socket then err.raise(explain(failure)) end
  local connection = setmetatable({ socket = socket }, Connection)
  local seconds = policy.ask("timeouts.connect")
  local _, refusal = task.try(task.timeout, seconds, join, connection, address)
  if not refusal then return connection end
  connection:close()
  err.raise(refusal)
end

return M
