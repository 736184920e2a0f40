--- Opens WebSockets of the toolbox.
local http = require("os2.http")
local task = require("os2.task")
local err = require("os2.err")
local native_daytona = require("host.daytona")
local run_options = require("os2.run.options")

---@class os2.daytona.toolbox_socket
local M = {}

-- What comes is no JSON.
local LEFT_OUT <const> = { Accept = true }

--- Opens a WebSocket and waits until it is open. Raises as `http.websocket` does, with the
--- operation as `op`.
---@param operation string
---@param options table  of http.websocket, without url and headers
---@param url string
---@param headers table<string, string>
---@return userdata
function M.open(operation, options, url, headers)
  local is_read = run_options.guard and not native_daytona.toolbox.operation(operation).changes
  if is_read then run_options.guard.allow(url, "logs") end
  local given = { url = url, headers = {} }
  for key, value in pairs(headers) do
    if not LEFT_OUT[key] then given.headers[key] = value end
  end
  for key, value in pairs(options) do given[key] = value end
  local socket, failure = task.try(http.websocket, given)
  if socket then return socket end
  failure.op = "toolbox." .. operation
  err.raise(failure)
end

return M
