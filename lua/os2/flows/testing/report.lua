--- What is told of tests that have run: of scripts, and of policies.
local err = require("os2.err")
local json = require("os2.json")
local terminal = require("os2.text.terminal")

---@class os2.flows.testing.report
local M = {}

---@class os2.flows.testing.report.test
---@field file string
---@field name string  what holds
---@field ok boolean
---@field line integer?  of the file, where it failed
---@field message string?  why it failed, with file and line

local function text_of(tests, failed)
  local lines = {}
  for index, test in ipairs(tests) do
    lines[index] = terminal.clean(("%-7s %s  %s"):format(test.ok and "ok" or "FAILED", test.file,
      test.name))
    if not test.ok then
      lines[index] = ("%s\n        %s"):format(lines[index], terminal.clean(test.message))
    end
  end
  lines[#lines + 1] = ("%s, %d failed"):format(terminal.plural(#tests, "test"), failed)
  return table.concat(lines, "\n")
end

--- Returns what a command tells of tests.
---@param op string  for the error: "policy.test"
---@param tests os2.flows.testing.report.test[]
---@param now number  the time that the tests were told
---@return table fields, string text, os2.Err? failure
function M.of(op, tests, now)
  local failed = 0
  for _, test in ipairs(tests) do failed = failed + (test.ok and 0 or 1) end
  local failure = failed > 0 and err.new{ kind = "invalid", op = op,
    message = ("%s failed"):format(terminal.plural(failed, "test")) } or nil
  return { tests = json.array(tests), failed = failed, now = now }, text_of(tests, failed), failure
end

return M
