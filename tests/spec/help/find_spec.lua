--- `os2 help NAME`: of a command, a verb or operation, and a policy, with the nearest names of all.
local failure_of = require("tests.lib.failure_of")
local help = require("os2.help.find")
local commands = require("os2.help.commands")

describe("os2 help", function()
  local function says(words, ...)
    local found = help.text(help.find(table.unpack(words)))
    for _, part in ipairs{ ... } do
      assert.truthy(found:find(part, 1, true), ("%s in:\n%s"):format(part, found))
    end
  end

  it("tells of a command, and of a command's own", function()
    says({ "resolve" }, "Usage: os2 resolve", "--refresh", "--policy FILE")
    says({ "machine", "exec" }, "Usage: os2 machine exec", "--no-stdin")
    says({ "policy" }, "Usage: os2 policy", "set_facts")
    says({ "snapshot" }, "Usage: os2 snapshot", "GET /snapshots/")
    for _, name in ipairs(commands.names()) do
      says({ name }, "Usage: os2 " .. name)
      for _, action in ipairs(commands.actions(commands.find(name))) do
        says({ name, action }, ("Usage: os2 %s %s"):format(name, action))
      end
    end
  end)

  it("tells of a policy, and of a group of them", function()
    says({ "cache.ttl" }, "How long an answer is kept", "300 s", "rule")
    says({ "cache" }, "cache.ttl ", "cache.stale ")
  end)

  it("tells of verbs and operations", function()
    says({ "daytona.create_snapshot" }, "POST /snapshots")
    says({ "clock" }, "parse_iso")
  end)

  it("hints at the nearest names of all three", function()
    local cases = {
      { "reslove", "resolve" }, { "cache.tll", "cache.ttl" }, { "daytona.snapshotz", "daytona.snapshot" },
      { "polcy", "policy" },
    }
    for _, case in ipairs(cases) do
      local failure = failure_of(help.find, case[1])
      assert.same({ "not_found", "usage" }, { failure.kind, failure.exit })
      assert.truthy(failure.hint:find(case[2], 1, true), failure.hint)
    end
    assert.matches("did you mean .*exec", failure_of(help.find, "machine", "exce").hint)
    assert.matches("os2 help resolve", failure_of(help.find, "resolve", "it").hint)
    assert.truthy(failure_of(help.find, "qqqqqqqq").hint:find("os2 policy list", 1, true))
  end)
end)
