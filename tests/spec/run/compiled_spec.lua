--- os2's own Lua is loaded without being parsed, as long as it is what it was when os2 was built.
local fs = require("os2.fs")
local lfs = require("lfs")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local temporary = require("tests.lib.temporary")

local BUILT <const> = program.path:gsub("/[^/]*$", "")
local HASH <const> = "share/os2/lua/os2/hash.lua"
local SHOW_HASH <const> = "print((hash.sha256('')))"
local OF_NOTHING <const> = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"

local function files_below(directory, into)
  for name in lfs.dir(directory) do
    local path = directory .. "/" .. name
    if name:sub(1, 1) ~= "." then
      if lfs.attributes(path, "mode") == "directory" then files_below(path, into)
      else into[#into + 1] = path end
    end
  end
  return into
end

local function copy(from, to)
  local ran = proc.run({ "cp", "-rL", from, to }, { timeout = 30 })
  assert.equal(0, ran.code, ran.stderr)
end

-- Somebody may work on a file while the tests run.
local function is_edited(path)
  return lfs.attributes(path, "modification") > lfs.attributes(program.path, "modification")
end

describe("os2's own Lua files", function()
  local tree

  before_each(function()
    tree = temporary.directory()
    lfs.mkdir(tree .. "/bin")
    lfs.mkdir(tree .. "/share")
    copy(program.path, tree .. "/bin/os2")
    copy(BUILT .. "/share/os2", tree .. "/share/os2")
  end)

  after_each(function() temporary.remove(tree) end)

  local function run(...)
    return proc.run({ tree .. "/bin/os2", "--isolated", ... }, { timeout = 30, cwd = "/" })
  end

  -- Puts a text in the place of another one; the file keeps its size and its times.
  local function edit(path, from, to)
    local at = tree .. "/" .. path
    local before, text = lfs.attributes(at), fs.read(at)
    local first, last = text:find(from, 1, true)
    temporary.write(at, text:sub(1, first - 1) .. to .. (" "):rep(#from - #to) .. text:sub(last + 1))
    assert(lfs.touch(at, before.access, before.modification))
    assert.equal(before.size, lfs.attributes(at, "size"))
  end

  -- Runs a command inside a script, which then tells the files that were parsed for it.
  local PARSED <const> = [[
    local chunk = require("host.chunk")
    local script = arg[1] and ("%s/scripts/%s.lua"):format(package.os2_share, table.remove(arg, 1))
    if script then pcall(assert(chunk.load(script))) end
    local function tell(path)
      if path and not chunk.is_compiled(path) then io.stderr:write("parsed ", path, "\n") end
    end
    tell(script)
    for name in pairs(package.loaded) do
      if name:find("^os2") or name == "argparse" then
        tell((package.searchpath(name, package.path)))
      end
    end]]

  local FAST <const> = { {}, { "resolve", "--prefix", "iterate-sandbox-dev--" } }

  for _, words in ipairs(FAST) do
    it("are loaded without being parsed: os2 " .. table.concat(words, " "), function()
      local ran = program.eval(PARSED, {
        env = { DAYTONA_API_KEY = "none", DAYTONA_API_URL = "http://127.0.0.1:1/api" },
      }, words)
      local parsed = {}
      for path in ran.stderr:gmatch("parsed (%S+)") do
        if not is_edited(path) then parsed[#parsed + 1] = path end
      end
      assert.same({}, parsed)
    end)
  end

  it("load, all of them", function()
    local share = package.os2_share -- luacheck: ignore 143
    local paths = files_below(share .. "/scripts", files_below(share .. "/lua/os2", {}))
    assert.is_true(#paths > 100)
    for _, path in ipairs(paths) do assert.is_function(require("host.chunk").load(path)) end
  end)

  it("keep lines and names, and tell the place where they stand now", function()
    local ran = run("-e", [[
      local info = debug.getinfo(hash.sha256, "SL")
      print(info.source, info.linedefined, next(info.activelines) ~= nil)
      print((debug.getlocal(hash.sha256, 1)))
      print((select(2, xpcall(hash.sha256, debug.traceback, {}))))]])
    local line = 0
    for text in io.lines(tree .. "/" .. HASH) do
      line = line + 1
      if text:find("function M.sha256", 1, true) then break end
    end
    local place = ("%s/%s"):format(tree, HASH)
    local expected = ("@%s\t%d\ttrue\ndata\n"):format(place, line)
    assert.equal(expected, ran.stdout:sub(1, #expected), ran.stderr)
    -- Lua cuts a long path at its left.
    assert.matches(("/hash.lua:%d: in "):format(line + 1), ran.stdout, 1, true)
  end)

  it("are loaded as they stand once one is edited, whatever its size and times", function()
    assert.equal(OF_NOTHING, run("-e", SHOW_HASH).stdout)
    edit(HASH, "native_hash.sha256(data)", "'edited'")
    assert.equal("edited\n", run("-e", SHOW_HASH).stdout)
    local ran = run("-e", [[
      local chunk = require("host.chunk")
      for _, name in ipairs{ "hash", "fs" } do
        print(chunk.is_compiled(package.os2_share .. "/lua/os2/" .. name .. ".lua"))
      end]])
    assert.equal("false\ntrue\n", ran.stdout, ran.stderr)
  end)

  it("are loaded as they stand also where only their end is another", function()
    local text = fs.read(tree .. "/" .. HASH)
    for _, changed in ipairs{ text .. "\n", text:sub(1, -2), text .. "-- more" } do
      temporary.write(tree .. "/" .. HASH, changed)
      local ran = run("-e", [[
        print(require("host.chunk").is_compiled(package.os2_share .. "/lua/os2/hash.lua"))]])
      assert.equal("false\n", ran.stdout, ran.stderr)
      assert.equal(OF_NOTHING, run("-e", SHOW_HASH).stdout)
    end
  end)

  it("name file and line of a fault that was edited in", function()
    edit(HASH, "local M = {}", "local M = {")
    local ran = run("-e", SHOW_HASH)
    assert.equal(1, ran.code)
    assert.matches("lua/os2/hash.lua:%d+: ", ran.stderr)
  end)

  it("are never taken from a file of bytecode", function()
    temporary.write(tree .. "/" .. HASH, string.dump(load("return { sha256 = print }")))
    local ran = run("-e", SHOW_HASH)
    assert.equal(1, ran.code)
    assert.matches("attempt to load a binary chunk", ran.stderr, 1, true)
    for _, suffix in ipairs{ "luac", "lua.bc", "out" } do
      assert.is_nil(lfs.attributes(tree .. "/" .. HASH:gsub("lua$", suffix)))
    end
  end)

  it("need a tree that can be read, and write nothing into it", function()
    local before = files_below(tree, {})
    assert.equal(OF_NOTHING, run("-e", SHOW_HASH).stdout)
    assert.same(before, files_below(tree, {}))
    os.remove(tree .. "/" .. HASH)
    local ran = run("-e", SHOW_HASH)
    assert.equal(70, ran.code)
    assert.matches("no file '" .. tree .. "/" .. HASH .. "'", ran.stderr, 1, true)
  end)

  it("are found by Lua's rules: package.path in its order, and a list of what is not there", function()
    temporary.write(tree .. "/mine/os2/hash.lua", "return { sha256 = function() return 'mine' end }")
    local ran = run("-e", ([[
      package.path = "%s/mine/?.lua;" .. package.path
      print(require("os2.hash").sha256())
      print((select(2, require("os2.fs"))))
      print(pcall(require, "not.there"))
      package.path = {}
      print(pcall(require, "not.there"))]]):format(tree))
    local lines = {}
    for line in ran.stdout:gmatch("[^\n]+") do lines[#lines + 1] = line end
    assert.equal("mine", lines[1], ran.stderr)
    assert.equal(tree .. "/share/os2/lua/os2/fs.lua", lines[2])
    assert.equal("false\tmodule 'not.there' not found:", lines[3])
    assert.equal(("\tno file '%s/mine/not/there.lua'"):format(tree), lines[5])
    assert.matches("package.path' must be a string", lines[#lines], 1, true)
  end)
end)

describe("a script", function()
  it("is parsed, and its globals are its own where it is given some", function()
    local directory = temporary.directory()
    local path = directory .. "/own.lua"
    temporary.write(path, "x = 1 return x")
    local chunk, globals = require("host.chunk"), {}
    local loaded, is_compiled = chunk.load(path, globals), chunk.is_compiled(path)
    temporary.remove(directory)
    assert.is_false(is_compiled)
    assert.equal(1, loaded())
    assert.equal(1, globals.x)
    local none, message = chunk.load(path)
    assert.is_nil(none)
    assert.equal(("cannot open %s: No such file or directory"):format(path), message)
  end)
end)

describe("a script that stands in a pipe", function()
  it("is read once", function()
    local directory = temporary.directory()
    local ran = proc.run({ "sh", "-c", [[
      mkfifo "$1/pipe.lua" && { echo 'print("read")' >"$1/pipe.lua" & "$2" --isolated "$1/pipe.lua"; }
    ]], "sh", directory, program.path }, { timeout = 30 })
    temporary.remove(directory)
    assert.equal("read\n", ran.stdout, ran.stderr)
  end)
end)

describe("the collector", function()
  it("leaves a short run alone, and keeps a long one small", function()
    local ran = program.eval([[
      local is_collected = false
      setmetatable({}, { __gc = function() is_collected = true end })
      local kept = ("x"):rep(2 * 1024 * 1024)
      print(is_collected)
      local most = 0
      for index = 1, 100000 do
        local garbage = ("y"):rep(1000) .. index
        most = math.max(most, collectgarbage("count"))
      end
      print(is_collected, most < 16 * 1024, #kept)]])
    assert.equal("false\ntrue\ttrue\t2097152\n", ran.stdout, ran.stderr)
  end)
end)
