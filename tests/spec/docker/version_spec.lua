--- Which version of the Engine API is spoken, and which builder is asked for.
local env = require("os2.env")
local failure_of = require("tests.lib.failure_of")
local version = require("os2.docker.version")

local get = env.get

describe("os2.docker.version", function()
  after_each(function() env.get = get end)

  local function choose(theirs, pinned)
    env.get = function(name) return name == "DOCKER_API_VERSION" and pinned or nil end
    return version.choose(theirs, "unix:///x.sock")
  end

  it("speaks the lower of both versions, or the pinned one", function()
    assert.equal("1.40", choose("1.40"))
    assert.equal("1.41", choose("1.41"))
    assert.equal("1.51", choose("1.60"))
    assert.equal("1.40", choose("1.41", "1.40"))
  end)

  it("refuses an engine that is older than all it knows", function()
    local failure = failure_of(choose, "1.39")
    assert.equal("config", failure.exit)
    assert.matches("the engine at unix:///x.sock speaks API 1.39 at most, and os2 needs 1.40",
      failure.message, 1, true)
    assert.equal("protocol", failure_of(choose, nil).kind)
  end)

  it("refuses to be pinned to what it does not speak", function()
    for _, pinned in ipairs{ "new", "1.39", "1.52", "2.0" } do
      local failure = failure_of(choose, "1.60", pinned)
      assert.equal("config", failure.exit)
      assert.matches("os2 speaks 1.40 to 1.51", failure.message, 1, true)
    end
  end)

  it("takes BuildKit where the engine has it", function()
    assert.equal("2", version.builder{})
    assert.equal("2", version.builder{ ["builder-version"] = "2" })
    assert.equal("1", version.builder{ ["builder-version"] = "1" })
    assert.equal("1", version.builder{ ostype = "windows" })
    assert.equal("1", version.builder{ ["libpod-api-version"] = "4.3.1" })
  end)
end)
