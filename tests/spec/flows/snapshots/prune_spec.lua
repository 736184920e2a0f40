--- What prune changes in random worlds: never what is protected, whatever fails or happens meanwhile.
local clock = require("os2.clock")
local env = require("os2.env")
local fs = require("os2.fs")
local json = require("os2.json")
local policy = require("os2.policy")
local progress = require("os2.report.progress")
local prune = require("os2.flows.snapshots.prune")
local resolve = require("os2.flows.resolve")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")
local pruned_worlds = require("tests.lib.pruned_worlds")
local silent = require("tests.lib.silent")

local IS_LONG <const> = env.get("OS2_LONG") ~= nil
local WORLDS <const> = IS_LONG and 500 or 8
local SIZE <const> = IS_LONG and 1000 or 120
local NOW <const> = assert(clock.parse_iso("2026-11-27T12:00:00Z"))

describe("os2.flows.snapshots.prune", function()
  local real_now, real_open, real_forget, directory

  setup(function() directory = temporary.directory() end)
  teardown(function() temporary.remove(directory) end)

  before_each(function()
    policy.reset()
    real_now, real_open, real_forget = clock.now, progress.open, resolve.forget
    clock.now = function() return NOW end
    progress.open = silent.open
    resolve.forget = function() end
  end)
  after_each(function()
    clock.now, progress.open, resolve.forget = real_now, real_open, real_forget
    policy.reset()
  end)

  -- Calls fn with many worlds; a failure tells the seed of its world.
  local function each_world(size, fn)
    for number = 1, WORLDS do
      math.randomseed(number)
      local world = pruned_worlds.new(size, NOW)
      local remove = world:install()
      policy.override("resolution.pin", function() return world.pin end, { why = "test" })
      local ok, failure = pcall(fn, world, number)
      remove()
      policy.reset()
      assert(ok, ("world %d: %s"):format(number, tostring(failure)))
    end
  end

  local function run(options)
    local args = { provider = "pruned", is_all_prefixes = true }
    for key, value in pairs(options) do args[key] = value end
    return task.try(prune.run, args)
  end

  -- What of a world may be changed, by the world itself.
  local function allowed(world, action)
    local names = {}
    for _, snapshot in ipairs(world.snapshots) do
      local is_settled = snapshot.state == "removing" or action == "deactivate" and snapshot.state ~= "active"
      if not is_settled and not world:forbidden(snapshot, action) then names[#names + 1] = snapshot.name end
    end
    table.sort(names)
    return names
  end

  local function names_of(list)
    local names = {}
    for index, item in ipairs(list) do names[index] = item.name end
    table.sort(names)
    return names
  end

  it("would change what nothing keeps, all of it, and nothing else", function()
    local total = 0
    each_world(SIZE, function(world, number)
      local action = number % 2 == 0 and "delete" or "deactivate"
      local result = assert(run{ is_deleting = action == "delete" })
      local wanted = allowed(world, action)
      assert.same(wanted, names_of(result.snapshots))
      assert.equal(#world.snapshots, #result.snapshots + #result.kept)
      assert.same({}, world.changes)
      total = total + #wanted
    end)
    assert.is_true(total > WORLDS)
  end)

  it("never changes what is protected while others make, start, promote and delete", function()
    local total = 0
    each_world(60, function(world, number)
      -- behind the beginning of the last look nobody can see all that happens, but a machine
      function world:meanwhile(what)
        local dice = math.random(12)
        if dice == 1 then self:start() end
        if self.calls.get and what ~= "get" then return end
        local some = self.snapshots[math.random(#self.snapshots)]
        if dice == 2 then self:add{ prefix = "dev--", time = NOW, state = "active", ref = some.ref } end
        if dice == 3 then some.state, some.updatedAt = "inactive", clock.iso(NOW) end
        if dice == 4 then self:remove(some) end
      end
      run{ is_deleting = number % 2 == 0, is_sure = true }
      total = total + #world.changes
    end)
    assert.is_true(total > WORLDS)
  end)

  it("changes nothing when a page of the lists fails", function()
    each_world(60, function(world)
      local what = math.random(3) == 1 and "machines" or "page"
      world.faults[what] = math.random(what == "page" and 3 or 2)
      local result, failure = run{ is_deleting = true, is_sure = true }
      assert.is_nil(result)
      assert.equal(what .. " failed", failure.message)
      assert.same({}, world.changes)
    end)
  end)

  it("changes nothing when the pin cannot be read", function()
    each_world(30, function(world)
      policy.override("resolution.pin", function() error("no pin") end, { why = "test" })
      local _, failure = run{ is_deleting = true, is_sure = true }
      assert.matches("no pin", failure.message)
      assert.same({}, world.changes)
    end)
  end)

  local function plan(world, number)
    local path = ("%s/%d.json"):format(directory, number)
    local result = assert(run{ plan = path, is_deleting = number % 2 == 0 })
    assert.same({}, world.changes)
    return path, result
  end

  it("applies a plan as it was reviewed", function()
    each_world(60, function(world, number)
      local path, result = plan(world, number)
      assert.equal(0, run{ apply = path, is_all_prefixes = false }.counts.failed)
      table.sort(world.changes)
      assert.same(names_of(result.snapshots), world.changes)
    end)
  end)

  -- Each makes the plan of a world stale.
  local STALE <const> = {
    function(_, item) item.state = item.state == "pending" and "error" or "pending" end,
    function(_, item) item.updatedAt = "2026-11-27T11:59:59Z" end,
    function(world, item) world:remove(item) end,
    function(world, item) world:start(item) end,
    function(world, item) world.pin = item.name end,
    function(world, item) world:add{ prefix = item.prefix, time = NOW, state = "active" } end,
  }

  it("refuses a plan when the world is another one", function()
    local refused = 0
    each_world(60, function(world, number)
      local path, result = plan(world, number)
      local first = result.snapshots[1]
      local item = first and world.by_name[first.name]
      if not item or item.prefix:find("candidate", 1, true) then return end
      STALE[number % #STALE + 1](world, item)
      local _, failure = run{ apply = path, is_all_prefixes = false }
      assert.equal("conflict", failure and failure.kind)
      assert.matches("is stale, nothing was changed", failure.message)
      assert.same({}, world.changes)
      refused = refused + 1
    end)
    assert.is_true(refused > WORLDS // 2)
  end)

  it("refuses what is no plan, and options that a plan has", function()
    local world = pruned_worlds.new(5, NOW)
    local remove = world:install()
    local path = directory .. "/plan.json"
    for content, words in pairs{
      ["nonsense"] = "not JSON", ["{}"] = "its kind", ['{"kind":"os2 snapshot prune","version":2}'] = "version 2",
      ['{"kind":"os2 snapshot prune","version":1}'] = "it has no",
    } do
      temporary.write(path, content)
      local _, failure = run{ apply = path, is_all_prefixes = false }
      assert.matches(words, failure.message)
      assert.equal("usage", failure.exit)
    end
    local _, failure = run{ apply = path, is_deleting = true, is_all_prefixes = false }
    assert.matches("%-%-delete has no place beside %-%-apply", failure.message)
    run{ plan = path }
    assert.equal(1, json.decode(fs.read(path)).version)
    remove()
  end)
end)
