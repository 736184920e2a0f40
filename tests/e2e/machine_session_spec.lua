--- `os2 machine exec -i`, `-t` and `os2 machine shell` with containers of the local engine. What the
--- docker command answers says what is right.
local docker_machines = require("tests.lib.docker_machines")
local hash = require("os2.hash")
local json = require("os2.json")
local proc = require("os2.proc")

local NAME <const> = docker_machines.NAME
local DOCKER <const> = "/usr/bin/docker"

describe("machine with stdin, on the local engine", function()
  local shared = docker_machines.new()
  local world

  setup(function()
    world = shared.start()
    shared.assert_ok(shared.create())
  end)
  teardown(function()
    shared.clean()
    shared.stop()
  end)

  -- Runs a line of bash in which "$@" is the command.
  local function bash(line, command)
    return proc.run({ "bash", "-o", "pipefail", "-c", line, "bash", table.unpack(command) }, {
      timeout = 60, cwd = world.project, env = world:environment(docker_machines.KEYLESS),
    })
  end

  local function exec(words)
    return world:command("machine", "exec", "--provider", "docker", table.unpack(words))
  end

  for _, case in ipairs{
    { 'printf "a\\nb" | "$@"', { "cat" } },
    { '"$@" </dev/null', { "wc", "-c" } },
    { '"$@" <<<input', { "sh", "-c", "cat >&2; exit 7" } },
    { 'head -c 3000000 /dev/zero | "$@"', { "wc", "-c" } },
    { 'head -c 3000000 /dev/zero | "$@" | wc -c', { "cat" } },
    { 'yes | "$@"', { "head", "-2" } },
    { 'echo late | "$@"', { "sh", "-c", "exec <&-; echo closed" } },
    { 'echo x | "$@"', { "/nope" } },
  } do
    it(("exec -i, as the docker command: %s %s"):format(case[1], table.concat(case[2], " ")), function()
      local own = bash(case[1], exec{ "-i", NAME, "--", table.unpack(case[2]) })
      local theirs = bash(case[1], { DOCKER, "exec", "-i", NAME, table.unpack(case[2]) })
      assert.equal(theirs.stdout, own.stdout)
      assert.equal(theirs.code, own.code, own.stderr)
      if case[2][1] ~= "/nope" then assert.equal(theirs.stderr, own.stderr) end
    end)
  end

  it("exec -i gives its output to the JSON document", function()
    local ran = bash('echo in | "$@"', exec{ "-i", "--json", NAME, "--", "sh", "-c", "cat; echo e >&2" })
    local document = json.decode(ran.stdout)
    assert.same({ "in\n", "e\n", 0 }, { document.stdout, document.stderr, document.code })
  end)

  it("exec -i ends when nobody reads its output any more", function()
    local ran = bash('yes | "$@" | head -1; echo "${PIPESTATUS[1]}"', exec{ "-i", NAME, "--", "cat" })
    assert.equal("y\n141\n", ran.stdout)
  end)

  -- stdout is a full pipe that nobody reads until the command has ended
  local UNREAD <const> = [[
    rm -f unread; mkfifo unread; exec 3<>unread; head -c 65536 /dev/zero >&3
    "$@" >&3 & pid=$!]]

  it("exec ends at its deadline while nobody reads its output", function()
    for _, kind in ipairs{ "-i", "--no-stdin" } do
      local ran = bash(UNREAD .. '; wait "$pid"; echo "$?"', exec{ kind, "--timeout", "1", NAME, "--", "yes" })
      assert.equal("125\n", ran.stdout)
      assert.matches("not done within 1 s", ran.stderr, 1, true)
    end
  end)

  it("exec -i gives all its output to a reader that has slept", function()
    local ran = bash(UNREAD .. [[;
      sleep 0.5; { head -c 65536 >/dev/null; head -c 3000000 | sha256sum; } <&3; wait "$pid"; echo "$?"]],
      exec{ "-i", NAME, "--", "sh", "-c", "yes 0123456789 | head -c 3000000" })
    local all = ("0123456789\n"):rep(3000000 // 11 + 1):sub(1, 3000000)
    assert.same({ hash.sha256(all) .. "  -\n0\n", "" }, { ran.stdout, ran.stderr })
  end)

  it("exec -i fails when its stdin cannot be read", function()
    local ran = bash('"$@" </', exec{ "-i", NAME, "--", "cat" })
    assert.equal(125, ran.code, ran.stderr)
    assert.matches("the input cannot be read: .*directory", ran.stderr)
  end)

  it("exec -t gives a terminal to the command", function()
    local ran = bash('"$@"', exec{ "-t", "--no-stdin", NAME, "--", "sh", "-c", "test -t 1 && echo yes" })
    assert.equal("yes\r\n", ran.stdout)
  end)

  it("refuses a terminal where there is none", function()
    for _, command in ipairs{ exec{ "-it", NAME, "--", "true" },
      world:command("machine", "shell", "--provider", "docker", NAME) } do
      local ran = bash('echo x | "$@"', command)
      assert.equal(125, ran.code)
      assert.matches("the input device is not a terminal", ran.stderr)
    end
  end)

  -- `script` gives a terminal to os2, and what it reads is typed.
  local function typed(keys, ...)
    local line = 'printf "$KEYS" | script -qec "$COMMAND" /dev/null'
    local words = {}
    for index, word in ipairs(world:command("machine", ...)) do words[index] = ("'%s'"):format(word) end
    local environment = world:environment(docker_machines.KEYLESS)
    environment.KEYS, environment.COMMAND = keys, table.concat(words, " ")
    return proc.run({ "bash", "-c", line }, { timeout = 60, cwd = world.project, env = environment })
  end

  it("shell passes keys, output and the exit code", function()
    local ran = typed("", "shell", "--provider", "docker", NAME, "--", "sh", "-c",
      "stty -echo; echo ready; exit 5")
    assert.equal(5, ran.code, ran.stdout)
    assert.matches("ready", ran.stdout)
  end)
end)
