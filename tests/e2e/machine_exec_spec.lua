--- `os2 machine exec` and `logs` at the Daytona stand-in.
local interrupt = require("tests.lib.interrupt")
local json = require("os2.json")
local machines = require("tests.lib.daytona_machines")
local patience = require("tests.lib.patience")
local proc = require("os2.proc")
local task = require("os2.task")
local worlds = require("tests.lib.world")

describe("machine", function()
  local shared, world = machines.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(shared.reset)

  local machine, fault, assert_ok = shared.machine, shared.fault, shared.assert_ok

  before_each(function() world:control("POST", "seed-sandboxes", { count = 1 }) end)

  it("exec keeps the argv, both streams and the exit code", function()
    local ran = machine{ "exec", "box-1", "--", "sh", "-c",
      'printf "%s|" "$@"; echo err >&2; exit 3', "sh", "a  b", "it's", "$HOME", "*", "", "--x" }
    assert.equal(3, ran.code, ran.stderr)
    assert.equal("a  b|it's|$HOME|*||--x|", ran.stdout)
    assert.equal("err\n", ran.stderr)
  end)

  it("exec with --json, in a directory", function()
    local ran = machine{ "exec", "box-1", "--json", "--cwd", "/", "--", "pwd" }
    local document = json.decode(assert_ok(ran).stdout)
    assert.same({ "/\n", 0 }, { document.stdout, document.code })
  end)

  -- As a shell would start it, behind something on its stdin.
  local function fed(line, ...)
    local command = world:command("machine", ...)
    return proc.run({ "bash", "-c", line, "bash", table.unpack(command) }, {
      timeout = patience.SECONDS, cwd = world.project, env = world:environment(),
    })
  end

  it("refuses what stands on stdin before anything runs", function()
    world:write("list", "a\nb\n")
    local loop = 'while read -r _; do "$@"; done <list'
    local pipe = 'rm -f said; { echo hi; : >said; } | { until [ -e said ]; do sleep 0.01; done; "$@"; }'
    for _, line in ipairs{ pipe, '"$@" <<<hi', loop } do
      for _, verb in ipairs{ { "exec", "box-1" }, { "each", "--all" } } do
        local ran = fed(line, verb[1], verb[2], "--", "sh", "-c", "echo x >> ran")
        assert.matches("there is input on stdin, but .* gets no stdin; `os2 machine exec %-i` sends "
          .. "it to the command; or pass %-%-no%-stdin", ran.stderr)
        if line ~= loop then assert.equal(verb[1] == "exec" and 125 or 2, ran.code) end
      end
    end
    local ran = fed(loop, "exec", "--no-stdin", "box-1", "--", "echo", "x")
    assert.same({ 0, "x\nx\n", "" }, { ran.code, ran.stdout, ran.stderr })
  end)

  it("takes a stdin without data: closed, empty, open, a device", function()
    for _, line in ipairs{
      '"$@" <&-', '"$@" </dev/null', '"$@" </dev/zero',
      ': | { sleep 0.1; "$@"; }', 'mkfifo o && exec 3<>o && "$@" <&3',
    } do
      local ran = fed(line, "exec", "box-1", "--", "echo", "x")
      assert.same({ 0, "x\n" }, { ran.code, ran.stdout }, line .. ran.stderr)
      assert.is_nil(ran.stderr:find("stdin", 1, true))
    end
  end)

  it("warns of what comes on stdin while it runs", function()
    local ran = fed('mkfifo p && exec 3<>p && "$@" <&3', "exec", "box-1", "--", "sh", "-c",
      ("echo hi >'%s/p'"):format(world.project))
    assert.equal(0, ran.code)
    assert.matches("^os2: warning: input came on stdin, but .* gets no stdin; ", ran.stderr)
  end)

  it("exec gives 125 where os2 itself fails", function()
    assert.equal(125, machine{ "exec", "nope", "--", "true" }.code)
    assert.equal(125, machine{ "exec", "--bad" }.code)
    assert.equal(125, machine{ "--json", "--result", "exec.json", "exec", "nope", "--", "true" }.code)
    assert.equal(4, machine{ "get", "exec" }.code)
    local ran = machine{ "get", "exec", "--bad" }
    assert.equal(2, ran.code)
    assert.truthy(ran.stderr:find("`os2 machine get --help`", 1, true), ran.stderr)
    world:control("POST", "sandbox", { name = "box-1", set = { state = "stopped" } })
    ran = machine{ "exec", "box-1", "--", "true" }
    assert.equal(125, ran.code)
    assert.truthy(ran.stderr:find("os2 machine start box-1", 1, true), ran.stderr)
  end)

  it("exec and each refuse words that cannot be sent, naming them", function()
    for verb, code in pairs{ exec = 125, each = 2 } do
      local ran = machine{ verb, verb == "exec" and "box-1" or "--all", "--", "echo", "a\255" }
      assert.equal(code, ran.code, ran.stderr)
      assert.truthy(ran.stderr:find("word 2 of the command is not UTF-8: 'a?'", 1, true), ran.stderr)
    end
  end)

  it("exec runs once though the answer is lost", function()
    fault({ method = "POST", path = "/exec$" }, { type = "lost" })
    local ran = assert_ok(machine{ "exec", "box-1", "--", "sh", "-c", "echo x >> ran; cat ran" })
    assert.equal("x\n", ran.stdout)
  end)

  it("exec gives the command no input, also in a directory", function()
    for _, directory in ipairs{ ".", "/" } do
      local ran = assert_ok(machine{ "exec", "--timeout", "20", "--cwd", directory, "box-1", "--",
        "sh", "-c", "cat; echo read" })
      assert.equal("read\n", ran.stdout)
    end
    assert.equal("", assert_ok(machine{ "exec", "--timeout", "20", "box-1", "--", "cat" }).stdout)
  end)

  it("exec streams, and an interrupt ends the command", function()
    local mark = "never-" .. worlds.PREFIX -- this machine is one with that of others who run this test
    local ended = interrupt.run(world, { "machine", "exec", "box-1", "--", "sh", "-c",
      "echo begun >&2; sleep 3600; echo " .. mark }, function(stderr)
      return stderr:find("begun", 1, true)
    end)
    assert.equal(130, ended.code, ended.stderr)
    patience.until_true("the command has ended", function()
      return machine{ "exec", "box-1", "--", "pgrep", "-f", "[n]" .. mark:sub(2) }.code == 1
    end)
  end)

  it("exec ends when nobody reads its output any more", function()
    local words = world:command("machine", "exec", "box-1", "--", "sh", "-c",
      "while sleep 0.1; do echo x; done")
    local ran = proc.run({ "sh", "-c", '"$@" | head -n 1', "sh", table.unpack(words) }, {
      timeout = patience.SECONDS, cwd = world.project, env = world:environment(),
    })
    assert.equal("x\n", ran.stdout)
  end)

  it("logs gives what was written, with --follow until the end", function()
    world:control("POST", "entrypoint", { name = "box-1", stdout = "one\n", stderr = "two\n" })
    local ran = assert_ok(machine{ "logs", "box-1" })
    assert.same({ "one\n", "two\n" }, { ran.stdout, ran.stderr })
    local outcomes = task.map({ 1, 2 }, function(index)
      if index == 1 then return machine{ "logs", "box-1", "--follow" } end
      task.sleep(0.5)
      world:control("POST", "entrypoint", { name = "box-1", stdout = "three\n", exitCode = 0 })
    end)
    assert.equal("one\nthree\n", outcomes[1].value.stdout)
  end)

  it("logs --follow ends with the machine", function()
    local outcomes = task.map({ 1, 2 }, function(index)
      if index == 1 then return machine{ "logs", "box-1", "--follow" } end
      -- a log is asked for only of a machine that is started
      patience.until_true("the log is asked for", interrupt.saw(world, "GET", "/process/session/entrypoint/logs"))
      world:control("POST", "sandbox", { name = "box-1", set = { state = "stopped" } })
    end)
    assert_ok(outcomes[1].value)
    local ran = machine{ "logs", "box-1" }
    assert.equal(6, ran.code, ran.stderr)
  end)

  it("passes on what is written as it is, also a character in two pieces", function()
    local ran = assert_ok(machine{ "exec", "box-1", "--", "sh", "-c",
      "printf 'a\\342'; sleep 1; printf '\\202\\254b\\377'" })
    assert.equal("a€b\255", ran.stdout)
  end)
end)
