--- What a run remembers for the next one.
local env = require("os2.env")
local fs = require("os2.fs")
local state = require("os2.store.state")
local temporary = require("tests.lib.temporary")

describe("os2.store.state", function()
  local directory, real

  before_each(function()
    directory, real = temporary.directory(), env.get
    env.get = function(name) return name == "XDG_STATE_HOME" and directory or real(name) end
  end)
  after_each(function()
    env.get = real
    temporary.remove(directory)
  end)

  it("remembers and forgets, for this user only", function()
    assert.is_nil(state.read("kind", "a"))
    assert.is_nil(state.write("kind", "a", { x = 1 }))
    assert.same({ x = 1 }, state.read("kind", "a"))
    assert.equal("rw-------", fs.stat(directory .. "/os2/kind/a.json").permissions)
    assert.is_nil(state.read("other", "a"))
    state.remove("kind", "a")
    assert.is_nil(state.read("kind", "a"))
    state.remove("kind", "a")
  end)

  it("takes what is no table for nothing, and says when it cannot write", function()
    temporary.write(directory .. "/os2/kind/a.json", "[1")
    assert.is_nil(state.read("kind", "a"))
    temporary.write(directory .. "/file", "")
    directory = directory .. "/file"
    local failure = state.write("kind", "a", {})
    directory = directory:match("^(.*)/file$")
    assert.truthy(failure)
  end)
end)
