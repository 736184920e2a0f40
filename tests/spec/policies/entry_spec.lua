--- How a machine boots.
local failure_of = require("tests.lib.failure_of")
local policy = require("os2.policy")

local ENV <const> = { HOME = "/home/iterate" }

local function checkout(changes)
  local facts = { is_shallow = false, is_clean = true, is_own = true, is_other = false }
  for name, value in pairs(changes or {}) do facts[name] = value end
  return facts
end

local function fetched(changes)
  local facts = {
    is_own = true, is_contained = true, is_switched = false,
    is_branch_contained = true, is_branch_elsewhere = false, overwritten = {},
  }
  for name, value in pairs(changes or {}) do facts[name] = value end
  return facts
end

local function fault(failures, changes)
  local facts = { failures = failures, kind = "unavailable", code = 7, seconds = 0.1 }
  for name, value in pairs(changes or {}) do facts[name] = value end
  return facts
end

describe("os2.policies.entry", function()
  before_each(policy.reset)

  it("checks out below the home", function()
    assert.equal("/home/iterate/src/github.com/iterate/iterate", policy.ask("entry.path", { env = ENV }))
    assert.equal("/root/src/github.com/iterate/iterate", policy.ask("entry.path", { env = {} }))
    for _, home in ipairs{ "/", "//" } do
      assert.equal("/src/github.com/iterate/iterate", policy.ask("entry.path", { env = { HOME = home } }))
      local further = policy.ask("entry.further", { owner = "o", name = "n", env = { HOME = home } })
      assert.equal("/src/github.com/o/n", further.path)
    end
  end)

  it("finds further repositories where entry.github says", function()
    policy.set("entry.github", "https://git.example:8443")
    assert.same({
      url = "https://git.example:8443/o/n.git", path = "/home/iterate/src/github.com/o/n", branch = "dev",
    }, (policy.ask("entry.further", { owner = "o", name = "n", branch = "dev", env = ENV })))
  end)

  describe("update", function()
    local rows = {
      { "its own, clean", {}, "update" },
      { "shallow", { is_shallow = true }, "keep" },
      { "with changes", { is_clean = false }, "keep" },
      { "somebody's", { is_own = false }, "update" },
      { "its own, of another repository", { is_other = true }, "update" },
      { "somebody's, of another repository", { is_other = true, is_own = false }, "keep" },
    }
    for _, row in ipairs(rows) do
      it(("of a checkout that is %s: %s"):format(row[1], row[3]), function()
        local action, why = policy.ask("entry.update", checkout(row[2]))
        assert.equal(row[3], action)
        assert.equal(action == "keep", why ~= nil)
      end)
    end
  end)

  describe("move", function()
    local rows = {
      { "its own", {}, "update" },
      { "somebody's, with nothing of its own", { is_own = false }, "update" },
      { "its own, of a history that was replaced", { is_contained = false }, "update" },
      { "somebody's, with a commit", { is_own = false, is_contained = false }, "keep" },
      { "on another branch", { is_switched = true }, "keep" },
      { "with a file in the way", { overwritten = { "a.txt" } }, "keep" },
      { "with a commit on the branch to go to", { is_branch_contained = false }, "keep" },
      { "on no branch that it could be on", { is_branch_elsewhere = true }, "keep" },
    }
    for _, row in ipairs(rows) do
      it(("of a checkout that is %s: %s"):format(row[1], row[3]), function()
        local action, why = policy.ask("entry.move", fetched(row[2]))
        assert.equal(row[3], action)
        assert.equal(action == "keep", why ~= nil)
      end)
    end
  end)

  it("uses a checkout unless the disk is full, or os2 itself fails", function()
    local rows = {
      network = "use", timeout = "use", unavailable = "use", denied = "use", not_found = "use",
      protocol = "use", conflict = "use", invalid = "use", quota = "fail", internal = "fail",
    }
    for kind, answer in pairs(rows) do
      assert.equal(answer, policy.ask("entry.on_unreachable", { kind = kind, is_disk_full = false }), kind)
      assert.equal("fail", policy.ask("entry.on_unreachable", { kind = kind, is_disk_full = true }), kind)
    end
  end)

  it("installs when the code has changed or the modules are missing", function()
    local rows = {
      { {}, false }, { { is_changed = true }, true }, { { has_modules = false }, true },
      { { is_incomplete = true }, true },
    }
    for _, row in ipairs(rows) do
      local facts = { is_changed = false, has_modules = true, is_incomplete = false }
      for fact, value in pairs(row[1]) do facts[fact] = value end
      assert.equal(row[2], policy.ask("entry.needs_install", facts))
    end
  end)

  it("tells the daemon where to serve, and the commands that nobody is there to ask", function()
    policy.set("entry.port", 3100)
    assert.same({ HOSTNAME = "0.0.0.0", PORT = "3100" },
      (policy.ask("entry.environment", { command = "daemon" })))
    assert.same({ CI = "true" }, (policy.ask("entry.environment", { command = "install" })))
  end)

  it("takes 200 for health and nothing else", function()
    for status, answer in pairs{ [200] = true, [204] = false, [302] = false, [404] = false, [503] = false } do
      assert.equal(answer, policy.ask("entry.is_healthy", { status = status, body = "" }), status)
    end
  end)

  describe("restart", function()
    it("waits twice as long each time, up to a cap, and gives up at last", function()
      local delays = {}
      for failures = 1, 11 do delays[failures] = policy.ask("entry.restart", fault(failures)) or "never" end
      assert.same({ 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0, 30.0, "never" }, delays)
    end)

    it("has no trouble with very many failures", function()
      policy.set("entry.restarts", 1000000)
      assert.equal(30, policy.ask("entry.restart", fault(999999)))
      policy.set("entry.restart_first", 0)
      assert.equal(0, policy.ask("entry.restart", fault(999999)))
    end)

    it("does not repeat what cannot be started at all", function()
      for kind, answer in pairs{ not_found = false, denied = false, conflict = true, timeout = true } do
        local facts = fault(1, { kind = kind })
        facts.code = nil
        assert.equal(answer, policy.ask("entry.restart", facts) ~= nil, kind)
      end
    end)
  end)

  it("takes no URL with a password, which would be written to disk", function()
    local why = failure_of(policy.set, "entry.repository", "https://user:hunter2@git.example/o/n.git")
    assert.matches("a URL with a password would be written to disk; the token is GITHUB_ACCESS_TOKEN", why)
    assert.is_nil(why:find("hunter2", 1, true))
  end)

  it("runs the repository that ITERATE_REPOSITORY names, else iterate's", function()
    local function repository(url)
      return (policy.ask("entry.repository", { env = { ITERATE_REPOSITORY = url } }))
    end
    assert.equal("https://github.com/iterate/iterate.git", repository(nil))
    assert.equal("http://10.0.0.1:8080/o/n.git", repository("http://10.0.0.1:8080/o/n.git"))
    local why = tostring(failure_of(repository, "https://user:hunter2@git.example/o/n.git"))
    assert.matches("a URL with a password", why)
    assert.is_nil(why:find("hunter2", 1, true))
  end)

  it("refuses what cannot work", function()
    local rows = {
      ["entry.daemon"] = {}, ["entry.health_path"] = "api/health", ["entry.port"] = 0,
      ["entry.github"] = "https://github.com/", ["entry.grace"] = -1, ["entry.install"] = { 1 },
    }
    for name, value in pairs(rows) do
      assert.matches(name .. ": .*is refused", failure_of(policy.set, name, value))
    end
  end)
end)
