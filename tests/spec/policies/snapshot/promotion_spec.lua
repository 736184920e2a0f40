--- Under which name an image comes when it is promoted or registered again, and what a rollback takes.
local policy = require("os2.policy")

local PREFIX <const> = "stg--"
local NOW <const> = 1768159845 -- 2026-01-11T19:30:45Z

local function record(time, fields)
  local made = {
    id = time, name = PREFIX .. time, state = "active", general = false, regionIds = { "us" },
    createdAt = time:gsub("^(%d%d%d%d)(%d%d)(%d%d)%-(%d%d)(%d%d)(%d%d)$", "%1-%2-%3T%4:%5:%6Z"),
    imageName = "r/os2:" .. time, ref = "h/daytona-" .. ("%064d"):format(tonumber(time:sub(-6))) .. ":daytona",
  }
  for key, value in pairs(fields or {}) do made[key] = value end
  return made
end

local function ask(name, facts)
  facts.prefix, facts.now, facts.env = PREFIX, NOW, facts.env or {}
  return policy.ask(name, facts)
end

describe("the policies of a promotion", function()
  it("take an environment or a prefix as the target", function()
    for to, prefix in pairs{ stg = "iterate-sandbox-stg--", prd = "iterate-sandbox-prd--",
      ["dev-jonas--"] = "dev-jonas--" } do
      assert.equal(prefix, (ask("snapshot.promote_prefix", { to = to })))
    end
    for to, words in pairs{ prod = "neither an environment", ["a b--"] = "a b--", ["--"] = "nothing" } do
      local prefix, failure = ask("snapshot.promote_prefix", { to = to })
      assert.is_nil(prefix)
      assert.truthy(tostring(failure):find(words, 1, true), tostring(failure))
    end
  end)

  it("keep the time of the source, unless the target has a newer one or this name", function()
    local function name(source, snapshots)
      return (ask("snapshot.promote_name", { name = source, snapshots = snapshots }))
    end
    assert.equal(PREFIX .. "20260110-100000", name("dev--20260110-100000", {}))
    assert.equal(PREFIX .. "20260110-100000", name("dev--20260110-100000",
      { record("20260109-000000"), record("20260110-110000", { state = "error" }) }))
    for _, other in ipairs{ record("20260110-110000"), record("20260110-110000", { state = "pulling" }),
      record("20260110-100000"), record("20260110-100000", { state = "error" }) } do
      assert.equal(PREFIX .. "20260111-193045", name("dev--20260110-100000", { other }))
    end
    assert.equal(PREFIX .. "20260111-193045", name("no-time", {}))
  end)

  it("name what is registered again newer than all, and not far ahead of now", function()
    local function name(...)
      local snapshots = {}
      for index, time in ipairs{ ... } do snapshots[index] = record(time) end
      return (ask("snapshot.renewed_name", { snapshots = snapshots }))
    end
    assert.equal(PREFIX .. "20260111-193045", name())
    assert.equal(PREFIX .. "20260111-193045", name("20260110-000000"))
    assert.equal(PREFIX .. "20260111-193046", name("20260111-193045"))
    assert.equal(PREFIX .. "20260111-193101", name("20260111-193100", "20260111-193045"))
    assert.equal(PREFIX .. "20260111-193045", name("20290101-000000"))
  end)

  it("tell images apart by digest, else by reference", function()
    local one = record("20260110-100000")
    local function same(fields)
      return (ask("snapshot.same_image", { one = one, other = record("20260110-110000", fields) }))
    end
    assert.is_false(same{})
    assert.is_false(same{ imageName = one.imageName })
    assert.is_true(same{ ref = one.ref })
    assert.is_true(same{ ref = "elsewhere/x/" .. one.ref:match("daytona.*$") })
    assert.is_true(same{ ref = false, imageName = one.imageName })
    assert.is_false(same{ ref = false })
    one.ref, one.imageName = nil, ""
    one.buildInfo = { dockerfileContent = "FROM a\n" }
    assert.is_true(same{ ref = false, buildInfo = { dockerfileContent = "FROM a\n" } })
    assert.is_false(same{ ref = false, buildInfo = { dockerfileContent = "FROM b\n" } })
    one.buildInfo = nil
    assert.is_false(same{ ref = false, imageName = "" })
  end)

  it("know by Daytona's words that an image is gone", function()
    local function gone(state, reason)
      return (ask("snapshot.reference_gone", { snapshot = { state = state, errorReason = reason } }))
    end
    local words = "Snapshot r/os2:1 failed to inspect in registry on runner x. Error: Error response "
      .. "from daemon: "
    assert.is_true(gone("error", words .. "manifest unknown: manifest unknown"))
    assert.is_false(gone("error", words .. "connection refused"))
    assert.is_false(gone("error", "An operation is already in progress"))
    assert.is_false(gone("active", words .. "manifest unknown"))
    assert.is_false(gone("error", nil))
  end)
end)

describe("the policies of a rollback", function()
  it("take as healthy what is or was active", function()
    for _, row in ipairs{ { true, "active" }, { false, "error" }, { false, "pending" },
      { true, "inactive", "2026-01-01T00:00:00Z" }, { false, "inactive" },
      { true, "error", "2026-01-01T00:00:00Z" } } do
      local is_healthy, why = ask("snapshot.healthy", {
        snapshot = { state = row[2], lastUsedAt = row[3] },
      })
      assert.equal(row[1], is_healthy)
      assert.equal(row[1], why == nil)
    end
  end)

  it("know which image can be registered again", function()
    for _, row in ipairs{ { true, { imageName = "r/p/os2:a" } }, { false, { imageName = "" } }, { false, {} },
      { true, { buildInfo = { dockerfileContent = "FROM a" } } }, { false, { buildInfo = {} } } } do
      local is_registrable, why = ask("snapshot.registrable", { snapshot = row[2] })
      assert.equal(row[1], is_registrable)
      assert.equal(row[1], why == nil)
      assert.is_true((ask("snapshot.registrable", { snapshot = row[2], is_local = true })))
    end
  end)

  it("go back to the newest usable one of another content", function()
    local bad = record("20260110-050000")
    local good = record("20260110-010000")
    local function target(contents, ...)
      local found = ask("snapshot.rollback_target", {
        snapshots = { bad, ... }, latest = bad, contents = contents, region = "us",
      })
      return found and found.name
    end
    assert.is_nil(target({}))
    assert.equal(good.name, target({}, good))
    local function passed_over(fields)
      assert.equal(good.name, target({}, record("20260110-040000", fields), good))
    end
    passed_over{ state = "inactive" }
    passed_over{ state = "error" }
    passed_over{ general = true }
    passed_over{ regionIds = { "eu" } }
    passed_over{ name = "other--20260110-040000" }
    passed_over{ ref = bad.ref }
    passed_over{ imageName = "" }
    local coming = record("20260110-060000")
    assert.equal(good.name, ask("snapshot.rollback_target", {
      snapshots = { coming, bad, good }, latest = bad, contents = {},
    }).name)
    local rebuilt = record("20260110-040000")
    assert.equal(good.name, target({ [bad.id] = "c1", [rebuilt.id] = "c1" }, rebuilt, good))
    assert.equal(rebuilt.name, target({ [bad.id] = "c1", [rebuilt.id] = "c2" }, rebuilt, good))
  end)
end)
