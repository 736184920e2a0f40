--- How a failed script is told: the line of its fault, errors that are tables, kinds, and ASCII.
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")

local OS2 <const> = os.getenv("OS2") or "build/os2"

describe("a script's own fault", function()
  local function os2(words, env)
    env = env or {}
    env.LC_ALL = env.LC_ALL or "C.UTF-8"
    return proc.run({ OS2, "--isolated", "--no-history", table.unpack(words) },
      { timeout = 30, env = env })
  end

  local function told(text, env)
    local directory = temporary.directory()
    temporary.write(directory .. "/s.lua", text)
    local ran = os2({ directory .. "/s.lua" }, env)
    temporary.remove(directory)
    return (ran.stderr:gsub(directory:gsub("%p", "%%%0") .. "/", "")), ran.code
  end

  it("is shown with its line and a caret", function()
    assert.equal("os2: s.lua:2: attempt to index a nil value (field 'name')\n"
      .. "  2 |  return t.name.first\n    |           ^^^^\n",
      (told("local t = {}\n\treturn t.name.first\n")))
    local said, code = told("local x = = 3\n")
    assert.equal("os2: cannot load the script: s.lua:1: unexpected symbol near '='\n"
      .. "  1 | local x = = 3\n    |           ^\n", said)
    assert.equal(2, code)
    assert.equal("os2: s.lua:1: machines.create: unknown option 'nmae'\n"
      .. '  1 | require("os2").machines.create{ nmae = 1 }\n'
      .. "    |                                 ^^^^\n",
      (told('require("os2").machines.create{ nmae = 1 }')))
    assert.equal("os2: (-e):2: attempt to call a nil value (global 'nope')\n"
      .. "  2 | nope()\n    | ^^^^\n", os2({ "-e", "local a\nnope()" }).stderr)
    assert.equal("os2: (-e):1: attempt to call a nil value (global 'nope')\n",
      os2({ "-e", "nope()" }).stderr)
  end)

  it("is shown without a line that cannot be read, is binary or very long", function()
    assert.equal("os2: (load):1: x\n", (told('load("error(\\"x\\")", "=(load)")()')))
    assert.equal("os2: x\n", (told('error("x", 0)')))
    assert.equal(1, select(2, told("error('x') --" .. ("x"):rep(1000)):gsub("\n", "")))
    assert.equal(1, select(2, told("error('x') -- \xff"):gsub("\n", "")))
  end)

  it("that is a table is written with its fields, bounded and without secrets", function()
    assert.equal('os2: an error that is a table: { api_token = "***", code = 7, message = "x" }\n',
      (told('error{ code = 7, message = "x", api_token = "abc" }')))
    assert.equal("os2: mine\n",
      (told('error(setmetatable({}, { __tostring = function() return "mine" end }))')))
    local said = told("local t = {} t.t = t for i = 1, 1000 do t[i] = ('y'):rep(1000) end error(t)")
    assert.is_true(#said < 600, said)
    assert.matches("^os2: an error that is a table: { ", said)
  end)

  it("is told in ASCII where the locale has no UTF-8", function()
    local said = told('error("a · b → c … d")', { LC_ALL = "C" })
    assert.matches("s.lua:1: a %- b %-> c %.%.%. d\n", said)
    assert.is_nil(said:find("[\x80-\xff]"))
    local help = os2({ "policy", "explain", "snapshot.steps" }, { LC_ALL = "POSIX" }).stdout
    assert.matches("preflight %-> name", help)
    assert.is_nil(help:find("[\x80-\xff]"))
    for _, words in ipairs{ { "--help" }, { "snapshot", "--help" }, { "help" } } do
      assert.is_nil(os2(words, { LC_ALL = "C" }).stdout:find("[\x80-\xff]"), words[1])
    end
    assert.matches("→", os2({ "policy", "explain", "snapshot.steps" }, { LC_ALL = "en_US.utf8" }).stdout)
  end)
end)

describe("kinds of errors", function()
  local kinds = require("os2.help.kinds")
  local err = require("os2.err")

  it("are all explained, with the exit code that they have", function()
    local listed = require("os2.fs").read("lua/os2/err.lua"):match("EXIT_OF_KIND <const> = (%b{})")
    local count = 0
    for kind in listed:gmatch("([%l_]+) = \"") do
      count = count + 1
      local row = kinds.find(kind)
      assert.equal(err.exit_name(err.new{ kind = kind, op = "x", message = "x" }), row.exit, kind)
      assert.matches(kind .. "\n  %u.*\n  exit +%d+ %(", kinds.text(row))
    end
    assert.equal(count + 2, #kinds.ROWS)
  end)

  it("are explained by --explain and help", function()
    for _, words in ipairs{ { "--explain", "quota" }, { "help", "quota" } } do
      local ran = proc.run({ OS2, "--isolated", table.unpack(words) }, { timeout = 30 })
      assert.equal(0, ran.code, ran.stderr)
      assert.matches("^quota\n.*exit +8 %(quota%)", ran.stdout)
    end
    local ran = proc.run({ OS2, "--isolated", "--explain", "quoto" }, { timeout = 30 })
    assert.equal(2, ran.code)
    assert.matches("quota", ran.stderr)
  end)
end)
