--- What end-to-end tests run os2 in: a Daytona stand-in, a registry, a project directory.
local env = require("os2.env")
local http = require("os2.http")
local json = require("os2.json")
local lfs = require("lfs")
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")

---@class tests.lib.world
---@field directory string
---@field project string  where os2 is run
---@field api_url string
---@field registry table<string, string>?  what tests/lib/registry printed
local World = {}
World.__index = World

local M = {}

local PATIENCE_SECONDS <const> = 180 -- for one of many things at once, on a busy machine
local ROOT <const> = lfs.currentdir()
local OS2 <const> = env.get("OS2") or "build/os2"

-- Two runs of the tests may share an engine: each has names and images of its own.
local UNIQUE <const> = temporary.unique()
M.PREFIX = ("e2e-%s--"):format(UNIQUE)
M.DOCKERFILE = "FROM scratch\nCOPY hello /hello\n"

local function absolute(path)
  return path:match("^/") and path or ROOT .. "/" .. path
end

local function tool(name, ...)
  local ran = proc.run({ ROOT .. "/tests/lib/" .. name, ... },
    { timeout = PATIENCE_SECONDS, env = M.tool_env })
  assert(ran.code == 0, name .. ": " .. ran.stderr)
  local values = {}
  for key, value in ran.stdout:gmatch("([%w_]+)=([^\n]*)") do values[key] = value end
  return values
end

local function start_standin(world)
  local arguments = { "start", world.directory .. "/standin" }
  if world.registry then
    M.tool_env = { DAYTONA_REGISTRY_PASSWORD = world.registry.REGISTRY_PASSWORD }
    arguments[3], arguments[4] = "http://" .. world.registry.REGISTRY, world.registry.REGISTRY_USER
  end
  world.api_url = tool("standin", table.unpack(arguments)).DAYTONA_API_URL
  M.tool_env = nil
end

--- Returns the reference of the base image of the tests, which is made when it is not there.
---@return string
function M.base_image()
  return env.get("BASE_IMAGE") or tool("base").BASE_IMAGE
end

--- Starts a stand-in, with a registry where its mode is given.
---@param options? {registry: "password"|"readonly"|nil}
---@return tests.lib.world
function M.start(options)
  local world = setmetatable({ directory = temporary.directory() }, World)
  world.project = world.directory .. "/project"
  local mode = options and options.registry
  if mode then world.registry = tool("registry", "start", world.directory .. "/registry", mode) end
  local ok, failure = pcall(start_standin, world)
  if not ok then
    world:stop()
    error(failure, 0)
  end
  world:reset()
  return world
end

--- Ends the servers and removes everything.
function World:stop()
  tool("standin", "stop", self.directory .. "/standin")
  if self.registry then tool("registry", "stop", self.directory .. "/registry") end
  temporary.remove(self.directory)
end

--- Gives the next test a stand-in as new, an empty cache and a project with a small Dockerfile.
function World:reset()
  self:control("POST", "reset")
  if self.registry then
    self:control("POST", "config", { registry = {
      url = "http://" .. self.registry.REGISTRY, username = self.registry.REGISTRY_USER,
      password = self.registry.REGISTRY_PASSWORD,
    } })
  end
  temporary.remove(self.project)
  temporary.remove(self.directory .. "/cache")
  temporary.remove(self.directory .. "/state")
  self:write("sandbox/Dockerfile", M.DOCKERFILE)
  self:write("hello", ("hello %s\n"):format(UNIQUE))
end

--- Removes what runs of this world left with the engine: the references of their images.
function World.untag_images()
  local docker = require("os2.docker")
  for _, image in ipairs(docker.images()) do
    for _, ref in ipairs(type(image.RepoTags) == "table" and image.RepoTags or {}) do
      if ref:find(M.PREFIX, 1, true) then docker.untag(ref) end
    end
  end
end

--- Writes a file of the project.
---@param path string
---@param content string
function World:write(path, content)
  temporary.write(self.project .. "/" .. path, content)
end

--- Asks the stand-in's controls (tests/daytona/README.md) and returns the answer.
---@param method string
---@param path string  below /_test/
---@param body? table
---@return any
function World:control(method, path, body)
  local answer = http.request{
    method = method, url = self.api_url:gsub("/api$", "/_test/") .. path,
    timeout = PATIENCE_SECONDS, headers = { ["content-type"] = "application/json" },
    body = body and json.encode(body),
  }
  assert(answer.status == 200, answer.body)
  return json.decode(answer.body)
end

--- Returns how many requests the API saw, by route and in all.
---@return table<string, integer> counts, integer total
function World:requests()
  local report = self:control("GET", "requests")
  return report.counts, report.total
end

--- The environment os2 is run in: nothing of the tester's own reaches it, nor what Docker and git
--- find in the tester's home.
---@param changes? table<string, string|false>
---@return table<string, string|false>
function World:environment(changes)
  local all = {
    HOME = self.directory .. "/home",
    DAYTONA_API_URL = self.api_url, DAYTONA_API_KEY = "dtn_test_key_full",
    DAYTONA_SNAPSHOT_PREFIX = M.PREFIX, DAYTONA_SNAPSHOT_PIN = false, DAYTONA_TARGET = false,
    DAYTONA_ORGANIZATION_ID = false, DOPPLER_CONFIG = false, DOPPLER_ENVIRONMENT = false,
    OS2_POLICY = false, OS2_PROGRESS = false, COLUMNS = false, OS2_PROVIDER = false,
    OS2_PREFIX = false, LC_ALL = false, LC_CTYPE = false, LANG = "C.UTF-8", VISUAL = false,
    XDG_CACHE_HOME = self.directory .. "/cache", XDG_CONFIG_HOME = self.directory .. "/config",
    XDG_STATE_HOME = self.directory .. "/state", OS2_NO_HISTORY = "1",
    NO_COLOR = false, GITHUB_ACTIONS = false, OTEL_EXPORTER_OTLP_ENDPOINT = false,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = false, DOPPLER_TOKEN = false, DOPPLER_PROJECT = false,
    GITHUB_RUN_ID = false, CI_PIPELINE_ID = false, BUILDKITE_BUILD_ID = false,
    CIRCLE_WORKFLOW_ID = false, JOB_NAME = false, CI = false, SHELL = false,
    DOCKER_CONFIG = self.directory .. "/no-docker", DOCKER_AUTH_CONFIG = false,
    DOCKER_CONTEXT = false,
  }
  for name, value in pairs(changes or {}) do all[name] = value end
  return all
end

--- Returns the command line of one of os2's scripts.
---@param script string  "snapshot"
---@return string[]
function World.command(_, script, ...)
  return { absolute(OS2), ROOT .. "/scripts/" .. script .. ".lua", ... }
end

--- Runs a script of os2's in the project directory.
---@param words string[]  the script's name and its arguments
---@param changes? table<string, string|false>  of the environment
---@return {code: integer, signal: integer?, stdout: string, stderr: string}
function World:run(words, changes)
  return proc.run(self:command(table.unpack(words)), {
    timeout = PATIENCE_SECONDS, cwd = self.project, env = self:environment(changes),
  })
end

--- Starts a script of os2's as a stream, for tests that interrupt it.
---@param words string[]
---@param changes? table<string, string|false>
---@return userdata
function World:spawn(words, changes)
  return proc.spawn(self:command(table.unpack(words)), {
    stdin = "null", cwd = self.project, env = self:environment(changes),
    timeout = PATIENCE_SECONDS,
  })
end

return M
