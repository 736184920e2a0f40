--- Runs busted inside of os2: `os2 --isolated tests/run.lua [busted's options] FILE|DIRECTORY…`.
---
--- Waits work in specs. After each test nothing may be left: no live operation, no changed
--- directory, no new global.
local lfs = require("lfs")

-- busted restores package.loaded after each file; what holds the one event loop must not double.
local function require_tree(directory, prefix)
  for name in lfs.dir(directory) do
    local module = name:match("^(.+)%.lua$")
    if module and module ~= "init" then
      require(prefix .. module)
    elseif not name:find(".", 1, true) then
      require_tree(directory .. "/" .. name, prefix .. name .. ".")
    end
  end
end

require("os2.run.options").no_history = true
require("os2")
require_tree(package.os2_share .. "/lua/os2", "os2.") -- luacheck: ignore 143
for _, name in ipairs{ "daytona", "docker", "git", "hash", "http" } do require("host." .. name) end

local here = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = here .. "/../?.lua;" .. package.path
table.insert(arg, 1, "--helper=" .. here .. "/leaks.lua")
table.insert(arg, 2, "--pattern=_spec")
require("busted.runner")({ standalone = false })
