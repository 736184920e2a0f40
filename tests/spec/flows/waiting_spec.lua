--- Waiting with a gateway that tells of changes.
local news = require("os2.flows.news")
local policy = require("os2.policy")
local silent = require("tests.lib.silent")
local task = require("os2.task")
local waiting = require("os2.flows.waiting")

-- As many turns as the other tasks need at most, on a machine that stands still for a while too.
local function let_others_run()
  task.sleep(0.02)
  for _ = 1, 20 do task.sleep(0) end
end

describe("os2.flows.waiting", function()
  before_each(function()
    news.reset()
    policy.set("wait.beside", 30)
  end)
  after_each(policy.reset)

  local EVENT <const> = { type = "snapshot.state.updated", new = "pulling",
    snapshot = { id = "failed", name = "dev--1" } }

  -- A gateway that tells of the first record only.
  local function provider()
    local is_told = false
    local function next_event()
      if is_told then task.sleep(600) end
      is_told = true
      return EVENT
    end
    return { events = function(options)
      options.on_connect()
      return setmetatable({}, { __call = next_event, __close = function() end })
    end }
  end

  local function wait(about, step)
    local told_by = provider()
    news.prepare(told_by)
    let_others_run() -- the gateway is there by then
    waiting.run(silent.open(), {
      seconds = 20, step = step, news = { provider = told_by, about = about },
      late = function() error("it waited for the slow look") end,
    })
    news.reset()
    let_others_run() -- the reader ends
  end

  it("looks at once at what has taken the place of what it waited for", function()
    local record, looks = { id = "failed", name = "dev--1" }, 0
    wait(function() return record.id, record.name end, function()
      looks = looks + 1
      if record.id == "second" then return true end
      record = { id = "second", name = "dev--2" }
    end)
    assert.equal(2, looks)
  end)
end)
