--- `os2 snapshot --verify` in trouble: whatever happens at whichever request, what has not passed
--- is never a snapshot of the prefix, and what is left is named.
---
--- A long run tries an interrupt and each trouble at each request; a normal one tries one of so
--- many.
local docker = require("os2.docker")
local hostile = require("tests.lib.hostile")
local interrupt = require("tests.lib.interrupt")
local snapshot_worlds = require("tests.lib.snapshot_worlds")
local worlds = require("tests.lib.world")

local SHARE <const> = 24

local POLICY <const> = [[
policy.api(1)
policy.set("retry.base", 0.02)
policy.set("poll.first", 0.05)
policy.set("poll.longest", 0.2)
policy.set("timeouts.candidate", 10)
policy.set("snapshot.checks", {%s})
]]

local TROUBLE <const> = {
  { "a reset before it is done", { type = "reset" } },
  { "a reset after it is done", { type = "lost" } },
  { "502 in HTML", { type = "html", status = 502 } },
  { "half an answer", { type = "truncated" } },
}

describe("snapshot --verify in trouble", function()
  local shared, world = snapshot_worlds.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)

  local function fresh(checks)
    for _, ref in ipairs(shared.own_references()) do docker.untag(ref) end
    world:reset()
    world:control("POST", "config", {
      proxyTemplateUrl = "{{origin}}/preview/{{PORT}}/{{sandboxId}}",
    })
    world:write("sandbox/Dockerfile", 'FROM scratch\nCOPY hello /hello\nENTRYPOINT ["/hello"]\n')
    world:write("policy.lua", POLICY:format(checks or "'true'"))
  end
  before_each(function() fresh() end)
  after_each(function() fresh() end)

  local CHANGES <const> = { OS2_POLICY = "policy.lua" }

  local function verify() return shared.snapshot({ "--verify" }, CHANGES) end

  -- The requests to the API, toolbox and previews of one run that is left alone.
  local function requests_of(checks)
    fresh(checks)
    verify()
    local _, total = world:requests()
    return total
  end

  -- What stays on the server: snapshots of the prefix, and what the run has not named of the rest.
  local function left(stderr)
    local published, unnamed, state = {}, {}, world:control("GET", "state")
    for _, snapshot in ipairs(state.snapshots) do
      if snapshot.state ~= "removing" then
        local is_real = snapshot.name:sub(1, #worlds.PREFIX) == worlds.PREFIX
        local is_named = stderr:find(snapshot.name, 1, true) ~= nil
        if is_real then published[#published + 1] = snapshot.name end
        if not is_real and not is_named then unnamed[#unnamed + 1] = snapshot.name end
      end
    end
    for _, sandbox in ipairs(state.sandboxes) do
      local is_going = sandbox.state == "destroying" or sandbox.desiredState == "destroyed"
      local is_named = stderr:find(sandbox.name, 1, true) or stderr:find(sandbox.id, 1, true)
      if not is_going and not is_named then unnamed[#unnamed + 1] = sandbox.name end
    end
    return published, unnamed
  end

  local function is_tried(number)
    return hostile.IS_LONG or number % SHARE == 0
  end

  it("deletes or names everything when it is interrupted", function()
    local tried = 0
    for nth = 1, requests_of() do
      if is_tried(nth + SHARE // 2) then
        fresh()
        tried = tried + 1
        world:control("POST", "faults", { match = { nth = nth },
          action = { type = "slow", ms = 3000 } })
        local ended = interrupt.run(world, { "snapshot", "--verify" }, function()
          local _, total = world:requests()
          return total >= nth
        end, { environment = CHANGES, may_end = true }) -- it may look less often than the first
        local published, unnamed = left(ended.stderr)
        assert.same({}, unnamed, ("at request %d: %s"):format(nth, ended.stderr))
        -- only what has passed, and is on its way: the run says so
        for _, name in ipairs(published) do
          assert.matches("checks passed", ended.stderr, 1, true)
          assert.matches(name, ended.stderr, 1, true)
        end
        assert.truthy(ended.code == 130 or ended.code == 0, ended.stderr)
      end
    end
    if hostile.IS_LONG then print(("interrupted at %d requests"):format(tried)) end
  end)

  for checks, is_good in pairs{ ["'true'"] = true, ["'true', 'exit 3'"] = false } do
    it(("with checks %s, at each trouble publishes only what has passed"):format(checks), function()
      local total, tried, codes = requests_of(checks), 0, {}
      for index, trouble in ipairs(TROUBLE) do
        for nth = 1, total do
          if is_tried(index + nth * #TROUBLE) then
            fresh(checks)
            world:control("POST", "faults", { match = { nth = nth }, action = trouble[2] })
            local ran = verify()
            local what = ("%s at request %d: %s"):format(trouble[1], nth, ran.stderr)
            local published, unnamed = left(ran.stderr)
            assert.same({}, unnamed, what)
            if not is_good then assert.same({}, published, what) end
            if ran.code == 0 then assert.same({ ran.stdout:match("%S+") }, published, what) end
            assert.truthy(is_good or ran.code ~= 0, what)
            tried, codes[ran.code] = tried + 1, (codes[ran.code] or 0) + 1
          end
        end
      end
      if not hostile.IS_LONG then return end
      for code, count in pairs(codes) do print(("exit %d: %d of %d"):format(code, count, tried)) end
    end)
  end
end)
