--- How waits rely on the gateway: not before it has told of what is waited for, and no more after it
--- has lost an event. Over a provider whose events the test makes.
local err = require("os2.err")
local news = require("os2.flows.news")
local policy = require("os2.policy")
local scheduler = require("os2.run.scheduler")
local silent = require("tests.lib.silent")
local task = require("os2.task")
local waiting = require("os2.flows.waiting")

local SLOW <const>, FAST <const> = 600, 0.02

-- As many turns as the other tasks need at most, on a machine that stands still for a while too.
local function let_others_run()
  task.sleep(0.02)
  for _ = 1, 20 do task.sleep(0) end
end

describe("os2.flows.news", function()
  local events, timer

  before_each(function()
    policy.reset()
    policy.set("wait.beside", SLOW)
    for _, name in ipairs{ "poll.first", "poll.longest" } do policy.set(name, 0.05) end
    news.reset()
    events = {}
  end)
  after_each(policy.reset)

  -- Ends the connection, and lets its task end.
  local function hang_up()
    news.reset()
    let_others_run()
  end

  local function wake()
    if timer then timer:close() end
  end

  local function event(new)
    return { type = "sandbox.state.updated", sandbox = { id = "1d", name = "box" }, new = new }
  end

  local function tell(new)
    events[#events + 1] = event(new)
    wake()
  end

  -- A gateway that lives, and tells what `tell` gives it.
  local provider = {}
  function provider.events(options)
    options.on_connect(1)
    return setmetatable({}, {
      __call = function()
        while not events[1] do
          timer = scheduler.timer(SLOW)
          timer:result()
        end
        return table.remove(events, 1)
      end,
      __close = wake,
    })
  end

  local function subject(id)
    return { provider = provider, about = function() return id end }
  end

  -- Waits until a look is the last one. Returns how many there were.
  local function wait(last, on_look)
    local looks = 0
    local function step(is_told)
      looks = looks + 1
      if on_look then on_look(looks, is_told) end
      return looks == last or nil
    end
    waiting.run(silent.open(), {
      seconds = 60, step = step, news = subject("1d"), late = function() error("too late") end,
    })
    return looks
  end

  it("looks at polling's intervals until the gateway has told of the thing", function()
    assert.equal(5, wait(5))
    hang_up()
  end)

  it("waits for an event of what it was told of before, and says that it looks because of it", function()
    local told = {}
    assert.equal(3, wait(3, function(look, is_told)
      told[look] = is_told
      if look == 1 then tell("starting") end
      -- it has told of it by now, so nothing but an event makes the third look
      if look == 2 then
        let_others_run()
        tell("started")
      end
    end))
    hang_up()
    assert.same({ false, false, true }, told)
  end)

  it("relies on it no more when the slow look finds what no event has told", function()
    policy.set("wait.beside", 0.2)
    wait(3, function(look)
      if look == 1 then tell("starting") end
    end)
    policy.set("wait.beside", SLOW)
    assert.equal(4, wait(4))
    hang_up()
  end)

  it("tells a wait that knows the name beside one that knows the id", function()
    local by_id <close> = news.subscribe(subject("1d"))
    local by_name <close> = news.subscribe(subject("box"))
    let_others_run() -- the connection begins
    by_id:look()
    by_name:look()
    tell("started")
    by_id:wait(5)
    by_name:wait(5)
    assert.same({ true, true }, { by_id.was_woken, by_name.was_woken })
    hang_up()
  end)

  it("looks for what is created in a state that stays", function()
    local subscription <close> = news.subscribe(subject("1d"))
    let_others_run()
    subscription:look()
    events[1] = event("started")
    events[1].type = "sandbox.created"
    wake()
    subscription:wait(5)
    assert.is_true(subscription.was_woken)
    hang_up()
  end)

  it("tries a gateway again that was not there", function()
    policy.set("wait.absent", 0.05)
    local tries = 0
    local late = setmetatable({}, { __index = provider })
    function late.events(options)
      tries = tries + 1
      if tries < 3 then error(err.new{ kind = "not_found", op = "test", message = "absent" }, 0) end
      return provider.events(options)
    end
    local subscription <close> = news.subscribe{ provider = late, about = function() return news.ALL end }
    while tries < 3 do
      subscription:look()
      subscription:wait(5)
    end
    assert.equal(SLOW, subscription:pause(0.05)) -- it is told again
    hang_up()
  end)

  describe("before a run over many", function()
    local MANY <const>, FEW <const> = 33, 32
    local order

    before_each(function() order = {} end)

    -- A provider that connects after a while.
    local function later(seconds)
      return { events = function(options)
        task.sleep(seconds)
        order[#order + 1] = "connected"
        return provider.events(options)
      end }
    end

    local function prepare(of, count)
      news.prepare_many(of, count)
      order[#order + 1] = "made"
    end

    it("is waited for, and not before one over few", function()
      prepare(later(FAST), MANY)
      assert.same({ "connected", "made" }, order)
      hang_up()
      prepare(later(FAST), FEW)
      assert.equal("made", order[3])
      hang_up()
    end)

    it("is waited for by several runs", function()
      policy.set("wait.connect", 60)
      local of = later(FAST)
      task.timeout(30, task.map, { 1, 2, 3 }, function() prepare(of, MANY) end)
      assert.same({ "connected", "made", "made", "made" }, order)
      hang_up()
    end)

    it("is waited for as long as the policy says", function()
      policy.set("wait.connect", FAST)
      prepare(later(SLOW), MANY)
      hang_up()
      assert.same({ "made" }, order)
    end)

    it("is not waited for where there is none", function()
      policy.set("wait.connect", 60)
      prepare({ events = function()
        task.sleep(FAST)
        err.raise(err.new{ kind = "not_found", op = "x", message = "no gateway" })
      end }, MANY)
      prepare({}, MANY)
      hang_up()
      assert.same({ "made", "made" }, order)
    end)
  end)

  it("leaves a gateway that was not there alone for a while, also in the next waits", function()
    local tries = 0
    local absent = setmetatable({}, { __index = provider })
    function absent.events()
      tries = tries + 1
      error(require("os2.err").new{ kind = "not_found", op = "test", message = "absent" }, 0)
    end
    local about = { provider = absent, about = function() return news.ALL end }
    policy.set("wait.linger", 0)
    local function wait_once()
      local subscription <close> = news.subscribe(about)
      let_others_run()
      return subscription ~= nil
    end
    assert.is_true(wait_once())
    let_others_run()
    assert.is_false(wait_once())
    assert.equal(1, tries)
    news.reset()
    policy.set("wait.absent", 0.05)
    while tries < 3 do wait_once() end
    hang_up()
  end)
end)
