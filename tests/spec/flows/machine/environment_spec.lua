--- Variables of a machine: --env and --env-file.
local environment = require("os2.flows.machine.environment")
local os2 = require("os2")
local temporary = require("tests.lib.temporary")

describe("os2.flows.machine.environment", function()
  local directory, path

  before_each(function()
    directory = temporary.directory()
    path = directory .. "/.env"
  end)
  after_each(function() temporary.remove(directory) end)

  local function read(words, text)
    if text then temporary.write(path, text) end
    return environment.read{ env = words, env_files = text and { path } or {} }
  end

  local function refusal(words, text)
    local _, failure = os2.try(read, words, text)
    assert.equal("usage", failure.exit)
    return tostring(failure)
  end

  it("takes KEY=VALUE as it is", function()
    assert.same({ A = "1=2 'x'", B = "" }, read{ "A=1=2 'x'", "B=" })
  end)

  it("takes KEY from the environment", function()
    assert.same({ PATH = os.getenv("PATH") }, read{ "PATH" })
  end)

  it("reads files: comments, quotes, export, CR LF, KEY alone", function()
    assert.same({
      A = "1", B = "two words", C = "a\nb\"", D = "$x\\n", E = "x", PATH = os.getenv("PATH"),
    }, read({}, "# c\n\nexport A=1\r\nB=\"two words\"\nC = \"a\\nb\\\"\"\nD='$x\\n'\nE=x # y\nPATH"))
  end)

  -- As docker compose's page on the syntax of env files and the README of npm's dotenv have it.
  local DOCUMENTED <const> = {
    { "VAR=VAL", "VAL" }, { 'VAR="VAL"', "VAL" }, { "VAR='VAL'", "VAL" }, { "VAR = VAL ", "VAL" },
    { "VAR: VAL", "VAL" }, { "VAR=VAL # comment", "VAL" }, { "VAR=VAL# not a comment", "VAL# not a comment" },
    { 'VAR="VAL # not a comment"', "VAL # not a comment" }, { 'VAR="VAL" # comment', "VAL" },
    { "VAR='VAL'   # comment \" '", "VAL" }, { "VAR='$OTHER'", "$OTHER" }, { "VAR='${OTHER}'", "${OTHER}" },
    { "VAR='Let\\'s go!'", "Let's go!" }, { 'VAR="{\\"hello\\": \\"json\\"}"', '{"hello": "json"}' },
    { 'VAR="some\\tvalue"', "some\tvalue" }, { "VAR='some\\tvalue'", "some\\tvalue" },
    { "VAR=some\\tvalue", "some\\tvalue" }, { "VAR='SOME\nVALUE'", "SOME\nVALUE" },
    { 'VAR="---BEGIN---\r\nxx # yy\r\n---END---"  # key', "---BEGIN---\nxx # yy\n---END---" },
    { "export VAR=1", "1" }, { "  export\tVAR=1", "1" }, { "export=1\nVAR=2", "2" }, { "VAR=", "" },
    { "VAR= # none", "" }, { "VAR=#fff", "#fff" }, { "VAR=''", "" }, { 'VAR="" # none', "" },
    { "VAR=a=b==", "a=b==" }, { "VAR=a:b", "a:b" }, { "VAR=it's", "it's" }, { 'VAR=a "b"', 'a "b"' },
    { "VAR=1\nVAR=2", "2" }, { "\239\187\191VAR=1", "1" }, { "\239\187\191# c\nVAR=1", "1" },
    { 'VAR="\\d\\\\n"', "\\d\\n" }, { "# it's a comment\n\n \t\nVAR=1", "1" }, { "VAR=1\r\n", "1" },
    { 'VAR="x"#c', "x" }, { "VAR=a\tb", "a\tb" }, { "VAR=$5\\$", "$5\\$" },
  }
  for _, case in ipairs(DOCUMENTED) do
    it(("reads %q"):format(case[1]), function()
      assert.equal(case[2], read({}, case[1]).VAR)
      assert.equal("z", read({}, case[1] .. "\nLAST=z").LAST)
    end)
  end

  it("names the file and the line of what is wrong, never a value", function()
    for text, line in pairs{
      ['A="hush" hush'] = 1, ["A=1\n\nB='hush"] = 3, ['A="1\n2"\nmy-key=hush'] = 3, ["A=1\nhush hush"] = 2,
      ["9=hush"] = 1, ["=hush"] = 1, ["A='1'\nexport hush hush"] = 2, ["A=1\rB='\r'hush"] = 2,
    } do
      local words = refusal({}, text)
      assert.truthy(words:find((":%d: "):format(line), 1, true), text .. words)
      assert.is_nil(words:find("hush", 1, true), words)
    end
  end)

  it("refuses what no environment can hold", function()
    assert.matches("variable A holds a zero byte", refusal({}, "A=1\0hush"))
  end)

  it("lets --env go before a file", function()
    assert.same({ A = "2" }, read({ "A=2" }, "A=1\n"))
  end)

  it("refuses values that cannot be sent, by their name alone", function()
    local words = refusal({ "TOKEN=hush\255" })
    assert.truthy(words:find("the variable TOKEN is not UTF-8", 1, true))
    assert.is_nil(words:find("hush", 1, true))
    assert.truthy(refusal({}, "IN_FILE=\192\n"):find("IN_FILE", 1, true))
  end)

  it("refuses what is no variable, with its place and without its value", function()
    assert.truthy(refusal({ "1A=hush" }):find("--env", 1, true))
    assert.truthy(refusal({ "NO_SUCH_VARIABLE" }):find("NO_SUCH_VARIABLE is not set", 1, true))
    local words = refusal({}, "A=1\nmy-key=hush\n")
    assert.truthy(words:find(path .. ":2", 1, true))
    assert.is_nil(words:find("hush", 1, true))
    assert.is_nil(refusal({}, "A=\"hush\n"):find("hush", 1, true))
  end)
end)
