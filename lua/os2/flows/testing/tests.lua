--- `os2 test`: finds files of tests and runs them.
local err = require("os2.err")
local fs = require("os2.fs")
local options = require("os2.run.options")
local recording = require("os2.flows.testing.recording")
local report = require("os2.flows.testing.report")
local runner = require("os2.flows.testing.runner")

---@class os2.flows.testing.tests
local M = {}

local TIMEOUT_SECONDS <const> = 60

-- Tests of policies run under `os2 policy test`, which gives them less.
local function is_test(name)
  return name:find("_test%.lua$") ~= nil and not name:find("_policy_test%.lua$")
end

local function is_searched(name)
  return name:sub(1, 1) ~= "." and name ~= "node_modules"
end

local function add_below(directory, found)
  local lfs = require("lfs")
  for _, name in ipairs(fs.list(directory)) do
    local path = directory == "." and name or ("%s/%s"):format(directory, name)
    if lfs.symlinkattributes(path, "mode") == "directory" then
      if is_searched(name) then add_below(path, found) end
    elseif is_test(name) then
      found[#found + 1] = path
    end
  end
end

local function refuse(kind, message, hint)
  err.raise(err.new{ kind = kind, exit = kind == "invalid" and "usage" or nil, op = "test",
    message = message, hint = hint })
end

local function add_path(path, found)
  local stat = fs.stat(path)
  if not stat then refuse("not_found", "there is no " .. path, "name tests, or folders") end
  if stat.mode == "directory" then
    add_below(#path > 1 and path:gsub("/+$", "") or path, found)
  else
    found[#found + 1] = path
  end
end

local function files_of(paths)
  local found = {}
  for _, path in ipairs(paths[1] and paths or { "." }) do add_path(path, found) end
  if found[1] then return found end
  refuse("not_found", ("there is no file *_test.lua in %s"):format(paths[1]
    and table.concat(paths, ", ") or "this directory"), "`os2 new script NAME` writes one")
end

local function recording_of(args)
  if args.record and args.replay then
    refuse("invalid", "--record and --replay exclude each other", "take one of them")
  end
  if args.record then return recording.record(args.record) end
  return args.replay and recording.replay(args.replay)
end

--- Runs the tests.
---@param args {paths: string[], filter: string?, timeout: number?, is_network: boolean?,
---  record: string?, replay: string?}
---@return table fields, string text, os2.Err? failure
function M.run(args)
  options.no_history = true
  local kept, tests = recording_of(args), {}
  local settings = {
    timeout = args.timeout or TIMEOUT_SECONDS, filter = args.filter,
    is_network = args.is_network and not kept, recording = kept,
  }
  for _, path in ipairs(files_of(args.paths)) do
    local list = runner.run_file(path, settings)
    table.move(list, 1, #list, #tests + 1, tests)
  end
  if kept then kept:close() end
  return report.of("test", tests, kept and kept.now or runner.NOW)
end

return M
