--- `os2 machine exec -i`, `-t` and `os2 machine shell` at the Daytona stand-in.
local fs = require("os2.fs")
local json = require("os2.json")
local machines = require("tests.lib.daytona_machines")
local proc = require("os2.proc")

describe("machine with stdin, at Daytona", function()
  local shared, world = machines.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(function()
    shared.reset()
    world:control("POST", "seed-sandboxes", { count = 1 })
  end)

  -- Runs a line of bash in which "$@" is `os2 machine`.
  local function bash(line, ...)
    local command = world:command("machine", ...)
    return proc.run({ "bash", "-c", line, "bash", table.unpack(command) }, {
      timeout = 60, cwd = world.project, env = world:environment(),
    })
  end

  for _, case in ipairs{
    { 'printf "a\\nb" | "$@"', { "cat" }, "a\nb", 0 },
    { '"$@" </dev/null', { "wc", "-c" }, "0\n", 0 },
    { '"$@" <<<input', { "sh", "-c", "cat; exit 7" }, "input\n", 7 },
    { 'head -c 1500000 /dev/zero | "$@"', { "wc", "-c" }, "1500000\n", 0 },
    { 'yes | "$@"', { "head", "-2" }, "y\ny\n", 0 },
    { 'yes | "$@"', { "sh", "-c", "exec <&-; echo closed; exit 3" }, "closed\n", 3 },
    { '{ echo one; sleep 0.3; echo two; } | "$@"', { "sh", "-c", "read -r a; echo $a; cat" },
      "one\ntwo\n", 0 },
    { 'sleep 0.2 | "$@"', { "/nope" }, "", 127 },
    { 'sleep 0.1 | "$@"', { "sh", "-c", "kill -TERM $$" }, "", 143 },
  } do
    it(("exec -i: %s %s"):format(case[1], table.concat(case[2], " ")), function()
      local ran = bash(case[1], "exec", "-i", "box-1", "--", table.unpack(case[2]))
      assert.same({ case[4], case[3] }, { ran.code, ran.stdout }, ran.stderr)
      if case[2][1] == "/nope" then
        assert.matches("/nope: not found", ran.stderr)
      else
        assert.equal("", ran.stderr)
      end
    end)
  end

  it("exec -i sends each byte, in the directory that was asked for", function()
    local bytes = {}
    for index = 0, 65535 do bytes[#bytes + 1] = string.char(index % 256, index // 256) end
    world:write("bytes", table.concat(bytes))
    local ran = bash('"$@" <bytes', "exec", "-i", "--cwd", "/tmp", "box-1",
      "--", "sh", "-c", 'pwd; exec cat >"$0"', world.project .. "/got")
    assert.equal("/tmp\n", ran.stdout, ran.stderr)
    local same = proc.run({ "cmp", world.project .. "/bytes", world.project .. "/got" }, { timeout = 30 })
    assert.equal(0, same.code, same.stdout)
  end)

  it("exec -i fails when a part of the input may be lost, and ends the command", function()
    shared.fault({ method = "POST", path = "/input$" }, { type = "lost" })
    local ran = bash('echo x | "$@"', "exec", "-i", "box-1", "--", "cat")
    assert.equal(125, ran.code)
    assert.matches("a part of the input may have reached the machine or not", ran.stderr)
  end)

  it("exec -i sends input again that was refused", function()
    shared.fault({ method = "POST", path = "/input$" }, { type = "status", status = 429 })
    local ran = bash('echo x | "$@"', "exec", "-i", "box-1", "--", "cat")
    assert.same({ 0, "x\n" }, { ran.code, ran.stdout }, ran.stderr)
  end)

  it("exec -i says what is missing in the machine", function()
    world:control("POST", "seed-sandboxes", { name = "bare", body = { env = { PATH = "/nowhere" } } })
    local ran = bash('echo x | "$@"', "exec", "-i", "bare", "--", "/bin/cat")
    assert.equal(126, ran.code, ran.stderr)
    assert.matches("os2: %-i needs base64 and a dd", ran.stderr)
  end)

  it("exec -t gives a terminal of the size of os2's own, and the exit code", function()
    local ran = bash('"$@"', "exec", "-t", "--no-stdin", "box-1", "--", "sh", "-c",
      "test -t 0 && stty size; echo 'it'\\''s' \"$OS2_COMMAND\"; exit 3")
    assert.same({ 3, "24 80\r\nit's \r\n" }, { ran.code, ran.stdout }, ran.stderr)
    ran = bash('"$@"', "exec", "-t", "--no-stdin", "--cwd", "/tmp", "box-1", "--", "pwd")
    assert.same({ 0, "/tmp\r\n" }, { ran.code, ran.stdout }, ran.stderr)
    assert.equal(127, bash('"$@"', "exec", "-t", "--no-stdin", "box-1", "--", "/nope").code)
  end)

  it("exec -t says it when the machine has no terminals", function()
    shared.config{ sockets = { absent = 404 } }
    local ran = bash('"$@"', "exec", "-t", "--no-stdin", "box-1", "--", "true")
    assert.equal(125, ran.code)
    assert.matches("404", ran.stderr)
  end)

  -- Gives a terminal to os2: `script`, whose stdin stays open, because its end would be typed as well.
  local function on_terminal(before, behind, ...)
    local words = {}
    for index, word in ipairs(world:command("machine", ...)) do words[index] = ("'%s'"):format(word) end
    return proc.spawn({ "script", "-qec", before .. table.concat(words, " ") .. behind, "/dev/null" }, {
      timeout = 60, cwd = world.project, env = world:environment(),
    })
  end

  -- Types the keys as soon as these words are shown.
  local function typed(words, keys, ...)
    local process <close> = on_terminal("stty rows 33 cols 99; ", "", ...)
    local shown, is_typed = "", false
    local function type_when_due()
      if is_typed or not shown:find(words, 1, true) then return end
      is_typed = true
      process:write(keys)
    end
    type_when_due()
    for event in process do
      shown = shown .. event.data
      type_when_due()
    end
    return { code = process:result().code, stdout = shown }
  end

  it("shell passes keys, size, output and the exit code, and leaves nothing", function()
    local ran = typed("33 99\r\n", "typed\r", "shell", "box-1", "--", "sh", "-c",
      "stty size; stty -echo; read -r a; echo got $a; exit 5")
    assert.equal(5, ran.code, ran.stdout)
    assert.truthy(ran.stdout:find("got typed\r\n", 1, true), ran.stdout)
    ran = typed("", "stty -echo\rstty size\recho $((6*7))\rexit 6\r", "shell", "box-1", "--", "sh")
    assert.equal(6, ran.code, ran.stdout)
    assert.matches("33 99\r\n.*42\r\n", ran.stdout)
    assert.equal(1, (world:requests())["DELETE /toolbox/{sandboxId}/process/pty/{sessionId}"] and 1)
  end)

  it("shell is left with ~.", function()
    local ran = typed("", "~.", "shell", "box-1")
    assert.equal(0, ran.code, ran.stdout)
    assert.matches("left the shell in box%-1; it was ended", ran.stdout)
  end)

  -- Runs a shell until it shows "up", then `happen`; returns what was shown.
  local function interrupted(happen)
    local process <close> = on_terminal("stty -a >before; ", "; echo ended $?; stty -a >after",
      "shell", "box-1", "--", "sh", "-c", "echo up; sleep 30")
    local shown, is_done = "", false
    for event in process do
      shown = shown .. event.data
      if not is_done and shown:find("up", 1, true) then
        is_done = true
        happen()
      end
    end
    assert.equal(fs.read(world.project .. "/before"), fs.read(world.project .. "/after"))
    return shown
  end

  it("a shell whose connection is cut leaves the terminal as it was", function()
    local shown = interrupted(function() world:control("POST", "sockets/cut") end)
    assert.matches("ended 125", shown)
    assert.matches("the connection to the machine's terminal was cut", shown)
  end)

  it("a shell whose machine stops leaves the terminal as it was", function()
    local shown = interrupted(function()
      world:control("POST", "sandbox", { name = "box-1", set = { state = "stopped" } })
    end)
    assert.matches("ended 1%d%d", shown)
  end)

  it("exec -t goes on while nothing is said, and ends when nothing answers", function()
    local function begin(silence, script)
      world:write("policy.lua", ('policy.api(1)\npolicy.set("machine.silence", %g)\n'):format(silence))
      return proc.spawn(world:command("machine", "exec", "-t", "--no-stdin", "box-1", "--", "sh",
        "-c", script), {
        timeout = 60, cwd = world.project, env = world:environment{ OS2_POLICY = "policy.lua" },
      })
    end
    local shown = ""
    -- the stand-in may take a while for its answer
    local process <close> = begin(2, "sleep 3; echo done; exit 4")
    for event in process do shown = shown .. event.data end
    assert.same({ 4, "done\r\n" }, { process:result().code, shown })
    shown = ""
    local deaf <close> = begin(0.2, "while sleep 0.1; do echo up; done")
    for event in deaf do
      if shown == "" then shared.config{ sockets = { isDeaf = true } } end
      shown = shown .. event.data
    end
    assert.equal(125, deaf:result().code)
    assert.matches("the machine has not answered for 0.2 s", shown)
  end)

  it("exec -i with --json", function()
    local ran = bash('echo in | "$@"', "exec", "-i", "--json", "box-1", "--", "sh", "-c", "cat; echo e >&2")
    local document = json.decode(ran.stdout)
    assert.same({ "in\n", "e\n", 0 }, { document.stdout, document.stderr, document.code })
  end)
end)
