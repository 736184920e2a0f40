--- Snapshots as local images: their references.
local provider = require("os2.providers.docker")

describe("os2.providers.docker", function()
  it("makes a reference that the engine takes of any snapshot name", function()
    for name, reference in pairs{
      ["dev--20260111-193045"] = "dev--20260111-193045:snapshot",
      ["Team/Dev_X--20260111-193045"] = "team/dev_x--20260111-193045:snapshot",
      ["a:b--20260111-193045"] = "a-b--20260111-193045:snapshot",
      ["--odd--"] = "odd:snapshot",
    } do
      assert.equal(reference, provider.reference(name, "snapshot"))
    end
  end)

  it("labels with the name as it is, and the time of making", function()
    local labels = provider.labels("Team/Dev--20260111-193045")
    assert.equal("Team/Dev--20260111-193045", labels["os2.snapshot"])
    assert.truthy(labels["os2.created"]:match("^%d+%-%d+%-%d+T%d+:%d+:%d+Z$"))
  end)

  it("needs no key and says that it is local", function()
    assert.is_true(provider.is_available())
    assert.is_true(provider.is_local)
  end)
end)
