--- What a run writes on stderr.
local program = require("tests.lib.program")
local progress = require("os2.report.progress")
local scheduler = require("os2.run.scheduler")

local function recorder(options)
  local written, at = {}, 0
  local ui = progress.open{
    mode = options.mode or "lines", colour = options.colour or false,
    ticks = options.ticks or false, width = options.width or 60,
    write = function(bytes) written[#written + 1] = bytes end,
    now = function() return at end,
  }
  return ui, function() return table.concat(written) end, function(seconds) at = at + seconds end
end

describe("os2.report.progress", function()
  it("writes plain lines off a terminal", function()
    local ui, output, pass = recorder{}
    ui:title("dev--20260111-193045", "from ./sandbox/Dockerfile · env dev")
    local phase = ui:phase("context")
    phase:show("reading")
    pass(0.14)
    phase:done("312 files, 4.1 MB")
    assert.equal("dev--20260111-193045   from ./sandbox/Dockerfile · env dev\n"
      .. "  context    312 files, 4.1 MB                         0.1 s\n", output())
  end)

  it("writes each step of a build as a line off a terminal", function()
    local ui, output = recorder{}
    local phase = ui:phase("build")
    phase:step("[1/2] FROM scratch")
    phase:step("[2/2] COPY . /")
    assert.equal("  build      [1/2] FROM scratch\n  build      [2/2] COPY . /\n", output())
  end)

  it("redraws one line on a terminal, not more often than an eye follows", function()
    local ui, output, pass = recorder{ mode = "tty" }
    local phase = ui:phase("push")
    pass(1)
    phase:show("first")
    pass(0.01)
    phase:show("too soon")
    pass(1)
    phase:done("pushed")
    local text = output()
    assert.equal(1, select(2, text:gsub("\n", "")))
    assert.truthy(text:find("first", 1, true))
    assert.is_nil(text:find("too soon", 1, true))
    assert.equal("  push       pushed                                    2.0 s\n", text:match("[^\r\27]*$"):sub(3))
  end)

  it("shows bytes with a bar and a rate", function()
    local ui, output, pass = recorder{ mode = "tty", width = 80 }
    local phase = ui:phase("push")
    phase:bytes(0, 312e6)
    pass(2)
    phase:bytes(22.4e6, 312e6)
    assert.truthy(output():find("█░", 1, true))
    assert.truthy(output():find("22.4 of 312 MB  11.2 MB/s", 1, true), output())
  end)

  it("still speaks now and then of bytes off a terminal", function()
    local ui, output, pass = recorder{}
    local phase = ui:phase("push")
    phase:bytes(0, 312e6)
    pass(16)
    phase:bytes(251e6, 312e6)
    phase:bytes(252e6, 312e6)
    assert.equal("  push       251 of 312 MB  15.7 MB/s\n", output())
  end)

  describe("off a terminal, while a phase says nothing,", function()
    local timer, on_ready = scheduler.timer, scheduler.on_ready
    local pauses, fire

    before_each(function()
      pauses = {}
      scheduler.timer = function(seconds)
        pauses[#pauses + 1] = seconds
        return { close = function() end }
      end
      scheduler.on_ready = function(_, fn) fire = fn end
    end)

    after_each(function() scheduler.timer, scheduler.on_ready = timer, on_ready end)

    it("gives a sign of life every 15 seconds", function()
      local ui, output, pass = recorder{ ticks = true }
      local phase = ui:phase("build")
      phase:step("[1/1] RUN make")
      pass(15)
      fire()
      pass(15)
      fire()
      phase:done("1 step")
      assert.same({ 15, 15, 15 }, pauses)
      assert.matches("build      [1/1] RUN make\n  build      [1/1] RUN make, 15.0 s so far\n"
        .. "  build      [1/1] RUN make, 30.0 s so far\n  build      1 step", output(), 1, true)
    end)

    it("counts from what was said last", function()
      local ui, output, pass = recorder{ ticks = true }
      local phase = ui:phase("activate")
      phase:show("pulling")
      pass(10)
      phase:step("pulling → active")
      pass(5)
      fire()
      assert.same({ 15, 10 }, pauses)
      assert.equal("  activate   pulling → active\n", output())
      phase:done("active")
    end)

    it("has words for a phase without any", function()
      local ui, output, pass = recorder{ ticks = true }
      ui:phase("preflight")
      pass(16)
      fire()
      assert.equal("  preflight  16.0 s so far\n", output())
    end)
  end)

  it("marks the phase that an error left", function()
    local ui, output = recorder{}
    pcall(function()
      local phase <close> = ui:phase("build")
      phase:show("[9/14] RUN false")
      error("boom")
    end)
    assert.truthy(output():find("build      stopped at: [9/14] RUN false", 1, true))
  end)

  it("writes warnings above the live line", function()
    local ui, output = recorder{ mode = "tty" }
    ui:phase("activate")
    ui:warn("slow")
    assert.truthy(output():find("\r\27[Kos2: warning: slow\n", 1, true))
  end)

  it("colours nothing when told so", function()
    local ui, output = recorder{ mode = "tty", colour = false }
    ui:title("name", "about")
    ui:phase("push"):done("pushed")
    assert.is_nil(output():find("\27%[%d+m"))
  end)

  it("lets no foreign text steer the terminal", function()
    local ui, output = recorder{}
    ui:phase("build"):step("RUN \27]0;title\7echo")
    assert.is_nil(output():find("[\27\7]"))
  end)

  it("loads no renderer for a run that shows nothing", function()
    local ran = program.eval([[
      require("os2.report.progress").open()
      for _, name in ipairs{ "tty", "lines", "plain", "json", "quiet", "text", "steps" } do
        assert(not package.loaded["os2.report.progress." .. name], name)
      end
    ]])
    assert.equal(0, ran.code, ran.stderr)
  end)

  it("refuses unknown options", function()
    assert.has_error(function() progress.open{ wide = true } end)
  end)
end)
