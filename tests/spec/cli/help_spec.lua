--- --help of every command and subcommand: each option has help, each default, example, variable and
--- exit code is told.
local cli = require("os2.cli")
local commands = require("os2.help.commands")
local exit_codes = require("os2.base.exit_codes")
local fs = require("os2.fs")
local lfs = require("lfs")
local program = require("tests.lib.program")
local temporary = require("tests.lib.temporary")
local variables = require("os2.help.variables")

local WIDTH <const> = 100

-- Calls a function with each parser and what the command declares for it.
local function each_parser(take)
  for _, name in ipairs(commands.names()) do
    local command = commands.find(name)
    local parser = cli.parser(command)
    take("os2 " .. name, parser, command)
    for _, action in ipairs(commands.actions(command)) do
      for _, sub in ipairs(cli.parser(command, { action })._commands) do
        if sub._name == action then
          take(("os2 %s %s"):format(name, action), sub, (command.subcommands or {})[action] or {})
        end
      end
    end
  end
end

local function options_of(parser)
  local known = {}
  for _, option in ipairs(parser._options) do
    for _, alias in ipairs(option._aliases) do known[alias] = true end
  end
  return known
end

describe("--help", function()
  it("tells of each option and argument what it does, and what holds without it", function()
    each_parser(function(name, parser)
      for _, list in ipairs{ parser._options, parser._arguments } do
        for _, element in ipairs(list) do
          local about = ("%s: %s"):format(name, element._name)
          assert.is_truthy((element._description or ""):find("%.$"), about .. " has no sentence of help")
          local is_needed = list == parser._arguments and element._minargs > 0
          local has_default = element._maxargs == 0 or is_needed or element.os2_default ~= nil
          assert.is_true(has_default, about .. " does not tell its default")
        end
      end
    end)
  end)

  it("tells what is declared, in lines that fit", function()
    each_parser(function(name, parser)
      local help = parser:get_help()
      local defaults, shown = 0, 0
      for _, list in ipairs{ parser._options, parser._arguments } do
        for _, element in ipairs(list) do defaults = defaults + (element.os2_default and 1 or 0) end
      end
      for _ in help:gmatch("Default:") do shown = shown + 1 end
      assert.equal(defaults, shown, name)
      for _, title in ipairs{ "\nExamples:\n", "\nEnvironment variables:\n", "\nExit codes:\n" } do
        assert.is_truthy(help:find(title, 1, true), name .. " lacks" .. title)
      end
      for line in help:gmatch("[^\n]+") do assert.is_true(utf8.len(line) <= WIDTH, name .. ": " .. line) end
    end)
  end)

  it("has examples of the command, with options that it has", function()
    each_parser(function(name, parser, declared)
      assert.is_truthy((declared.examples or {})[1], name .. " has no example")
      for _, example in ipairs(declared.examples) do
        local words, line = table.unpack(example)
        assert.is_truthy(words:find("^%u.*%.$"), name .. ": " .. words)
        local own = line:gsub("^.*doppler run [%w%- ]- %-%- ", ""):gsub(" %-%- .*$", "")
        local known = options_of(parser)
        for option in own:gmatch("%f[%w%-]%-%-[%l-]+") do
          local is_inherited = parser._parent and options_of(parser._parent)[option] or option == "--help"
          local is_of_sub = #parser._commands > 0
          assert.is_true(known[option] or is_inherited or is_of_sub, ("%s: %s"):format(line, option))
        end
        assert.is_truthy(line:find("os2", 1, true), line)
      end
    end)
  end)

  it("shows the value of a policy that is in force, and tells of a fault in a policy file", function()
    local directory = temporary.directory()
    temporary.write(directory .. "/set.lua", 'policy.api(1)\npolicy.set("timeouts.activate", 77)')
    temporary.write(directory .. "/fault.lua", "polcy.api(1)")
    local ran = program.run{ "--policy", directory .. "/set.lua", "snapshot", "--help" }
    assert.matches("Default: 77 s %(policy%s+timeouts.activate%)", ran.stdout)
    ran = program.run{ "--policy", directory .. "/fault.lua", "snapshot", "--help" }
    assert.equal(0, ran.code)
    assert.matches("Default: 1200 s %(policy%s+timeouts.activate%)", ran.stdout)
    assert.matches("fault.lua:1", ran.stderr)
    temporary.remove(directory)
  end)

  it("tells of exec the codes of the command itself", function()
    local help = program.run({ "machine", "exec", "--help" }).stdout
    assert.matches("\n   0%-255 +the exit code of the command itself\n   125 ", help)
    assert.is_nil(help:find("\n   75 ", 1, true))
    assert.is_nil(program.run({ "machine", "get", "--help" }).stdout:find("\n   125 ", 1, true))
  end)
end)

local function lua_files(directory, found)
  for _, name in ipairs(fs.list(directory)) do
    local path = directory .. "/" .. name
    if lfs.attributes(path, "mode") == "directory" then lua_files(path, found)
    elseif name:find("%.lua$") then found[#found + 1] = path end
  end
  return found
end

describe("os2.help.variables", function()
  local known = { PATH = true, HOME = true } -- of every program
  for _, rows in pairs(variables.GROUPS) do
    for _, row in ipairs(rows) do
      for _, name in ipairs(row.names) do known[name] = true end
    end
  end

  it("has every variable that os2 reads", function()
    for _, path in ipairs(lua_files("lua/os2", {})) do
      local text = fs.read(path)
      for _, pattern in ipairs{ 'env%.get%("([%u%d_]+)"%)', "facts%.env%.([%u%d_]+)" } do
        for name in text:gmatch(pattern) do assert.is_true(known[name], path .. ": " .. name) end
      end
    end
  end)

  it("has only those that README tells of", function()
    local readme = fs.read("README.md")
    for name in pairs(known) do assert.is_truthy(readme:find(name, 1, true), name) end
  end)

  it("refuses a group that is none", function()
    assert.has_error(function() variables.of{ "none" } end)
  end)
end)

describe("os2.base.exit_codes", function()
  it("are those of README, with name and meaning", function()
    local readme = fs.read("README.md")
    for _, row in ipairs(exit_codes.ROWS) do
      local name = row.name and row.name .. " " or ""
      local line = ("| %s | %s| %s |"):format(table.concat(row.codes, ", "), name,
        (row.meaning:gsub("|", "\\|")))
      assert.is_truthy(readme:find(line, 1, true), line)
    end
  end)
end)
