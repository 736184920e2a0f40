--- Starts tests/lib/hostile-server.js and opens servers that answer wrongly.
local http = require("os2.http")
local json = require("os2.json")
local node_server = require("tests.lib.node_server")
local temporary = require("tests.lib.temporary")

---@class tests.lib.hostile_server
---@field package control string
---@field package directory string
---@field package process userdata
local Server = {}
Server.__index = Server

---@class tests.lib.hostile_front
---@field port integer
---@field socket string
local Front = {}
Front.__index = Front

local M = {}

--- Starts it in a directory of its own.
---@return tests.lib.hostile_server
function M.start()
  local directory = temporary.directory()
  local process, text = node_server.spawn("hostile-server.js", directory)
  local control = text:match("CONTROL=(%S+)")
  return setmetatable({ process = process, directory = directory, control = control }, Server)
end

function Server:ask(method, path, body)
  local answer = http.request{
    method = method, url = self.control .. path, timeout = 30, body = body and json.encode(body),
  }
  return json.decode(answer.body)
end

--- The names of all that any server can do wrong.
---@return string[]
function Server:modes()
  return self:ask("GET", "/modes")
end

--- The names of what a git server can do wrong besides.
---@return string[]
function Server:git_modes()
  return self:ask("GET", "/git-modes")
end

--- Opens a server that passes `after` requests on and answers the next ones wrongly.
---@param options {mode: string, after: integer?, upstream: string, only: string?, given: table?}
---  given: what is answered in the mode "given", see tests/lib/hostile-registry.js
---@return tests.lib.hostile_front
function Server:open(options)
  local front = setmetatable(self:ask("POST", "/open", options), Front)
  front.server = self
  return front
end

--- How many requests came so far, and how many were answered wrongly.
---@return {requests: integer, hits: integer}
function Front:seen()
  return self.server:ask("GET", "/seen?id=" .. self.id)
end

function Front:__close()
  self.server:ask("DELETE", "/server?id=" .. self.id)
end

--- Ends it.
function Server:stop()
  self.process:close()
  temporary.remove(self.directory)
end

return M
