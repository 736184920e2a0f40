--- The documents: lines of at most 100 columns, and no name of a file or module that does not exist.
local err = require("os2.err")
local fs = require("os2.fs")
local lfs = require("lfs")

local WIDTH <const> = 100
local NOT_OURS <const> = { build = true, node_modules = true, [".git"] = true }
-- Names that stand for something else than a file of the tree.
local NO_FILES <const> = {
  ["host/docker.so"] = true, -- made by a build
}

local function found_below(directory, pattern, found)
  for _, name in ipairs(fs.list(directory)) do
    local path = directory == "." and name or directory .. "/" .. name
    if lfs.symlinkattributes(path, "mode") == "directory" then
      if not NOT_OURS[name] then found_below(path, pattern, found) end
    elseif name:find(pattern) then
      found[#found + 1] = path
    end
  end
  return found
end

local DOCUMENTS <const> = found_below(".", "%.md$", {})

local function exists_as(path, ...)
  for _, ending in ipairs{ "", ... } do
    if fs.exists(path .. ending) then return true end
  end
  return false
end

-- Calls `check(word, path)` for each match in each document; returns those for which it is false.
local function wrong(pattern, check)
  local list = {}
  for _, path in ipairs(DOCUMENTS) do
    for word in fs.read(path):gmatch(pattern) do
      if not check(word, path) then list[#list + 1] = path .. ": " .. word end
    end
  end
  return list
end

local function is_link_right(target, path)
  if target:find("^%a+:") or target:find("^#") then return true end
  local directory = path:match("^(.*)/[^/]*$") or "."
  return fs.exists(directory .. "/" .. target:gsub("#.*", ""))
end

local function is_module_right(name)
  local path = "lua/" .. name:gsub("%.", "/")
  if exists_as(path, ".lua") then return true end
  local face, verb = path:match("^(.*)/([^/]+)$")
  local file = face == "lua/os2" and "lua/os2/init.lua" or face .. ".lua"
  return fs.exists(file) and fs.read(file):find("%f[%w_]M%." .. verb .. "%f[^%w_]") ~= nil
end

describe("the documents", function()
  it("are found", function() assert.is_true(#DOCUMENTS > 50) end)

  it("have lines of at most 100 columns", function()
    assert.same({}, wrong("[^\n]+", function(line) return (utf8.len(line) or #line) <= WIDTH end))
  end)

  it("link to files that exist", function()
    assert.same({}, wrong("%]%(([^)%s]+)%)", is_link_right))
  end)

  for _, top in ipairs{ "host", "lua", "scripts", "tests", "tools", "vendor", "docs", "findings" } do
    it("name files of " .. top .. " that exist", function()
      local pattern = "%f[%w_./{-]" .. top .. "/[%w_./{}*<>,-]*"
      assert.same({}, wrong(pattern, function(path)
        path = path:gsub("[.,]+$", "")
        local is_pattern = path:find("[*<>{}]") or path:find("%u%u%u") and not path:find("README")
        return is_pattern or NO_FILES[path] or exists_as(path, ".c", ".lua")
      end))
    end)
  end

  it("name modules and verbs of os2 that exist", function()
    assert.same({}, wrong("`(os2%.[%l%d_.]+)[`(,]", is_module_right))
  end)

  it("show Lua that compiles", function()
    assert.same({}, wrong("```lua\n(.-)```", function(block) return load(block) ~= nil end))
  end)

  it("name every module that a script may require", function()
    local promised, versions = {}, fs.read("docs/versions.md")
    for name in versions:gmatch("`os2%.(%l+)`") do promised[#promised + 1] = name .. ".lua" end
    promised[#promised + 1] = "init.lua"
    table.sort(promised)
    local found = {}
    for _, name in ipairs(fs.list("lua/os2")) do
      if name:find("%.lua$") then found[#found + 1] = name end
    end
    table.sort(found)
    assert.same(found, promised)
  end)

  it("name every exit code", function()
    local readme = fs.read("README.md")
    for name, code in pairs(err.exit_codes) do
      local codes = name == "interrupted" and "129, 130, 143" or tostring(code)
      assert.is_truthy(readme:find(("| %s | %s |"):format(codes, name), 1, true), name)
    end
  end)

  it("name every variable of the environment that os2 reads", function()
    local readme, missing = fs.read("README.md"), {}
    for _, path in ipairs(found_below("lua/os2", "%.lua$", {})) do
      for name in fs.read(path):gmatch('env%.get%("([%u%d_]+)"%)') do
        if not readme:find(name, 1, true) and name ~= "PATH" then missing[#missing + 1] = name end
      end
    end
    assert.same({}, missing)
  end)

  it("name every folder of host/core with its floor, as the layers have it", function()
    local design = fs.read("docs/design.md")
    for _, name in ipairs(fs.list("host/core")) do
      if lfs.attributes("host/core/" .. name, "mode") == "directory" then
        assert.is_truthy(design:find("| `" .. name .. "/` |", 1, true), name)
      end
    end
  end)
end)
