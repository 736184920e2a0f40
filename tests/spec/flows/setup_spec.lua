--- `os2 setup`: what it writes, and that it loses nothing of what is there.
local fs = require("os2.fs")
local json = require("os2.json")
local lfs = require("lfs")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local temporary = require("tests.lib.temporary")

local LIBRARY <const> = package.os2_share .. "/lua" -- luacheck: ignore 143
local SERVER <const> = "lua-language-server"

describe("os2 setup", function()
  local directory, file

  before_each(function()
    directory = temporary.directory()
    file = directory .. "/.luarc.json"
  end)
  after_each(function() temporary.remove(directory) end)

  local function setup_directory(...)
    return program.run({ "setup", ... }, { cwd = directory })
  end

  -- Sets up over this text; returns the text then, and its value.
  local function over(text)
    temporary.write(file, text)
    local ran = setup_directory()
    assert.equal(0, ran.code, ran.stderr)
    local now = fs.read(file)
    return now, json.decode(now, { null = json.null })
  end

  it("writes the version, the library and the globals", function()
    local document = json.decode(setup_directory("--json").stdout)
    assert.same({ true, ".luarc.json", true }, { document.changed, document.file, document.has_stubs })
    assert.same({
      ["runtime.version"] = "Lua 5.4", ["workspace.library"] = { LIBRARY },
      ["diagnostics.globals"] = { "arg", "policy", "test" },
    }, json.decode(fs.read(file)))
    for _, path in ipairs{ "meta/test.lua", "meta/daytona.lua", "os2/init.lua" } do
      assert.is_true(fs.exists(LIBRARY .. "/" .. path))
    end
    local before = fs.read(file)
    document = json.decode(setup_directory("--json").stdout)
    assert.is_false(document.changed)
    assert.equal(before, fs.read(file))
  end)

  it("leaves all that is there as it is written", function()
    local now, value = over('{\n    "hint.enable":  true,\n    "workspace.library": [ "/x", "/y" ],\n'
      .. '    "a": null, "n": 1.50, "diagnostics.globals": [],\n    "runtime.version": "Lua 5.3"\n}\n')
    assert.matches('\n    "hint.enable":  true,\n', now)
    assert.matches('"a": null, "n": 1.50, "diagnostics.globals": %["arg","policy","test"%],\n', now)
    assert.same({ LIBRARY, "/x", "/y" }, value["workspace.library"])
    assert.equal("Lua 5.3", value["runtime.version"])
  end)

  it("adds to settings in each form in which they may stand", function()
    local _, value = over('{"workspace": {"checkThirdParty": false, "library": ["/x"]}, '
      .. '"diagnostics": {"globals": ["vim"]}}')
    assert.same({ checkThirdParty = false, library = { LIBRARY, "/x" } }, value.workspace)
    assert.same({ "arg", "policy", "test", "vim" }, value.diagnostics.globals)
    assert.is_nil(value["workspace.library"])
    _, value = over('{"Lua.workspace.library": [], "Lua": {"diagnostics": {"globals": ["test"]}}}')
    assert.same({ LIBRARY }, value["Lua.workspace.library"])
    assert.same({ "arg", "policy", "test" }, value.Lua.diagnostics.globals)
    _, value = over("{}")
    assert.equal("Lua 5.4", value["runtime.version"])
  end)

  local REFUSED <const> = {
    { "comments", '{ // mine\n "x": 1 }' }, { "a list", "[1]" }, { "no JSON", "{" },
    { "a library that is no list", '{"workspace.library": {"/x": true}}' },
    { "a library that is a text", '{"workspace.library": "/x"}' },
    { "the name in a text before",
      '{"a": "\\"library\\": [", "workspace": {"library": ["x"]}, "b": "\\"workspace\\": {"}' },
  }
  for _, case in ipairs(REFUSED) do
    it("changes nothing of a file that it may not understand: " .. case[1], function()
      temporary.write(file, case[2])
      local ran = setup_directory()
      local is_untouched = fs.read(file) == case[2]
      if case[1]:find("^the name") then
        local value = json.decode(fs.read(file))
        assert.is_true(is_untouched or value.a == '"library": [' and #value.workspace.library == 2)
        return
      end
      assert.equal(3, ran.code)
      assert.is_true(is_untouched)
      assert.matches("%.luarc%.json is not changed: .*add \".*/lua\" to workspace%.library", ran.stderr)
    end)
  end

  it("makes the server know os2 in the documents' examples", function()
    local found = proc.run({ "sh", "-c", "command -v " .. SERVER }, { timeout = 10 })
    if found.code ~= 0 then return pending(SERVER .. " is not installed") end
    setup_directory()
    local count = 0
    for block in fs.read("docs/scripting.md"):gmatch("```lua\n(.-)```") do
      local is_whole = block:find("^local cli = ") or block:find("^test%(")
      if is_whole then
        count = count + 1
        temporary.write(("%s/%d.lua"):format(directory, count), block)
      end
    end
    assert.truthy(count >= 2)
    local ran = proc.run({ SERVER, "--check", directory, "--checklevel=Warning",
      "--logpath=" .. directory .. "/log" }, { timeout = 120 })
    local report = directory .. "/log/check.json"
    local said = lfs.attributes(report) and fs.read(report) or ran.stdout
    assert.is_nil(said:find("undefined-global", 1, true), said)
    assert.is_nil(said:find("undefined-field", 1, true), said)
  end)
end)
