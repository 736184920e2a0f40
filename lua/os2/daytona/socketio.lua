--- Engine.IO 4 and socket.io 4 as a client without binary attachments speaks them: packets from
--- and to texts, without I/O. Source: the protocols of these versions, and observed frames.
local foreign = require("os2.text.foreign")
local json = require("os2.json")

---@class os2.daytona.socketio
local M = {}

--- What the server asks now and then, and the answer.
M.PING, M.PONG = "2", "3"

local MESSAGE_BYTES <const> = 200 -- most bytes of a refusal that are kept

local function escaped(text)
  return (tostring(text):gsub("[^%w%-._~]", function(c) return ("%%%02X"):format(c:byte()) end))
end

--- Returns the URL of a gateway below a base. The "/" before the query is needed.
---@param base string
---@param query table<string, string>
---@return string
function M.url(base, query)
  local words = { "EIO=4", "transport=websocket" }
  local keys = {}
  for key in pairs(query) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, key in ipairs(keys) do words[#words + 1] = key .. "=" .. escaped(query[key]) end
  return base .. "/socket.io/?" .. table.concat(words, "&")
end

--- Returns the packet that joins the main namespace.
---@param auth table
---@return string
function M.connect(auth)
  return "40" .. json.encode(auth)
end

--- Returns the packet that acknowledges an event.
---@param id string
---@return string
function M.acknowledge(id)
  return "43" .. id .. "[]"
end

local function table_of(text, fields)
  local value = foreign.decode(text, fields)
  return type(value) == "table" and value or nil
end

local READ_MESSAGE <const> = {}

READ_MESSAGE["0"] = function(body)
  return { type = "connected", fields = table_of(body) }
end

READ_MESSAGE["1"] = function() return { type = "disconnected" } end

READ_MESSAGE["2"] = function(body, fields)
  local id, at = body:match("^(%d*)()%[")
  local values = at and table_of(body:sub(at), fields)
  if not values or type(values[1]) ~= "string" then return { type = "invalid" } end
  return { type = "event", name = values[1], payload = values[2], id = id ~= "" and id or nil }
end

READ_MESSAGE["4"] = function(body)
  local fields = table_of(body) or {}
  local message = type(fields.message) == "string" and foreign.line(fields.message, MESSAGE_BYTES)
  return { type = "refused", message = message or "no reason given" }
end

-- A packet of another namespace has its name before the body.
local function read_message(text, fields)
  local read = READ_MESSAGE[text:sub(2, 2)]
  if not read or text:sub(3, 3) == "/" then return { type = "ignored" } end
  return read(text:sub(3), fields)
end

local function read_open(text)
  local fields = table_of(text:sub(2))
  local interval, timeout = fields and fields.pingInterval, fields and fields.pingTimeout
  if math.type(interval) ~= "integer" or math.type(timeout) ~= "integer" then
    return { type = "invalid" }
  end
  return { type = "open", silence = (interval + timeout) / 1000 }
end

---@class os2.daytona.socketio.packet
---@field type "open"|"ping"|"close"|"connected"|"disconnected"|"refused"|"event"|"ignored"|
---  "invalid"
---@field silence number?  of "open": seconds after which a server that says nothing is dead
---@field message string?  of "refused"
---@field name string?  of "event"
---@field payload any  of "event"
---@field id string?  of "event": it wants to be acknowledged

--- Reads a text that the server has sent.
---@param text string
---@param fields? table  the only fields of an event's payload that are decoded
---@return os2.daytona.socketio.packet
function M.read(text, fields)
  local kind = text:sub(1, 1)
  if kind == "0" then return read_open(text) end
  if kind == "1" then return { type = "close" } end
  if kind == "2" then return { type = "ping" } end
  if kind == "4" then return read_message(text, fields) end
  return { type = (kind == "3" or kind == "5" or kind == "6") and "ignored" or "invalid" }
end

return M
