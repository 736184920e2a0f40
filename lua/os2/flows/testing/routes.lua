--- From the method and path of a request to the operation of an API.

---@class os2.flows.testing.routes
local M = {}

---@class os2.flows.testing.route
---@field name string
---@field method string
---@field pattern string
---@field keys string[]
---@field literals integer  bytes that are no placeholder: the more, the better the match

local SPECIAL <const> = "[%-%.%+%*%?%[%]%^%$%(%)%%]"

local function route_of(name, row)
  local keys, parts, literals = {}, {}, 0
  local rest = row.path:gsub("([^{]*)(%b{})", function(literal, placeholder)
    local key, kind = placeholder:match("^{(%w+):?(%w*)}$")
    keys[#keys + 1], literals = key, literals + #literal
    parts[#parts + 1] = literal:gsub(SPECIAL, "%%%0") .. (kind == "path" and "(.+)" or "([^/]+)")
    return ""
  end)
  local pattern = table.concat(parts) .. rest:gsub(SPECIAL, "%%%0")
  return { name = name, method = row.method, pattern = "^" .. pattern .. "$", keys = keys,
    literals = literals + #rest }
end

--- Returns the routes of an API, the most exact first.
---@param module table  host.daytona, host.daytona.toolbox or host.docker
---@return os2.flows.testing.route[]
function M.of(module)
  local routes = {}
  for _, name in ipairs(module.operations()) do
    routes[#routes + 1] = route_of(name, module.operation(name))
  end
  table.sort(routes, function(one, other)
    if one.literals ~= other.literals then return one.literals > other.literals end
    return one.name < other.name
  end)
  return routes
end

local function decoded(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

--- Returns the parameters of a query.
---@param query string
---@return table<string, string>
function M.query(query)
  local params = {}
  for key, value in query:gmatch("([^&=]+)=?([^&]*)") do
    params[decoded(key)] = decoded((value:gsub("%+", " ")))
  end
  return params
end

--- Returns the operation of a request, and the parameters in its path; nil when there is none.
---@param routes os2.flows.testing.route[]
---@param method string
---@param path string
---@return string?
---@return table<string, string>?
function M.find(routes, method, path)
  for _, route in ipairs(routes) do
    local found = route.method == method and table.pack(path:match(route.pattern))
    if found and found[1] then
      local params = {}
      for index, key in ipairs(route.keys) do params[key] = decoded(found[index]) end
      return route.name, params
    end
  end
end

return M
