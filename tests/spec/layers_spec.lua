--- The layers: who may include, require and call what. Read from the tree itself.
local fs = require("os2.fs")
local lfs = require("lfs")

local LONGEST_FILE <const> = 400 -- lines

local function files_below(directory, ending, found)
  found = found or {}
  for _, name in ipairs(fs.list(directory)) do
    local path = directory .. "/" .. name
    if lfs.attributes(path, "mode") == "directory" then
      files_below(path, ending, found)
    elseif name:match("%." .. ending .. "$") then
      found[#found + 1] = path
    end
  end
  return found
end

local function fits(name, patterns)
  for _, pattern in ipairs(patterns) do
    if name:match("^" .. pattern .. "$") then return true end
  end
  return false
end

-- The lines of a Lua file without comments.
local function code_of(path)
  return (fs.read(path):gsub("%-%-[^\n]*", ""))
end

local function includes_of(path)
  local list = {}
  for name in fs.read(path):gmatch('#include%s+[<"]([^>"]+)[>"]') do list[#list + 1] = name end
  return list
end

local function requires_of(path)
  local list = {}
  for name in code_of(path):gmatch('require%(?%s*"([^"]+)"') do list[#list + 1] = name end
  return list
end

-- What files use that is not allowed, as "file: what".
local function offences(files, uses_of, is_allowed)
  local list = {}
  for _, path in ipairs(files) do
    for _, used in ipairs(uses_of(path)) do
      if not is_allowed(used, path) then list[#list + 1] = path .. ": " .. used end
    end
  end
  return list
end

local function sources(directory)
  return files_below(directory, "c", files_below(directory, "h"))
end

describe("the layers of the tree", function()
  it("core knows neither Lua nor what stands above it", function()
    assert.same({}, offences(sources("host/core"), includes_of, function(name)
      return not fits(name, { "lua.*", "lauxlib.h", "lualib.h", "bind/.*", "host.h" })
    end))
  end)

  it("bind includes core and itself only", function()
    assert.same({}, offences(sources("host/bind"), includes_of, function(name)
      return not name:find("/", 1, true) or fits(name, { "bind/.*", "core/.*", "sys/.*", "openssl/.*" })
    end))
  end)

  it("what stands beside main stays out of core's and bind's insides", function()
    assert.same({}, offences({ "host/main.c", "host/host.c" }, includes_of, function(name)
      return not name:find("/", 1, true) or fits(name, { "core/.*", "sys/.*" })
    end))
  end)

  it("scripts require os2.* only", function()
    assert.same({}, offences(files_below("scripts", "lua"), requires_of, function(name)
      return fits(name, { "os2", "os2%..*" })
    end))
  end)

  it("policies are pure: they require what does no I/O", function()
    local pure = {
      "os2%.policy", "os2%.policy%.check", "os2%.policy%.nearest", "os2%.err", "os2%.clock", "os2%.opts",
      "os2%.policies%..*", "os2%.text%.names", "os2%.text%.images",
    }
    assert.same({}, offences(files_below("lua/os2/policies", "lua"), requires_of, function(name)
      return fits(name, pure)
    end))
  end)

  it("the library requires what the project has, and nothing below flows asks flows", function()
    local third_party = { "argparse", "lfs" }
    assert.same({}, offences(files_below("lua", "lua"), requires_of, function(name, path)
      if name:match("^os2%.flows%.") then return path:match("^lua/os2/flows/") ~= nil end
      return fits(name, { "os2", "os2%..*", "host%..*" }) or fits(name, third_party)
    end))
  end)

  it("nobody goes past the host for time, programs and the end", function()
    local forbidden = { "os%.execute", "io%.popen", "os%.time", "os%.date", "os%.clock", "os%.exit" }
    local function calls_of(path)
      local list, code = {}, code_of(path):gsub('"[^"\n]*"', '""')
      for _, pattern in ipairs(forbidden) do
        for _ in code:gmatch("%f[%w]" .. pattern .. "%f[%W]") do list[#list + 1] = pattern end
      end
      return list
    end
    local files = files_below("scripts", "lua", files_below("lua", "lua"))
    assert.same({}, offences(files, calls_of, function(name, path)
      -- boot puts its own os.exit there: one that cancels the root task.
      return name == "os%.exit" and path == "lua/os2/boot.lua"
    end))
  end)
end)

describe("the tree", function()
  it("has a spec for each group of policies", function()
    for _, name in ipairs(fs.list("lua/os2/policies")) do
      local spec = "tests/spec/policies/" .. name:gsub("%.lua$", "_spec.lua")
      assert.is_true(fs.exists(spec), spec .. " is missing")
    end
  end)

  it("names each native module where it is built, and each source", function()
    local build = fs.read("CMakeLists.txt")
    local built_in = fs.read("host/host.c")
    for _, path in ipairs(files_below("host/bind", "c")) do
      local name = path:match("([^/]+)%.c$")
      if fs.read(path):find("int luaopen_host_" .. name .. "(", 1, true) then
        local is_named = built_in:find('"host.' .. name .. '"', 1, true)
          or build:find("os2_module(" .. name, 1, true)
        assert.is_truthy(is_named, path)
      end
    end
    for _, path in ipairs(files_below("host", "c")) do
      assert.is_truthy(build:find(path, 1, true), path .. " is not built")
    end
  end)

  it("keeps its files short, but for those a tool makes", function()
    for _, path in ipairs(files_below("lua", "lua", files_below("scripts", "lua", sources("host")))) do
      local text = fs.read(path)
      local is_made = text:sub(1, 400):lower():find("made by tools/", 1, true) ~= nil
      local _, lines = text:gsub("\n", "")
      assert.is_true(is_made or lines <= LONGEST_FILE, ("%s has %d lines"):format(path, lines))
    end
  end)
end)
