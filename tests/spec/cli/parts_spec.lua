--- The sub-commands of a command that also runs without one.
local cli = require("os2.cli")
local commands = require("os2.help.commands")
local parts = require("os2.cli.parts")
local program = require("tests.lib.program")

describe("os2.cli.parts", function()
  it("finds the word behind the options that every command has", function()
    for line, word in pairs{
      ["list"] = "list", ["--json list"] = "list", ["--result FILE list"] = "list",
      ["--result=FILE -v list --json"] = "list", ["--progress quiet --context here get x"] = "get",
      ["get --cpu 3"] = "get",
    } do
      local words = {}
      for part in line:gmatch("%S+") do words[#words + 1] = part end
      assert.equal(word, parts.first_word(words), line)
    end
  end)

  it("takes no word for a sub-command that may be the value of another option", function()
    assert.is_nil(parts.first_word{ "--target", "list" })
    assert.is_nil(parts.first_word{ "--", "list" })
    assert.is_nil(parts.first_word{ "--json" })
    assert.is_nil(parts.first_word{})
  end)

  it("give a sub-command its own options and those of every command", function()
    local parser = cli.parser(commands.find("snapshot"), { "get" })
    local known = {}
    for _, option in ipairs(parser._options) do known[option._aliases[#option._aliases]] = true end
    assert.is_true(known["--json"] and known["--context"])
    assert.is_nil(known["--dry-run"])
    assert.is_nil(known["--cpu"])
  end)

  local function refused(words, ...)
    local ran = program.run(words)
    assert.equal(2, ran.code, ran.stderr)
    for _, said in ipairs{ ... } do assert.is_truthy(ran.stderr:find(said, 1, true), ran.stderr) end
  end

  it("refuse the options of the command alone, before anything is done", function()
    refused({ "snapshot", "get", "x", "--dry-run" }, "unknown option '--dry-run'", "os2 snapshot get --help")
    refused({ "snapshot", "--dry-run", "get", "x" }, "the command get stands behind", "os2 snapshot get …")
    refused({ "snapshot", "--cpu", "3", "get" }, "the command get stands behind")
    refused({ "snapshot", "gte" }, "unknown command 'gte'", "'get'")
  end)

  it("leave the command alone as it was", function()
    local ran = program.run{ "snapshot", "--target", "get", "--list-context" }
    assert.equal(0, ran.code, ran.stderr)
  end)
end)
