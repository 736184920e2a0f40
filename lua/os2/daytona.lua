--- The Daytona API, for scripts: `daytona.api.<operation>{…}` for all of it, and an everyday face.
---
--- Asks DAYTONA_API_URL with DAYTONA_API_KEY; raises error objects. Source: the API's description
--- and how v0.190 was seen to answer.
local env = require("os2.env")
local err = require("os2.err")
local errors = require("os2.daytona.errors")
local native_daytona = require("host.daytona")
local arguments = require("os2.base.arguments")
local rest = require("os2.client.rest")
local secrets = require("os2.text.secrets")
local version = require("host.err").version

---@class os2.daytona
local M = {}

local DEFAULT_URL <const> = "https://app.daytona.io/api"
-- From here on the toolbox gives stdout and stderr apart.
local TOOLBOX_PROTOCOL <const> = "0.103.0"
-- Up to here it gives logs as it keeps them, with marks and not as JSON, which would change bytes.
local RAW_PROTOCOL <const> = "0.102.0"
local SHORTEST_KEY <const> = 4 -- bytes of one that is hidden in what is said
local UUID <const> = "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"

local function script_name()
  local name = arg and arg[0] or "-e"
  return (name:match("([^/]+)$"):gsub("%.lua$", ""))
end

-- Who asks, for the API's audit log: only what a header may hold.
local function source()
  local words = ("os2/%s %s %s"):format(version, script_name(), env.get("USER") or "unknown")
  return (words:gsub("[^%w%./_ %-]", "_"))
end

local function refuse(message, hint)
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "daytona", message = message, hint = hint,
  })
end

-- The value of a variable that goes into a header; nil when it is not set.
local function header_value(name)
  local value = env.get(name)
  if value and value:find("[^%g]") then
    refuse(name .. " holds a space or a line break", "set it to the value alone")
  end
  return value
end

local function key()
  local value = header_value("DAYTONA_API_KEY")
  if value then
    -- What stands between us and the API may send our headers back.
    secrets.conceal(value, SHORTEST_KEY)
    return value
  end
  refuse("DAYTONA_API_KEY is not set",
    "run under `doppler run --config dev -- os2 …`, or set the key")
end

-- `protocol` is the version of Daytona's own SDK whose answers are wanted.
local function headers(protocol)
  local list = {
    "Authorization: Bearer " .. key(),
    "Accept: application/json",
    "User-Agent: os2/" .. version,
    "X-Daytona-Source: " .. source(),
    "X-Daytona-SDK-Version: " .. protocol,
  }
  local organization = header_value("DAYTONA_ORGANIZATION_ID")
  if organization then list[#list + 1] = "X-Daytona-Organization-ID: " .. organization end
  return list
end

local function without_password(url)
  return (url:gsub("^(%a*:?/*)[^/]*@", "%1"))
end

local function is_url(text)
  local host, port = without_password(text):match("^https?://([^/%s:]+):?(%d*)")
  return host ~= nil and not text:find("[%s?#]") and (port == "" or tonumber(port) < 65536)
end

local function base_url()
  local url = env.get("DAYTONA_API_URL") or DEFAULT_URL
  if is_url(url) then return url:match("^.*[^/]") end
  refuse(("DAYTONA_API_URL is '%s', which is no https:// or http:// URL without a query")
    :format(without_password(url)), "leave it unset for " .. DEFAULT_URL)
end

local function is_proxied(url)
  local name = url:match("^(%a+)") .. "_proxy"
  return (env.get(name) or env.get(name:upper())) ~= nil
end

local function connection_error(failure, url)
  failure.message = ("%s (%s)"):format(failure.message, without_password(url))
  if failure.kind == "network" or failure.kind == "unavailable" then
    failure.retryable = true
    failure.hint = ("check the network%s and DAYTONA_API_URL"):format(
      is_proxied(url) and ", HTTPS_PROXY (HTTP_PROXY for http://)" or "")
  end
  return failure
end

local observer -- is given the headers of every answer

local function with_route(request)
  request.route = { ca_file = env.get("SSL_CERT_FILE") or env.get("CURL_CA_BUNDLE") }
  return request
end

local function start(request)
  return require("host.http").start(with_route(request))
end

local function send(request)
  local response, failure = require("host.http").request(with_route(request)) -- late: libcurl
  if response and observer then observer(response.headers) end
  return response, failure
end

--- Gives the headers of every answer from now on to a function, which must not wait; nil ends it.
---@param fn? fun(headers: table<string, string>)
function M.observe(fn)
  observer = fn
end

local function classify(...)
  return errors.of_response(...)
end

-- A client of one table of operations, with the key.
local function new_client(name, module, base, protocol)
  return rest.client{
    name = name, module = module, timeout = "timeouts.request", is_json_only = true,
    headers = function() return headers(protocol) end,
    url = function(target) return base() .. target end,
    connection_error = function(failure) return connection_error(failure, base()) end,
    classify = classify, send = send, start = start,
  }
end

local client = new_client("daytona", native_daytona, base_url, version)

--- Every operation of the API by its name in snake_case, with the API's own fields:
--- `daytona.api.get_all_snapshots{name = "x", limit = 5}`. Returns the answer's value and the
--- response.
M.api = client.api

--- The same for what comes in pages, as an iterator over all items: `for sandbox in
--- daytona.each.list_sandboxes{labels = {app = "x"}} do … end`. A page that fails raises.
M.each = client.each

--- Returns the names of all operations.
---@return string[]
function M.operations()
  return client.module.operations()
end

--- The hatch: any request below the API's base. Returns the answer's value and the response.
---@param method string
---@param path string  "/snapshots"
---@param options? {query: table?, body: any, headers: table?, timeout: number?}
---@return any, table
function M.request(method, path, options)
  return client:request(method, path, options)
end

--- Whether there is a key to ask with.
---@return boolean
function M.is_available()
  return env.get("DAYTONA_API_KEY") ~= nil
end

local function refuse_answer(op, lacking)
  err.raise(err.new{
    kind = "protocol", op = op, message = "the answer has no " .. lacking,
    hint = "something else than the API answers at DAYTONA_API_URL",
  })
end

-- The record that an operation answers with.
local function record(operation, params)
  local body, response = M.api[operation](params)
  if type(body) ~= "table" then refuse_answer("daytona." .. operation, "record") end
  return body, response
end

--- Returns an iterator over all snapshots, own and shared, asking for pages as it goes.
--- `name` is the API's filter: a case-insensitive "contains" in which `%` and `_` are wildcards.
---@param query? {name: string?, sort: string?, order: string?, limit: integer?}
---@return fun(): table?
---@see daytona.api.get_all_snapshots
function M.snapshots(query)
  query = arguments.check("daytona.snapshots", query, {
    name = "string?", sort = "string?", order = "string?", limit = "integer?",
  })
  return M.each.get_all_snapshots(query)
end

--- Returns the snapshot of this id or exact name. Raises `not_found`.
---@param id_or_name string
---@return table
---@see daytona.api.get_snapshot
function M.snapshot(id_or_name)
  return record("get_snapshot", { id = id_or_name })
end

--- Registers a snapshot and returns its record, whose state is not `active` yet. Raises `exists`,
--- `quota`, `denied`, `invalid`.
---@param fields table  the API's own: name, imageName, entrypoint, cpu, memory, disk, regionId, …
---@return table
function M.create_snapshot(fields)
  return record("create_snapshot", fields)
end

-- The API takes an id here, people have names.
local function id_of(id_or_name)
  if id_or_name:match(UUID) then return id_or_name end
  return M.snapshot(id_or_name).id
end

--- Deletes a snapshot; its name stays taken for some seconds more. Raises `not_found`, `denied`.
---@param id_or_name string
---@see daytona.api.remove_snapshot
function M.delete_snapshot(id_or_name)
  M.api.remove_snapshot{ id = id_of(id_or_name) }
end

--- Makes an inactive snapshot usable again and returns its record. The API refuses within ten
--- minutes of the last change (`invalid`).
---@param id_or_name string
---@return table
function M.activate_snapshot(id_or_name)
  return record("activate_snapshot", { id = id_of(id_or_name) })
end

--- Makes a snapshot unusable without deleting it; frees its place in the quota.
---@param id_or_name string
function M.deactivate_snapshot(id_or_name)
  M.api.deactivate_snapshot{ id = id_of(id_or_name) }
end

--- Returns the record of the key in use, {name, permissions, expiresAt, …}, whose value is masked,
--- and the response.
---@return table
---@return table response
---@see daytona.api.get_current_api_key
function M.key()
  return record("get_current_api_key")
end

--- Returns credentials for a push, good for one hour: {username, secret, registryUrl, project, …}.
---@param options? {regionId: string?}
---@return table
---@see daytona.api.get_transient_push_access
function M.push_access(options)
  return record("get_transient_push_access", options)
end

--- Returns an iterator over all machines (the API calls them sandboxes), asking for pages as it
--- goes. A new one may be missing for a moment.
---@param query? table  the API's own: labels (a table), name, states, sort, order, limit, …
---@return fun(): table?
---@see daytona.api.list_sandboxes
function M.machines(query)
  return M.each.list_sandboxes(query)
end

--- Returns the machine of this id or exact name. Raises `not_found`.
---@param id_or_name string
---@return table
---@see daytona.api.get_sandbox
function M.machine(id_or_name)
  return record("get_sandbox", { sandboxIdOrName = id_or_name })
end

--- Asks a stopped or archived machine to start and returns its record; its state may be from
--- before. Raises `conflict` while another change is under way, `invalid` where it is not stopped.
---@param id_or_name string
---@return table
---@see daytona.api.start_sandbox
function M.start_machine(id_or_name)
  return record("start_sandbox", { sandboxIdOrName = id_or_name })
end

--- Asks a machine to stop and returns its record; its state may be from before. Raises `conflict`
--- while another change is under way, `invalid` where it does not run.
---@param id_or_name string
---@return table
---@see daytona.api.stop_sandbox
function M.stop_machine(id_or_name)
  return record("stop_sandbox", { sandboxIdOrName = id_or_name })
end

--- Deletes a machine, also one that runs. Raises `not_found`, `conflict` while another change is
--- under way.
---@param id_or_name string
---@see daytona.api.delete_sandbox
function M.delete_machine(id_or_name)
  M.api.delete_sandbox{ sandboxIdOrName = id_or_name }
end

local function toolbox_url(sandbox)
  local url = sandbox.toolboxProxyUrl
  if type(url) == "string" and url:match("^https?://[^/]") then
    return ("%s/%s"):format(url:match("^.*[^/]"), sandbox.id)
  end
  err.raise(err.new{
    kind = "protocol", op = "daytona.toolbox",
    message = ("the sandbox %s has no toolboxProxyUrl"):format(sandbox.name or sandbox.id),
    hint = "ask for the sandbox's record once it is started",
  })
end

--- Returns the toolbox of a sandbox, which works inside of it: processes, sessions, files, git,
--- ports. `api.<operation>{…}` calls an operation, `request(method, path, options)` any other path;
--- both as in `daytona`. `begin(operation, params, options)` starts one whose answer or body comes
--- in pieces: logs are raw then. Each call puts the sandbox's auto-stop off.
---@param sandbox table|string  its record, or its id or name to ask for it
---@return {api: toolbox.api, request: fun(method: string, path: string, options: table?): any,
---  begin: fun(operation: string, params: table?, options: table): os2.client.rest.Transfer}
function M.toolbox(sandbox)
  if type(sandbox) == "string" then
    sandbox = record("get_sandbox", { sandboxIdOrName = sandbox })
  end
  local url = toolbox_url(sandbox)
  local function client_of(protocol)
    return new_client("toolbox", native_daytona.toolbox, function() return url end, protocol)
  end
  local toolbox, raw = client_of(TOOLBOX_PROTOCOL), client_of(RAW_PROTOCOL)
  return {
    begin = function(...) return raw:begin(...) end,
    api = toolbox.api,
    request = function(method, path, options) return toolbox:request(method, path, options) end,
  }
end

return M
