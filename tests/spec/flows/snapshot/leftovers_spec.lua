--- What a run that stopped says of the server.
local err = require("os2.err")
local leftovers = require("os2.flows.snapshot.leftovers")
local silent = require("tests.lib.silent")

describe("os2.flows.snapshot.leftovers", function()
  local function told(fields, kind)
    local ctx = { ui = silent.open(), given = {}, name = "dev--n", tags = {}, provider = {} }
    for key, value in pairs(fields) do ctx[key] = value end
    leftovers.tell(ctx, err.new{ kind = kind or "network", op = "test", message = "stopped" })
    return ctx.ui.told[1]
  end

  it("says nothing when nothing is left", function()
    assert.is_nil(told{})
    assert.is_nil(told({ provider = { is_local = true } }, "cancelled"))
  end)

  it("says after an interrupt that nothing is left", function()
    assert.equal("note: left: nothing at Daytona", told({}, "cancelled"))
  end)

  it("says nothing where the error itself does", function()
    assert.is_nil(told({ snapshot = { id = "1d", state = "error" }, has_verdict = true }))
  end)

  it("names what goes on, and how to follow it", function()
    local words = told{ snapshot = { id = "1d", state = "pulling" }, is_create_sent = true }
    assert.truthy(words:find("id 1d, state pulling", 1, true))
    assert.truthy(words:find("--name dev--n", 1, true))
  end)

  it("goes on with the same prefix, Dockerfile, context and region", function()
    local command = leftovers.resume_command{ name = "dev--n", given = {
      prefix = "dev--", dockerfile = "a b/Dockerfile", cpu = 3, build_args = { KEY = "secret" },
    } }
    assert.equal("os2 snapshot --name dev--n --prefix dev-- "
      .. "--dockerfile 'a b/Dockerfile'", command)
  end)

  it("says that a create may have arrived", function()
    assert.truthy(told{ is_create_sent = true }:find("may have been registered", 1, true))
  end)

  it("names an image that was pushed only", function()
    assert.truthy(told{ is_pushed = true, ref = "r/p/os2:tag" }:find("r/p/os2:tag", 1, true))
  end)
end)
