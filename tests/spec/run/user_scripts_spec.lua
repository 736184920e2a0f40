--- Scripts of the user are commands: run, listed, explained and completed as os2's own, and refused
--- where others may write to them.
local fs = require("os2.fs")
local json = require("os2.json")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local script_text = require("os2.help.script_text")
local temporary = require("tests.lib.temporary")

local HELLO <const> = [[
#!/usr/bin/env os2
--- Greets.
local cli = require("os2.cli")
cli.run{
  name = "hello", summary = "Greet somebody, "
    .. "politely.",
  args = function(parser) cli.option(parser, "--name", { description = "Who.", default = "you" }) end,
  document = { name = "string?: who" },
  run = function(args) return { name = args.name }, "hello " .. (args.name or "you") end,
}
]]

describe("a script of the user", function()
  local directory, folder

  before_each(function()
    directory = temporary.directory()
    folder = directory .. "/os2/scripts/"
    temporary.write(folder .. "hello.lua", HELLO)
    temporary.write(folder .. "plain.lua", "--- Prints its words.\n-- More.\nprint(...)\n")
    temporary.write(folder .. "plain_test.lua", "")
    for _, path in ipairs{ directory, directory .. "/os2", folder } do fs.chmod(path, tonumber("755", 8)) end
    for _, name in ipairs(fs.list(folder)) do fs.chmod(folder .. name, tonumber("644", 8)) end
  end)
  after_each(function() temporary.remove(directory) end)

  local function run(...)
    return proc.run({ program.path, ... }, { timeout = 30, env = { XDG_CONFIG_HOME = directory } })
  end

  it("is a command, with its words, its document and its help", function()
    assert.equal("hello x\n", run("hello", "--name", "x").stdout)
    assert.equal("x", json.decode(run("hello", "--name", "x", "--json").stdout).name)
    assert.equal("a\tb\n", run("plain", "a", "b").stdout)
    assert.matches("^Usage: os2 hello.*\n   %-%-name <name> +Who%. Default: you%.", run("hello", "--help").stdout)
    assert.matches("^Usage: os2 hello", run("help", "hello").stdout)
    assert.equal("Prints its words.\nMore.\n", run("help", "plain").stdout)
  end)

  it("is listed with one line by --help, by help and by completion", function()
    assert.matches("\nhello +Greet somebody, politely%.\nplain +Prints its words%.\n", run("help").stdout)
    local ran = run("--help")
    assert.matches("\n  hello +Greet somebody, politely%.\n  plain +Prints its words%.\n", ran.stdout)
    assert.equal("", ran.stderr)
    local listed = {}
    for _, command in ipairs(json.decode(run("help", "--json").stdout).commands) do
      listed[command.name] = command
    end
    assert.same({ name = "plain", summary = "Prints its words.", path = folder .. "plain.lua" }, listed.plain)
    assert.is_nil(listed.status.path)
    assert.is_nil(listed.plain_test)
    assert.matches("hello\tGreet somebody, politely\nhelp\t", run("completion", "--", "he").stdout)
    assert.matches("%-%-name\tWho\n", run("completion", "--", "hello", "--n").stdout)
    assert.equal(":file\n", run("completion", "--", "plain", "x").stdout)
  end)

  it("is not run by a list, nor by the help of a script that declares no command", function()
    temporary.write(folder .. "plain.lua", "--- Writes.\nio.open('" .. folder .. "plain.lua.ran', 'w'):close()\n")
    run("help")
    run("--help")
    run("help", "plain")
    run("completion", "--", "plain", "")
    assert.is_false(fs.exists(folder .. "plain.lua.ran"))
    assert.equal(0, run("plain").code)
    assert.is_true(fs.exists(folder .. "plain.lua.ran"))
  end)

  it("is hidden by a command of os2's own, which says so", function()
    temporary.write(folder .. "status.lua", "print('mine')")
    local ran = run("status", "--help")
    assert.matches("^Usage: os2 status", ran.stdout)
    local warning = "^os2: warning: .*/os2/scripts/status.lua is hidden by os2's own command status; rename it\n"
    assert.matches(warning, ran.stderr)
    assert.matches(warning, run("--help").stderr)
    assert.matches("status.lua is hidden", run("help").stderr)
  end)

  it("is left out under --isolated", function()
    local ran = run("--isolated", "hello")
    assert.equal(2, ran.code)
    assert.matches("there is no script named hello", ran.stderr)
    assert.is_nil(run("--isolated", "--help").stdout:find("politely", 1, true))
    assert.matches("there is no script named helo .*did you mean hello", run("helo").stderr)
  end)

  local UNSAFE <const> = {
    { "its file", "hello.lua", "666" }, { "its directory", "", "775" },
    { "the directory of os2's settings", "/..", "777" }, { "the directory of all settings", "/../..", "757" },
  }
  for _, case in ipairs(UNSAFE) do
    it("is refused when others may write to " .. case[1], function()
      fs.chmod(folder .. case[2], tonumber(case[3], 8))
      local ran = run("hello")
      assert.equal(3, ran.code)
      assert.equal("", ran.stdout)
      assert.matches("^os2: the script .*hello.lua is not run: .* may be written by others; chmod go%-w ", ran.stderr)
      ran = run("--help")
      assert.is_nil(ran.stdout:find("politely", 1, true))
      assert.matches("hello.lua is not run: ", ran.stderr)
    end)
  end

  it("is refused when it is a link to a file that others may write", function()
    temporary.write(directory .. "/open/x.lua", "print(1)")
    fs.chmod(directory .. "/open", tonumber("777", 8))
    require("lfs").link(directory .. "/open/x.lua", folder .. "linked.lua", true)
    assert.matches("linked.lua is not run: .*/open may be written by others", run("linked").stderr)
    fs.chmod(directory .. "/open", tonumber("755", 8))
    fs.chmod(directory .. "/open/x.lua", tonumber("644", 8))
    assert.equal("1\n", run("linked").stdout)
  end)
end)

describe("os2 new script", function()
  local directory

  before_each(function() directory = temporary.directory() end)
  after_each(function() temporary.remove(directory) end)

  local function run(...)
    return proc.run({ program.path, ... }, { timeout = 30, env = { XDG_CONFIG_HOME = directory } })
  end

  it("writes a command and its test, and overwrites nothing", function()
    local ran = run("new", "script", "sweep", "--json")
    assert.equal(0, ran.code, ran.stderr)
    local made = json.decode(ran.stdout)
    assert.equal(directory .. "/os2/scripts/sweep.lua", made.script)
    assert.matches("^Usage: os2 sweep", run("sweep", "--help").stdout)
    assert.matches("sweep +List snapshots by a part", run("help").stdout)
    assert.equal(2, run("new", "script", "sweep").code)
    fs.remove(made.script)
    ran = run("new", "script", "sweep")
    assert.matches("sweep_test.lua is there already", ran.stderr)
    assert.is_false(fs.exists(made.script))
  end)

  it("refuses a name that cannot be one, and one of os2's own", function()
    assert.matches("'../x' is no name of a script", run("new", "script", "../x").stderr)
    assert.matches("'x_test' is no name of a script", run("new", "script", "x_test").stderr)
    assert.matches("status is a command of os2's own", run("new", "script", "status").stderr)
    assert.same({}, fs.list(directory))
  end)
end)

describe("script_text", function()
  it("finds the summary in the text", function()
    assert.equal("a b", script_text.summary('require("os2.cli").run{ summary = "a " .. \'b\' }'))
    assert.equal("Does.", script_text.summary("-- Does.\nlocal cli = require 'os2.cli'\ncli.run(x)"))
    assert.equal("(says nothing about itself)", script_text.summary("print(1)"))
    assert.equal("(says nothing about itself)", script_text.summary(""))
    assert.is_false(script_text.is_command("local x = 1\nlocal cli = require('os2.cli')"))
  end)
end)
