--- Runs scripts of a test's own in the project of a world.
local assert = require("luassert")
local json = require("os2.json")
local lfs = require("lfs")
local proc = require("os2.proc")

local M = {}

local OS2 <const> = os.getenv("OS2") or "build/os2"
local PROGRAM <const> = OS2:sub(1, 1) == "/" and OS2 or lfs.currentdir() .. "/" .. OS2

--- Runs os2 with these words in the project.
---@param world table  of tests.lib.world
---@param words string[]
---@param changes? table<string, string|false>  of the environment
---@return {code: integer, signal: integer?, stdout: string, stderr: string}
function M.os2(world, words, changes)
  return proc.run({ PROGRAM, table.unpack(words) }, {
    timeout = 240, cwd = world.project, env = world:environment(changes),
  })
end

--- Runs a Lua text as a script, and returns how it ended.
---@param world table
---@param text string
---@param changes? table<string, string|false>
---@return {code: integer, signal: integer?, stdout: string, stderr: string}
function M.run(world, text, changes)
  world:write("script.lua", text)
  return M.os2(world, { "./script.lua" }, changes)
end

local HEAD <const> = [[
local os2 = require("os2")
local machines, snapshots = os2.machines, os2.snapshots
local function told() %s
end
print(os2.json.encode({ told() }))
]]

--- Runs the body of a function as a script, and returns what it returns, by way of JSON. The script
--- must end with 0 and write nothing to stderr.
---@param world table
---@param body string
---@param changes? table<string, string|false>
---@return any ...
function M.told(world, body, changes)
  local ran = M.run(world, HEAD:gsub("%%s", function() return body end), changes)
  assert.equal(0, ran.code, ran.stderr)
  assert.equal("", ran.stderr)
  return table.unpack(json.decode(ran.stdout))
end

return M
