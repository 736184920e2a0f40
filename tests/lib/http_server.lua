--- Starts tests/lib/http-server.js and knows its addresses.
local json = require("os2.json")
local node_server = require("tests.lib.node_server")
local temporary = require("tests.lib.temporary")

---@class tests.lib.http_server
---@field ports table<string, integer>
---@field socket string
---@field certificate string
local Server = {}
Server.__index = Server

local M = {}

--- Starts it in a directory of its own.
---@return tests.lib.http_server
function M.start()
  local directory = temporary.directory()
  local process, text = node_server.spawn("http-server.js", directory)
  local server = setmetatable(json.decode(text), Server)
  server.process, server.directory = process, directory
  return server
end

--- Returns a URL of it.
---@param path string
---@param query? table<string, string|number>
---@param port? string  by default "http"
---@return string
function Server:url(path, query, port)
  local words = {}
  for key, value in pairs(query or {}) do
    words[#words + 1] = key .. "=" .. tostring(value):gsub("%W", function(c)
      return ("%%%02X"):format(c:byte())
    end)
  end
  local scheme = (port or ""):match("^tls") and "https" or "http"
  local tail = #words > 0 and "?" .. table.concat(words, "&") or ""
  return ("%s://127.0.0.1:%d%s%s"):format(scheme, self.ports[port or "http"], path, tail)
end

--- Ends it.
function Server:stop()
  self.process:close()
  temporary.remove(self.directory)
end

return M
