--- Starts servers of tests/lib that are written for Node.
local http = require("os2.http")
local json = require("os2.json")
local proc = require("os2.proc")

---@class tests.lib.node_server
---@field address string  "http://127.0.0.1:PORT"
local Server = {}
Server.__index = Server

local M = {}

--- Starts a server and waits for what it says first.
---@param name string  "collector.js"
---@param ... string  its arguments
---@return userdata process
---@return string said  at least its first line
function M.spawn(name, ...)
  local words = { "node", "tests/lib/" .. name, ... }
  local process = proc.spawn(words, { stdin = "null", stderr = "inherit" })
  local text = ""
  repeat
    text = text .. assert(process:next(), name .. " did not start").data
  until text:find("\n", 1, true)
  return process, text
end

--- Starts one that says its port.
---@param name string  "collector.js"
---@param ... string  its arguments
---@return tests.lib.node_server
function M.start(name, ...)
  local process, text = M.spawn(name, ...)
  local address = "http://127.0.0.1:" .. json.decode(text).port
  return setmetatable({ process = process, address = address }, Server)
end

--- Asks a control of it and returns the answer.
---@param path string
---@return any
function Server:get(path)
  return json.decode(http.request{ url = self.address .. path }.body)
end

--- Ends it.
function Server:stop()
  self.process:close()
end

return M
