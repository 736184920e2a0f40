--- `os2 machine logs` of one and several machines, and output that is streamed, at the stand-in.
local json = require("os2.json")
local machines = require("tests.lib.daytona_machines")
local proc = require("os2.proc")
local task = require("os2.task")

local LOGS <const> = "GET /toolbox/{sandboxId}/process/session/entrypoint/logs"
local COMMAND_LOGS <const> =
  "GET /toolbox/{sandboxId}/process/session/{sessionId}/command/{commandId}/logs"

describe("machine output", function()
  local shared, world = machines.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(shared.reset)
  before_each(function() world:control("POST", "seed-sandboxes", { count = 2 }) end)

  local machine, assert_ok = shared.machine, shared.assert_ok

  local function write(name, fields)
    fields.name = name
    world:control("POST", "entrypoint", fields)
  end

  it("is streamed: one socket, however long the command runs", function()
    local ran = machine{ "exec", "box-1", "--", "sh", "-c",
      "for i in 1 2 3 4 5 6; do echo $i; echo e$i >&2; sleep 0.2; done; exit 3" }
    assert.same({ 3, "1\n2\n3\n4\n5\n6\n", "e1\ne2\ne3\ne4\ne5\ne6\n" },
      { ran.code, ran.stdout, ran.stderr })
    assert.equal(1, (world:requests())[COMMAND_LOGS])
  end)

  it("is whole however the messages are cut", function()
    for _, size in ipairs{ 1, 2, 5 } do
      shared.config{ sockets = { pieceBytes = size, isText = size == 2 } }
      local ran = machine{ "exec", "box-1", "--", "sh", "-c",
        "echo out; sleep 0.05; echo err >&2; sleep 0.05; echo more" }
      assert.same({ "out\nmore\n", "err\n" }, { ran.stdout, ran.stderr })
    end
  end)

  it("is whole and comes once when connections are cut", function()
    shared.config{ sockets = { pieceBytes = 7, cutBytes = { 1, 9, 30, 60 } } }
    local ran = machine{ "exec", "box-1", "--", "sh", "-c", "seq 40; sleep 0.3; echo end" }
    assert.equal(0, ran.code, ran.stderr)
    local wanted = {}
    for index = 1, 40 do wanted[index] = index .. "\n" end
    assert.equal(table.concat(wanted) .. "end\n", ran.stdout)
  end)

  it("is polled where there is no socket, which -v says", function()
    for _, status in ipairs{ 400, 404, 502 } do
      shared.config{ sockets = { absent = status } }
      local ran = world:run{ "machine", "-v", "exec", "box-1", "--", "sh", "-c", "echo x; sleep 0.3; echo y" }
      assert.same({ 0, "x\ny\n" }, { ran.code, ran.stdout }, ran.stderr)
      assert.matches("the log cannot be streamed and is polled: .*" .. status, ran.stderr)
    end
    local ran = machine{ "exec", "box-1", "--", "echo", "x" }
    assert.same({ 0, "x\n", "" }, { ran.code, ran.stdout, ran.stderr })
  end)

  it("is polled where texts are no UTF-8", function()
    shared.config{ sockets = { isText = true, pieceBytes = 1 } }
    local ran = machine{ "exec", "box-1", "--", "printf", "a\\303\\244\\377b" }
    assert.same({ 0, "a\195\164\255b" }, { ran.code, ran.stdout }, ran.stderr)
  end)

  -- The command ends when the log was read once, so that it is read again.
  it("is polled when the policy says so", function()
    local ran
    task.group(function(group)
      group:spawn(function()
        ran = shared.patient({ "exec", "box-1", "--", "sh", "-c",
          'echo x; until [ -e "$0" ]; do sleep 0.05; done; echo y', world.project .. "/is-read" },
          'policy.set("machine.output_by", "polling")\n')
      end)
      while not ran and ((world:requests())[COMMAND_LOGS] or 0) == 0 do task.sleep(0.02) end
      world:write("is-read", "")
    end)
    assert.same({ 0, "x\ny\n" }, { ran.code, ran.stdout }, ran.stderr)
    assert.truthy((world:requests())[COMMAND_LOGS] > 1)
  end)

  it("does not wait for a connection that says nothing", function()
    local ran = shared.patient({ "exec", "box-1", "--", "sh", "-c", "echo x; sleep 1; echo y" },
      'policy.set("machine.silence", 0.1)\n')
    assert.same({ 0, "x\ny\n" }, { ran.code, ran.stdout }, ran.stderr)
  end)

  it("logs --tail shows the last lines", function()
    write("box-1", { stdout = "one\ntwo\n", stderr = "three\n" })
    local ran = assert_ok(machine{ "logs", "box-1", "--tail", "2" })
    assert.same({ "two\n", "three\n" }, { ran.stdout, ran.stderr })
    assert.equal("", assert_ok(machine{ "logs", "box-1", "--tail", "0" }).stdout)
  end)

  it("logs --since is refused at Daytona", function()
    local ran = machine{ "logs", "box-1", "--since", "1h" }
    assert.equal(2, ran.code)
    assert.matches("does not hold the times of its lines", ran.stderr)
  end)

  it("logs --follow --tail goes on where the tail has ended", function()
    write("box-1", { stdout = "one\ntwo\n" })
    local ran
    task.group(function(group)
      group:spawn(function() ran = machine{ "logs", "box-1", "--follow", "--tail", "1" } end)
      while ((world:requests())[LOGS] or 0) < 2 do task.sleep(0.02) end
      write("box-1", { stdout = "three\n", exitCode = 0 })
    end)
    assert.equal("two\nthree\n", assert_ok(ran).stdout)
  end)

  it("logs of several machines at once, each line with its name", function()
    write("box-1", { stdout = "one\n" })
    write("box-2", { stderr = "two\n" })
    local ran
    task.group(function(group)
      group:spawn(function() ran = machine{ "logs", "--follow", "box-1", "box-2" } end)
      while ((world:requests())[LOGS] or 0) < 2 do task.sleep(0.02) end
      write("box-1", { stdout = "three\n", exitCode = 0 })
      world:control("POST", "sandbox", { name = "box-2", set = { state = "stopped" } })
    end)
    assert.equal("box-1 | one\nbox-1 | three\n", assert_ok(ran).stdout)
    assert.equal("box-2 | two\n", ran.stderr)
  end)

  it("logs of several machines when one has none", function()
    write("box-1", { stdout = "one\n" })
    world:control("POST", "sandbox", { name = "box-2", set = { state = "stopped" } })
    local ran = machine{ "logs", "box-1", "box-2" }
    assert.same({ 6, "box-1 | one\n" }, { ran.code, ran.stdout }, ran.stderr)
    assert.matches("box%-2: machine box%-2 is stopped", ran.stderr)
    local document = json.decode(machine{ "logs", "--json", "box-1", "box-2" }.stdout)
    assert.is_false(document.ok)
    local by_name = {}
    for _, log in ipairs(document.machines) do by_name[log.name] = log end
    assert.equal("one\n", by_name["box-1"].stdout)
    assert.matches("is stopped", by_name["box-2"].message)
  end)

  it("each --output group and none", function()
    local function each(how, script)
      return machine{ "each", "--all", "--output", how, "--", "sh", "-c", script }
    end
    local ran = each("group", "echo one; sleep 0.1; printf two; echo err >&2")
    local groups = {}
    for group in ran.stdout:gmatch("(box%-%d:\none\ntwo\n)") do groups[#groups + 1] = group end
    table.sort(groups)
    assert.same({ "box-1:\none\ntwo\n", "box-2:\none\ntwo\n" }, groups)
    assert.equal(#table.concat(groups), #ran.stdout)
    assert.truthy(ran.stderr:find("box-1:\nerr\n", 1, true), ran.stderr)
    assert.equal("2 ok, 0 failed, 0 skipped\n", each("none", "echo x").stdout)
  end)

  it("shows control characters of a machine as such, on a terminal, in its colour", function()
    local words = {}
    for index, word in ipairs(world:command("machine", "each", "--all", "--", "printf", "a\\033[2Jb")) do
      words[index] = ("'%s'"):format(word)
    end
    for _, no_colour in ipairs{ "", "1" } do
      local environment = world:environment()
      environment.COMMAND, environment.NO_COLOR = table.concat(words, " "), no_colour
      local ran = proc.run({ "script", "-qec", "sh -c \"$COMMAND 2>/dev/null\"", "/dev/null" },
        { timeout = 60, cwd = world.project, env = environment })
      local from = no_colour == "" and "\27[36mbox-1 | \27[0m" or "box-1 | "
      local line = ran.stdout:match("[^\n]*box%-1 | [^\n]*")
      assert.truthy(line and line:find(from, 1, true), ran.stdout)
      assert.is_nil(ran.stdout:find("\27[2J", 1, true))
    end
  end)
end)
