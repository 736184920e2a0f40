--- The queue of events: order, and work that does not grow with what waits.
local queue = require("os2.docker.queue")

local function instructions(run)
  local count = 0
  debug.sethook(function() count = count + 1 end, "", 1)
  run()
  debug.sethook()
  return count
end

describe("os2.docker.queue", function()
  it("gives what was added first", function()
    local q = queue.new()
    assert.is_nil(q:take())
    for index = 1, 3 do q:add(index) end
    assert.equal(1, q:take())
    q:add(4)
    assert.same({ 2, 3, 4 }, { q:take(), q:take(), q:take() })
    assert.is_nil(q:take())
  end)

  it("takes the same work for an event, however many wait", function()
    local function work(count)
      return instructions(function()
        local q = queue.new()
        for index = 1, count do q:add(index) end
        while q:take() do end
      end) / count
    end
    assert.is_true(work(20000) <= work(100) * 1.1)
  end)
end)
