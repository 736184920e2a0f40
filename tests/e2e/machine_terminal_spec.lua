--- `os2 machine shell` in a real terminal (tmux): what a person types and sees, and how the terminal
--- is left.
local docker = require("os2.docker")
local docker_machines = require("tests.lib.docker_machines")
local fs = require("os2.fs")
local proc = require("os2.proc")
local task = require("os2.task")

local NAME <const> = docker_machines.NAME
local SECONDS <const> = 60 -- until what is waited for must be there
local WIDTH <const>, HEIGHT <const> = 100, 30

describe("a shell in a terminal", function()
  local shared = docker_machines.new()
  local world, socket

  setup(function()
    world = shared.start()
    shared.assert_ok(shared.create())
    socket = world.directory .. "/tmux"
    shared.assert_ok(shared.machine{ "cp", "/usr/bin/busybox", NAME .. ":/usr/bin/vi" })
  end)
  teardown(function()
    if socket then proc.run({ "tmux", "-S", socket, "kill-server" }, { timeout = 10 }) end
    shared.clean()
    shared.stop()
  end)

  local function tmux(...)
    local ran = proc.run({ "tmux", "-S", socket, ... }, {
      timeout = 10, cwd = world.project, env = world:environment(docker_machines.KEYLESS),
    })
    assert.equal(0, ran.code, ran.stderr)
    return ran.stdout
  end

  local function keys(...) tmux("send-keys", "-t", "t", ...) end

  local function screen() return tmux("capture-pane", "-p", "-t", "t") end

  local function wait_until(what, test)
    local _, failure = task.try(task.timeout, SECONDS, function()
      while not test() do task.sleep(0.05) end
    end)
    assert(not failure, ("%s: not seen on:\n%s"):format(what, failure and screen()))
  end

  local function see(words)
    wait_until(words, function() return screen():find(words, 1, true) end)
  end

  -- A server whose last session ends leaves too, and might do so while the next test asks it.
  setup(function() tmux("-f", "/dev/null", "new-session", "-d", "-s", "keeper", "cat") end)

  -- A terminal with a plain shell, whose modes are kept.
  before_each(function()
    tmux("new-session", "-d", "-s", "t", "-x", tostring(WIDTH), "-y",
      tostring(HEIGHT),
      "env PS1='here> ' sh")
    see("here>")
    keys("stty -a >before", "Enter")
    wait_until("modes", function() return fs.exists(world.project .. "/before") end)
  end)
  after_each(function() tmux("kill-session", "-t", "t") end)

  local function quoted(words)
    local list = {}
    for index, word in ipairs(words) do list[index] = "'" .. word:gsub("'", "'\\''") .. "'" end
    return table.concat(list, " ")
  end

  -- Types a command of os2; the line that shows its exit code ends it.
  local function start(...)
    local words = quoted(world:command("machine", ...))
    world:write("run.sh", words .. '\necho "ended $?"\n')
    keys(". ./run.sh", "Enter")
  end

  local function shell(...)
    start("shell", "--provider", "docker", NAME, "--", "sh", "-c", "PS1='there> ' exec sh", ...)
    see("there>")
  end

  -- What stty said, but for the size.
  local function modes(name)
    return (fs.read(world.project .. "/" .. name):gsub("rows %d+; columns %d+;", ""))
  end

  -- The terminal is as it was: the same modes, a prompt, and what is typed is seen.
  local function assert_sane(code)
    see("ended " .. code)
    fs.remove(world.project .. "/after")
    keys("stty -a >after; echo sa''ne", "Enter")
    see("sane")
    wait_until("modes", function() return fs.exists(world.project .. "/after") end)
    assert.equal(modes("before"), modes("after"))
  end

  -- os2 is the child of the terminal's shell.
  local function os2_pid()
    local parent = tmux("display-message", "-p", "-t", "t", "#{pane_pid}"):match("%d+")
    local found = proc.run({ "pgrep", "-P", parent }, { timeout = 5 })
    return assert(found.stdout:match("^(%d+)"), found.stdout)
  end

  it("has the size of the terminal, and follows its changes", function()
    shell()
    keys("stty size", "Enter")
    see(("%d %d"):format(HEIGHT, WIDTH))
    tmux("resize-window", "-t", "t", "-x", "77", "-y", "22")
    wait_until("22 77", function()
      keys("stty size", "Enter")
      return screen():find("22 77", 1, true)
    end)
    keys("exit 4", "Enter")
    tmux("resize-window", "-t", "t", "-x", tostring(WIDTH), "-y", tostring(HEIGHT))
    assert_sane(4)
  end)

  it("gives Ctrl-C, Ctrl-D and Ctrl-\\ to the command, and Ctrl-P at once", function()
    shell()
    keys("cat", "Enter")
    keys("C-p")
    see("^P")
    keys("C-q")
    keys("x", "C-c")
    see("^C")
    keys("echo code $?", "Enter")
    see("code 130")
    keys("C-d")
    assert_sane(0)
  end)

  it("gives Ctrl-Z to the command, whose shell goes on", function()
    start("shell", "--provider", "docker", NAME, "--", "bash", "--norc", "-i")
    see("bash-")
    keys("sh -c 'echo be''gun; exec sleep 100'", "Enter")
    see("begun") -- the job has the terminal now
    keys("C-z")
    see("Stopped")
    keys("kill -KILL %1; exec true", "Enter") -- `exit` would first warn of the stopped job
    assert_sane(0)
  end)

  it("runs vi", function()
    shell()
    keys("vi /tmp/text", "Enter")
    see("- /tmp/text")
    keys("ione", "Enter", "two")
    see("two")
    keys("Escape")
    see("- /tmp/text [Modified]")
    keys(":wq", "Enter")
    see("there>")
    keys("clear; cat /tmp/text; exit", "Enter")
    wait_until("text", function() return screen():find("one\ntwo\n", 1, true) end)
    assert_sane(0)
  end)

  it("is left with ~., and tells of it with ~?", function()
    shell()
    keys("Enter", "~", "?")
    see("ends the session")
    keys("Enter", "~", ".")
    see("left the shell in " .. NAME)
    assert_sane(0)
  end)

  it("leaves the terminal as it was when the machine is killed", function()
    shell()
    docker.api.container_kill{ id = NAME }
    see("ended ")
    docker.api.container_start{ id = NAME }
    assert_sane("")
  end)

  for _, signal in ipairs{ "TERM", "HUP", "INT", "QUIT" } do
    it("leaves the terminal as it was when os2 gets SIG" .. signal, function()
      shell()
      proc.run({ "kill", "-s", signal, os2_pid() }, { timeout = 5 })
      assert_sane(({ TERM = 143, HUP = 129, INT = 130, QUIT = 131 })[signal])
    end)
  end

  it("leaves the terminal as it was when os2 is ended by a second signal", function()
    shell()
    proc.run({ "sh", "-c", 'kill -TERM "$0"; sleep 0.6; kill -TERM "$0" 2>/dev/null', os2_pid() },
      { timeout = 5 })
    assert_sane(143)
  end)

  it("leaves the terminal as it was after a command that leaves it raw", function()
    shell()
    keys("stty raw -echo; printf '\\033[?25l'; exit 3", "Enter")
    assert_sane(3)
  end)
end)
