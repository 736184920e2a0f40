--- A command in a machine that gets what is typed on a terminal: the terminal and the machine are
--- stubs here.
local keyboard = require("os2.console.keyboard")
local session = require("os2.flows.machine.session")
local task = require("os2.task")

describe("a session", function()
  local kept = {}

  before_each(function()
    for name, fn in pairs(keyboard) do kept[name] = fn end
    keyboard.size = function() return 33, 99 end
    keyboard.set_raw = function() return nil end
    keyboard.input = function()
      local pieces = { "a" }
      return setmetatable({}, {
        __call = function() return table.remove(pieces) end, __close = function() end,
      })
    end
    keyboard.changes = function()
      return setmetatable({}, {
        __call = function() task.sleep(3600) end, __close = function() end,
      })
    end
  end)
  after_each(function()
    for name, fn in pairs(kept) do keyboard[name] = fn end
  end)

  -- Returns what a machine sees, whose terminal takes a while to take its size.
  local function seen(is_sized_late)
    local list, has_ended = {}, false
    local attached = {
      is_sized_late = is_sized_late,
      wait_open = function() return true end,
      resize = function(rows, columns)
        for _ = 1, 20 do task.sleep(0.001) end
        list[#list + 1] = ("%d x %d"):format(rows, columns)
        has_ended = true
      end,
      send = function(bytes)
        list[#list + 1] = bytes
        return true
      end,
      send_end = function() list[#list + 1] = "end" end,
      read = function()
        while not (has_ended and list[3]) do task.sleep(0.001) end
        return 5
      end,
      release = function() end,
    }
    local ctx = { machines = { attach = function() return attached end } }
    local code = session.run(ctx, {}, { argv = { "sh" }, is_tty = true, is_attached = true, timeout = 9 },
      function() end)
    assert.equal(5, code)
    return list
  end

  it("gives a terminal its size before what is typed, where it has none until then", function()
    assert.same({ "33 x 99", "a", "end" }, seen(true))
  end)

  it("does not wait for it where the terminal has begun with it", function()
    assert.same({ "a", "end", "33 x 99" }, seen(false))
  end)
end)
