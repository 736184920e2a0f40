--- Which snapshots are kept, and why.
local clock = require("os2.clock")
local policy = require("os2.policy")

local NOW <const> = assert(clock.parse_iso("2026-11-27T12:00:00Z"))
local OLD <const> = "2026-10-01T00:00:00Z"

local function asked(rule, changes)
  local facts = {
    now = NOW, prefix = "dev--", is_named = true, newer = 9, is_newest = false, is_pinned = false,
    is_orphan = false, machines = 0, action = "delete", is_local = false, is_whole = true,
    snapshot = { name = "dev--20261001-000000", state = "active", createdAt = OLD },
  }
  for name, value in pairs(changes or {}) do
    if name == "state" or name == "createdAt" or name == "general" then
      facts.snapshot[name] = value
    else
      facts[name] = value
    end
  end
  local is_kept, why = policy.ask("retention." .. rule, facts)
  return is_kept and why
end

describe("the policies of retention", function()
  local ROWS <const> = {
    { "foreign", {}, false }, { "foreign", { general = true }, "Daytona's" },
    { "foreign", { is_named = false }, "not one of os2's" },
    { "unread", {}, false }, { "unread", { is_whole = false }, "not read to its end" },
    { "newest", {}, false }, { "newest", { is_newest = true }, "newest usable one of dev--" },
    { "pinned", {}, false }, { "pinned", { is_pinned = true }, "pinned" },
    { "in_flight", {}, false },
    { "in_flight", { state = "pulling", createdAt = "2026-11-27T11:50:00Z" }, "in flight" },
    { "in_flight", { state = "pulling", is_orphan = true }, false },
    { "verified", {}, false },
    { "verified", { prefix = "dev-candidate--", createdAt = "2026-11-27T11:00:00Z" }, "candidate" },
    { "verified", { prefix = "dev-candidate--" }, false },
    { "used", {}, false }, { "used", { machines = 1 }, "a machine uses it" },
    { "used", { machines = 3 }, "3 machines use it" },
    { "shared", {}, false }, { "shared", { sharing = "stg--1" }, "stg%-%-1 has the same image" },
    { "shared", { sharing = "stg--1", is_local = true }, false },
    { "shared", { sharing = "stg--1", action = "deactivate" }, false },
    { "settled", {}, false }, { "settled", { state = "removing" }, "being removed" },
    { "settled", { state = "inactive", action = "deactivate" }, "it is inactive" },
    { "settled", { state = "inactive" }, false }, { "settled", { state = "error" }, false },
    { "young", {}, false }, { "young", { createdAt = "2026-11-21T12:00:00Z" }, "younger than 7 days" },
    { "young", { createdAt = "nonsense" }, "does not say" },
    { "recent", {}, false }, { "recent", { newer = 4 }, "newest 5 of dev--" },
    { "recent", { newer = 5 }, false }, { "recent", { newer = 0, prefix = "dev-candidate--" }, false },
  }

  for _, row in ipairs(ROWS) do
    local rule, changes, wanted = table.unpack(row)
    it(("retention.%s: %s"):format(rule, wanted or "no"), function()
      local why = asked(rule, changes)
      if wanted then assert.matches(wanted, why) else assert.is_false(why) end
    end)
  end
end)
