--- --progress json: one event a line, as declared.
local clock = require("os2.clock")
local displays = require("tests.lib.display")
local err = require("os2.err")
local events = require("os2.report.progress.events")
local json = require("os2.json")
local options = require("os2.run.options")
local progress = require("os2.report.progress")

local DECLARED <const> = {}
for _, event in ipairs(events.EVENTS) do DECLARED[event[1]] = event[3] end

local FITS <const> = {
  string = function(value) return type(value) == "string" end,
  integer = function(value) return math.type(value) == "integer" end,
  number = function(value) return type(value) == "number" end,
  boolean = function(value) return type(value) == "boolean" end,
  list = function(value) return type(value) == "table" end,
}

local function check(event)
  for _, fields in ipairs{ events.COMMON, assert(DECLARED[event.event], event.event) } do
    for _, field in ipairs(fields) do
      local type_name, optional = field[2]:match("^(%a+)(%??):")
      local value = event[field[1]]
      if value ~= nil or optional == "" then
        assert.is_true(FITS[type_name](value), ("%s.%s: %s"):format(event.event, field[1], tostring(value)))
      end
    end
  end
  return event
end

describe("os2.report.progress.json", function()
  local now = clock.now
  local display

  before_each(function()
    clock.now = function() return 1799352645.5 end
    display = displays.open("json", { width = 20 })
  end)
  after_each(function()
    clock.now, options.progress = now, nil
    displays.open("quiet")
  end)

  local function told()
    local list = {}
    for line in display.output():gmatch("([^\n]*)\n") do list[#list + 1] = check(json.decode(line)) end
    return list
  end

  it("writes the fields in their order", function()
    display.pass(1.5)
    display.ui:title("dev--1", "from ./Dockerfile")
    assert.equal('{"schema":1,"event":"title","time":"2027-01-07T20:10:45Z","seconds":1.500,"name":"dev--1",'
      .. '"about":"from .\\/Dockerfile"}\n', display.output())
  end)

  it("tells a build from begin to end", function()
    local phase = displays.build(display)
    phase:done("3 steps")
    local seen = {}
    for index, event in ipairs(told()) do
      seen[index] = ("%s %s %s"):format(event.event, event.step or event.phase, event.took or event.step_seconds
        or event.ok or "")
    end
    assert.same({
      "phase_start build ", "step_start 1 ", "step_end 1 0.25", "step_start 2 ", "step_cached 2 ", "step_start 3 ",
      "log 3 0.123", "log 3 2", "step_end 3 2.04", "step_start 4 ", "step_end 4 0.5", "phase_end build 4",
    }, seen)
    local failed = told()[11]
    assert.same({ false, "exit code: 1", "RUN false", 3, 3 },
      { failed.ok, failed.message, failed.name, failed.index, failed.total })
  end)

  it("tells of bytes once a second, and of the last", function()
    local phase = display.ui:phase("build")
    for part = 1, 10 do
      display.pass(0.25)
      phase:bytes(part, 10, "context")
    end
    local seen = {}
    for _, event in ipairs(told()) do
      if event.event == "bytes" then seen[#seen + 1] = event.current end
    end
    assert.same({ 1, 5, 9, 10 }, seen)
  end)

  it("tells of a state that changes, once", function()
    local phase = display.ui:phase("activate")
    phase:show("pulling")
    phase:show("pulling")
    phase:show("active")
    assert.same({ "pulling", "active" }, { told()[2].text, told()[3].text })
    assert.is_nil(told()[4])
  end)

  it("tells all else", function()
    display.ui:note("a")
    display.ui:warn("b\27[31mc")
    display.ui:left("d")
    display.ui:layers{ { bytes = 1 }, { bytes = 2, created_by = "RUN x" } }
    display.ui:image{ steps = 2, cached = 1, sent = 10, bytes = 20 }
    display.ui:pushed({ sent = 5, pushed = 1, exists = 2 }, "sha256:1")
    display.ui:phase("push"):layer{ layer = "0123456789ab", state = "exists", created_by = "RUN x" }
    local list = told()
    assert.same({ "a", "bc", "left: d" }, { list[1].text, list[2].text, list[3].text })
    assert.same({ { bytes = 1 }, { bytes = 2, created_by = "RUN x" } }, list[4].layers)
    assert.same({ 2, 1, 10, 20 }, { list[5].steps, list[5].cached, list[5].sent, list[5].bytes })
    assert.same({ 5, 1, 2, "sha256:1" }, { list[6].sent, list[6].pushed, list[6].exists, list[6].digest })
    assert.same({ "0123456789ab", "exists", "RUN x" }, { list[8].layer, list[8].state, list[8].created_by })
  end)

  it("tells the failure, with the output of the step", function()
    options.progress = "json"
    local failure = err.new{
      kind = "invalid", op = "docker.build", message = "step 2/2 failed", hint = "fix it",
      detail = "one\n\27[31mtwo\27[0m \u{202E}\255",
    }
    assert.is_true(progress.fail(failure, 1))
    local event = told()[1]
    assert.same({ "error", "invalid", "docker.build", 1, "step 2/2 failed", "fix it", "one\ntwo ?" },
      { event.event, event.kind, event.op, event.exit, event.message, event.hint, event.detail })
  end)

  it("leaves the failure to the host in another mode", function()
    options.progress = "plain"
    assert.is_false(progress.fail(err.new{ kind = "invalid", op = "x", message = "y" }, 1))
    assert.equal("", display.output())
  end)

  it("makes events of what stands on a line of a log, and of what a second signal says", function()
    options.progress = "json"
    progress.say("os2: GET /x  200  0.1 s")
    assert.equal("note", told()[1].event)
    assert.equal("left: a tag", json.decode(progress.last_line("a tag")).text)
    options.progress = "plain"
    assert.equal("os2: left: a tag\n", progress.last_line("a tag"))
  end)
end)
