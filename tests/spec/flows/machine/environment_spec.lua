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
    assert.same({ HOME = os.getenv("HOME") }, read{ "HOME" })
  end)

  it("reads files: comments, quotes, export, CR LF, KEY alone", function()
    assert.same({
      A = "1", B = "two words", C = "a\nb\"", D = "$x\\n", E = "x # y", HOME = os.getenv("HOME"),
    }, read({}, "# c\n\nexport A=1\r\nB=\"two words\"\nC = \"a\\nb\\\"\"\nD='$x\\n'\nE=x # y\nHOME"))
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
