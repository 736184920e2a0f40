--- What the local engine is told.
local policy = require("os2.policy")

describe("docker.credentials", function()
  it("are those of registries that the Dockerfile names, or of any for a foreign front end", function()
    for _, case in ipairs{
      { true, false, true }, { false, false, false }, { false, true, true }, { true, true, true },
    } do
      assert.equal(case[3], (policy.ask("docker.credentials", {
        host = "r.io", is_named = case[1], has_foreign_front_end = case[2],
      })))
    end
  end)
end)
