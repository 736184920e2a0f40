--- Starts tests/lib/hostile-server.js and runs os2 against what it opens.
local env = require("os2.env")
local fs = require("os2.fs")
local http = require("os2.http")
local json = require("os2.json")
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")

---@class tests.lib.hostile_server
---@field package control string
---@field package directory string
---@field package process userdata
local Server = {}
Server.__index = Server

---@class tests.lib.hostile_front
---@field port integer
---@field socket string
local Front = {}
Front.__index = Front

local M = {}

local LIMIT <const> = 60 -- seconds after which a run hangs, whatever it waits for

--- Waits that are made for people and networks, cut to what a test can wait for.
M.POLICY = [[
policy.api(1)
for name, seconds in pairs{
  activate = 2, build = 6, connect = 1, engine = 1, exec = 2, follow = 2, git = 2, git_idle = 1,
  git_transfer = 3, lock = 2, machine_change = 2, machine_cleanup = 2, machine_healthy = 2,
  machine_start = 2, machine_undo = 2, push = 4, request = 1, transfer = 2,
} do policy.set("timeouts." .. name, seconds) end
policy.set("retry.base", 0.01)
policy.set("retry.attempts", 2)
policy.set("poll.first", 0.05)
]]

--- Whether everything is tried, as in the long phases, or each thing once.
M.IS_LONG = env.get("OS2_LONG") ~= nil

--- Starts it in a directory of its own.
---@return tests.lib.hostile_server
function M.start()
  local directory = temporary.directory()
  local process = proc.spawn({ "node", "tests/lib/hostile-server.js", directory },
    { stdin = "null", stderr = "inherit" })
  local text = ""
  repeat text = text .. assert(process:next(), "the hostile server did not start").data
  until text:find("\n", 1, true)
  local control = text:match("CONTROL=(%S+)")
  return setmetatable({ process = process, directory = directory, control = control }, Server)
end

function Server:ask(method, path, body)
  local answer = http.request{
    method = method, url = self.control .. path, timeout = 30, body = body and json.encode(body),
  }
  return json.decode(answer.body)
end

--- The names of all that it can do wrong.
---@return string[]
function Server:modes()
  return self:ask("GET", "/modes")
end

--- Opens a server that passes `after` requests on and answers the next ones wrongly.
---@param options {mode: string, after: integer?, upstream: string, only: string?}
---@return tests.lib.hostile_front
function Server:open(options)
  local front = setmetatable(self:ask("POST", "/open", options), Front)
  front.server = self
  return front
end

--- How many requests were answered wrongly so far.
---@return integer
function Front:hits()
  return self.server:ask("GET", "/seen?id=" .. self.id).hits
end

function Front:__close()
  self.server:ask("DELETE", "/server?id=" .. self.id)
end

--- Ends it.
function Server:stop()
  self.process:close()
  temporary.remove(self.directory)
end

--- Runs a command of os2's with short deadlines and measures the memory it took at most.
---@param world tests.lib.world
---@param words string[]
---@param changes table<string, string|false>
---@return {code: integer?, signal: integer?, stdout: string, stderr: string, peak: integer?}  MB
function M.run(world, words, changes)
  local directory = temporary.directory()
  temporary.write(directory .. "/policy.lua", M.POLICY)
  local all = { OS2_POLICY = directory .. "/policy.lua", XDG_CACHE_HOME = directory .. "/cache" }
  for key, value in pairs(changes) do all[key] = value end
  local ran = proc.run({ "time", "-q", "-f", "%M", "-o", directory .. "/peak",
    table.unpack(words) }, { cwd = world.project, env = world:environment(all), timeout = LIMIT })
  ran.peak = tonumber(fs.read(directory .. "/peak")) // 1024
  temporary.remove(directory)
  return ran
end

-- What no message of os2's looks like: Lua's own words, a place in a Lua file, a sanitizer's report.
local RAW <const> = {
  "attempt to ", "stack traceback", "%.lua:%d", "a bug in os2", "bad argument", "userdata:", "table: 0x",
  "Sanitizer", "runtime error:",
}

--- Returns what is wrong with how a run ended, nil where nothing is.
---@param ran table  as M.run returns it
---@param bound integer  MB
---@return string?
function M.fault_of(ran, bound)
  local said = ran.stdout .. ran.stderr
  if ran.signal or ran.code >= 128 then return "ended by signal: " .. said end
  if ran.code == 70 then return "exit code 70: " .. said end
  for _, pattern in ipairs(RAW) do
    if said:find(pattern) then return "raw error: " .. said end
  end
  if ran.code ~= 0 and not ran.stderr:find("%S") then return "no word about exit " .. ran.code end
  if ran.peak > bound then return ("%d MB of memory"):format(ran.peak) end
  return nil
end

return M
