--- The connection to the engine: its address, the API version, and requests with one answer or a
--- stream of lines.
local clock = require("os2.clock")
local config = require("os2.docker.config")
local endpoint = require("os2.docker.endpoint")
local err = require("os2.err")
local errors = require("os2.docker.errors")
local native_http = require("host.http")
local native_docker = require("host.docker")
local policy = require("os2.policy")
local rest = require("os2.client.rest")
local request_log = require("os2.client.request_log")
local run_options = require("os2.run.options")
local version = require("os2.docker.version")

---@class os2.docker.client
local M = {}

local PING <const> = "/_ping"
-- bytes of a line of a push or a pull; the engine's lines are shorter than 1 kB
local LINE_LIMIT_BYTES <const> = 1024 * 1024

---@class os2.docker.connection
---@field place os2.docker.place
---@field version string  the API version in use
---@field builder "1"|"2"  classic or BuildKit
---@field is_podman boolean
---@field config table  Docker's config
---@field headers string[]  sent with each request, from Docker's configuration
local connection -- of this process; set when the engine has answered a ping

local function ping(place, headers)
  local started = clock.monotonic()
  local request = {
    method = "GET", url = place.url .. PING, route = place.route, headers = headers,
    timeout = policy.ask("timeouts.engine"), connect_timeout = policy.ask("timeouts.connect"),
    response_limit = policy.ask("http.json_limit"),
  }
  if run_options.guard then run_options.guard.allow(request, "engine") end
  local pong, failure = native_http.request(request)
  request_log.request("GET", "docker " .. PING, pong and pong.status or failure.kind,
    clock.monotonic() - started)
  if not pong then err.raise(errors.of_connection(failure, place, "docker.ping")) end
  if pong.status ~= 200 then err.raise(errors.of_answer("docker.ping", pong)) end
  return pong.headers
end

--- Returns the connection to the engine; pings the engine once per process. Waits.
---@return os2.docker.connection
function M.connect()
  if connection then return connection end
  local settings = config.load()
  local place = endpoint.find(settings)
  local sent = config.headers(settings)
  local headers = ping(place, sent)
  connection = {
    place = place, version = version.choose(headers["api-version"], place.name),
    builder = version.builder(headers), config = settings, headers = sent,
    is_podman = headers["libpod-api-version"] ~= nil,
  }
  return connection
end

--- Forgets the engine, so that the next call searches for it again.
function M.forget()
  connection = nil
end

local function name_of(header)
  return header:match("^[^:]*"):lower()
end

--- Returns the headers, to which those of Docker's configuration are added; a request's own headers
--- take precedence.
---@param headers string[]?  "Name: value"
---@return string[]
function M.headers(headers)
  local list, own = {}, {}
  for index, header in ipairs(headers or {}) do
    list[index], own[name_of(header)] = header, true
  end
  for _, header in ipairs(M.connect().headers) do
    if not own[name_of(header)] then list[#list + 1] = header end
  end
  return list
end

--- Returns the variables, to which the proxies of Docker's configuration for this engine are added:
--- for a build's arguments or a container's environment. Given variables take precedence.
---@param given table<string, string>?
---@return table<string, string>
function M.with_proxies(given)
  local link = M.connect()
  return config.with_proxies(link.config, link.place.name, given or {})
end

-- Returns the URL of a target below the API version in use.
local function url_of(target)
  local link = M.connect()
  if target == PING then return link.place.url .. target end
  return ("%s/v%s%s"):format(link.place.url, link.version, target)
end

--- The table-driven client, with `call`, `request` and `api`.
M.rest = rest.client{
  name = "docker",
  module = native_docker,
  timeout = "timeouts.engine",
  headers = function() return {} end,
  url = url_of,
  send = function(request)
    request.route, request.headers = M.connect().place.route, M.headers(request.headers)
    return native_http.request(request)
  end,
  classify = errors.of_answer,
  connection_error = function(failure)
    return errors.of_connection(failure, M.connect().place, failure.op)
  end,
}

--- Calls an operation whose answer is an object or a list. Raises `protocol` for any other value.
---@param name string
---@param params table?
---@param options os2.client.rest.call_options?
---@return table
function M.ask(name, params, options)
  local value, answer = M.rest.api[name](params, options)
  if type(value) == "table" then return value end
  err.raise(err.new{
    kind = "protocol", op = "docker." .. name, status = answer and answer.status, is_sent = true,
    message = "the engine's answer is neither an object nor a list",
    hint = "check DOCKER_HOST: a proxy or another server may answer instead of the engine",
  })
end

local function param_list(params)
  local list = {}
  for key, value in pairs(params) do
    for _, item in ipairs(type(value) == "table" and value or { value }) do
      list[#list + 1] = { key, item }
    end
  end
  table.sort(list, function(one, other) return one[1] < other[1] end)
  return list
end

--- Returns the URL of an operation whose answer is streamed.
---@param name string
---@param params table<string, string|string[]>  a list repeats its key
---@return string
function M.url(name, params)
  return url_of(err.check(native_docker.target(name, param_list(params))))
end

-- Returns the options of host.http with what --read-only and --dry-run must know of them.
local function labelled(name, params, options)
  if run_options.guard then
    require("os2.guard.label").engine(options, native_docker.operation(name), params)
  end
  return options
end

--- Starts an operation whose answer is streamed, by default in lines. Returns the host operation.
--- With `send` the request's body is given in pieces.
---@param name string
---@param params table<string, string|string[]>
---@param options {headers: string[]?, timeout: number, mode: "lines"|"chunks"|nil, body: string?,
---  send: boolean?}
---@return userdata
function M.start(name, params, options)
  local place = M.connect().place
  return err.check(native_http.start(labelled(name, params, {
    method = native_docker.operation(name).method, url = M.url(name, params),
    route = place.route, headers = M.headers(options.headers), mode = options.mode or "lines",
    body = options.body, send = options.send,
    timeout = options.timeout, connect_timeout = policy.ask("timeouts.connect"),
    response_limit = LINE_LIMIT_BYTES,
  })))
end

--- Starts an operation after whose answer the connection carries bytes in both directions. Returns
--- the host operation (host.http.upgrade).
---@param name string
---@param params table<string, string>
---@param options {headers: string[]?, timeout: number, body: string?, is_framed: boolean?,
---  is_written: boolean?}
---@return userdata
function M.upgrade(name, params, options)
  return err.check(native_http.upgrade(labelled(name, params, {
    method = native_docker.operation(name).method, url = M.url(name, params), protocol = "tcp",
    route = M.connect().place.route, headers = M.headers(options.headers), body = options.body,
    timeout = options.timeout, open_timeout = policy.ask("timeouts.engine"),
    response_limit = LINE_LIMIT_BYTES, is_framed = options.is_framed,
    is_written = options.is_written,
  })))
end

--- Prints a streamed request under -v. Returns the error when it had no answer, or a status other
--- than a success.
---@param op string  "docker.push"
---@param name string  the operation
---@param started number  monotonic seconds
---@param response table?
---@param failure os2.Err?
---@return os2.Err?
function M.check(op, name, started, response, failure)
  local row = native_docker.operation(name)
  local outcome = response and response.status or failure.kind
  request_log.request(row.method, "docker " .. row.path, outcome, clock.monotonic() - started)
  if not response then return errors.of_connection(failure, M.connect().place, op) end
  if response.status ~= 200 then return errors.of_answer(op, response) end
end

return M
