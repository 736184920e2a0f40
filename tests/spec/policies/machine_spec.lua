--- How machines are made and kept.
local clock = require("os2.clock")
local policy = require("os2.policy")

local NOW <const> = clock.parse_iso("2026-01-11T19:30:45Z")
local DAY <const> = 24 * 3600

describe("os2.policies.machine", function()
  before_each(policy.reset)

  describe("name", function()
    local function name(facts)
      facts.now, facts.random = NOW, facts.random or 0.5
      facts.index, facts.count = facts.index or 1, facts.count or 1
      return policy.ask("machine.name", facts)
    end

    it("is of the prefix, the time and chance", function()
      assert.equal("iterate-sandbox-dev-20260111-193045-80000000",
        name{ prefix = "iterate-sandbox-dev--" })
      assert.not_equal(name{ prefix = "dev--", random = 0.1 }, name{ prefix = "dev--", random = 0.2 })
    end)

    it("has a word of its own without a prefix, and no character that a platform refuses", function()
      assert.equal("machine-20260111-193045-80000000", name{})
      assert.equal("a-b-c-20260111-193045-80000000", name{ prefix = "/a:b/c--" })
    end)

    it("is never the same twice in one run, whatever chance says", function()
      assert.not_equal(name{ index = 1, count = 2 }, name{ index = 2, count = 2 })
    end)

    it("is the given one, numbered where several are made", function()
      assert.equal("mach_7", name{ given = "mach_7" })
      assert.equal("mach-3", name{ given = "mach", index = 3, count = 5 })
    end)

    for _, given in ipairs{ "", "a b", "-a", "a/b", "ü", ("x"):rep(129) } do
      it(("refuses %q"):format(given:sub(1, 9)), function()
        local answer, failure = name{ given = given }
        assert.is_nil(answer)
        assert.equal("usage", failure.exit)
      end)
    end
  end)

  it("shell is a login shell: bash where there is one", function()
    local argv = policy.ask("machine.shell")
    assert.equal("sh", argv[1])
    assert.matches("bash %-l.*sh %-l", argv[3])
    policy.set("machine.shell", { "zsh" })
    assert.same({ "zsh" }, policy.ask("machine.shell"))
    for _, bad in ipairs{ {}, { "" }, { 1 }, { "sh", false }, { a = "sh" }, { "a\0b" } } do
      assert.is_false((pcall(policy.set, "machine.shell", bad)))
    end
  end)

  it("escape is one character, or none", function()
    assert.equal("~", policy.ask("machine.escape"))
    for _, good in ipairs{ "", "^", "\28" } do policy.set("machine.escape", good) end
    for _, bad in ipairs{ "~~", "ä", ".", "?", "\r", "\n", 1 } do
      assert.is_false((pcall(policy.set, "machine.escape", bad)))
    end
  end)

  it("labels say whose a machine is, and of which run", function()
    local labels = policy.ask("machine.labels", { run = "r1", env = { USER = "jonas" } })
    assert.same({ ["os2-user"] = "jonas", ["os2-run"] = "r1" }, labels)
  end)

  it("labels without os2-run are refused: they tell whose a machine is", function()
    policy.override("machine.labels", function() return { team = "x" } end)
    assert.error_matches(function() policy.ask("machine.labels", { run = "r1", env = {} }) end,
      "os2%-run is missing")
  end)

  describe("progress", function()
    local rows = {
      { "started", nil, "ready" }, { "creating", nil, "waiting" }, { "starting", nil, "waiting" },
      { "pulling_snapshot", nil, "waiting" }, { "restoring", nil, "waiting" },
      { "stopped", nil, "failed" }, { "error", nil, "failed" }, { "build_failed", nil, "failed" },
      { "destroyed", nil, "failed" }, { "thawing", nil, "waiting" }, { "stopping", "stopped", "waiting" },
      { "stopped", "stopped", "ready" }, { "started", "stopped", "failed" },
      { "archiving", "archived", "waiting" }, { "archived", "archived", "ready" },
      { "destroying", "destroyed", "waiting" }, { "destroyed", "destroyed", "ready" },
      { "started", "destroyed", "waiting" }, { "error", "destroyed", "failed" },
    }
    for _, row in ipairs(rows) do
      it(("calls %s %s on the way to %s"):format(row[1], row[3], row[2] or "started"), function()
        assert.equal(row[3], (policy.ask("machine.progress", {
          machine = { state = row[1] }, wanted = row[2],
        })))
      end)
    end

    it("passes the server's reason on", function()
      local _, why = policy.ask("machine.progress", {
        machine = { state = "error", error = "no room left" },
      })
      assert.equal("no room left", why)
    end)
  end)

  it("an error from before its deletion is no failure of that", function()
    assert.equal("waiting", (policy.ask("machine.progress", {
      machine = { state = "error", desired_state = "started" }, wanted = "destroyed",
    })))
  end)

  it("awaited is one that is on its way to run", function()
    local function awaited(state, desired)
      return (policy.ask("machine.awaited", { machine = { state = state, desired_state = desired } }))
    end
    assert.is_true(awaited("starting", "started"))
    assert.is_true(awaited("creating", "started"))
    assert.is_false(awaited("stopped", "stopped"))
    assert.is_false(awaited("error", "started"))
    assert.is_false(awaited("starting"))
  end)

  it("listed are all but those that are deleted, with --all those too", function()
    for state, is_listed in pairs{ started = true, error = true, destroying = false,
      destroyed = false } do
      assert.equal(is_listed, (policy.ask("machine.listed", {
        machine = { state = state }, all = false })))
      assert.is_true((policy.ask("machine.listed", { machine = { state = state }, all = true })))
    end
    assert.is_false((policy.ask("machine.listed", {
      machine = { state = "error", desired_state = "destroyed" }, all = false })))
  end)

  describe("aged_out", function()
    local function aged_out(used_days, fields)
      local snapshot = {
        state = "inactive", createdAt = clock.iso(NOW - 100 * DAY), updatedAt = clock.iso(NOW),
        lastUsedAt = used_days and clock.iso(NOW - used_days * DAY),
      }
      for field, value in pairs(fields or {}) do snapshot[field] = value end
      return policy.ask("machine.aged_out", { snapshot = snapshot })
    end

    it("is what nobody had used for two weeks when it was turned off", function()
      assert.is_true((aged_out(14)))
      assert.is_true((aged_out(nil)))
    end)

    it("is not what was in use shortly before: somebody turned it off", function()
      local ok, why = aged_out(2)
      assert.is_false(ok)
      assert.equal("somebody deactivated it", why)
    end)

    it("is not what is in another state, nor what does not tell", function()
      assert.is_false((aged_out(14, { state = "error" })))
      assert.is_false((aged_out(14, { updatedAt = "yesterday" })))
    end)
  end)
end)
