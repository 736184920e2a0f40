--- The client that all REST APIs share: it turns an operation's fields into a request, and the
--- response into a value.
---
--- An operation is a row of a C table (host/core/rest/rest.h): method, path, query keys, fields of
--- the JSON body. A client adds the address and the meaning of errors.
local clock = require("os2.clock")
local err = require("os2.err")
local headers = require("os2.client.headers")
local native_json = require("host.json")
local json = require("os2.json")
local multipart = require("os2.client.multipart")
local nearest = require("os2.text.nearest")
local arguments = require("os2.base.arguments")
local pages = require("os2.client.pages")
local policy = require("os2.policy")
local query = require("os2.client.query")
local request_log = require("os2.client.request_log")
local run_options = require("os2.run.options")
local sorted = require("os2.base.sorted")
local transfer = require("os2.client.transfer")

---@class os2.client.rest.Client
---@field module table  host.daytona, host.daytona.toolbox or host.docker
---@field name string  "daytona"
---@field send fun(request: table): table?, os2.Err?  host.http.request with the client's options
---@field start? fun(request: table): userdata?, os2.Err?  host.http.start with the client's options
---@field observed? fun(response: table?)  gets the answer to a `start` that is taken later
---@field headers fun(): string[]
---@field url fun(target: string): string
---@field classify fun(op: string, response: table, operation: table?): os2.Err
---@field is_json_only? boolean  an answer that is neither empty nor JSON did not come from the API
---@field rows table<string, table>  the rows of the operations called so far
---@field timeout string  the policy with the seconds for a request
---@field api table<string, fun(params: table?, options: table?): any, table>
---@field each table<string, fun(params: table?, options: table?): fun(): any>
local Client = {}
Client.__index = Client

---@class os2.client.rest
local M = {}

---@class os2.client.rest.call_options
---@field timeout? number  seconds
---@field headers? table<string, string>  includes those that the operation declares
---@field body? string|os2.client.multipart.part[]  for an operation whose body is not JSON
---@field fields? table  the only fields of the answer's objects that are decoded: name -> true, or
---  the fields inside it
---@field is_later? boolean  do not wait, but return the host operation, which has news once there
---  is an answer, and an object whose `take` then acts as the call would

local CALL_OPTIONS <const> = {
  timeout = "number?", headers = "table?", body = "any?", fields = "table?", is_later = "boolean?",
}
local JSON <const> = "application/json"

local REQUEST_OPTIONS <const> = {
  query = "table?", body = "any?", headers = "table?", timeout = "number?",
}

--- Returns the place of each key of an operation. An "object" is a key of the query whose value has
--- fields. Headers are not keys.
---@param operation table  a row, from host.daytona.operation
---@return table<string, "path"|"query"|"object"|"body">
function M.places(operation)
  local places = {}
  for _, name in ipairs(operation.body) do places[name] = "body" end
  for _, name in ipairs(operation.query) do places[name] = "query" end
  for _, name in ipairs(operation.objects) do places[name] = "object" end
  for name in operation.path:gmatch("{(%w+)") do places[name] = "path" end
  return places
end

local function refuse_key(client, operation, key)
  local names = sorted.keys(operation.places)
  arguments.misuse(("%s.%s takes no '%s'; %s"):format(client.name, operation.name, tostring(key),
    nearest.hint(tostring(key), names, "it takes " .. table.concat(names, ", "))))
end

local function refuse_table(client, operation, key)
  arguments.misuse(("%s.%s: %s is part of the path and must be one text, not a table"):format(
    client.name, operation.name, key))
end

-- Sorts an operation's fields into those of path and query, and those of the JSON body.
local function split(client, operation, params)
  local target, body = {}, nil
  for _, key in ipairs(sorted.keys(params)) do
    local value, place = params[key], operation.places[key]
    local is_table = type(value) == "table"
    if not place then refuse_key(client, operation, key) end
    if place == "path" and is_table then refuse_table(client, operation, key) end
    if place == "body" then
      body = body or {}
      body[key] = value
    elseif place == "object" and is_table then
      query.put_fields(target, key, value)
    else
      query.put(target, key, value)
    end
  end
  return target, body
end

local function has_header(headers_given, wanted)
  for name in pairs(headers_given or {}) do
    if tostring(name):lower() == wanted then return true end
  end
  return false
end

local function header_list(client, op, given, content_type)
  local list = client.headers()
  if content_type and not has_header(given, "content-type") then
    list[#list + 1] = "Content-Type: " .. content_type
  end
  local further = headers.list(op, given)
  return table.move(further, 1, #further, #list + 1, list)
end

local function is_json(response)
  local kind = response.headers["content-type"]
  return kind ~= nil and kind:find("json", 1, true) ~= nil
end

-- Streams, and bytes that are not declared as JSON, are returned unchanged; any other answer must
-- be JSON.
local function is_plain(client, response, result)
  if result == "stream" then return true end
  if is_json(response) then return false end
  return result == "bytes" or not client.is_json_only
end

local function value_of(client, op, response, result, fields)
  if response.body == "" then return true end
  if is_plain(client, response, result) then return response.body end
  if is_json(response) then
    local value, failure = native_json.decode(response.body, nil, fields)
    if not failure then return value end
    failure.op = op
    err.raise(failure)
  end
  err.raise(err.new{
    kind = "protocol", op = op, status = response.status, is_sent = true,
    message = ("the answer is %s, not JSON"):format(response.headers["content-type"] or "untyped"),
    hint = "another server than the API answers there",
  })
end

local function is_success(status, operation)
  return status < 300 or status == 304 and operation ~= nil and operation.allows_304
end

---@class os2.client.rest.Request
---@field op string  the verb, for errors
---@field method string
---@field target string  path and query, below the API's base URL
---@field body string?
---@field content_type string?  media type of the body
---@field operation table?  the operation's row
---@field params table?  the operation's fields

local function shown_target(request)
  return request_log.target(request.target, request.operation and request.operation.path)
end

-- The limit for bytes and streams, which are not decoded, differs from the one for JSON.
local function limit_of(operation)
  local result = operation and operation.result or "bytes"
  local is_raw = result == "bytes" or result == "stream"
  return is_raw and "http.response_limit" or "http.json_limit"
end

local function host_request(client, request, options)
  local sent = {
    method = request.method,
    url = client.url(request.target),
    headers = header_list(client, request.op, options.headers, request.content_type),
    body = request.body,
    timeout = options.timeout or policy.ask(client.timeout),
    connect_timeout = policy.ask("timeouts.connect"),
    response_limit = policy.ask(limit_of(request.operation)),
  }
  if run_options.guard then require("os2.guard.label").request(sent, client, request) end
  return sent
end

-- Prints a request under -v, and returns the error that its outcome means.
local function failure_of(client, request, started, response, failure)
  request_log.request(request.method, client.name .. " " .. shown_target(request),
    response and response.status or failure.kind, clock.monotonic() - started)
  if failure then
    failure.op = request.op
    if failure.message:find("over the limit", 1, true) then
      failure.hint = ("policy %s sets the limit"):format(limit_of(request.operation))
    end
    return client.connection_error and client.connection_error(failure) or failure
  end
  if is_success(response.status, request.operation) then return nil end
  return client.classify(request.op, response, request.operation)
end

-- Returns the answer to a request. Raises the error that its status means.
local function check(client, request, started, response, failure)
  failure = failure_of(client, request, started, response, failure)
  if failure then err.raise(failure) end
  return response
end

local function exchange(client, request, options)
  local started = clock.monotonic()
  return check(client, request, started, client.send(host_request(client, request, options)))
end

local function find_operation(client, name)
  local operation = client.rows[name] or client.module.operation(name)
  if operation then
    operation.places = operation.places or M.places(operation)
    client.rows[name] = operation
    return operation
  end
  arguments.misuse(("%s has no operation '%s'; %s"):format(client.name, tostring(name),
    nearest.hint(tostring(name), client.module.operations(),
      ("`os2 help %s` lists them"):format(client.name))))
end

-- Returns the body's text and type. A JSON body is sent also without any field.
local function body_of(client, operation, fields, given)
  local caller, content = client.name .. "." .. operation.name, operation.content
  if not content then
    if given ~= nil then arguments.misuse(caller .. ": its body is made of its fields") end
    if #operation.body == 0 then return nil end
    return json.encode(fields or {}), JSON
  end
  if type(given) == "table" and content == multipart.TYPE then
    return multipart.encode(caller, given)
  end
  if given == nil or type(given) == "string" then return given, given and content end
  arguments.misuse(("%s: the body is %s and must be a string, not %s"):format(caller, content,
    type(given)))
end

-- Returns the target of a request. Raises when the fields do not form one.
local function target_of(client, name, fields)
  local target, failure = client.module.target(name, fields)
  if target then return target end
  failure.op = client.name .. "." .. name
  err.raise(failure)
end

-- A request whose answer is taken later. There may be a thousand of them, so it keeps little.
local Later = {}
Later.__index = Later

local function call_later(client, request, options)
  local sent, started = host_request(client, request, options), clock.monotonic()
  sent.mode = "whole"
  local sending = err.check(client.start(sent))
  request.body, request.params, request.content_type = nil, nil, nil
  request.client, request.sending, request.started = client, sending, started
  request.fields = options.fields
  return sending, setmetatable(request, Later)
end

function Later:take()
  local client, response, failure = self.client, self.sending:result()
  self.sending:close()
  if client.observed then client.observed(response) end
  check(client, self, self.started, response, failure)
  local result = self.operation.result
  return value_of(client, self.op, response, result, self.fields), response
end

--- Calls an operation with fields named as in the API. Returns the answer's value (decoded JSON,
--- text, or true when it was empty) and the response {status, headers, body}.
---@param name string
---@param params? table
---@param options? os2.client.rest.call_options
---@return any, table
function Client:call(name, params, options)
  options = arguments.check(self.name .. "." .. name, options, CALL_OPTIONS)
  local operation = find_operation(self, name)
  local fields, body = split(self, operation, params or {})
  local op, target = self.name .. "." .. name, target_of(self, name, fields)
  local request = {
    op = op, method = operation.method, target = target, operation = operation, params = params,
  }
  request.body, request.content_type = body_of(self, operation, body, options.body)
  if options.is_later then return call_later(self, request, options) end
  local response = exchange(self, request, options)
  return value_of(self, op, response, operation.result, options.fields), response
end

--- Starts an operation whose answer is streamed, or with `send` whose body is streamed.
---@param name string
---@param params? table
---@param options {timeout: number, send: boolean?, send_size: integer?, content_type: string?}
---@return os2.client.rest.Transfer
function Client:begin(name, params, options)
  local operation, op = find_operation(self, name), self.name .. "." .. name
  local request = {
    op = op, method = operation.method, operation = operation, params = params,
    target = target_of(self, name, (split(self, operation, params or {}))),
    content_type = options.content_type,
  }
  local started = clock.monotonic()
  local sent = host_request(self, request, { timeout = options.timeout })
  sent.mode, sent.send, sent.send_size = "chunks", options.send, options.send_size
  return transfer.new(err.check(self.start(sent)), function(response, failure)
    return failure_of(self, request, started, response, failure)
  end)
end

--- Returns the URL and the headers of an operation, for a connection that somebody else opens.
---@param name string
---@param params? table
---@return string url
---@return table<string, string> headers
function Client:address(name, params)
  local operation, by_name = find_operation(self, name), {}
  for _, line in ipairs(self.headers()) do
    local key, value = line:match("^([^:]+): (.*)$")
    by_name[key] = value
  end
  return self.url(target_of(self, name, (split(self, operation, params or {})))), by_name
end

--- Returns an iterator over the items of all pages of an operation; pages are requested as needed.
--- A page that fails raises, so a list that ends is complete.
---@param name string
---@param params? table
---@param options? os2.client.rest.call_options
---@return fun(): any
function Client:items(name, params, options)
  local operation = find_operation(self, name)
  if not operation.paging then
    arguments.misuse(("%s.each.%s: its answer has no pages; call %s.api.%s"):format(self.name, name,
      self.name, name))
  end
  return pages.items(self.name .. "." .. name, operation, params or {}, function(page)
    return (self:call(name, page, options))
  end)
end

--- Sends any request, also one without a row. `path` is below the API's base URL; a table as body
--- is sent as JSON. Returns as `call` does.
---@param method string
---@param path string
---@param options? {query: table?, body: any, headers: table?, timeout: number?}
---@return any, table
function Client:request(method, path, options)
  options = arguments.check(self.name .. ".request", options, REQUEST_OPTIONS)
  if not (type(method) == "string" and method:match("^%a+$")) then
    arguments.misuse(("%s.request: '%s' is no method"):format(self.name, tostring(method)))
  end
  local body = options.body
  if type(body) == "table" then body = json.encode(body) end
  local op = self.name .. ".request"
  local response = exchange(self, {
    op = op, method = method, target = query.add(path, options.query), body = body,
    content_type = body and JSON,
  }, options)
  return value_of(self, op, response), response
end

-- Returns a table whose fields are the operations.
local function by_name(client, method)
  return setmetatable({}, {
    __index = function(_, name)
      find_operation(client, name)
      return function(params, options) return method(client, name, params, options) end
    end,
  })
end

--- Makes a client.
---@param fields os2.client.rest.Client
---@return os2.client.rest.Client
function M.client(fields)
  local client = setmetatable(fields, Client)
  client.rows = {}
  client.api = by_name(client, Client.call)
  client.each = by_name(client, Client.items)
  return client
end

return M
