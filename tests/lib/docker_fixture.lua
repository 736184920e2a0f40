--- What specs on the real engine share: an environment of their own, contexts, builds, clean-up.
local client = require("os2.docker.client")
local docker = require("os2.docker")
local env = require("os2.env")
local err = require("os2.err")
local proc = require("os2.proc")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

local get = env.get

---@class tests.lib.docker_fixture
---@field directory string
---@field variables table<string, string>  go before the environment's
---@field package tags string[]
local Fixture = {}
Fixture.__index = Fixture

local M = {}

--- Returns the path of the engine's socket, which servers of tests stand in front of.
---@return string
function M.socket() return client.connect().place.route.unix_socket end

--- Opens the ground of one test: no Docker config, an engine that was not asked yet.
---@return tests.lib.docker_fixture
function M.open()
  local directory = temporary.directory()
  local fixture = setmetatable({
    directory = directory, tags = {}, variables = { DOCKER_CONFIG = directory .. "/no-config" },
  }, Fixture)
  env.get = function(name) return fixture.variables[name] or get(name) end
  client.forget()
  return fixture
end

--- Removes what the test made, on the engine too.
function Fixture:close()
  env.get = get
  client.forget()
  for _, ref in ipairs(self.tags) do task.try(docker.untag, ref) end
  client.forget()
  temporary.remove(self.directory)
end

--- Returns a reference that is removed at the end.
---@param ref string
---@return string
function Fixture:owned(ref)
  table.insert(self.tags, ref)
  return ref
end

--- Writes files and opens them as a context.
---@param files table<string, string>
---@return os2.docker.context
function Fixture:context(files)
  for path, content in pairs(files) do temporary.write(self.directory .. "/" .. path, content) end
  return docker.context{ path = self.directory }
end

--- Runs a tool of tests/lib and returns the NAME=value lines it printed.
---@param name string
---@return table<string, string>
function M.tool(name, ...)
  local done = proc.run({ "tests/lib/" .. name, ... }, { timeout = 300 })
  assert(done.code == 0, done.stderr)
  local values = {}
  for key, value in done.stdout:gmatch("([%u_]+)=([^\n]*)") do values[key] = value end
  return values
end

-- For a cached step the classic builder looks at all images of the engine, and the build fails when
-- another process removes one of them meanwhile ("unable to find image").
local function calm(options)
  local all = { no_cache = options.builder == "1" }
  for key, value in pairs(options) do all[key] = value end
  return all
end

--- Builds to the end and returns the id and all events. The classic builder has no cache here,
--- unless the options say so.
---@param options table
---@return string id
---@return table[] events
function M.build(options)
  local stream <close> = docker.build(calm(options))
  local events = {}
  for event in stream do events[#events + 1] = event end
  return stream:result().id, events
end

--- Pushes to the end and returns the result and all events.
---@param options table
---@return table result
---@return table[] events
function M.push(options)
  local stream <close> = docker.push(options)
  local events = {}
  for event in stream do events[#events + 1] = event end
  return stream:result(), events
end

--- Returns the first event that has these fields, or nil.
---@param events table[]
---@param wanted table
---@return table?
function M.find(events, wanted)
  for _, event in ipairs(events) do
    local fits = true
    for key, value in pairs(wanted) do fits = fits and event[key] == value end
    if fits then return event end
  end
end

--- Calls fn and returns the error object that it raises.
---@param fn function
---@return os2.Err
function M.raised(fn, ...)
  local ok, failure = pcall(fn, ...)
  assert(not ok, "nothing was raised")
  assert(err.is(failure), tostring(failure))
  return failure
end

return M
