--- Looks at many machines by one list, over a provider that counts them.
local err = require("os2.err")
local gathered = require("os2.flows.machine.gathered")
local policy = require("os2.policy")
local task = require("os2.task")

local PAGE <const> = 10

describe("os2.flows.machine.gathered", function()
  local pages, ctx

  before_each(function()
    policy.reset()
    policy.set("wait.gather_from", 4)
    policy.set("wait.gather", 0.1)
    pages = 0
    ctx = { args = { labels = { a = "b" } }, provider = { is_local = false }, machines = {} }
  end)
  after_each(policy.reset)

  -- A list of that many machines, with ids from 1 on.
  local function list(count)
    function ctx.machines.pages(labels, _is_all, _snapshots, wanted)
      assert.same({ a = "b" }, labels)
      local at = 0
      return function()
        if at >= count then return nil end
        pages = pages + 1
        local page = {}
        for index = 1, math.min(PAGE, count - at) do
          local id = tostring(at + index)
          if wanted[id] then page[#page + 1] = { id = id, state = "started" } end
        end
        at = at + PAGE
        return page
      end
    end
  end

  -- Looks at machines at the same time. Returns the outcomes.
  local function look_at(first, last)
    local ids, looks = {}, gathered.new()
    for id = first, last do ids[#ids + 1] = tostring(id) end
    return task.map(ids, function(id)
      local _ <close> = looks:enter()
      task.sleep(0) -- until all wait
      return looks:find(ctx, id)
    end)
  end

  it("answers all with the pages of one list", function()
    list(40)
    for index, outcome in ipairs(look_at(1, 40)) do
      assert.equal(tostring(index), outcome.value.id)
    end
    assert.equal(4, pages)
  end)

  it("leaves a machine that is not in the list to a look of its own", function()
    list(30)
    local outcomes = look_at(21, 40)
    assert.equal("30", outcomes[10].value.id)
    for index = 11, 20 do assert.same({ true, nil }, { outcomes[index].ok, outcomes[index].value }) end
    assert.equal(3, pages)
  end)

  it("reads no more pages than half of the looks", function()
    list(1000)
    look_at(991, 1000)
    assert.equal(5, pages)
  end)

  it("leaves a few, and those of a local engine, to looks of their own", function()
    list(40)
    look_at(1, 4)
    ctx.provider.is_local = true
    look_at(1, 40)
    assert.equal(0, pages)
  end)

  it("gives all of them the failure of the list", function()
    function ctx.machines.pages()
      return function() err.raise(err.new{ kind = "unavailable", op = "x", message = "down" }) end
    end
    for _, outcome in ipairs(look_at(1, 10)) do assert.equal("down", outcome.err.message) end
  end)

  it("lets the others look when the one that asks is cancelled", function()
    list(40)
    local looks, outcomes = gathered.new(), {}
    for _ = 1, 10 do looks:enter() end
    task.group(function(group)
      group:spawn(function()
        local _, failure = task.try(task.timeout, 0.01, looks.find, looks, ctx, "1")
        outcomes[1] = failure.kind
      end)
      group:spawn(function() outcomes[2] = { looks:find(ctx, "2") } end)
    end)
    assert.same({ "timeout", {} }, outcomes)
  end)
end)
