--- Starts tests/lib/websocket-server.js and knows its addresses.
local http = require("os2.http")
local json = require("os2.json")
local node_server = require("tests.lib.node_server")
local temporary = require("tests.lib.temporary")

---@class tests.lib.websocket_server
---@field ports table<string, integer>
---@field socket string
---@field certificate string
local Server = {}
Server.__index = Server

local M = {}

--- Starts it in a directory of its own.
---@return tests.lib.websocket_server
function M.start()
  local directory = temporary.directory()
  local process, text = node_server.spawn("websocket-server.js", directory)
  local server = setmetatable(json.decode(text), Server)
  server.process, server.directory = process, directory
  return server
end

--- Returns a URL of it.
---@param path string
---@param port? "ws"|"tls"|"raw"  by default "ws"
---@return string
function Server:url(path, port)
  local scheme = port == "tls" and "wss" or "ws"
  return ("%s://127.0.0.1:%d%s"):format(scheme, self.ports[port or "ws"], path)
end

local function ask(server, path)
  local url = ("http://127.0.0.1:%d%s"):format(server.ports.ws, path)
  return json.decode(http.request{ url = url }.body)
end

--- Returns what the server has seen of the last connection.
---@return table
function Server:last()
  return ask(self, "/last")
end

--- Returns the same after the connection has ended for the server too.
---@return table
function Server:ended()
  return ask(self, "/ended")
end

--- Ends it.
function Server:stop()
  self.process:close()
  temporary.remove(self.directory)
end

return M
