--- Stands between os2 and the network in a test: every request of every client comes by here.
local err = require("os2.err")
local native_git = require("host.git")
local native_http = require("host.http")
local native_websocket = require("host.websocket")
local standing_clock = require("os2.flows.testing.clock")
local stream = require("os2.flows.testing.stream")

---@class os2.flows.testing.network
---@field answer fun(request: table): table?, os2.Err?  gives the answers
---@field private before {module: table, name: string, verb: function}[]
local Network = {}
Network.__index = Network

local M = {}

local GIT_VERBS <const> = { "clone", "fetch", "ls_remote" }

-- What the test lets pass goes to the verb that was there.
local function replace(self, module, name, verb)
  local real = module[name]
  self.before[#self.before + 1] = { module = module, name = name, verb = real }
  module[name] = function(...)
    if self.is_passing() then return real(...) end
    return verb(...)
  end
end

local function copy_with_body(request, body)
  local copy = {}
  for key, value in pairs(request) do copy[key] = value end
  copy.body = body or request.body
  return copy
end

-- A request waits, as it does with a server; so what may not wait fails in a test, too.
local function asked(self, request)
  standing_clock.turn()
  return self.answer(request)
end

local function unavailable(what)
  return function()
    return nil, err.new{ kind = "unavailable", op = "test", message = "a test has no " .. what,
      hint = "os2 test --network" }
  end
end

--- Takes the place of the network until it is closed.
---@param answer fun(request: table): table?, os2.Err?  gets what `host.http.request` gets
---@param is_passing fun(): boolean  whether the network is asked all the same
---@return os2.flows.testing.network
function M.take(answer, is_passing)
  local self = setmetatable({ answer = answer, is_passing = is_passing, before = {} }, Network)
  self.send = native_http.request
  replace(self, native_http, "request", function(request) return asked(self, request) end)
  replace(self, native_http, "start", function(request)
    return stream.new(request.mode, function(body)
      return asked(self, copy_with_body(request, body))
    end)
  end)
  replace(self, native_http, "upgrade", unavailable("connections that carry bytes both ways"))
  replace(self, native_websocket, "start", unavailable("WebSockets"))
  for _, name in ipairs(GIT_VERBS) do
    replace(self, native_git, name, unavailable("git servers"))
  end
  return self
end

--- Gives the network back.
function Network:close()
  for _, entry in ipairs(self.before) do entry.module[entry.name] = entry.verb end
  self.before = {}
end

Network.__close = Network.close

return M
