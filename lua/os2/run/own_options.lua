--- os2's own options, which stand before what is to run.
local options = require("os2.run.options")

---@class os2.run.own_options
local M = {}

local function value_of(argv, index)
  local name = argv[index]
  return argv[index + 1] or require("os2.run.starts").refuse(name .. " needs a value")
end

local function guard(mode)
  require("os2.guard.install").run(mode)
  return 1
end

local READERS <const> = {
  ["-v"] = function() options.verbose = true return 1 end,
  ["--verbose"] = function() options.verbose = true return 1 end,
  ["--isolated"] = function() options.isolated = true return 1 end,
  ["--github"] = function() options.github = true return 1 end,
  ["--no-github"] = function() options.github = false return 1 end,
  ["--no-history"] = function() options.no_history = true return 1 end,
  ["--read-only"] = function() return guard("read-only") end,
  ["--dry-run"] = function() return guard("dry-run") end,
  ["--policy"] = function(argv, index)
    options.policy_file = value_of(argv, index)
    return 2
  end,
  ["--context"] = function(argv, index)
    options.docker_context = value_of(argv, index)
    return 2
  end,
  ["--progress"] = function(argv, index)
    require("os2.report.progress").set_mode(value_of(argv, index))
    return 2
  end,
}

--- Reads os2's own options. Returns the index of the first word after them.
---@param argv string[]
---@return integer
function M.read(argv)
  local index = 1
  while READERS[argv[index]] do index = index + READERS[argv[index]](argv, index) end
  return index
end

--- Returns the names of the options, in no order.
---@return string[]
function M.names()
  local names = {}
  for name in pairs(READERS) do names[#names + 1] = name end
  return names
end

return M
