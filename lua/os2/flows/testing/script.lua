--- Runs a script inside of a test, and keeps what it writes.
local err = require("os2.err")
local failure_words = require("os2.run.failure")
local json = require("os2.json")
local native_chunk = require("host.chunk")
local options = require("os2.run.options")
local own_scripts = require("os2.run.own_scripts")
local scheduler = require("os2.run.scheduler")
local task = require("os2.task")

---@class os2.flows.testing.script
local M = {}

---@class os2.flows.testing.script.ran
---@field code integer
---@field stdout string
---@field stderr string
---@field failure os2.Err?
---@field document table?  of --json

-- What looks like a file to a script, and keeps what is written.
local function new_file()
  local file = { text = "" }
  function file:write(...)
    for _, piece in ipairs{ ... } do self.text = self.text .. tostring(piece) end
    return self
  end
  function file:flush() return self end
  function file.setvbuf() return true end
  function file.close() return true end
  return file
end

local function print_to(file)
  return function(...)
    local words = table.pack(...)
    for index = 1, words.n do words[index] = tostring(words[index]) end
    file:write(table.concat(words, "\t"), "\n")
  end
end

-- Puts values into a table until the returned value is closed.
local function replaced(place, values)
  local before = {}
  for key, value in pairs(values) do before[key], place[key] = place[key], value end
  return setmetatable({}, { __close = function()
    for key in pairs(values) do place[key] = before[key] end
  end })
end

-- The options that a script sets end with it.
local function kept_options()
  local before = {}
  for key, value in pairs(options) do before[key] = value end
  return setmetatable({}, { __close = function()
    for key in pairs(options) do options[key] = before[key] end
    for key, value in pairs(before) do options[key] = value end
  end })
end

-- Runs a chunk as a run of its own: os.exit ends it and nothing else.
local function run_chunk(chunk, words)
  local code
  local ok, failure = xpcall(task.group, scheduler.handler, function(group)
    local _ <close> = replaced(scheduler, { exit = function(given)
      code = given
      group:cancel(scheduler.cancelled("os.exit"))
      scheduler.check_cancelled()
    end })
    chunk(table.unpack(words))
  end)
  scheduler.check_cancelled()
  if ok or code and err.is(failure, "cancelled") then return code or 0 end
  return code or failure_words.exit_code(failure), failure
end

local function document_of(text)
  if text:sub(1, 1) ~= "{" then return nil end
  local ok, document = pcall(json.decode, text)
  return ok and document or nil
end

-- A command of os2's own by its name; any other beside the file of tests.
local function path_of(directory, script)
  if own_scripts.has(script) then return own_scripts.path(script) end
  if script:sub(1, 1) == "/" then return script end
  return ("%s/%s"):format(directory, script)
end

local function load(path)
  local chunk, why = native_chunk.load(path, _G)
  if chunk then return chunk end
  err.raise(err.new{ kind = "invalid", op = "test", message = "cannot load the script: " .. why })
end

--- Runs a script. Its failure is a part of what it returns.
---@param directory string  of the file of tests
---@param script string  a path from there, or the name of a command of os2's own
---@param words? string[]
---@return os2.flows.testing.script.ran
function M.run(directory, script, words)
  local path = path_of(directory, script)
  local chunk = load(path)
  local stdout, stderr = new_file(), new_file()
  local arguments = table.move(words or {}, 1, #(words or {}), 1, { [0] = path })
  local _ <close> = kept_options()
  local _ <close> = replaced(_G, { arg = arguments, print = print_to(stdout) })
  local _ <close> = replaced(io, { stdout = stdout, stderr = stderr, write = function(...)
    return stdout:write(...)
  end })
  local code, failure = run_chunk(chunk, arguments)
  if failure then stderr:write("os2: ", tostring(failure), "\n") end
  return { code = code, failure = failure, stdout = stdout.text, stderr = stderr.text,
    document = document_of(stdout.text) }
end

return M
