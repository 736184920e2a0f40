--- Two runs that register in any order: the older one never becomes the newest unasked.
local clock = require("os2.clock")
local err = require("os2.err")
local failure_of = require("tests.lib.failure_of")
local newer = require("os2.flows.snapshot.newer")
local policy = require("os2.policy")

local PREFIX <const> = "dev--"
local START <const> = 1768159845 -- 2026-01-11T19:30:45Z

describe("a newer snapshot of the prefix", function()
  local list, moment, deleted, runs

  before_each(function()
    list, moment, deleted = {}, START, {}
    policy.set_facts{ prefix = PREFIX }
    policy.override("poll.interval", function() return 0 end)
  end)
  after_each(policy.reset)

  local function name_at(seconds)
    return policy.ask("naming.format", { prefix = PREFIX, now = seconds })
  end

  local provider = { is_local = false }

  function provider.pages()
    local copy = {}
    for index, snapshot in ipairs(list) do copy[#list + 1 - index] = snapshot end
    local is_done = false
    return function()
      if is_done then return nil end
      is_done = true
      return copy
    end
  end

  function provider.delete_snapshot(id)
    for index, snapshot in ipairs(list) do
      if snapshot.id == id then table.remove(list, index) end
    end
    deleted[#deleted + 1] = id
  end

  -- What is followed becomes active by itself.
  function provider.find_snapshot(id)
    for _, snapshot in ipairs(list) do
      if snapshot.id == id then
        snapshot.state = "active"
        return snapshot
      end
    end
  end

  local function register(name, state, ref)
    moment = moment + 1
    local snapshot = { id = "id-" .. name, name = name,
      imageName = ref or "image", state = state or "pending", general = false,
      createdAt = clock.iso(moment), regionIds = {} }
    list[#list + 1] = snapshot
    return snapshot
  end

  local function context(name, args)
    local said = {}
    return {
      name = name, provider = provider, args = args or {}, said = said, ref = "image",
      ui = { note = function(_, words) said[#said + 1] = words end },
    }
  end

  -- What a run does around its registration, in steps that others can come between.
  local function steps_of(ctx)
    return {
      function() newer.check(ctx) end,
      function() if not ctx.is_skipped then ctx.snapshot = register(ctx.name) end end,
      function() if not ctx.is_skipped then newer.check_again(ctx) end end,
      function() if ctx.snapshot then ctx.snapshot.state = "active" end end,
    }
  end

  -- Runs the steps of both, in an order that the random numbers make.
  local function interleave(one, other)
    local queues, failures = { steps_of(one), steps_of(other) }, {}
    while #queues[1] + #queues[2] > 0 do
      local which = #queues[1] == 0 and 2 or #queues[2] == 0 and 1 or math.random(2)
      local ok, failure = pcall(table.remove(queues[which], 1))
      if not ok then
        failures[which], queues[which] = failure, {}
      end
    end
    return failures
  end

  local function newest_usable()
    for index = #list, 1, -1 do
      if list[index].state == "active" then return list[index].name end
    end
  end

  for _, answer in ipairs{ "fail", "skip" } do
    it("stays the newest in any interleaving: --on-newer " .. answer, function()
      for _ = 1, 200 do
        list, moment = {}, START
        local old = context(name_at(START - 60), { on_newer = answer })
        local new = context(name_at(START), { on_newer = answer })
        local failures = interleave(old, new)
        assert.is_nil(failures[2])
        assert.equal(new.name == name_at(START) and new.name, newest_usable())
        if failures[1] then assert.equal("conflict", err.from(failures[1]).kind) end
        if answer == "skip" then assert.is_nil(failures[1]) end
      end
    end)
  end

  -- The same for runs in a CI, each with a key of its own, or all with one.
  local function keyed(seconds, key)
    local ctx = context(name_at(seconds))
    ctx.run_key, ctx.args.on_newer = key, "skip"
    ctx.ref = ("r/p/os2:20260111-193045-k%s-%08x"):format(key, seconds & 0xffffffff)
    return ctx
  end

  local function is_own(ctx)
    return ctx.snapshot and ctx.snapshot.imageName == ctx.ref
  end

  local function keyed_steps_of(ctx)
    return {
      function() newer.check(ctx) end,
      function() if not ctx.snapshot then ctx.snapshot = register(ctx.name, nil, ctx.ref) end end,
      function() if is_own(ctx) and newer.check_again(ctx) then newer.check(ctx) end end,
      function() if is_own(ctx) then ctx.snapshot.state = "active" end end,
      function() if is_own(ctx) and newer.gives_way(ctx) then newer.check(ctx) end end,
    }
  end

  local function interleave_all(all)
    local queues = {}
    for index, ctx in ipairs(all) do queues[index] = keyed_steps_of(ctx) end
    while #queues > 0 do
      local which = math.random(#queues)
      table.remove(queues[which], 1)()
      if #queues[which] == 0 then table.remove(queues, which) end
    end
  end

  it("stays the newest in any interleaving of runs with keys of their own", function()
    for _ = 1, 200 do
      list, moment = {}, START
      local old, new = keyed(START - 60, "0123456789ab"), keyed(START, "ba9876543210")
      interleave_all{ old, new }
      assert.equal(name_at(START), newest_usable())
    end
  end)

  for _, count in ipairs{ 2, 5 } do
    it(("is one where %d runs have one key, in any interleaving"):format(count), function()
      for _ = 1, 200 do
        list, moment, runs = {}, START, {}
        for index = 1, count do runs[index] = keyed(START - index, "0123456789ab") end
        interleave_all(runs)
        assert.equal(1, #list)
        for _, ctx in ipairs(runs) do assert.equal(list[1].id, ctx.snapshot.id) end
      end
    end)
  end

  -- A run whose name is taken moves on to the next second, as after a 409.
  local function register_free(ctx)
    local function is_taken()
      for _, snapshot in ipairs(list) do
        if snapshot.name == ctx.name then return true end
      end
    end
    while is_taken() do ctx.name = policy.ask("naming.next", { name = ctx.name, prefix = PREFIX }) end
    ctx.snapshot = register(ctx.name, nil, ctx.ref)
  end

  local function moving_steps_of(ctx)
    return {
      function() newer.check(ctx) end,
      function() register_free(ctx) end,
      function() newer.check_again(ctx) end,
      function() ctx.snapshot.state = "active" end,
    }
  end

  it("is none that has moved on from a second in which several runs began, in any interleaving",
    function()
      for _ = 1, 200 do
        list, moment = {}, START
        local queues = {}
        for index = 1, 4 do
          local ctx = context(name_at(index == 4 and START - 60 or START), { on_newer = "fail" })
          if index == 2 then ctx.run_key = "0123456789ab" end
          ctx.ref = ("r/p/os2:20260111-193045%s-0000000%d"):format(
            index == 2 and "-k0123456789ab" or "", index)
          queues[index] = { ctx = ctx, is_old = index == 4, steps = moving_steps_of(ctx) }
        end
        while #queues > 0 do
          local which = math.random(#queues)
          local queue = queues[which]
          local ok, failure = pcall(table.remove(queue.steps, 1))
          assert.is_true(ok or queue.is_old, tostring(failure))
          if not ok then queue.steps = {} end
          if #queue.steps == 0 then table.remove(queues, which) end
        end
        assert.not_equal(name_at(START - 60), newest_usable())
        -- nor are they in the way of the next run
        newer.check(context(name_at(START)))
        newer.check(context(name_at(START + 1)))
        assert.has_error(function() newer.check(context(name_at(START - 1))) end)
      end
    end)

  it("is overtaken where that is asked for", function()
    register(name_at(START), "active")
    local old = context(name_at(START - 60), { on_newer = "publish" })
    newer.check(old)
    old.snapshot = register(old.name, "active")
    newer.check_again(old)
    assert.equal(old.name, newest_usable())
    assert.same({}, deleted)
  end)

  it("counts while it is made, and not when it has failed or is another region's", function()
    local old = context(name_at(START - 60))
    register(name_at(START), "error")
    newer.check(old)
    register(name_at(START + 1), "pulling")
    local failure = failure_of(function() newer.check(old) end)
    assert.equal("conflict", failure.kind)
    assert.matches(name_at(START + 1), failure.message, 1, true)
  end)

  it("counts in its own region alone, also while it is made", function()
    for _, state in ipairs{ "pending", "active" } do
      list = {}
      register(name_at(START), state).regionIds = { "eu" }
      newer.check(context(name_at(START - 60), { region = "us" }))
      assert.has_error(function() newer.check(context(name_at(START - 60), { region = "eu" })) end)
    end
  end)

  local function context_of(regions, answer)
    return context(name_at(START - 60), { on_newer = answer, region = regions[1], regions = regions })
  end

  it("in one of several regions leaves only that one out, or ends the run", function()
    register(name_at(START), "active").regionIds = { "us" }
    local ctx = context_of({ "us", "eu" }, "skip")
    newer.check(ctx)
    assert.same({ "eu", nil }, { ctx.args.region, ctx.is_skipped })
    for _, regions in ipairs{ { "us", "eu" }, { "eu", "us" } } do
      local failure = failure_of(function() newer.check(context_of(regions, "fail")) end)
      assert.equal("conflict", failure.kind)
      assert.matches("is superseded in us", failure.message, 1, true)
      newer.check(context_of(regions, "publish"))
    end
  end)

  it("in all of several regions is the result", function()
    register(name_at(START), "active").regionIds = { "eu" }
    local there = register(name_at(START + 1), "active")
    there.regionIds = { "us" }
    local ctx = context_of({ "us", "eu" }, "skip")
    newer.check(ctx)
    assert.equal(there, ctx.snapshot)
    assert.is_true(ctx.is_skipped)
  end)

  it("lets the run begin in another region when it comes between", function()
    local ctx = context_of({ "us", "eu" }, "skip")
    newer.check(ctx)
    ctx.snapshot = register(ctx.name)
    ctx.snapshot.regionIds = { "us" }
    register(name_at(START), "active").regionIds = { "us" }
    assert.is_true(newer.check_again(ctx))
    assert.same({ "id-" .. ctx.name }, deleted)
    assert.same({ "eu", nil, nil }, { ctx.args.region, ctx.snapshot, ctx.is_skipped })
  end)

  it("in a further region leaves nothing of the run there", function()
    local ctx = context_of({ "us", "eu" }, "skip")
    ctx.snapshot = register(ctx.name, "active")
    ctx.snapshot.regionIds = { "us" }
    local wish = { region = "eu" }
    wish.on = newer.hooks(ctx, wish)
    assert.is_false(wish.on.before(wish))
    wish.record = register(name_at(START - 59))
    wish.record.regionIds = { "eu" }
    assert.is_false(wish.on.after(wish))
    local there = register(name_at(START), "pending")
    there.regionIds = { "eu" }
    assert.is_true(wish.on.after(wish))
    assert.same({ there, { wish.record.id } }, { wish.newer, deleted })
    ctx.args.on_newer = "fail"
    assert.equal("conflict", failure_of(function() wish.on.before(wish) end).kind)
  end)

  it("leaves alone what another run has registered under the name", function()
    local old = context(name_at(START - 60))
    old.snapshot = register(old.name, "pending", "image of another run")
    register(name_at(START), "active")
    newer.check_again(old)
    assert.same({}, deleted)
  end)

  it("becomes the result of a run that skips", function()
    local there = register(name_at(START), "active")
    local old = context(name_at(START - 60), { on_newer = "skip" })
    newer.check(old)
    assert.equal(there, old.snapshot)
    assert.equal(there.name, old.name)
    assert.is_true(old.is_skipped)
    assert.is_nil(old.ref)
  end)

  it("names a registration that cannot be withdrawn", function()
    local old = context(name_at(START - 60))
    old.snapshot = register(old.name)
    register(name_at(START), "active")
    local delete = provider.delete_snapshot
    provider.delete_snapshot = function()
      err.raise(err.new{ kind = "denied", op = "x", message = "may not delete" })
    end
    local failure = failure_of(function() newer.check_again(old) end)
    provider.delete_snapshot = delete
    assert.equal("denied", failure.kind)
    assert.matches("os2 snapshot delete --force " .. old.name, failure.hint, 1, true)
  end)
end)
