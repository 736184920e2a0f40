--- What tools/rows.lua makes is what is checked in.
local env = require("os2.env")
local fs = require("os2.fs")
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")

local OS2 <const> = env.get("OS2") or "build/os2"

local MADE <const> = {
  "docs/json.md",
  "host/core/rest/daytona_rows.c", "host/core/rest/docker_rows.c", "host/core/rest/toolbox_rows.c",
  "lua/meta/daytona.lua", "lua/meta/docker.lua", "lua/meta/os2.lua", "lua/meta/policies.lua",
  "lua/meta/toolbox.lua",
  "lua/os2/help/types/daytona.lua", "lua/os2/help/types/docker.lua",
  "lua/os2/help/types/toolbox.lua",
}

describe("tools/rows.lua", function()
  local directory

  setup(function()
    directory = temporary.directory()
    local ran = proc.run({ OS2, "--isolated", "tools/rows.lua", "--into", directory }, { timeout = 60 })
    assert(ran.code == 0, ran.stderr)
  end)

  teardown(function() temporary.remove(directory) end)

  for _, path in ipairs(MADE) do
    it("makes " .. path, function()
      assert.is_true(fs.read(path) == fs.read(directory .. "/" .. path),
        path .. " is not what the descriptions say: run os2 --isolated tools/rows.lua")
    end)
  end

  it("makes stubs that are Lua", function()
    for _, path in ipairs(MADE) do
      if path:match("%.lua$") then assert.is_truthy(loadfile(path)) end
    end
  end)
end)
