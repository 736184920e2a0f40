--- Policies as text, and the page that lists them.
local fs = require("os2.fs")
local policy = require("os2.policy")
local render = require("os2.help.policies")
local sources = require("os2.policy.sources")

local ROOT <const> = debug.getinfo(1, "S").source:match("^@(.*)tests/spec/help/policies_spec%.lua$")

local function has(text, part)
  assert.is_truthy(text:find(part, 1, true), text)
end

describe("os2.help.policies", function()
  before_each(policy.reset)
  after_each(policy.reset)

  it("lists name, value and who set it", function()
    policy.set("cache.ttl", 60, { why = "faster rollback" })
    policy.override("resolution.pick", function(base) return base() end)
    local text = render.list(policy.list())
    assert.is_truthy(text:match("\ncache%.ttl +60 s +%S*policies_spec%.lua:%d+: faster rollback\n"), text)
    assert.is_truthy(text:match("\nresolution%.pick +function +%S*policies_spec%.lua:%d+\n"), text)
    assert.is_truthy(text:match("\npoll%.first +0%.5 s +shipped\n"), text)
    assert.are.equal(#policy.list(), select(2, text:gsub("\n", "\n")) + 1)
  end)

  it("explains an entry with its chain", function()
    policy.set("cache.ttl", 60, { why = "faster rollback" })
    policy.override("cache.ttl", function(base) return base() end)
    local text = render.explanation(policy.explain("cache.ttl"))
    has(text, "How long an answer is kept")
    has(text, "  value    function\n")
    has(text, "  rule     a number of seconds from 0 to 86400\n")
    has(text, "  default  300 s  (")
    has(text, "  changes  1. set 60  (")
    has(text, "): faster rollback\n")
    has(text, "           2. override function  (")
  end)

  it("explains edits of steps", function()
    policy.insert_after("snapshot.steps", "build", { name = "scan", run = function() end })
    policy.drop("snapshot.steps", "refresh")
    local text = render.explanation(policy.explain("snapshot.steps"))
    has(text, "value    preflight → name → image → context → build → scan → check → ")
    has(text, " → register → wait → regions\n")
    has(text, "1. insert_after build: scan  (")
    has(text, "2. drop refresh  (")
  end)

  it("says when nothing was changed", function()
    has(render.explanation(policy.explain("poll.first")), "  changes  none")
  end)

  it("has examples in docs/policies.md that load", function()
    local count = 0
    for example in fs.read(ROOT .. "docs/policies.md"):gmatch("```lua\n(.-)```") do
      sources.load_text(policy, "docs/policies.md", example)
      count = count + 1
    end
    assert.are.equal(3, count)
    assert.are.equal(60, policy.ask("cache.ttl"))
    assert.are.equal("scan", policy.steps("snapshot.steps")[6].name)
    local small = { name = "dev--20260112-000000", state = "active", cpu = 2 }
    local big = { name = "dev--20260111-000000", state = "active", cpu = 4 }
    assert.are.equal(big, (policy.ask("resolution.pick",
      { snapshots = { small, big }, prefix = "dev--" })))
  end)

  it("shows an empty text as such", function()
    has(render.markdown{ policy.explain("snapshot.target") }, 'Default: `""`.')
  end)

  it("gives the list that stands in docs/policies.md", function()
    local records = {}
    for index, record in ipairs(policy.list()) do records[index] = policy.explain(record.name) end
    assert.is_truthy(fs.read(ROOT .. "docs/policies.md"):find(render.markdown(records), 1, true),
      "docs/policies.md: put the output of `os2 policy list --markdown` in place of its list")
  end)
end)
