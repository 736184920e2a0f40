--- The versions of os2 and of the libraries that it can load.
---@class os2.run.versions
local M = {}

local MODULES <const> = { "loop", "json", "http", "docker", "git" }

--- Returns one line per library.
---@return string
function M.text()
  local lines = { "os2 " .. require("host.err").version, _VERSION }
  for _, name in ipairs(MODULES) do
    local ok, module = pcall(require, "host." .. name)
    lines[#lines + 1] = ok and module.version
      or ("host.%s cannot be loaded: %s"):format(name, module)
  end
  return table.concat(lines, "\n")
end

return M
