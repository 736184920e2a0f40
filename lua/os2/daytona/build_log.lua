--- Reads the log of a snapshot's build at the address that the API names.
local err = require("os2.err")
local errors = require("os2.daytona.errors")
local policy = require("os2.policy")
local transfer = require("os2.client.transfer")

---@class os2.daytona.build_log
local M = {}

local LINE_BYTES <const> = 1024 * 1024 -- longest line

local function check(response, failure)
  if failure then return failure end
  if response.status >= 300 then return errors.of_response("daytona.build_log", response) end
end

--- Starts reading, line by line.
---@param request {url: string, headers: string[]}
---@param start fun(request: table): userdata?, os2.Err?  host.http.start with a client's options
---@return os2.client.rest.Transfer
function M.open(request, start)
  request.method, request.mode, request.response_limit = "GET", "lines", LINE_BYTES
  request.connect_timeout = policy.ask("timeouts.connect")
  request.idle_timeout = policy.ask("timeouts.build_log_idle")
  return transfer.new(err.check(start(request)), check)
end

return M
