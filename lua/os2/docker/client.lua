--- Speaks to the engine: where it is, in which version, one request and its answer.
local config = require("os2.docker.config")
local endpoint = require("os2.docker.endpoint")
local err = require("os2.err")
local errors = require("os2.docker.errors")
local http = require("host.http")
local json = require("host.json")
local native = require("host.docker")
local nearest = require("os2.policy.nearest")
local policy = require("os2.policy")

---@class os2.docker.client
local M = {}

-- An answer that is kept whole: the list of all images of a large machine is some MB.
local ANSWER_LIMIT <const> = 64 * 1024 * 1024
local LINE_LIMIT <const> = 4 * 1024 * 1024

local connection -- of this process, once the engine has answered a ping

local function start(place, method, target, options)
  return {
    method = method, url = "http://docker" .. target, unix_socket = place.socket,
    headers = options.headers, body = options.body, mode = options.mode,
    timeout = options.timeout or policy.ask("timeouts.engine"),
    connect_timeout = policy.ask("timeouts.connect"),
    response_limit = options.mode and LINE_LIMIT or ANSWER_LIMIT,
  }
end

local function named(failure, place, op)
  failure.op = op
  return errors.of_connection(failure, place)
end

local function request(place, op, method, target, options)
  local response, failure = http.request(start(place, method, target, options))
  if not response then err.raise(named(failure, place, op)) end
  return response
end

---@class os2.docker.connection
---@field place os2.docker.endpoint.place
---@field version string  that is spoken
---@field engine_version string  of the API, the engine's newest
---@field builder "1"|"2"  classic or BuildKit
---@field config table  Docker's config

--- Returns what is known of the engine; asks it once a process. Waits.
---@return os2.docker.connection
function M.connect()
  if connection then return connection end
  local settings = config.load()
  local place = endpoint.find(settings)
  local pong = request(place, "docker.ping", "GET", "/_ping", {})
  if pong.status ~= 200 then err.raise(errors.of_answer("docker.ping", pong.status, pong.body)) end
  local version = endpoint.version(pong.headers["api-version"])
  connection = {
    place = place, version = version, engine_version = pong.headers["api-version"],
    builder = endpoint.builder(pong.headers, version), config = settings,
  }
  return connection
end

--- Forgets the engine, so that the next call looks for it again.
function M.forget()
  connection = nil
end

local function text_of(value)
  if type(value) == "table" then return json.encode(value) end
  if math.type(value) == "float" then return ("%.14g"):format(value) end
  return tostring(value)
end

local function add_query(list, key, value)
  if type(value) == "table" and value[1] ~= nil then
    for _, item in ipairs(value) do list[#list + 1] = { key, text_of(item) } end
  else
    list[#list + 1] = { key, text_of(value) }
  end
end

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local function split_params(row, params)
  local in_body, query, body = {}, {}, nil
  for _, key in ipairs(row.body) do in_body[key] = true end
  for _, key in ipairs(sorted_keys(params)) do
    if in_body[key] then
      body = body or {}
      body[key] = params[key]
    else
      add_query(query, key, params[key])
    end
  end
  return query, body
end

--- Returns an operation's row; raises for one that is not there, with the nearest ones.
---@param name string  the API's operationId in snake_case
---@return table
function M.operation(name)
  local row = native.operation(name)
  if row then return row end
  error(("os2.docker.api has no operation '%s': %s"):format(tostring(name),
    nearest.hint(tostring(name), native.operations(), "docker.request reaches every path")), 3)
end

--- Returns the path and query of an operation, version included, and its body's fields.
---@param name string
---@param params table<string, any>  a list repeats its key, a map is sent as JSON
---@return string target
---@return table? body
function M.target(name, params)
  local query, body = split_params(M.operation(name), params)
  local target = err.check(native.target(name, query))
  if name == "system_ping" then return target end
  return ("/v%s%s"):format(M.connect().version, target), body
end

local function with_body(options, body)
  local headers = { table.unpack(options.headers or {}) }
  if body then headers[#headers + 1] = "Content-Type: application/json" end
  return {
    headers = headers, timeout = options.timeout, mode = options.mode,
    body = body and json.encode(body) or options.body,
  }
end

local function decode(response)
  local kind = response.headers["content-type"] or ""
  if not kind:find("json", 1, true) or response.body == "" then return response.body end
  return err.check(json.decode(response.body))
end

--- Sends one request and returns the answer, whatever its status. Raises when there is none. Waits.
---@param method string
---@param path string  below the version, with its query: "/containers/json?all=1"
---@param options? {headers: string[]?, body: string|table?, timeout: number?}
---@return {status: integer, headers: table<string, string>, body: any}
function M.request(method, path, options)
  options = options or {}
  local link = M.connect()
  local body = type(options.body) == "table" and options.body or nil
  local target = ("/v%s%s"):format(link.version, path)
  local response = request(link.place, "docker.request", method, target, with_body(options, body))
  response.body = decode(response)
  return response
end

--- Calls an operation and returns the decoded body and the answer; raises when the status is no
--- success. Waits.
---@param name string
---@param params table
---@param options? {headers: string[]?, timeout: number?, op: string?}
---@return any body
---@return table response
function M.call(name, params, options)
  options = options or {}
  local op = options.op or "docker.api." .. name
  local row = M.operation(name)
  local target, body = M.target(name, params)
  local response = request(M.connect().place, op, row.method, target, with_body(options, body))
  if response.status >= 400 then
    err.raise(errors.of_answer(op, response.status, response.body))
  end
  return decode(response), response
end

--- Starts an operation whose answer comes in lines; returns the host's operation.
---@param name string
---@param params table
---@param options {headers: string[]?, timeout: number, op: string}
---@return userdata
function M.start(name, params, options)
  local row = M.operation(name)
  local target, body = M.target(name, params)
  local place = M.connect().place
  options = with_body(options, body)
  options.mode = "lines"
  return err.check(http.start(start(place, row.method, target, options)))
end

--- Gives an error of the connection during a stream its place and name.
---@param failure table
---@param op string
---@return table
function M.named(failure, op)
  return named(failure, M.connect().place, op)
end

return M
