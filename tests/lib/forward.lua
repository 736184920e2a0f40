--- Starts tests/lib/forward.js and knows its addresses.
local json = require("os2.json")
local proc = require("os2.proc")

---@class tests.lib.forward
---@field ports table<string, integer>
local Forward = {}
Forward.__index = Forward

local M = {}

--- Starts it before an engine's socket.
---@param socket string
---@param certificates? string  directory; without it there is no TLS
---@param most? integer  bytes of the engine's after which a connection passes no more of them
---@return tests.lib.forward
function M.start(socket, certificates, most)
  local words = { "node", "tests/lib/forward.js", socket, certificates or "" }
  if most then words[5] = ("%d"):format(most) end
  local process = proc.spawn(words, { stdin = "null", stderr = "inherit" })
  local text = ""
  repeat text = text .. assert(process:next(), "the forwarder did not start").data
  until text:find("\n", 1, true)
  return setmetatable({ process = process, ports = json.decode(text) }, Forward)
end

--- Returns what DOCKER_HOST takes.
---@param port "tcp"|"tls"
---@return string
function Forward:url(port)
  return ("tcp://127.0.0.1:%d"):format(self.ports[port])
end

--- Cuts the connections that are open.
function Forward:cut()
  self.process:kill(proc.signals.HUP)
end

--- Ends it.
function Forward:stop()
  self.process:close()
end

return M
