--- os2.http beside a name server that never answers.
local clock = require("os2.clock")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local task = require("os2.task")

local SOON <const> = 25 -- seconds; the resolver waits for 30 or more for an answer

describe("a name server that never answers", function()
  local directory

  local function blackhole(...)
    return proc.run({ "tests/lib/blackhole", ... }, { timeout = 120 })
  end

  setup(function()
    directory = os.tmpname()
    os.remove(directory)
    local ran = blackhole("start", directory)
    assert(ran.code == 0, ran.stderr)
  end)
  teardown(function()
    blackhole("stop", directory)
    require("tests.lib.temporary").remove(directory)
  end)

  local function start(chunk)
    local process = proc.spawn({ "tests/lib/blackhole", "run", directory, program.path, "--isolated",
      "-e", chunk }, { stdin = "null", timeout = 30 })
    assert.equal("ready\n", process:next().data)
    return process
  end

  local REQUEST <const> = [[
    io.stdout:write("ready\n") io.stdout:flush()
    http.request{ url = "http://slow.example.com/", timeout = %s }]]

  it("does not hold a deadline up", function()
    local process <close> = start(REQUEST:format("0.5"))
    local began = clock.monotonic()
    local ended = program.finish(process)
    assert.equal(5, ended.code, ended.stderr)
    assert.is_true(clock.monotonic() - began < SOON)
  end)

  it("does not hold a signal up", function()
    local process <close> = start(REQUEST:format("30"))
    task.sleep(0.2)
    local began = clock.monotonic()
    process:kill(proc.signals.INT)
    local ended = program.finish(process)
    assert.equal(130, ended.code, ended.stderr)
    assert.is_true(clock.monotonic() - began < SOON)
  end)
end)
