--- What of an API's record is refused, with its field and value.
local failure_of = require("tests.lib.failure_of")
local json = require("os2.json")
local records = require("os2.providers.daytona.records")

local function sandbox(changes)
  local made = { id = "1", name = "m", state = "started", labels = {}, cpu = 1, public = false }
  for field, value in pairs(changes) do made[field] = value end
  return made
end

describe("records.sandbox", function()
  it("takes null for nothing, but in id, name and state", function()
    local got = records.sandbox("op", sandbox{ labels = json.null, cpu = json.null, env = json.null })
    assert.same({ id = "1", name = "m", state = "started", public = false }, got)
    for _, field in ipairs{ "id", "name", "state" } do
      local failure = failure_of(records.sandbox, "op", sandbox{ [field] = json.null })
      assert.equal("protocol", failure.kind)
      assert.matches("sandbox lacks its " .. field, failure.message)
    end
  end)

  it("names a field of another type, and its value where it can be no secret", function()
    local cases = {
      { "cpu", "many", "cpu is no number but 'many'" }, { "labels", 7, "labels is no table but a number" },
      { "env", "KEY=hunter2", "env is no table but a string" },
      { "snapshot", {}, "snapshot is no string but a table" }, { "public", 1, "public is no boolean but '1'" },
    }
    for _, case in ipairs(cases) do
      local failure = failure_of(records.sandbox, "op", sandbox{ [case[1]] = case[2] })
      assert.same({ "protocol", "the sandbox's " .. case[3] }, { failure.kind, failure.message })
    end
  end)

  it("refuses what is no record", function()
    for _, value in ipairs{ true, 7, "text", json.null, {} } do
      assert.equal("protocol", failure_of(records.sandbox, "op", value).kind)
    end
  end)
end)
