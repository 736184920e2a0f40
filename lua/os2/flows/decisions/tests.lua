--- Runs the tests of policy files: the files `*_policy_test.lua` beside them. The clock stands
--- still, the environment is empty, and nothing can wait, so that a test has the same result
--- everywhere.
local clock = require("os2.clock")
local err = require("os2.err")
local fs = require("os2.fs")
local options = require("os2.run.options")
local past = require("os2.flows.decisions.past")
local policy = require("os2.policy")
local policy_files = require("os2.run.policy_files")
local report = require("os2.flows.testing.report")

---@class os2.flows.decisions.tests
local M = {}

local NOW <const> = clock.time{ year = 2026, month = 1, day = 1, hour = 12, min = 0, sec = 0 }
local ENDING <const> = "_policy_test%.lua$"

local function sources()
  return { file = options.policy_file, isolated = options.isolated }
end

-- The tests that stand beside the policy files of this run.
local function tests_beside()
  local found, seen = {}, {}
  for _, file in ipairs(policy_files.list(sources())) do
    local folder = file.path:match("^(.*)/[^/]*$") or "."
    local names = not seen[folder] and fs.exists(folder) and fs.list(folder) or {}
    seen[folder] = true
    for _, name in ipairs(names) do
      if name:find(ENDING) then found[#found + 1] = folder .. "/" .. name end
    end
  end
  return found
end

local function check_files(files)
  for _, path in ipairs(files) do
    if not fs.exists(path) then
      err.raise(err.new{ kind = "not_found", op = "policy.test", message = "there is no " .. path,
        hint = "name files of tests that are there; docs/policies.md shows how to write one" })
    end
  end
  return files
end

local function files_of(args)
  local files = args.files[1] and check_files(args.files) or tests_beside()
  if files[1] then return files end
  err.raise(err.new{
    kind = "not_found", op = "policy.test", message = "there is no file *_policy_test.lua beside "
      .. "the policy files",
    hint = "name the files, or write one; docs/policies.md shows how",
  })
end

-- Each file begins with the policies as the policy files set them.
local function run_file(path, tests)
  policy.reset()
  policy.load_sources(sources())
  policy.replace_facts{ env = {} }
  policy.run_tests(path, function(name, why)
    tests[#tests + 1] = { file = path, name = name, ok = why == nil, message = why }
  end)
end

--- Runs the tests.
---@param args {files: string[]}
---@return table fields, string text, os2.Err? failure
function M.run(args)
  local fixed <close>, tests = past.fixed_clock(NOW), {}
  for _, path in ipairs(files_of(args)) do run_file(path, tests) end
  return report.of("policy.test", tests, fixed.at)
end

return M
