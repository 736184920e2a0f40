--- What a call of a native verb would change, as an entry of the plan; nil for what changes
--- nothing.
local command_line = require("os2.guard.command_line")
local env = require("os2.env")
local gate = require("os2.guard.gate")
local request_log = require("os2.client.request_log")

---@class os2.guard.entries
local M = {}

local READING <const> = { GET = true, HEAD = true, OPTIONS = true }

-- Files that take bytes and keep none.
local DEVICES <const> = {
  ["/dev/null"] = true, ["/dev/stdout"] = true, ["/dev/stderr"] = true, ["/dev/tty"] = true,
  ["/dev/fd/1"] = true, ["/dev/fd/2"] = true,
}

-- ---- requests ----

-- A URL without query, user and password.
local function place_of(url)
  return (tostring(url):match("^[^?#]*"):gsub("^(%a+://)[^/]*@", "%1"))
end

local function fields_of(label)
  local fields = {}
  for name, value in pairs(label.params) do
    if not label.row.path:find("{" .. name .. "[:}]") then fields[name] = value end
  end
  return fields
end

local function labelled(label)
  if not label.row.changes then return nil end
  return {
    kind = label.api, verb = label.op, method = label.row.method, fields = fields_of(label),
    target = request_log.target(label.target, label.row.path):match("^[^?]*"),
  }
end

-- The program that a route starts may do anything.
local function route(request)
  local command = type(request.route) == "table" and request.route.command
  if not command or gate.is_allowed(request) then return nil end
  return { kind = "process", verb = "http.route", text = command_line.of_argv(command) }
end

--- Of a request over HTTP.
---@param request any
---@return os2.guard.entry?
function M.request(request)
  if type(request) ~= "table" then return nil end
  local label = gate.label_of(request)
  if label then return labelled(label) end
  local method = tostring(request.method or "GET"):upper()
  if READING[method] then return route(request) end
  return { kind = "http", verb = "http.request", method = method, target = place_of(request.url) }
end

--- Of a request after which the connection carries bytes in both directions.
---@param request any
---@return os2.guard.entry?
function M.upgrade(request)
  local label = type(request) == "table" and gate.label_of(request)
  if label then return labelled(label) end
  return { kind = "http", verb = "http.upgrade", target = place_of((request or {}).url) }
end

--- Of a WebSocket, which takes input.
---@param request any
---@return os2.guard.entry?
function M.websocket(request)
  local url = type(request) == "table" and request.url
  if gate.is_allowed(url) then return nil end
  return { kind = "websocket", verb = "http.websocket", target = place_of(url) }
end

local SHOWN_OF_BUILD <const> = { "dockerfile", "target", "platform" }

local function decoded(text)
  return (text:gsub("%%(%x%x)", function(byte) return string.char(tonumber(byte, 16)) end))
end

--- Returns what a build asks for: its tags as a list, the rest as texts.
---@param request table
---@return {tags: string[], [string]: any}
function M.build_options(request)
  local options = { tags = {} }
  for name, value in tostring(request.url):gmatch("[?&]([%w]+)=([^&]*)") do
    if name == "t" then table.insert(options.tags, decoded(value)) end
    options[name] = decoded(value)
  end
  return options
end

--- Of a build.
---@param request table
---@return os2.guard.entry
function M.build(request)
  local options = M.build_options(request)
  local fields = { t = table.concat(options.tags, ", ") }
  for _, name in ipairs(SHOWN_OF_BUILD) do fields[name] = options[name] end
  return { kind = "docker", verb = "docker.image_build", fields = fields }
end

-- ---- files, programs and repositories ----

-- Below these, os2 keeps what it knows for the next run: neither the user's, nor written then.
local OWN <const> = { { "XDG_CACHE_HOME", "/.cache" }, { "XDG_STATE_HOME", "/.local/state" } }

local function is_own(path)
  for _, place in ipairs(OWN) do
    local base = env.get(place[1]) or (env.home() or "") .. place[2]
    local directory = base .. "/os2"
    if path == directory or path:sub(1, #directory + 1) == directory .. "/" then return true end
  end
  return false
end

--- Of a file: returns a function that makes the entry of a call whose first argument is a path.
---@param verb string
---@param detail? fun(...): string?
---@return fun(...): os2.guard.entry?
function M.file(verb, detail)
  return function(path, ...)
    if type(path) ~= "string" or DEVICES[path] or gate.is_allowed() then return nil end
    local more = detail and detail(...)
    return {
      kind = "file", verb = verb, text = more and ("%s %s"):format(path, more) or path,
      is_own = is_own(path),
    }
  end
end

--- Of opening a file in a mode that writes.
---@param path any
---@param mode any
---@return os2.guard.entry?
function M.open(path, mode)
  if type(mode) ~= "string" or not mode:find("[wa+]") then return nil end
  return M.file("io.open")(path)
end

--- Of a program.
---@param options any
---@return os2.guard.entry?
function M.spawn(options)
  local argv = type(options) == "table" and options.argv
  if type(argv) ~= "table" or gate.is_allowed(argv) then return nil end
  return { kind = "process", verb = "proc.spawn", text = command_line.of_argv(argv) }
end

--- Of a command line for a shell.
---@param verb string
---@return fun(command: any): os2.guard.entry?
function M.shell(verb)
  return function(command)
    if type(command) ~= "string" then return nil end
    return { kind = "process", verb = verb, text = command_line.of_shell(command) }
  end
end

--- Of a git verb: returns a function that makes the entry of a call with options.
---@param verb string
---@return fun(options: table): os2.guard.entry
function M.git(verb)
  return function(options)
    local fields = {}
    for _, name in ipairs{ "branch", "remote", "revision", "key", "value" } do
      fields[name] = options[name]
    end
    fields.url = options.url and place_of(options.url)
    return { kind = "git", verb = verb, text = options.path, fields = fields }
  end
end

return M
