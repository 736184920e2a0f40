--- Every decision that is asked for exists, and every one that exists is asked for.
local fs = require("os2.fs")
local lfs = require("lfs")
local policy = require("os2.policy")

local ROOT <const> = debug.getinfo(1, "S").source:match("^@(.*)tests/spec/policy/use_spec%.lua$")

local function lua_files(directory, found)
  for name in lfs.dir(directory) do
    local path = directory .. "/" .. name
    if name:match("%.lua$") then
      found[#found + 1] = path
    elseif not name:match("^%.") and lfs.attributes(path, "mode") == "directory" then
      lua_files(path, found)
    end
  end
  return found
end

-- Names of entries as they stand in calls; `define` and `alias` only introduce them.
local function asked_names()
  local names = {}
  local files = lua_files(ROOT .. "scripts", lua_files(ROOT .. "lua/os2", {}))
  for _, path in ipairs(files) do
    local text = fs.read(path):gsub("policy%.define%b()", ""):gsub("policy%.alias%b()", "")
      :gsub("%-%-[^\n]*", "")
    for name in text:gmatch('"([a-z_]+%.[a-z_]+)"') do names[name] = path end
  end
  return names
end

describe("every policy", function()
  before_each(policy.reset)

  it("is asked for somewhere", function()
    local asked = asked_names()
    for _, record in ipairs(policy.list()) do
      assert.is_truthy(asked[record.name], record.name .. " is asked for nowhere")
    end
  end)

  it("that is asked for exists", function()
    for _, path in ipairs(lua_files(ROOT .. "scripts", lua_files(ROOT .. "lua/os2", {}))) do
      for name in fs.read(path):gmatch('policy%.ask%("([^"]+)"') do
        local ok, why = pcall(policy.explain, name)
        assert.is_true(ok, path .. ": " .. tostring(why))
      end
    end
  end)
end)
