--- `test.world`: a small Daytona and Docker in Lua, to which the requests of a test go.
local arguments = require("os2.base.arguments")
local clock = require("os2.clock")
local daytona = require("os2.flows.testing.daytona")
local docker = require("os2.flows.testing.docker")
local err = require("os2.err")
local json = require("os2.json")
local routes = require("os2.flows.testing.routes")
local toolbox = require("os2.flows.testing.toolbox")

---@class os2.flows.testing.world
---@field snapshots table[]  records; a test may read and change them
---@field machines table[]
---@field images table[]
---@field containers table[]
---@field requests {op: string, api: string, params: table, status: integer?}[]  in their order
local World = {}
World.__index = World

local M = {}

M.DAYTONA_URL = "https://daytona.test/api"
M.DOCKER_HOST = "tcp://docker.test:2375"
local TOOLBOX_URL <const> = "https://toolbox.test"
local APART_SECONDS <const> = 60 -- seconds between the creation of two records

local SPEC <const> = {
  snapshots = "table?", machines = "table?", images = "table?", containers = "table?",
  faults = "table?", handlers = "table?", http = "function?",
  exec = "function?",
}

-- {name, a pattern of its URLs (a machine's id, where there is one; the target), the module of its
-- operations, what they do}
local APIS <const> = {
  { "daytona", "^https://daytona%.test/(api)(/.*)$", "host.daytona", daytona.OPERATIONS },
  { "toolbox", "^https://toolbox%.test/([^/]+)(/.*)$", "host.daytona", toolbox.OPERATIONS },
  { "docker", "^http://docker%.test:(2375)(/.*)$", "host.docker", docker.OPERATIONS },
}

local function module_of(api)
  local module = require(api[3])
  return api[1] == "toolbox" and module.toolbox or module
end

local routes_of = {} -- made at first use

-- ---- from a request to an operation ----

local function split(target)
  local path, query = target:match("^([^?]*)%??(.*)$")
  return path, routes.query(query)
end

local function params_of(request, query, in_path)
  local params = query
  for key, value in pairs(in_path) do params[key] = value end
  local body = request.body and request.body ~= "" and json.decode(request.body)
  if type(body) ~= "table" then return params end
  for key, value in pairs(body) do params[key] = value end
  return params
end

-- Returns the API and operation of a request, and its parameters; nil for another server.
local function look_up(request)
  for _, api in ipairs(APIS) do
    local id, target = request.url:match(api[2])
    if target then
      local path, query = split(target:gsub("^/v1%.%d+/", "/"))
      routes_of[api[1]] = routes_of[api[1]] or routes.of(module_of(api))
      local op, in_path = routes.find(routes_of[api[1]], request.method, path)
      return api, op, op and params_of(request, query, in_path), id
    end
  end
end

-- ---- from an operation to an answer ----

local function response(status, value, headers)
  local answer = { status = status, headers = headers or {}, body = "", elapsed = 0 }
  if type(value) == "table" then
    answer.headers["content-type"], answer.body = "application/json", json.encode(value)
  elseif value ~= nil then
    answer.body = tostring(value)
  end
  return answer
end

local function refused(api, status, message)
  local value = { message = message }
  if api[1] ~= "docker" then value.statusCode, value.error = status, message end
  return response(status, value)
end

local function next_fault(self, op)
  for _, fault in ipairs(self.faults) do
    if fault.op == op and (fault.times or math.huge) > 0 then
      if fault.times then fault.times = fault.times - 1 end
      return fault
    end
  end
end

local function faulty(api, fault)
  if fault.status then
    return refused(api, fault.status, fault.message or "the test's fault")
  end
  return nil, err.new{ kind = fault.kind or "network", op = "test",
    message = fault.message or "the test's fault" }
end

local function machine_of(self, id)
  for _, machine in ipairs(self.machines) do
    if machine.id == id then return machine end
  end
end

local function call(self, api, op, params, id)
  local handler = self.handlers[op] or api[4][op]
  if not handler then
    return self.violation(("test.world has no %s.%s: give it handlers = { %s = "
      .. "function(world, params) return 200, {} end }"):format(api[1], op, op))
  end
  local ok, status, value, headers = pcall(handler, self, params, machine_of(self, id))
  if ok then return response(status, value, headers) end
  if type(status) == "table" and status.status then
    return refused(api, status.status, status.message)
  end
  error(status, 0)
end

local function answer(self, api, op, params, id)
  local fault = next_fault(self, op)
  if fault then return faulty(api, fault) end
  return call(self, api, op, params, id)
end

--- Answers a request; returns nil and an error where a fault says so.
---@param request table  as `host.http.request` takes it
---@return table? response
---@return os2.Err? failure
function World:answer(request)
  local api, op, params, id = look_up(request)
  if op then
    local entry = { op = op, api = api[1], params = params }
    self.requests[#self.requests + 1] = entry
    local found, failure = answer(self, api, op, params, id)
    entry.status = found and found.status
    return found, failure
  end
  if self.http and not api then
    local found = self.http(request)
    return response(found.status or 200, found.body, found.headers)
  end
  return self.violation(("the test asks for %s %s, which test.world does not know"):format(
    request.method, request.url))
end

--- Returns how many requests called an operation.
---@param op string
---@return integer
function World:count_of(op)
  local count = 0
  for _, request in ipairs(self.requests) do count = count + (request.op == op and 1 or 0) end
  return count
end

-- ---- its beginning ----

-- Later records of a list are newer.
local function filled(self, list, make, state)
  local records, given = {}, list or {}
  for index, fields in ipairs(given) do
    local copy = {}
    for key, value in pairs(fields) do copy[key] = value end
    copy.state = copy.state or (copy.states == nil and state or nil)
    local at = clock.now() - (#given - index + 1) * APART_SECONDS
    records[index] = make(self, copy, at, {})
  end
  return records
end

local function check_faults(faults)
  for _, fault in ipairs(faults) do
    arguments.check("test.world: a fault", fault, {
      op = "string", status = "integer?", message = "string?", times = "integer?", kind = "string?",
    })
  end
  return faults
end

local function copy_of(fields)
  local copy = {}
  for key, value in pairs(fields) do copy[key] = value end
  return copy
end

--- Makes a world.
---@param spec? {snapshots: table[]?, machines: table[]?, images: table[]?, containers: table[]?,
---  faults: table[]?, handlers: table<string, function>?, http: function?, exec: function?}
---@param violation fun(message: string)  is called for what the world does not know; raises
---@return os2.flows.testing.world
function M.new(spec, violation)
  spec = arguments.check("test.world", spec, SPEC)
  local self = setmetatable({ count = 0, requests = {}, toolbox_url = TOOLBOX_URL,
    violation = violation, http = spec.http, exec = spec.exec, sessions = {},
    handlers = spec.handlers or {} }, World)
  self.faults = check_faults(spec.faults or {})
  self.snapshots = filled(self, spec.snapshots, daytona.snapshot, "active")
  self.machines = filled(self, spec.machines, daytona.machine, "started")
  self.images, self.containers = {}, {}
  for _, fields in ipairs(spec.images or {}) do
    table.insert(self.images, docker.image(self, copy_of(fields)))
  end
  for _, fields in ipairs(spec.containers or {}) do
    table.insert(self.containers, docker.container(self, copy_of(fields)))
  end
  return self
end

return M
