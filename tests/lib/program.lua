--- Runs the os2 under test as a program, from outside.
local env = require("os2.env")
local lfs = require("lfs")
local proc = require("os2.proc")
local task = require("os2.task")

---@class tests.lib.program
local M = {}

local function absolute(path)
  return path:match("^/") and path or lfs.currentdir() .. "/" .. path
end

--- The path of the program.
M.path = absolute(env.get("OS2") or "build/os2")

--- Runs it with these words to its end, without policy files of the tester's own.
---@param words string[]
---@param options? table  as proc.run takes them; 120 s without a timeout
---@return {code: integer, signal: integer?, stdout: string, stderr: string}
function M.run(words, options)
  local settings = { timeout = 120 }
  for key, value in pairs(options or {}) do settings[key] = value end
  return proc.run({ M.path, "--isolated", table.unpack(words) }, settings)
end

--- Runs a chunk of Lua with `-e`.
---@param chunk string
---@param options? table
---@param words? string[]  the chunk's arguments
function M.eval(chunk, options, words)
  return M.run({ "-e", chunk, table.unpack(words or {}) }, options)
end

--- Starts a chunk as a stream and returns it once it has written something on stdout, and that.
---@param chunk string  says something when it is where the test wants it
---@return userdata process, string first
function M.start(chunk)
  local words = { M.path, "--isolated", "-e", chunk }
  local process = proc.spawn(words, { stdin = "null", timeout = 120 })
  local event
  repeat
    event = assert(process:next(), "the program ended before it was ready")
  until event.stream == "stdout"
  return process, event.data
end

--- Reads the rest of a started program.
---@param process userdata
---@return {code: integer, signal: integer?, stdout: string, stderr: string}
function M.finish(process)
  local out = { stdout = "", stderr = "" }
  for event in process do out[event.stream] = out[event.stream] .. event.data end
  local status = assert(process:result())
  out.code, out.signal = status.code, status.signal
  return out
end

--- Sends a signal again and again until the program has ended: one that comes too soon behind the
--- first counts as the first once more. Returns as `finish` does.
---@param process userdata
---@param signal string  "INT"
---@return {code: integer, signal: integer?, stdout: string, stderr: string}
function M.insist(process, signal)
  local ended
  task.group(function(group)
    group:spawn(function() ended = M.finish(process) end)
    while not ended do
      pcall(process.kill, process, proc.signals[signal])
      task.sleep(0.1)
    end
  end)
  return ended
end

return M
