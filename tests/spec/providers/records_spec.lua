--- What of an API's record is refused, with its field and value.
local failure_of = require("tests.lib.failure_of")
local json = require("os2.json")
local records = require("os2.providers.daytona.records")

local function sandbox(changes)
  local made = { id = "1", name = "m", state = "started", labels = {}, cpu = 1, public = false }
  for field, value in pairs(changes) do made[field] = value end
  return made
end

describe("records.machines", function()
  it("picks the fields of a machine under its names, and takes an empty text for nothing", function()
    local got = records.machines("op", {
      sandbox{ desiredState = "", errorReason = "oh", snapshot = "", target = "us", user = "u",
        autoStopInterval = 15, createdAt = "now", env = { B = "1", A = "2" }, labels = { a = 1, b = true } },
      sandbox{ labels = json.null, desiredState = "stopped", public = true },
    })
    assert.same({
      { id = "1", name = "m", state = "started", cpu = 1, public = false, error = "oh", region = "us",
        auto_stop = 15, created_at = "now", env = { "A", "B" }, labels = { a = "1", b = "true" } },
      { id = "1", name = "m", state = "started", cpu = 1, public = true, desired_state = "stopped", labels = {} },
    }, got)
    assert.same({}, records.machines("op", {}))
    assert.same(got[2], records.machine("op", sandbox{ desiredState = "stopped", public = true }))
  end)

  it("refuses a list with one that does not fit, and what is no list", function()
    for _, odd in ipairs{ sandbox{ cpu = "many" }, sandbox{ cpu = 1 / 0 }, sandbox{ name = "" }, 7, json.null } do
      local failure = failure_of(records.machines, "op", { sandbox{}, odd })
      assert.same({ "protocol", true }, { failure.kind, failure.message:find("sandbox", 1, true) ~= nil })
    end
    for _, list in ipairs{ 7, { a = sandbox{} } } do
      assert.equal("protocol", failure_of(records.machines, "op", list).kind)
    end
    assert.equal("protocol", failure_of(records.machine, "op", nil).kind)
  end)
end)

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
