--- What a run that stopped says of the server.
local leftovers = require("os2.flows.snapshot.leftovers")
local silent = require("tests.lib.silent")

describe("os2.flows.snapshot.leftovers", function()
  local function told(fields)
    local ctx = { ui = silent.open(), name = "dev--n", tags = {} }
    for key, value in pairs(fields) do ctx[key] = value end
    leftovers.tell(ctx)
    return ctx.ui.told[1]
  end

  it("says nothing when nothing is left", function()
    assert.is_nil(told{})
  end)

  it("names what goes on, and how to follow it", function()
    local words = told{ snapshot = { id = "1d", state = "pulling" }, is_create_sent = true }
    assert.truthy(words:find("id 1d, state pulling", 1, true))
    assert.truthy(words:find("--name dev--n", 1, true))
  end)

  it("names what failed, and how to delete it", function()
    local words = told{ snapshot = { id = "1d", state = "error" } }
    assert.truthy(words:find("delete_snapshot", 1, true))
  end)

  it("says that a create may have arrived", function()
    assert.truthy(told{ is_create_sent = true }:find("may have been registered", 1, true))
  end)

  it("names an image that was pushed only", function()
    assert.truthy(told{ is_pushed = true, ref = "r/p/os2:tag" }:find("r/p/os2:tag", 1, true))
  end)
end)
