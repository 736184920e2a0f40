--- How a snapshot is made.
local policy = require("os2.policy")

local REF <const> = "registry.example/daytona/os2:20260111-193045-1a2b3c4d"

local function snapshot(state, fields)
  local made = { name = "dev--20260111-193045", state = state, imageName = REF, general = false }
  for field, value in pairs(fields or {}) do made[field] = value end
  return made
end

describe("os2.policies.snapshot", function()
  before_each(policy.reset)

  describe("progress", function()
    local rows = {
      { "active", "ready" }, { "pending", "waiting" }, { "pulling", "waiting" },
      { "building", "waiting" }, { "error", "failed" }, { "build_failed", "failed" },
      { "inactive", "failed" }, { "removing", "failed" }, { "thawing", "waiting" },
    }
    for _, row in ipairs(rows) do
      it(("calls %s %s"):format(row[1], row[2]), function()
        assert.are.equal(row[2], (policy.ask("snapshot.progress", { snapshot = snapshot(row[1]) })))
      end)
    end

    it("passes the server's reason on", function()
      local _, why = policy.ask("snapshot.progress",
        { snapshot = snapshot("error", { errorReason = "manifest unknown" }) })
      assert.are.equal("manifest unknown", why)
    end)

    it("reports a state that it does not know", function()
      local _, why = policy.ask("snapshot.progress", { snapshot = snapshot("thawing") })
      assert.are.equal('state "thawing" is new to this os2', why)
    end)
  end)

  describe("dirty", function()
    local rows = {
      { "prd", false, "refuse" }, { "prd", true, "take" }, { "dev", false, "take" },
      { "own", false, "take" },
    }
    for _, row in ipairs(rows) do
      it(("%s: %s%s"):format(row[1], row[3], row[2] and ", where allowed" or ""),
        function()
          assert.are.equal(row[3],
            (policy.ask("snapshot.dirty", { environment = row[1], is_allowed = row[2] })))
        end)
    end
  end)

  describe("labels", function()
    local OCI <const> = "org.opencontainers.image."
    local GIT <const> = { source = "https://a.example/a.git", commit = "c1", is_clean = true }

    local function labels(facts)
      facts.now, facts.build_args = 1768159845.7, facts.build_args or {}
      return (policy.ask("snapshot.labels", facts))
    end

    it("say source, commit and time", function()
      assert.same({
        [OCI .. "source"] = GIT.source, [OCI .. "revision"] = "c1",
        [OCI .. "created"] = "2026-01-11T19:30:45Z",
      }, labels{ git = GIT })
      assert.equal("c1-dirty", labels{ git = { commit = "c1", is_clean = false } }[OCI .. "revision"])
    end)

    it("say only what is known", function()
      assert.same({ [OCI .. "created"] = "2026-01-11T19:30:45Z" }, labels{})
    end)

    it("leave to the Dockerfile what a build argument tells it", function()
      assert.same({ [OCI .. "source"] = GIT.source },
        labels{ git = GIT, build_args = { REVISION = "r", CREATED = "" } })
    end)
  end)

  describe("on_conflict", function()
    local foreign = { imageName = "other:1" }
    local rows = {
      { "ours and active", { snapshot = snapshot("active") }, "use" },
      { "ours and pending", { snapshot = snapshot("pending") }, "wait" },
      { "ours and pulling", { snapshot = snapshot("pulling") }, "wait" },
      { "ours and building", { snapshot = snapshot("building") }, "wait" },
      { "ours in error", { snapshot = snapshot("error") }, "fail" },
      { "ours and inactive", { snapshot = snapshot("inactive") }, "fail" },
      { "ours, lost, removing", { snapshot = snapshot("removing"), lost = true }, "fail" },
      { "of our image and removing", { snapshot = snapshot("removing") }, "rename" },
      { "a candidate of our image", { snapshot = snapshot("active"), candidate = true }, "rename" },
      { "a candidate, five names tried", { snapshot = snapshot("active"), candidate = true,
        attempt = 6 }, "fail" },
      { "a candidate, a lost answer", { snapshot = snapshot("active"), candidate = true,
        lost = true }, "use" },
      { "another's and active", { snapshot = snapshot("active", foreign) }, "rename" },
      { "another's in error", { snapshot = snapshot("error", foreign) }, "rename" },
      { "another's and removing", { snapshot = snapshot("removing", foreign) }, "rename" },
      { "another's, five names tried", { snapshot = snapshot("active", foreign), attempt = 6 },
        "fail" },
      { "named by hand and active", { snapshot = snapshot("active", foreign), named = true }, "use" },
      { "named by hand and pulling", { snapshot = snapshot("pulling", foreign), named = true },
        "wait" },
      { "named by hand, in error", { snapshot = snapshot("error", foreign), named = true }, "fail" },
      { "gone by now", {}, "retry" },
      { "a lost answer, nothing there", { lost = true }, "retry" },
      { "a lost answer, ours is there", { snapshot = snapshot("pending"), lost = true }, "wait" },
      { "of our image and region", { snapshot = snapshot("active", { regionIds = { "us", "eu" } }),
        region = "eu" }, "use" },
      { "of our image, in another region", { snapshot = snapshot("active", { regionIds = { "us" } }),
        region = "eu" }, "rename" },
      { "of our image and sizes", { snapshot = snapshot("active", { cpu = 2.0, mem = 4 }),
        sizes = { cpu = 2, mem = 4, disk = 8 } }, "use" },
      { "of our image, for other machines", { snapshot = snapshot("active", { cpu = 2 }),
        sizes = { cpu = 4 } }, "rename" },
    }
    for _, row in ipairs(rows) do
      it(("decides %s: %s"):format(row[3], row[1]), function()
        row[2].ref = REF
        assert.are.equal(row[3], (policy.ask("snapshot.on_conflict", row[2])))
      end)
    end
  end)

  describe("publishable", function()
    it("takes an image with any other labels", function()
      assert.is_true(policy.ask("snapshot.publishable", { labels = { ["os2.stand-in"] = "false" } }))
    end)

    it("refuses a stand-in and names its label", function()
      local is_publishable, why =
        policy.ask("snapshot.publishable", { labels = { ["os2.stand-in"] = "true" } })
      assert.is_false(is_publishable)
      assert.truthy(why:find("os2.stand-in", 1, true), why)
    end)
  end)

  describe("command", function()
    -- entrypoint, cmd, cmd of this Dockerfile, provider, action
    for _, row in ipairs{
      { true, false, false, "daytona", "take" }, { true, true, true, "daytona", "take" },
      { false, true, true, "daytona", "refuse" }, { false, true, false, "daytona", "warn" },
      { false, false, false, "daytona", "warn" }, { false, false, false, "docker", "warn" },
      { false, true, true, "docker", "take" }, { true, false, false, "docker", "take" },
    } do
      it(("is %s for %s, %s, %s at %s"):format(row[5], row[1], row[2], row[3], row[4]), function()
        local action, why = policy.ask("snapshot.command", {
          has_entrypoint = row[1], has_cmd = row[2], is_cmd_written = row[3], provider = row[4],
        })
        assert.equal(row[5], action)
        assert.equal(row[5] ~= "take", why ~= nil)
      end)
    end
  end)

  describe("superseded", function()
    local function asked(snapshots, fields)
      local facts = { name = "dev--20260111-193045", prefix = "dev--", snapshots = snapshots }
      for field, value in pairs(fields or {}) do facts[field] = value end
      return policy.ask("snapshot.superseded", facts)
    end
    local newer = { name = "dev--20260111-193046" }

    -- A snapshot with the time 19:30 and these seconds in its name, registered so many seconds later.
    local function named_at(second, later)
      return { name = ("dev--20260111-1930%02d"):format(second),
        createdAt = ("2026-01-11T19:31:%02dZ"):format(later) }
    end

    -- Those of these seconds, each registered after the one before.
    local function taken(...)
      local list = {}
      for index, second in ipairs{ ... } do list[index] = snapshot("active", named_at(second, index)) end
      return list
    end

    it("says which newer one is there", function()
      local is_superseded, name = asked{ snapshot("active", newer) }
      assert.is_true(is_superseded)
      assert.are.equal("dev--20260111-193046", name)
    end)

    local rows = {
      { "nothing is there", {} },
      { "an older one", { snapshot("active", { name = "dev--20260111-193044" }) } },
      { "the same name", { snapshot("active") } },
      { "a newer one in error", { snapshot("error", newer) } },
      { "a newer one of another prefix", { snapshot("active", { name = "stg--20270101-000000" }) } },
      { "a newer one that is shared",
        { snapshot("active", { name = newer.name, general = true }) } },
      { "one with a time of the future in its name, registered earlier", { snapshot("active",
        { name = "dev--29990101-000000", createdAt = "2026-01-11T19:30:00Z" }) } },
      { "a newer one of another region",
        { snapshot("active", { name = newer.name, regionIds = { "us" } }) }, { region = "eu" } },
      { "asked for", { snapshot("active", newer) }, { allowed = true } },
      { "one that has moved on from the name", taken(45, 46) },
      { "one that has moved on from name to name", taken(45, 46, 47, 48) },
      { "one that has moved on from an older name", taken(44, 45, 46) },
      { "one that has moved on from a name which has failed",
        { snapshot("error", named_at(45, 0)), snapshot("active", named_at(46, 1)) } },
      { "one that has moved on from this run's own", { taken(45, 46)[2] }, { listed = taken(45, 46) } },
    }
    for _, row in ipairs(rows) do
      it("lets pass: " .. row[1], function()
        assert.is_false((asked(row[2], row[3])))
      end)
    end

    for _, row in ipairs{
      { "a second between two names is free", taken(45, 47) },
      { "the name before was registered later",
        { snapshot("active", named_at(45, 9)), snapshot("active", named_at(46, 1)) } },
      { "the name before is shared", { snapshot("active", { name = named_at(45, 0).name,
        createdAt = named_at(45, 0).createdAt, general = true }), snapshot("active", named_at(46, 1)) } },
      { "more names than a run tries are taken", taken(45, 46, 47, 48, 49, 50, 51) },
      { "the names begin after this one", taken(46, 47, 48) },
    } do
      it("sees that one is newer where " .. row[1], function()
        assert.is_true((asked(row[2])))
      end)
    end
  end)

  describe("tag", function()
    local facts = { now = 1768159845.5, random = 0.1 }

    it("is one that no other run has", function()
      assert.are.equal("20260111-193045-19999999", policy.ask("snapshot.tag", facts))
      assert.are.equal("20260111-193045-00000000",
        policy.ask("snapshot.tag", { now = facts.now, random = 0 }))
    end)

    for _, tag in ipairs{ "latest", "has space", "", "-x", ("x"):rep(129),
      "x@sha256:" .. ("a"):rep(64) } do
      it("may not become " .. tag, function()
        policy.override("snapshot.tag", function() return tag end)
        local ok, failure = pcall(policy.ask, "snapshot.tag", facts)
        assert.is_false(ok)
        assert.are.equal("config", failure.exit)
      end)
    end
  end)

  describe("values", function()
    local refused = {
      { "snapshot.cpu", 0 }, { "snapshot.cpu", 1.5 }, { "snapshot.cpu", "2" },
      { "snapshot.memory", -1 }, { "snapshot.disk", 0 }, { "snapshot.platform", "amd64" },
      { "snapshot.platform", "linux/amd64/" }, { "snapshot.dockerfile", "" },
      { "snapshot.context", "" }, { "snapshot.permissions", { 1 } },
      { "snapshot.permissions", "write:snapshots" }, { "snapshot.repository", "Os2" },
      { "snapshot.repository", "a//b" }, { "snapshot.tag", "latest" },
    }
    for _, row in ipairs(refused) do
      it(("refuse %s = %s"):format(row[1], tostring(row[2])), function()
        assert.is_false((pcall(policy.set, row[1], row[2])))
      end)
    end

    local taken = {
      { "snapshot.cpu", 8 }, { "snapshot.cpu", 8.0 }, { "snapshot.platform", "linux/arm64/v8" },
      { "snapshot.context", ".." }, { "snapshot.repository", "team/sandbox" },
    }
    for _, row in ipairs(taken) do
      it(("take %s = %s"):format(row[1], tostring(row[2])), function()
        policy.set(row[1], row[2])
        assert.are.equal(row[2], policy.ask(row[1]))
      end)
    end

    it("come out as whole numbers", function()
      policy.set("snapshot.cpu", 8.0)
      assert.are.equal("integer", math.type(policy.ask("snapshot.cpu")))
    end)
  end)

  it("is made in steps", function()
    local names = {}
    for index, step in ipairs(policy.steps("snapshot.steps")) do names[index] = step.name end
    assert.are.same({ "preflight", "name", "image", "context", "build", "check", "compare", "push",
      "gate", "also", "register", "wait", "regions", "refresh" }, names)
  end)
end)
