--- What the specs of os2.http share: a server that answers as its path says, and requests to it.
local http = require("os2.http")
local http_server = require("tests.lib.http_server")
local json = require("os2.json")

---@class tests.lib.http_requests
local M = {}

--- Returns the functions of one spec: `start`, which returns the server, and `stop` for the hooks
--- of busted, and requests.
---@return table
function M.new()
  local server

  local function start()
    server = http_server.start()
    return server
  end

  local function stop() server:stop() end

  local function get(path, query, options)
    local request = { url = server:url(path, query), timeout = 30 }
    for key, value in pairs(options or {}) do request[key] = value end
    return http.request(request)
  end

  local function echo(options)
    return json.decode(get("/echo", nil, options).body)
  end

  local function asked(path) return json.decode(get(path).body) end

  return { start = start, stop = stop, get = get, echo = echo, asked = asked }
end

return M
