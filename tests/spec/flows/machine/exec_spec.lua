--- What is said of a command that did not end in time, over a provider that the test makes.
local exec = require("os2.flows.machine.exec")
local silent = require("tests.lib.silent")
local task = require("os2.task")

local SHORT <const>, LONG <const> = 0.01, 600 -- seconds

describe("os2.flows.machine.exec", function()
  it("keeps what a provider says of a limit of its own", function()
    local function attach() task.timeout(SHORT, task.sleep, LONG) end
    local ctx = { ui = silent.open(), machines = { attach = attach } }
    local _, failure = task.try(exec.run_in, ctx, { name = "box", state = "started" },
      { argv = { "true" }, is_tty = true, timeout = LONG }, exec.write_through)
    assert.equal("not done within 0.01 s", failure.message)
  end)
end)
