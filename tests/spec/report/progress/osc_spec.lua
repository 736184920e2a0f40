--- Hyperlinks and progress by OSC.
local display = require("tests.lib.display")
local osc = require("os2.report.progress.osc")
local policy = require("os2.policy")

describe("os2.report.progress.osc", function()
  after_each(policy.reset)

  local function run(mode)
    local shown = display.open(mode)
    local phase = shown.ui:phase("push")
    phase:bytes(1, 4)
    phase:done("healthy at https://3000-x.proxy/?a=b.")
    return shown.output()
  end

  it("is written to a terminal that knows it, and ended", function()
    policy.override("terminal.links", true)
    policy.override("terminal.progress", true)
    local output = run("tty")
    assert.truthy(output:find("\27]9;4;3;0\27\\", 1, true))
    assert.truthy(output:find("\27]9;4;1;25\27\\", 1, true))
    assert.truthy(output:find("\27]9;4;0;0\27\\", 1, true))
    local address = "https://3000-x.proxy/?a=b"
    assert.truthy(output:find(("\27]8;;%s\27\\%s\27]8;;\27\\."):format(address, address), 1, true))
    assert.equal("", (run("lines"):match("\27")) or "")
  end)

  it("is not written where nothing is known of the terminal", function()
    policy.override("terminal.links", false)
    policy.override("terminal.progress", false)
    assert.is_nil(run("tty"):find("\27]", 1, true))
    assert.equal("", osc.ending{ osc = {} })
    assert.equal("\27]9;4;0;0\27\\", osc.ending{ osc = { told = "x" } })
  end)
end)
