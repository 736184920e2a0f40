--- What a build's secret and SSH mounts get.
local env = require("os2.env")
local failure_of = require("tests.lib.failure_of")
local mounts = require("os2.flows.snapshot.mounts")
local secrets = require("os2.text.secrets")
local temporary = require("tests.lib.temporary")

describe("secrets of a build", function()
  local directory, warned

  before_each(function()
    directory, warned = temporary.directory(), {}
  end)
  after_each(function()
    temporary.remove(directory)
    secrets.forget()
  end)

  local function values(...)
    return mounts.secrets({ ... }, function(words) warned[#warned + 1] = words end)
  end

  it("are taken from the environment, or from a file", function()
    temporary.write(directory .. "/key", "from a file\n")
    assert.same({ PATH = os.getenv("PATH"), path = os.getenv("PATH") },
      values("id=PATH", "id=path,env=PATH"))
    assert.same({ key = "from a file\n" }, values(("id=key,src=%s/key"):format(directory)))
    assert.same({ key = "from a file\n" }, values(("type=file,id=key,source=%s/key"):format(directory)))
  end)

  it("are masked from then on", function()
    temporary.write(directory .. "/key", "hunter2\nsecond\n")
    values(("id=key,src=%s/key"):format(directory))
    assert.equal("say *** and ***", env.masked("say hunter2 and second"))
  end)

  it("are refused where there is no such value, and named", function()
    for spec, words in pairs{
      ["id=OS2_NOSUCH"] = "the environment has no OS2_NOSUCH for the secret OS2_NOSUCH",
      ["id=a,env=OS2_NOSUCH"] = "the environment has no OS2_NOSUCH for the secret a",
      ["id=a,src=" .. directory .. "/nosuch"] = "the file of the secret a cannot be read",
      ["env=HOME"] = "has no id",
      ["id=a,env=HOME,src=x"] = "is from the environment or from a file",
      ["id=a,type=vault"] = "is from the environment or from a file",
      ["id=a,what=s3cr3t"] = "--secret knows no what=",
      ["s3cr3t"] = "--secret has a part without KEY=",
    } do
      local failure = failure_of(function() values(spec) end)
      assert.matches(words, failure.message, 1, true)
      assert.equal("usage", failure.exit)
      assert.is_nil(tostring(failure):find("s3cr3t", 1, true))
    end
  end)

  it("are refused above the limit, and warned of where they are empty", function()
    temporary.write(directory .. "/big", ("x"):rep(500001))
    temporary.write(directory .. "/empty", "")
    local failure = failure_of(function() values(("id=big,src=%s/big"):format(directory)) end)
    assert.matches("the secret big has 500001 bytes, and may have 500000", failure.message, 1, true)
    assert.same({ e = "" }, values(("id=e,src=%s/empty"):format(directory)))
    assert.matches("the secret e is empty", warned[1], 1, true)
  end)
end)

describe("SSH agents of a build", function()
  it("are sockets", function()
    local directory = temporary.directory()
    temporary.write(directory .. "/key", "x")
    for spec, words in pairs{
      ["a=" .. directory .. "/key"] = "is no socket but a file",
      ["a=" .. directory .. "/nosuch"] = "is not there",
      ["=x"] = "is not ID or ID=SOCKET",
    } do
      local failure = failure_of(function() mounts.agents{ spec } end)
      assert.matches(words, failure.message, 1, true)
      assert.equal("usage", failure.exit)
    end
    temporary.remove(directory)
  end)
end)
