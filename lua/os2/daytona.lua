--- The Daytona API: `daytona.api.<operation>{…}` for every operation, and verbs for everyday use.
---
--- Requests go to DAYTONA_API_URL with DAYTONA_API_KEY. Every verb waits and raises error objects.
--- Source: the API's description, and the answers of v0.190 as they were observed.
local build_log = require("os2.daytona.build_log")
local env = require("os2.env")
local err = require("os2.err")
local errors = require("os2.daytona.errors")
local native_daytona = require("host.daytona")
local run_options = require("os2.run.options")
local arguments = require("os2.base.arguments")
local refusal = require("os2.base.refusal")
local rest = require("os2.client.rest")
local secrets = require("os2.text.secrets")
local version = require("host.err").version

---@class os2.daytona
local M = {}

local DEFAULT_URL <const> = "https://app.daytona.io/api"
-- From this version on the toolbox separates stdout and stderr.
local TOOLBOX_PROTOCOL <const> = "0.103.0"
-- Up to this version the toolbox sends logs as stored, with marks. Later versions send JSON, which
-- would change bytes.
local RAW_PROTOCOL <const> = "0.102.0"
local SHORTEST_KEY_BYTES <const> = 4 -- least length in bytes of a key that is masked
local UUID <const> = "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"

local function script_name()
  local name = arg and arg[0] or "-e"
  return (name:match("([^/]+)$"):gsub("%.lua$", ""))
end

-- Names the caller for the API's audit log, restricted to characters that a header may contain.
local function source()
  local words = ("os2/%s %s %s"):format(version, script_name(), env.get("USER") or "unknown")
  return (words:gsub("[^%w%./_ %-]", "_"))
end

local refuse = refusal.of("daytona", "config")

-- Returns the value of a variable that is sent in a header; nil when it is not set.
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
    -- a proxy or gateway on the way may send our headers back in an error message
    secrets.conceal(value, SHORTEST_KEY_BYTES)
    return value
  end
  refuse("DAYTONA_API_KEY is not set",
    "run under `doppler run --config dev -- os2 …`, or set the key")
end

-- `protocol` is the version of Daytona's own SDK for which the server formats its answers.
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
  local parent = run_options.traceparent
  if parent then list[#list + 1] = "traceparent: " .. parent end
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

local observer -- gets the headers of every answer

local function with_route(request)
  request.route = { ca_file = env.get("SSL_CERT_FILE") or env.get("CURL_CA_BUNDLE") }
  return request
end

local function start(request)
  return require("host.http").start(with_route(request))
end

local function observed(response, failure)
  if response and observer then observer(response.headers) end
  return response, failure
end

local function send(request)
  -- required here, because it loads libcurl
  return observed(require("host.http").request(with_route(request)))
end

--- Calls `fn` with the headers of every answer from now on. `fn` must not wait. nil ends it.
---@param fn? fun(headers: table<string, string>)
function M.observe(fn)
  observer = fn
end

-- Returns a client, with the API key, for one table of operations.
local function new_client(name, module, base, protocol)
  return rest.client{
    name = name, module = module, timeout = "timeouts.request", is_json_only = true,
    headers = function() return headers(protocol) end,
    url = function(target) return base() .. target end,
    connection_error = function(failure) return connection_error(failure, base()) end,
    classify = errors.of_response, send = send, start = start, observed = observed,
  }
end

local client = new_client("daytona", native_daytona, base_url, version)

--- Calls an operation of the API by its name in snake_case, with the API's own fields:
--- `daytona.api.get_all_snapshots{name = "x", limit = 5}`. Returns the decoded answer and the
--- response.
M.api = client.api

--- Returns an iterator over all items of a paged operation: `for sandbox in
--- daytona.each.list_sandboxes{labels = {app = "x"}} do … end`. Pages are requested as needed; a
--- page that fails raises.
M.each = client.each

--- Returns the names of all operations.
---@return string[]
function M.operations()
  return client.module.operations()
end

--- Sends any request to a path below the API's base URL. Returns the decoded answer and the
--- response.
---@param method string
---@param path string  "/snapshots"
---@param options? {query: table?, body: any, headers: table?, timeout: number?}
---@return any, table
function M.request(method, path, options)
  return client:request(method, path, options)
end

--- Returns true when DAYTONA_API_KEY is set.
---@return boolean
function M.is_available()
  return env.get("DAYTONA_API_KEY") ~= nil
end

local function refuse_answer(op, lacking)
  err.raise(err.new{
    kind = "protocol", op = op, message = "the answer has no " .. lacking,
    hint = "another server than the API answers at DAYTONA_API_URL",
  })
end

-- Calls an operation whose answer must be a record, and returns the record.
local function record(operation, params)
  local body, response = M.api[operation](params)
  if type(body) ~= "table" then refuse_answer("daytona." .. operation, "record") end
  return body, response
end

--- Returns an iterator over all snapshots, the organization's own and shared ones; pages are
--- requested as needed. `name` is the API's filter: a case-insensitive "contains" in which `%` and
--- `_` are wildcards.
---@param query? {name: string?, sort: string?, order: string?, limit: integer?}
---@return fun(): table?
---@see daytona.api.get_all_snapshots
function M.snapshots(query)
  query = arguments.check("daytona.snapshots", query, {
    name = "string?", sort = "string?", order = "string?", limit = "integer?",
  })
  return M.each.get_all_snapshots(query)
end

--- Returns the snapshot with this id or exact name. Raises `not_found`.
---@param id_or_name string
---@return table
---@see daytona.api.get_snapshot
function M.snapshot(id_or_name)
  return record("get_snapshot", { id = id_or_name })
end

--- Registers a snapshot and returns its record, whose state is not yet `active`. Raises `exists`,
--- `quota`, `denied`, `invalid`.
---@param fields table  the API's own: name, imageName, entrypoint, cpu, memory, disk, regionId, …
---@return table
function M.create_snapshot(fields)
  return record("create_snapshot", fields)
end

-- This operation of the API takes ids only, so a name is looked up first.
local function id_of(id_or_name)
  if id_or_name:match(UUID) then return id_or_name end
  return M.snapshot(id_or_name).id
end

--- Deletes a snapshot. Its name stays reserved for some seconds. Raises `not_found`, `denied`.
---@param id_or_name string
---@see daytona.api.remove_snapshot
function M.delete_snapshot(id_or_name)
  M.api.remove_snapshot{ id = id_of(id_or_name) }
end

--- Activates an inactive snapshot and returns its record. Within ten minutes of the last change the
--- API refuses (`invalid`).
---@param id_or_name string
---@return table
function M.activate_snapshot(id_or_name)
  return record("activate_snapshot", { id = id_of(id_or_name) })
end

--- Deactivates a snapshot: it cannot be used, is not deleted, and no longer counts in the quota.
---@param id_or_name string
function M.deactivate_snapshot(id_or_name)
  M.api.deactivate_snapshot{ id = id_of(id_or_name) }
end

--- Reads the log of a snapshot's build, line by line: `:chunks()` of what it returns iterates.
--- With `follow` it goes on until the image is built; a build that fails never ends it. Raises
--- `not_found` for what is no build, and while the builder has not begun.
---@param id string
---@param options? {follow: boolean?}
---@return os2.client.rest.Transfer
---@see daytona.api.get_snapshot_build_logs_url
function M.build_log(id, options)
  options = arguments.check("daytona.build_log", options, { follow = "boolean?" })
  local url = record("get_snapshot_build_logs_url", { id = id }).url
  if type(url) ~= "string" or not is_url(url) then refuse_answer("daytona.build_log", "url") end
  return build_log.open({
    url = url .. (options.follow and "?follow=true" or ""), headers = headers(version),
  }, start)
end

--- Returns the record of the API key in use, {name, permissions, expiresAt, …}, with the key's
--- value masked, and the response.
---@return table
---@return table response
---@see daytona.api.get_current_api_key
function M.key()
  return record("get_current_api_key")
end

--- Returns credentials for a push, valid for one hour: {username, secret, registryUrl, project, …}.
---@param options? {regionId: string?}
---@return table
---@see daytona.api.get_transient_push_access
function M.push_access(options)
  return record("get_transient_push_access", options)
end

--- Returns an iterator over all machines (the API calls them sandboxes); pages are requested as
--- needed. A new machine may be missing for a moment.
---@param query? table  the API's own: labels (a table), name, states, sort, order, limit, …
---@return fun(): table?
---@see daytona.api.list_sandboxes
function M.machines(query)
  return M.each.list_sandboxes(query)
end

--- Returns the machine with this id or exact name. Raises `not_found`.
---@param id_or_name string
---@return table
---@see daytona.api.get_sandbox
function M.machine(id_or_name)
  return record("get_sandbox", { sandboxIdOrName = id_or_name })
end

--- Starts a stopped or archived machine and returns its record, whose state may still be the old
--- one. Raises `conflict` while another change is in progress, `invalid` when the machine is not
--- stopped.
---@param id_or_name string
---@return table
---@see daytona.api.start_sandbox
function M.start_machine(id_or_name)
  return record("start_sandbox", { sandboxIdOrName = id_or_name })
end

--- Stops a machine and returns its record, whose state may still be the old one. Raises `conflict`
--- while another change is in progress, `invalid` when the machine does not run.
---@param id_or_name string
---@return table
---@see daytona.api.stop_sandbox
function M.stop_machine(id_or_name)
  return record("stop_sandbox", { sandboxIdOrName = id_or_name })
end

--- Deletes a machine, also a running one. Raises `not_found`, and `conflict` while another change
--- is in progress.
---@param id_or_name string
---@see daytona.api.delete_sandbox
function M.delete_machine(id_or_name)
  M.api.delete_sandbox{ sandboxIdOrName = id_or_name }
end

local EVENT_OPTIONS <const> = {
  types = "table?", snapshots = "table?", machines = "table?", has_env = "boolean?",
  fields = "table?", on_connect = "any?", on_lost = "any?",
}

--- Returns a stream of what changes in the organization, as Daytona's notification gateway tells:
---
---     local events <close> = daytona.events{ types = { "snapshot.*" } }
---     for event in events do print(event.type, event.snapshot.name, event.old, event.new) end
---
--- An event is {type, snapshot | sandbox, old, new, at}: the record, the state before and after,
--- and when it came. The stream connects at its first event and again after each loss. Nothing is
--- replayed: `on_connect(number)` is called after each connect, for one look by request, and
--- `on_lost(failure, seconds)` before each pause. The values of environment variables are hidden
--- unless `has_env` is set. Raises `denied`, and `not_found` or `invalid` where no gateway is.
---@param options? table  types, snapshots, machines: lists of names, in which "*" stands for any
---  text; has_env; fields: as of `daytona.api`, of what the gateway sends; on_connect; on_lost
---@return os2.daytona.events.Stream
function M.events(options)
  options = arguments.check("daytona.events", options, EVENT_OPTIONS)
  return require("os2.daytona.events").open({
    base = base_url(), token = key(),
    query = {
      organizationId = header_value("DAYTONA_ORGANIZATION_ID"), source = source(),
      sdkVersion = version,
    },
  }, options)
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

--- Returns the toolbox of a sandbox, which acts inside the sandbox: processes, sessions, files,
--- git, ports. `api.<operation>{…}` calls an operation, and `request(method, path, options)` any
--- other path, both as in `daytona`. `begin(operation, params, options)` starts an operation whose
--- answer or body is streamed; logs are then raw. `socket(operation, params, options)` opens its
--- WebSocket, with the options of `http.websocket`; logs are raw there, too. Each call restarts the
--- sandbox's auto-stop interval.
---@param sandbox table|string  its record; or its id or name, with which the record is requested
---@return {api: toolbox.api, request: fun(method: string, path: string, options: table?): any,
---  begin: fun(operation: string, params: table?, options: table): os2.client.rest.Transfer,
---  socket: fun(operation: string, params: table?, options: table): userdata}
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
    socket = function(operation, params, options)
      local socket = require("os2.daytona.toolbox_socket") -- here: most calls open none
      return socket.open(operation, options, raw:address(operation, params))
    end,
    api = toolbox.api,
    request = function(method, path, options) return toolbox:request(method, path, options) end,
  }
end

return M
