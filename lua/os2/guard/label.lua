--- Tells the gate which operation a request calls.
local gate = require("os2.guard.gate")

---@class os2.guard.label_maker
local M = {}

local READING <const> = { GET = true, HEAD = true, OPTIONS = true }

local function pattern_of(path)
  local escaped = path:gsub("[%-%.]", "%%%0")
  return "^" .. escaped:gsub("{[^}]*:path}", ".+"):gsub("{[^}]*}", "[^/]+") .. "$"
end

local function params_in(path, row_path, params)
  local names = {}
  for name in row_path:gmatch("{(%w+)") do names[#names + 1] = name end
  local pattern = pattern_of(row_path):gsub("%.%+", "(.+)"):gsub("%[%^/%]%+", "([^/]+)")
  for index, value in ipairs{ path:match(pattern) } do
    if names[index] then params[names[index]] = value end
  end
  return params
end

-- The row of a request that was sent by method and path; the method decides when there is none.
local function row_of(module, method, path)
  for _, name in ipairs(module.operations()) do
    local row = module.operation(name)
    if row.method == method and path:find(pattern_of(row.path)) then return row end
  end
  return {
    name = "request", method = method, path = path, result = "json", changes = not READING[method],
  }
end

local function fields_of(request)
  local fields = type(request.body) == "string" and require("host.json").decode(request.body)
  return type(fields) == "table" and fields or {}
end

local function by_path(client, request)
  local path, query = request.target:match("^([^?]*)%??(.*)$")
  local method = request.method:upper()
  local row = row_of(client.module, method, path)
  local params = fields_of(request)
  for name, value in query:gmatch("([^&=]+)=([^&]*)") do params[name] = value end
  return row, row.name == "request" and params or params_in(path, row.path, params)
end

--- Labels a request of the REST client.
---@param sent table  the options of host.http.request
---@param client os2.client.rest.Client
---@param request os2.client.rest.Request
function M.request(sent, client, request)
  local row, params = request.operation, request.params
  if not row then row, params = by_path(client, request) end
  gate.label(sent, {
    api = client.name, op = request.op, row = row, params = params or {}, target = request.target,
  })
end

--- Labels a streamed request to the engine.
---@param sent table  the options of host.http.start
---@param row table
---@param params table
function M.engine(sent, row, params)
  gate.label(sent, {
    api = "docker", op = "docker." .. row.name, row = row, params = params,
    target = row.path:gsub("{(%w+)[:%l]*}", function(name) return tostring(params[name]) end),
  })
end

return M
