--- Opens WebSocket connections, and says what a refusal means.
local clock = require("os2.clock")
local err = require("os2.err")
local arguments = require("os2.base.arguments")
local foreign = require("os2.text.foreign")
local policy = require("os2.policy")
local request_log = require("os2.client.request_log")

---@class os2.http.websocket
local M = {}

local EXCERPT_BYTES <const> = 200 -- most bytes of a refusal's body in a message
local TOKEN <const> = "^[%w!#$%%&'*+.^_`|~-]+$" -- RFC 9110, 5.6.2

local HTTP_SCHEME <const> = { ws = "http", wss = "https", http = "http", https = "https" }

-- Headers that the handshake itself sends.
local OWN <const> = { connection = true, upgrade = true }

local KIND_OF_STATUS <const> = {
  [400] = "invalid", [401] = "denied", [403] = "denied", [404] = "not_found", [407] = "denied",
  [408] = "timeout", [429] = "unavailable",
}

local function check_headers(caller, headers)
  for name in pairs(headers or {}) do
    local lower = tostring(name):lower()
    if OWN[lower] or lower:find("^sec%-websocket%-") then
      arguments.misuse(("%s: the handshake itself sends the header %s%s"):format(caller, name,
        lower == "sec-websocket-protocol" and "; give subprotocols" or ""))
    end
  end
end

local function check_protocols(caller, protocols)
  for _, protocol in ipairs(protocols or {}) do
    if type(protocol) ~= "string" or not protocol:match(TOKEN) then
      arguments.misuse(("%s: '%s' is no subprotocol"):format(caller, tostring(protocol)))
    end
  end
end

--- Returns the URL with the scheme http or https. Raises for another scheme than ws, wss, http and
--- https.
---@param caller string
---@param url string
---@return string
function M.http_url(caller, url)
  local scheme, rest = url:match("^(%a+)(://.+)$")
  local used = scheme and HTTP_SCHEME[scheme:lower()]
  if used then return used .. rest end
  arguments.misuse(caller .. ": the URL must begin with ws://, wss://, http:// or https://")
end

local function explain(failure)
  local response = failure.response
  if not response then return failure end
  failure.kind = KIND_OF_STATUS[response.status]
    or (response.status >= 500 and "unavailable" or "protocol")
  local said = foreign.line(response.body, EXCERPT_BYTES)
  if said ~= "" then failure.message = ("%s: %s"):format(failure.message, said) end
  return failure
end

--- Starts a connection and waits until it is open. Returns the socket, or nil and an error object;
--- that of a refusal has the answer's `status` and `response`.
---@param request table  the options of host.websocket.start, but for those that policies give
---@param where string  the URL in printable form
---@return userdata?, os2.Err?
function M.start(request, where)
  request.close_timeout = policy.ask("timeouts.websocket_close")
  if not (request.timeout or request.idle_timeout) then
    request.timeout = policy.ask("timeouts.websocket")
  end
  local started = clock.monotonic()
  local socket, failure = require("host.websocket").start(request)
  if socket and not socket:head() then
    local _, reason = socket:result()
    socket, failure = nil, explain(reason or err.new{
      kind = "network", op = "websocket", message = "the connection was closed" })
  end
  local outcome = socket and 101 or failure.status or failure.kind
  request_log.request("GET", where, outcome, clock.monotonic() - started)
  return socket, failure
end

--- Checks the options that only a WebSocket has.
---@param caller string
---@param options table
function M.check(caller, options)
  check_headers(caller, options.headers)
  check_protocols(caller, options.subprotocols)
end

return M
