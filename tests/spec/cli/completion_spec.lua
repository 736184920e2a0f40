--- Completion and manual pages know every command, subcommand and option that --help knows.
local cli = require("os2.cli")
local commands = require("os2.help.commands")
local complete = require("os2.help.complete")
local fs = require("os2.fs")
local man = require("os2.help.man")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local temporary = require("tests.lib.temporary")
local usage = require("os2.help.usage")

local function words_at(...)
  local found, list = complete.at{ ... }, {}
  for _, row in ipairs(found.words) do list[row[1]] = row[2] end
  return list, found
end

-- Calls a function with the words of each command and subcommand, and its parser.
local function each_parser(take)
  for _, name in ipairs(commands.names()) do
    local parser = cli.parser(commands.find(name))
    take(parser, name)
    for _, sub in ipairs(parser._commands) do take(sub, name, sub._name) end
  end
end

local function aliases_of(parser)
  local list = {}
  for _, option in ipairs(parser._options) do
    table.move(option._aliases, 1, #option._aliases, #list + 1, list)
  end
  return list
end

local function with_last(words, last)
  local all = table.move(words, 1, #words, 1, {})
  all[#all + 1] = last
  return table.unpack(all)
end

describe("completion", function()
  it("offers each option of each command, and those of os2 itself", function()
    each_parser(function(parser, ...)
      local offered = words_at(with_last({ ... }, "-"))
      for _, alias in ipairs(aliases_of(parser)) do
        assert.is_string(offered[alias], table.concat({ ... }, " ") .. " " .. alias)
      end
    end)
    local own = words_at("-")
    for _, row in ipairs(usage.options()) do assert.is_string(own[row[1]:match("^%S+")], row[1]) end
  end)

  it("offers commands, subcommands, and the values of options that are known", function()
    local names = words_at("")
    for _, name in ipairs(commands.names()) do assert.equal("string", type(names[name]), name) end
    assert.is_string(words_at("machine", "")["create"])
    assert.is_nil(words_at("machine", "")["--json"])
    assert.is_string(words_at("machine", "create", "--provider", "")["docker"])
    assert.is_string(words_at("machine", "create", "--provider=")["docker"])
    assert.is_string(words_at("policy", "explain", "cache.t")["cache.ttl"])
    assert.is_string(words_at("help", "gi")["git"])
    assert.is_string(words_at("--progress", "")["quiet"])
    assert.is_string(words_at("-v", "--policy", "x.lua", "mach")["machine"])
  end)

  it("says where a path, a machine or a snapshot may stand", function()
    local function kind_at(...) return (select(2, words_at(...))).kind end
    assert.equal("file", kind_at("snapshot", "--dockerfile", ""))
    assert.equal("directory", kind_at("snapshot", "--context", ""))
    assert.equal("file", kind_at("my/script.lua", ""))
    assert.equal("file", kind_at("--policy", ""))
    assert.equal("machine", kind_at("machine", "stop", "one", ""))
    assert.equal("machine", kind_at("machine", "exec", "--provider", "docker", ""))
    assert.equal("snapshot", kind_at("machine", "create", "--snapshot", ""))
    assert.is_nil(kind_at("machine", "exec", "one", "--", "ls", ""))
  end)

  it("takes what stands behind -- for no option", function()
    assert.is_nil(next((words_at("machine", "exec", "one", "--", "-"))))
  end)

  it("reads the value of an option before it", function()
    local found = select(2, words_at("machine", "stop", "--provider=docker", ""))
    assert.same({ ["--provider"] = "docker" }, found.given)
  end)
end)

describe("os2 completion", function()
  it("prints candidates, one a line, and what they are", function()
    local result = program.run{ "completion", "--", "polic" }
    assert.equal(0, result.code, result.stderr)
    assert.equal("policy\t" .. commands.find("policy").summary:gsub("%.$", "") .. "\n:file\n",
      result.stdout)
  end)

  it("says where the script of a shell is, which other tools print so", function()
    for _, shell in ipairs{ "bash", "fish", "zsh" } do
      local ran = program.run({ "completion", shell }, { timeout = 20 })
      assert.equal(2, ran.code)
      local path = ran.stderr:match("take .-(packaging/[%w./]+) of os2's source: docs/install.md")
      assert.is_true(fs.exists(path), ran.stderr)
      assert.equal(0, program.run({ "completion", "--", shell }, { timeout = 20 }).code)
    end
  end)

  it("prints nothing where names of machines cannot be had", function()
    local result = program.run({ "completion", "--", "machine", "stop", "" },
      { env = { DAYTONA_API_KEY = "" } })
    assert.equal(0, result.code, result.stderr)
    assert.equal("", result.stdout)
    assert.equal("", result.stderr)
  end)
end)

describe("manual pages", function()
  local pages = {}
  for _, page in ipairs(man.pages()) do pages[page.name .. "." .. page.section] = page.text end

  it("are there for os2, each command, policies and scripts", function()
    for _, name in ipairs{ "os2.1", "os2-policy.5", "os2-script.7" } do assert.is_string(pages[name]) end
    for _, name in ipairs(commands.names()) do assert.is_string(pages["os2-" .. name .. ".1"]) end
  end)

  it("tell of each option and argument", function()
    each_parser(function(parser, name)
      local text = pages["os2-" .. name .. ".1"]:gsub("\\%-", "-")
      for _, alias in ipairs(aliases_of(parser)) do
        assert.is_truthy(text:find(alias, 1, true), name .. " " .. alias)
      end
      assert.is_truthy(text:find(parser:_get_fullname(), 1, true), parser:_get_fullname())
    end)
  end)

  it("tell of each policy and each verb", function()
    local policies = pages["os2-policy.5"]
    for _, record in ipairs(require("os2.policy").list()) do
      assert.is_truthy(policies:find('.SS "' .. record.name .. '"', 1, true), record.name)
    end
    local verbs = pages["os2-script.7"]
    for _, module in ipairs(require("os2.help.reference").modules()) do
      for _, verb in ipairs(module.verbs) do
        assert.is_truthy(verbs:find(("%s.%s("):format(module.module, verb), 1, true), verb)
      end
    end
  end)

  it("are plain text in which no line is taken for markup", function()
    for name, text in pairs(pages) do
      for line in text:gmatch("[^\n]+") do
        local is_known = not line:find("^['.]") or line:find("^%.%u%u") or line:find("^%.ad l$")
          or line:find("^%.nh$") or line:find("^%.nf$") or line:find("^%.fi$")
        assert.is_truthy(is_known, name .. ": " .. line)
      end
    end
  end)
end)

describe("the completion of bash", function()
  local directory

  before_each(function() directory = temporary.directory() end)
  after_each(function() temporary.remove(directory) end)

  -- Completes `os2 WORD` with a program that offers the lines, and returns what bash is given.
  local function replies(word, lines)
    temporary.write(directory .. "/os2", "#!/bin/sh\ncat <<'END'\n" .. lines .. "\nEND\n")
    fs.chmod(directory .. "/os2", tonumber("755", 8))
    local ran = proc.run({ "bash", "-c", [[
      . packaging/completions/os2.bash
      COMP_WORDS=("$1" "$2") COMP_CWORD=1 COMP_LINE="$1 $2" COMP_POINT=$((${#1} + 1 + ${#2}))
      _os2
      printf '%s\n' "${COMPREPLY[@]}"
    ]], "bash", directory .. "/os2", word }, { timeout = 30 })
    assert.equal("", ran.stderr)
    return ran.stdout
  end

  it("quotes what a shell would run or cut", function()
    assert.equal("box\\ \\$\\(touch\\ x\\)\nbox\\;\\`id\\`\n",
      replies("b", "box $(touch x)\tmachine\nbox;`id`\tmachine"))
    assert.equal("machine\n--provider=\n", replies("m", "machine\tabout\n--provider=\tabout"))
    assert.equal("a\\&b\n", replies("--name=a", "--name=a&b"))
  end)
end)
