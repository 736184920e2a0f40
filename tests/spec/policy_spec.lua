--- The registry of decisions.
local err = require("os2.err")
local policy = require("os2.policy")

local HERE <const> = debug.getinfo(1, "S").source:sub(2)

local function line()
  return debug.getinfo(2, "l").currentline
end

-- Raised for misuse: a text that begins with this file and line.
local function misuse(expected_line, run)
  local ok, message = pcall(run)
  assert.is_false(ok)
  assert.are.equal("string", type(message))
  assert.is_truthy(message:find(("policy_spec.lua:%d:"):format(expected_line), 1, true), message)
  return message
end

local function has(text, part)
  assert.is_truthy(text:find(part, 1, true), text)
end

local function raised(...)
  local ok, failure = pcall(...)
  assert.is_false(ok)
  assert.is_true(err.is(failure), tostring(failure))
  return failure
end

describe("os2.policy", function()
  before_each(policy.reset)
  after_each(policy.reset)

  describe("define", function()
    it("registers a value and a function", function()
      policy.define("acme.days", { doc = "x", type = "integer", range = { 1, 9 }, default = 3 })
      policy.define("acme.twice", { doc = "x", default = function(facts) return facts.n * 2 end,
        returns = { type = "number" } })
      assert.are.equal(3, policy.ask("acme.days"))
      assert.are.equal(8, policy.ask("acme.twice", { n = 4 }))
    end)

    local refused = {
      { "acme.days", { type = "integer", default = 3 }, "doc is missing" },
      { "acme.days", { doc = "x", type = "day", default = 3 }, 'type "day" is unknown' },
      { "acme.days", { doc = "x", type = "integer", default = "3" }, 'the default "3"' },
      { "acme.days", { doc = "x", default = print }, "returns is missing" },
      { "days", { doc = "x", type = "integer", default = 3 }, "group.word" },
      { "Acme.Days", { doc = "x", type = "integer", default = 3 }, "group.word" },
      { "cache.ttl", { doc = "x", type = "integer", default = 3 }, "already" },
      { "acme.days", { doc = "x", type = "integer", default = 3, colour = 1 }, "colour" },
    }
    for _, row in ipairs(refused) do
      it("refuses: " .. row[3], function()
        policy.load_shipped()
        local at = line() + 1
        has(misuse(at, function() policy.define(row[1], row[2]) end), row[3])
      end)
    end
  end)

  describe("ask", function()
    it("names the nearest entries for an unknown name", function()
      local rows = {
        ["cache.tll"] = "did you mean cache.ttl", ["cach.ttl"] = "did you mean cache.ttl",
        ["snapshot.ttl"] = "cache.ttl", ["resolution.picks"] = "did you mean resolution.pick",
        ["naming"] = "`os2 policy list` shows all of them",
        ["zzzzzzzz.yyyyyyyyy"] = "`os2 policy list` shows all of them",
      }
      for name, hint in pairs(rows) do
        local at = line() + 1
        local message = misuse(at, function() local _ = policy.ask(name) end)
        has(message, ("there is no policy %q; "):format(name))
        has(message, hint)
      end
    end)

    it("gives copies, so that a caller cannot change what is registered", function()
      policy.ask("retry.statuses")[1] = 200
      assert.are.equal(429, policy.ask("retry.statuses")[1])
      local mine = { "a" }
      policy.set("snapshot.permissions", mine)
      mine[1] = "b"
      assert.are.same({ "a" }, policy.ask("snapshot.permissions"))
    end)

    it("carries env and now, and what is known of the run", function()
      policy.set_facts{ prefix = "dev--", environment = "dev" }
      local seen
      policy.override("cache.ttl", function(base, facts) seen = facts return base() end)
      policy.ask("cache.ttl", { environment = "stg" })
      assert.are.equal("table", type(seen.env))
      assert.are.equal("number", type(seen.now))
      assert.are.equal("dev--", seen.prefix)
      assert.are.equal("stg", seen.environment)
    end)

    it("protects the facts from a policy that changes them", function()
      local facts = { snapshots = {}, prefix = "dev--", env = {}, now = 1 }
      policy.override("resolution.pick", function(base, mine)
        mine.prefix = nil
        return base()
      end)
      assert.is_nil((policy.ask("resolution.pick", facts)))
      assert.are.equal("dev--", facts.prefix)
    end)

    it("passes on what a policy says besides its answer", function()
      policy.override("resolution.usable", function() return false, "not today" end)
      local answer, why = policy.ask("resolution.usable", { snapshot = {} })
      assert.is_false(answer)
      assert.are.equal("not today", why)
    end)

    it("passes `nil, err` of a policy on", function()
      local refusal = err.new{ kind = "invalid", op = "x", message = "closed on Fridays" }
      policy.override("naming.format", function() return nil, refusal end)
      local name, failure = policy.ask("naming.format", { prefix = "dev--", now = 0 })
      assert.is_nil(name)
      assert.are.equal(refusal, failure)
    end)
  end)

  describe("set", function()
    local refused = {
      { "cache.ttl", "5m", 'cache.ttl: "5m" (a string) is refused; it takes a number of seconds '
        .. "from 0 to 86400" },
      { "cache.ttl", -1, "cache.ttl: -1 is refused; it takes a number of seconds from 0 to 86400" },
      { "cache.ttl", 86401, "cache.ttl: 86401 is refused" },
      { "cache.ttl", 0 / 0, "is refused" },
      { "cache.ttl", nil, "cache.ttl: nil is refused" },
      { "cache.ttl", true, "cache.ttl: true (a boolean) is refused" },
      { "resolution.order", "down", 'it takes one of "asc", "desc"' },
      { "resolution.limit", 1.5, "it takes a whole number from 1 to 200" },
      { "retry.statuses", { "429" }, "it takes a list of numbers" },
      { "retry.statuses", { a = 1 }, "it takes a list of numbers" },
      { "snapshot.platform", "amd64", "a platform is os/architecture" },
      { "poll.interval", -1, "it takes a number of seconds from 0 to 3600" },
      { "cache.ttl", function() return 1 end, "for a function use policy.override" },
      { "snapshot.steps", {}, "a list of steps is edited with policy.insert_before" },
      { "cache.tll", 1, "did you mean cache.ttl" },
    }
    for _, row in ipairs(refused) do
      it(("refuses %s: %s"):format(row[1], row[3]), function()
        local at = line() + 1
        has(misuse(at, function() policy.set(row[1], row[2]) end), row[3])
      end)
    end

    it("leaves the entry alone when it refuses", function()
      pcall(policy.set, "cache.ttl", -1)
      assert.are.equal(300, policy.ask("cache.ttl"))
      assert.are.same({}, policy.changes())
    end)

    it("refuses options that it does not know", function()
      has(select(2, pcall(policy.set, "cache.ttl", 1, { reason = "x" })), "reason")
    end)

    it("makes a constant of a function", function()
      policy.set("poll.interval", 7)
      assert.are.equal(7, policy.ask("poll.interval", { attempt = 1 }))
    end)

    it("lets the last one win", function()
      policy.set("cache.ttl", 1)
      policy.set("cache.ttl", 2)
      assert.are.equal(2, policy.ask("cache.ttl"))
    end)
  end)

  describe("override", function()
    it("wraps a value: base asks the one below", function()
      policy.set("cache.ttl", 100)
      policy.override("cache.ttl", function(base) return base() + 1 end)
      policy.override("cache.ttl", function(base) return base() * 2 end)
      assert.are.equal(202, policy.ask("cache.ttl"))
    end)

    it("wraps a function: base takes other facts, or none for the same", function()
      policy.override("naming.format", function(base, facts)
        return base() .. " " .. base{ prefix = facts.prefix, now = 0 }
      end)
      assert.are.equal("dev--20260111-193045 dev--19700101-000000",
        policy.ask("naming.format", { prefix = "dev--", now = 1768159845 }))
    end)

    it("takes a value, too", function()
      policy.override("cache.ttl", 5)
      assert.are.equal(5, policy.ask("cache.ttl"))
      has(select(2, pcall(policy.override, "cache.ttl", "x")), "it takes a number of seconds")
    end)

    it("checks the answer where it is given and names who gave it", function()
      local at = line() + 1
      policy.override("cache.ttl", function() return "soon" end)
      local failure = raised(policy.ask, "cache.ttl")
      assert.are.equal("invalid", failure.kind)
      assert.are.equal("config", failure.exit)
      has(failure.message, ("policy_spec.lua:%d): the answer \"soon\" (a string) is refused; it takes "
        .. "a number of seconds from 0 to 86400"):format(at))
      has(failure.message, "cache.ttl")
    end)

    it("blames the override that answered wrongly, not the one above it", function()
      local at = line() + 1
      policy.override("cache.ttl", function() return -1 end)
      policy.override("cache.ttl", function(base) return base() end)
      has(raised(policy.ask, "cache.ttl").message, ("policy_spec.lua:%d)"):format(at))
    end)

    it("refuses to wait", function()
      local at = line() + 1
      policy.override("resolution.pick", function() coroutine.yield() end)
      local failure = raised(policy.ask, "resolution.pick", {})
      assert.are.equal("config", failure.exit)
      has(failure.message, "resolution.pick")
      has(failure.message, ("policy_spec.lua:%d): a policy may not wait"):format(at))
    end)

    it("names the policy and the line of a fault in it", function()
      local at = line() + 1
      policy.override("cache.ttl", function(_, facts) return facts.git.nothing end)
      local failure = raised(policy.ask, "cache.ttl")
      assert.are.equal("config", failure.exit)
      has(failure.message, "cache.ttl")
      has(failure.message, ("policy_spec.lua:%d: attempt to index"):format(at))
    end)

    it("passes an error object through as it is", function()
      local mine = err.new{ kind = "denied", op = "acme", message = "no" }
      policy.override("cache.ttl", function() err.raise(mine) end)
      assert.are.equal(mine, raised(policy.ask, "cache.ttl"))
    end)
  end)

  describe("the ledger", function()
    it("keeps file, line and reason of every change, in order", function()
      local at = line()
      policy.set("cache.ttl", 60, { why = "faster rollback" })
      policy.override("resolution.pick", function(base) return base() end)
      policy.drop("snapshot.steps", "refresh", { why = "no cache" })
      local changes = policy.changes()
      assert.are.equal(3, #changes)
      for index, expected in ipairs{
        { "cache.ttl", "set", "faster rollback" }, { "resolution.pick", "override", nil },
        { "snapshot.steps", "drop", "no cache" },
      } do
        local change = changes[index]
        assert.are.same(expected, { change.name, change.action, change.why })
        assert.are.equal(HERE, change.file)
        assert.are.equal(at + index, change.line)
      end
    end)

    it("finds the line behind a pcall", function()
      local at = line() + 1
      assert.is_true((pcall(policy.set, "cache.ttl", 60)))
      assert.are.equal(at, policy.changes()[1].line)
    end)

    it("names the list and its record", function()
      local at = line() + 1
      policy.set("cache.ttl", 60, { why = "faster rollback" })
      for _, record in ipairs(policy.list()) do
        assert.are.equal(record.name == "cache.ttl", record.changed)
        if record.changed then
          assert.are.equal(("%s:%d"):format(HERE, at), record.set_by)
          assert.are.equal(60, record.value)
          assert.are.equal("s", record.unit)
        end
      end
    end)

    it("explains the whole chain", function()
      policy.set("cache.ttl", 60, { why = "one" })
      policy.override("cache.ttl", function(base) return base() end, { why = "two" })
      local record = policy.explain("cache.ttl")
      assert.are.equal(300, record.default)
      assert.are.equal("a number of seconds from 0 to 86400", record.rule)
      assert.is_true(record.computed)
      assert.is_nil(record.value)
      assert.are.equal("set", record.changes[1].action)
      assert.are.equal(60, record.changes[1].value)
      assert.are.equal("override", record.changes[2].action)
      assert.are.equal("two", record.changes[2].why)
      has(record.changes[2].place, "policy_spec.lua:")
    end)
  end)

  it("explains only what there is", function()
    local failure = raised(policy.explain, "cache.tll")
    assert.are.equal("not_found", failure.kind)
    has(failure.message, 'there is no policy "cache.tll"; did you mean cache.ttl')
  end)

  describe("fingerprint", function()
    local function changes_with(change)
      local before = policy.fingerprint("resolution")
      change()
      return policy.fingerprint("resolution") ~= before
    end

    it("is the same as long as nothing changes", function()
      assert.is_false(changes_with(function() end))
      assert.is_false(changes_with(function() policy.set("poll.first", 1) end))
    end)

    it("changes with a value", function()
      assert.is_true(changes_with(function() policy.set("resolution.limit", 7) end))
      assert.is_true(changes_with(function() policy.set("resolution.limit", 8) end))
    end)

    it("tells one function from another", function()
      policy.override("resolution.pick", function() return nil end)
      local one = policy.fingerprint("resolution")
      policy.reset()
      policy.override("resolution.pick", function(base) return base() end)
      assert.are_not.equal(one, policy.fingerprint("resolution"))
    end)

    describe("with a function in force", function()
      before_each(function()
        policy.override("resolution.pick", function(base) return base() end)
      end)

      it("changes with every other change", function()
        assert.is_true(changes_with(function() policy.set("poll.first", 2) end))
        policy.define("acme.days", { doc = "x", type = "integer", default = 3 })
        assert.is_true(changes_with(function() policy.set("acme.days", 4) end))
      end)

      it("changes with what all facts carry, but not with the time", function()
        policy.set_facts{ env = { DAYTONA_TARGET = "1" } }
        assert.is_false(changes_with(function() end))
        assert.is_true(changes_with(function() policy.set_facts{ env = { DAYTONA_TARGET = "2" } } end))
        assert.is_true(changes_with(function() policy.set_facts{ environment = "prd" } end))
        assert.is_false(changes_with(function() policy.set_facts{ git = { commit = "c" } } end))
      end)

      it("changes with a variable of somebody else's only where that is named", function()
        local function with(value)
          return function() policy.set_facts{ env = { BUILD_ID = value } } end
        end
        policy.set_facts{ env = {} }
        assert.is_false(changes_with(with("1")))
        policy.set("cache.variables", { "BUILD_ID" })
        assert.is_false(changes_with(with("1")))
        assert.is_true(changes_with(with("2")))
      end)
    end)

    it("does not depend on the environment without one", function()
      policy.set_facts{ env = { CANARY = "1" } }
      policy.set("resolution.limit", 7)
      assert.is_false(changes_with(function() policy.set_facts{ env = { CANARY = "2" } } end))
    end)

    it("takes several groups", function()
      local before = policy.fingerprint("resolution", "naming")
      policy.override("naming.parse", function() return 1 end)
      assert.are_not.equal(before, policy.fingerprint("resolution", "naming"))
    end)
  end)

  it("returns to what it ships with", function()
    local shipped = policy.steps("snapshot.steps")
    policy.set("cache.ttl", 1)
    policy.drop("snapshot.steps", "push")
    policy.define("acme.days", { doc = "x", type = "integer", default = 3 })
    policy.reset()
    assert.are.equal(300, policy.ask("cache.ttl"))
    assert.are.same(shipped, policy.steps("snapshot.steps"))
    assert.is_false((pcall(policy.ask, "acme.days")))
  end)

  it("documents every entry", function()
    for _, record in ipairs(policy.list()) do
      assert.is_truthy(record.doc:match("%.$"), record.name)
    end
  end)
end)
