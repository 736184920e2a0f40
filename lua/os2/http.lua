--- HTTP for scripts: a single request, or an answer as a stream.
---
--- Every status is an answer, not an error. Redirects are followed only with `redirects`; to
--- another server they carry no headers but those that policy `http.redirect_headers` names. The
--- lowest TLS version is 1.2. Proxies are taken from the environment.
local clock = require("os2.clock")
local env = require("os2.env")
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local headers = require("os2.client.headers")
local names = require("os2.text.names")
local arguments = require("os2.base.arguments")
local policy = require("os2.policy")
local request_log = require("os2.client.request_log")
local websocket = require("os2.http.websocket")
local version = require("host.err").version

---@class os2.http
local M = {}

---@class os2.http.options
---@field url string
---@field method? string  by default "GET"
---@field headers? table<string, string>
---@field body? string
---@field timeout? number  seconds for the whole request, by default policy `timeouts.request`
---@field connect_timeout? number  seconds, by default policy `timeouts.connect`
---@field response_limit? integer  bytes, by default policy `http.response_limit`
---@field redirects? integer  how many redirects to follow, by default 0
---@field unix_socket? string  path of the socket
---@field proxy? boolean  false: use no proxy, whatever the environment says

local REQUEST_OPTIONS <const> = {
  method = "string?", url = "string", headers = "table?", body = "string?", timeout = "number?",
  connect_timeout = "number?", response_limit = "number?", redirects = "integer?",
  unix_socket = "string?", proxy = "boolean?",
}

local STREAM_OPTIONS <const> = {
  method = "string?", url = "string", headers = "table?", body = "string?", timeout = "number?",
  connect_timeout = "number?", idle_timeout = "number?", response_limit = "number?",
  unix_socket = "string?", proxy = "boolean?", mode = "string?", send = "boolean?",
  send_size = "number?",
}

local WEBSOCKET_OPTIONS <const> = {
  url = "string", headers = "table?", subprotocols = "table?", timeout = "number?",
  connect_timeout = "number?", idle_timeout = "number?", max_message = "integer?",
  response_limit = "number?", unix_socket = "string?", proxy = "boolean?",
}

local LONGEST_URL_BYTES <const> = 2000 -- most bytes of a URL that is printed
local MODES <const> = { chunks = true, lines = true }

-- Loaded at first use, so that a cached resolve does not load libcurl.
local function host()
  return require("host.http")
end

local function has_agent(given)
  for name in pairs(given or {}) do
    if tostring(name):lower() == "user-agent" then return true end
  end
  return false
end

local function header_list(caller, given)
  local list = headers.list(caller, given)
  if not has_agent(given) then list[#list + 1] = "User-Agent: os2/" .. version end
  return list
end

local function check_method(caller, method)
  if not method:match("^%a+$") then
    arguments.misuse(("%s: '%s' is no method"):format(caller, method))
  end
  return method
end

local function host_options(caller, options)
  return {
    method = check_method(caller, options.method or "GET"),
    url = options.url,
    headers = header_list(caller, options.headers),
    body = options.body,
    route = {
      unix_socket = options.unix_socket,
      direct = options.proxy == false or nil,
      ca_file = env.get("SSL_CERT_FILE") or env.get("CURL_CA_BUNDLE"),
    },
    connect_timeout = options.connect_timeout or policy.ask("timeouts.connect"),
    response_limit = options.response_limit or policy.ask("http.response_limit"),
  }
end

-- Without query and user, because these may be secret.
local function where_of(url)
  local shown = foreign.line(url:match("^[^?#]*"), LONGEST_URL_BYTES)
  return (shown:gsub("^(%a+://)[^/]*@", "%1"))
end

local function send(options)
  local request = host_options("http.request", options)
  request.timeout = options.timeout or policy.ask("timeouts.request")
  local started = clock.monotonic()
  local response, failure = host().request(request)
  local outcome = response and response.status or failure.kind
  request_log.request(request.method, where_of(options.url), outcome, clock.monotonic() - started)
  return err.check(response, failure)
end

-- To another server only the headers that the policy names are sent, because any header may hold
-- credentials.
local function headers_for_another(given)
  local is_passed = names.matcher(policy.ask("http.redirect_headers"))
  local kept = {}
  for name, value in pairs(given or {}) do
    if is_passed(name) then kept[name] = value end
  end
  return kept
end

local function origin(url)
  return err.check(host().origin(url))
end

local function is_redirect(response)
  return response.status >= 301 and response.status <= 308 and response.status ~= 304
    and response.headers.location ~= nil
end

local function next_hop(options, response)
  local url = err.check(host().join(options.url, response.headers.location))
  local same = origin(url) == origin(options.url)
  local keeps_body = response.status == 307 or response.status == 308
  if options.body and keeps_body and not same then
    err.raise(err.new{
      kind = "protocol", op = "http.request",
      message = ("%s redirects a request with a body to another host, %s"):format(
        origin(options.url), origin(url)),
      hint = "ask that host directly if you trust it",
    })
  end
  local hop = {}
  for key, value in pairs(options) do hop[key] = value end
  hop.url = url
  if not same then hop.headers = headers_for_another(options.headers) end
  if not keeps_body and options.method ~= "HEAD" then hop.method, hop.body = "GET", nil end
  return hop
end

--- Sends a request and returns {status, headers (with lower-case names), body, elapsed (seconds)}.
--- Raises `network`, `timeout`, `unavailable`, `denied` (certificate), `protocol`.
---@param options os2.http.options
---@return {status: integer, headers: table<string, string>, body: string, elapsed: number}
function M.request(options)
  arguments.check("http.request", options, REQUEST_OPTIONS)
  local response = send(options)
  for _ = 1, options.redirects or 0 do
    if not is_redirect(response) then break end
    options = next_hop(options, response)
    response = send(options)
  end
  return response
end

--- Starts a request whose answer is a stream: `for chunk in stream do … end`, then
--- `stream:result()`. With `mode = "lines"` each event is a whole line. `stream:head()` returns
--- status and headers as soon as they have arrived. The body of an answer other than 2xx is in the
--- result. With `send = true` the request's body is given in pieces: `stream:send(data)` for each,
--- then `stream:send_end()`.
---@param options table  as for `http.request`, and idle_timeout (seconds), mode ("chunks"|"lines"),
---  send, send_size (bytes)
---@return userdata
function M.stream(options)
  arguments.check("http.stream", options, STREAM_OPTIONS)
  if options.mode and not MODES[options.mode] then
    arguments.misuse(("http.stream: mode must be chunks or lines, not '%s'"):format(options.mode))
  end
  local request = host_options("http.stream", options)
  request.timeout, request.idle_timeout = options.timeout, options.idle_timeout
  if not (options.timeout or options.idle_timeout) then
    request.timeout = policy.ask("timeouts.request")
  end
  request.mode = options.mode or "chunks"
  request.send, request.send_size = options.send, options.send_size
  request_log.request(request.method, where_of(options.url), "started", 0)
  return err.check(host().start(request))
end

--- Opens a WebSocket, waits until it is open, and returns it:
---
---     local socket <close> = http.websocket{ url = "wss://example.com/feed", timeout = 60 }
---     assert(socket:send("hello"))               -- a text; send(data, "binary") for bytes
---     for data, kind in socket do print(kind, data) end    -- kind: "text" or "binary"
---     local ending = assert(socket:result())     -- {code, reason, is_clean}
---
--- The loop ends when the connection does; `result()` then returns how, or nil and an error:
--- `network` (it ended without a close), `protocol` (the server breaks the protocol, or a message
--- is larger than max_message), `timeout`. `send(data, kind)` and `ping()` return true, or nil and
--- an error; send waits while the server is slow, ping until its pong comes. `close(code, reason)`
--- closes, waits for the server's close (policy `timeouts.websocket_close`) and returns the result;
--- `close()` drops the connection at once. `head()` returns {status, headers, protocol}. A refusal
--- raises with `status` and `response`.
---@param options table  url (ws, wss, http or https), headers, subprotocols (a list),
---  connect_timeout (seconds until it is open), timeout (seconds for the whole connection, by
---  default policy `timeouts.websocket` unless idle_timeout is given), idle_timeout (seconds
---  without a byte from the server), max_message (bytes, by default policy `http.max_message`),
---  response_limit (bytes of a refusal's body), unix_socket, proxy (false: none)
---@return userdata
function M.websocket(options)
  arguments.check("http.websocket", options, WEBSOCKET_OPTIONS)
  websocket.check("http.websocket", options)
  local request = host_options("http.websocket", options)
  return err.check(websocket.start({
    url = websocket.http_url("http.websocket", options.url),
    headers = request.headers, route = request.route, protocols = options.subprotocols,
    open_timeout = request.connect_timeout, timeout = options.timeout,
    idle_timeout = options.idle_timeout, response_limit = request.response_limit,
    max_message = options.max_message or policy.ask("http.max_message"),
  }, where_of(options.url)))
end

return M
