--- How runs are shown (--progress, OS2_PROGRESS), with a real engine and a real registry.
local events = require("os2.report.progress.events")
local json = require("os2.json")
local proc = require("os2.proc")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX
local DOCKER <const> = "/usr/bin/docker" -- the packaged one: another need not build with BuildKit
local SECRET <const> = "s3cret-of-the-build"

-- 100 lines, a bar that redraws its line, escape sequences, a secret; then it fails, or does not.
local TALKING <const> = [[
FROM %s
ARG A_TOKEN
ARG UNIQUE
RUN for i in $(seq 1 100); do echo "line $i of $UNIQUE"; done; \
  printf '10%%%%\r20%%%%\r30%%%%\n'; printf '\033[31mred\033[0m and \033]0;title\007more\n'; \
  echo "it is $A_TOKEN"; echo "  indented" >&2; exit %d
]]

describe("--progress", function()
  local world

  setup(function() world = worlds.start{ registry = "password" } end)
  teardown(function() if world then world:stop() end end)
  before_each(function() world:reset() end)
  after_each(function() world:untag_images() end)

  local function build(code, words, changes)
    world:write("sandbox/Dockerfile", TALKING:format(worlds.base_image(), code))
    return world:run({
      "snapshot", "--provider", "docker", "--build-arg", "A_TOKEN=" .. SECRET,
      "--build-arg", "UNIQUE=" .. PREFIX .. code .. (words[2] or ""), table.unpack(words),
    }, changes)
  end

  local function told(ran)
    local list, declared = {}, {}
    for _, event in ipairs(events.EVENTS) do declared[event[1]] = true end
    for line in ran.stderr:gmatch("[^\n]+") do
      local event = json.decode(line)
      assert.equal(events.SCHEMA, event.schema)
      assert.is_true(declared[event.event], line)
      list[#list + 1] = event
    end
    return list
  end

  local function of_kind(list, kind)
    local found = {}
    for _, event in ipairs(list) do
      if event.event == kind then found[#found + 1] = event end
    end
    return found
  end

  -- The lines of the step that talks, as every mode that shows them has them.
  local function spoken(code, word)
    local lines = {}
    for index = 1, 100 do lines[index] = ("line %d of %s%d%s"):format(index, PREFIX, code, word) end
    lines[#lines + 1] = "30%"
    lines[#lines + 1] = "red and ]0;titlemore"
    lines[#lines + 1] = "it is ***"
    return lines
  end

  local function assert_hidden(ran)
    assert.is_nil((ran.stdout .. ran.stderr):find(SECRET, 1, true))
    assert.is_nil(ran.stderr:find("[\27\r\7]"))
  end

  it("plain: shows all that a step writes, with its step and seconds", function()
    local ran = build(7, { "--progress", "plain" })
    assert.equal(1, ran.code, ran.stderr)
    assert_hidden(ran)
    local number = ran.stderr:match("\n#(%d+) %[2/2%] RUN for i in")
    assert.truthy(number, ran.stderr)
    local at = 1
    for _, line in ipairs(spoken(7, "plain")) do
      local pattern = ("\n#%s %%d+%%.%%d%%d%%d %s\n"):format(number, (line:gsub("%p", "%%%0")))
      local _, stop = ran.stderr:find(pattern, at)
      assert.truthy(stop, line .. "\n" .. ran.stderr)
      at = stop
    end
    assert.truthy(ran.stderr:find("\n#" .. number .. " %d+%.%d%d%d   indented\n"), ran.stderr)
    assert.truthy(ran.stderr:find("\n#" .. number .. " ERROR: [^\n]*exit code: 7\n", at), ran.stderr)
  end)

  -- Everything but numbers of steps, times, sums and what the two commands do differently inside. The
  -- base image is a step that BuildKit shares with other builds on the engine. A step that another
  -- one has interrupted ends with dots and has its name once more.
  local function essentials(text)
    local names, lines = {}, {}
    for number, rest in text:gmatch("#(%d+) ([^\n]*)") do
      if not names[number] then names[number] = rest
      elseif rest ~= "..." and rest ~= names[number] and names[number]:find("^%[[^1]/%d%]")
        and not rest:find("^sha256:") then
        lines[#lines + 1] = names[number] .. " | " .. rest:gsub("^%d+%.%d+ ", "TIME "):gsub("DONE [%d.]+s", "DONE TIME")
      end
    end
    table.sort(lines)
    return lines
  end

  it("plain: has the lines that the Docker command has", function()
    local dockerfile = ("FROM %s\nARG UNIQUE\nRUN echo one $UNIQUE; echo '  two'; echo; echo \"$HOME\" three\n"
      .. "COPY hello /hello\nRUN echo four; exit 3\n"):format(worlds.base_image())
    world:write("sandbox/Dockerfile", dockerfile)
    local unique = PREFIX .. "own"
    local own = world:run{
      "snapshot", "--progress", "plain", "--provider", "docker", "--build-arg", "UNIQUE=" .. unique,
    }
    local docker_own = proc.run({
      DOCKER, "build", "--no-cache", "--progress", "plain", "-f", "sandbox/Dockerfile",
      "--build-arg", "UNIQUE=" .. unique, ".",
    }, { timeout = 60, cwd = world.project, env = world:environment{ DOCKER_BUILDKIT = "1" } })
    assert.equal(1, own.code, own.stderr)
    assert.not_equal(0, docker_own.code)
    local expected = essentials(docker_own.stderr)
    assert.is_true(#expected >= 8, docker_own.stderr)
    assert.same(expected, essentials(own.stderr))
  end)

  it("shows the whole output of the failed step above the error, in every mode", function()
    for _, mode in ipairs{ "auto", "tty", "plain", "quiet" } do
      local ran = build(3, { "--progress", mode })
      assert.equal(1, ran.code, ran.stderr)
      assert.is_nil(ran.stderr:find(SECRET, 1, true))
      local at = 1
      for _, line in ipairs(spoken(3, mode)) do
        local _, stop = ran.stderr:find("\n  | " .. line .. "\n", at, true)
        if at == 1 and not stop then _, stop = ran.stderr:find("^  | " .. line .. "\n") end
        assert.truthy(stop, ("%s: %s\n%s"):format(mode, line, ran.stderr))
        at = stop
      end
      assert.truthy(ran.stderr:find("\nos2: [^\n]*exit code 3", at), ran.stderr)
    end
  end)

  it("keeps no more of a step's output than limits.step_output", function()
    world:write("policy.lua", 'policy.api(1)\npolicy.set("limits.step_output", 300)\n')
    local ran = build(4, { "--progress", "quiet" }, { OS2_POLICY = "policy.lua" })
    assert.equal(1, ran.code, ran.stderr)
    assert.truthy(ran.stderr:find("  | … %d+ earlier lines are not shown %(policy limits%.step_output%)\n"), ran.stderr)
    assert.truthy(ran.stderr:find("  | it is ***\n", 1, true), ran.stderr)
    assert.is_nil(ran.stderr:find("line 1 of", 1, true), ran.stderr)
  end)

  it("json: writes one event a line, to the error", function()
    local ran = build(5, { "--progress", "json" })
    assert.equal(1, ran.code, ran.stderr)
    assert_hidden(ran)
    local list = told(ran)
    local step
    for _, event in ipairs(of_kind(list, "step_start")) do
      if event.name:find("^RUN for") then step = event.step end
    end
    local logs, are_told = {}, {}
    for _, event in ipairs(of_kind(list, "log")) do
      assert.equal(step, event.step)
      logs[#logs + 1], are_told[event.text] = event.text, true
    end
    for _, line in ipairs(spoken(5, "json")) do assert.is_true(are_told[line], line) end
    assert.equal(104, #logs)
    local last = list[#list]
    assert.same({ "error", "invalid", 1 }, { last.event, last.kind, last.exit })
    assert.truthy(last.detail:find("it is ***", 1, true))
    assert.equal(false, of_kind(list, "phase_end")[3].ok)
  end)

  it("json: tells of a snapshot from the title to the layers that moved", function()
    world:write("hello", ("hello, events of %s\n"):format(PREFIX)) -- in no registry yet
    local ran = world:run({ "snapshot", "--json" }, { OS2_PROGRESS = "json" })
    assert.equal(0, ran.code, ran.stderr)
    local list, phases = told(ran), {}
    assert.equal("title", list[1].event)
    local document = json.decode(ran.stdout)
    assert.equal(document.name, list[1].name)
    for _, event in ipairs(of_kind(list, "phase_end")) do
      assert.is_true(event.ok)
      phases[#phases + 1] = event.phase
    end
    assert.same({ "preflight", "context", "build", "push", "register", "activate" }, phases)
    local image, pushed, layers = of_kind(list, "image")[1], of_kind(list, "push")[1], of_kind(list, "layers")[1]
    assert.equal(1, image.steps)
    assert.is_true(image.sent > 0)
    assert.same({ 1, 0 }, { pushed.pushed, pushed.exists })
    assert.equal(1, #layers.layers)
    assert.matches("^COPY hello /hello", layers.layers[1].created_by)
    local layer = of_kind(list, "layer")[1]
    assert.same({ "pushed", layers.layers[1].created_by }, { layer.state, layer.created_by })
    assert.same({ 1, image.cached, image.sent, image.bytes }, {
      document.build.steps, document.build.cached, document.build.sent, document.build.bytes,
    })
    assert.same({ pushed.sent, 1, 0 }, { document.push.sent, document.push.pushed, document.push.exists })
    assert.matches("^sha256:" .. layer.layer, document.layers[1].diff_id)
    assert.same({ layers.layers[1].bytes, layer.created_by, "pushed" }, {
      document.layers[1].bytes, document.layers[1].created_by, document.layers[1].state,
    })
  end)

  it("says which layers had to move", function()
    local first = world:run{ "snapshot" }
    assert.equal(0, first.code, first.stderr)
    world:write("sandbox/Dockerfile", worlds.DOCKERFILE .. "COPY hello /second\n")
    local ran = world:run{ "snapshot", "--progress", "plain" }
    assert.equal(0, ran.code, ran.stderr)
    assert.truthy(ran.stderr:find("  push       %x+ is in the registry already, COPY hello /hello\n"), ran.stderr)
    assert.truthy(ran.stderr:find("  push       %x+ pushed, COPY hello /second\n"), ran.stderr)
    assert.truthy(ran.stderr:find("sent in 1 layer, 1 in the registry already", 1, true), ran.stderr)
    assert.truthy(ran.stderr:find("\n  layer      %d+ B COPY hello /second\n"), ran.stderr)
  end)

  it("quiet: says nothing when all goes well, and the error alone when not", function()
    world:write("sandbox/Dockerfile", worlds.DOCKERFILE .. 'ENTRYPOINT ["/hello"]\n')
    local ran = world:run{ "snapshot", "--progress", "quiet" }
    assert.equal(0, ran.code, ran.stderr)
    assert.equal("", ran.stderr)
    assert.truthy(ran.stdout:find(PREFIX, 1, true))
    world:write("sandbox/Dockerfile", "FROM scratch\nCOPYY a b\n")
    ran = world:run{ "snapshot", "--progress=quiet" }
    assert.equal(1, ran.code)
    for line in ran.stderr:gmatch("[^\n]+") do assert.matches("^os2: ", line) end
  end)

  it("tty: redraws its line where there is no terminal", function()
    local ran = world:run{ "snapshot", "--provider", "docker", "--progress", "tty" }
    assert.equal(0, ran.code, ran.stderr)
    assert.truthy(ran.stderr:find("\r\27[K  ", 1, true), ran.stderr)
  end)

  it("holds for every command, before its name too", function()
    local ran = world:run({ "machine", "list", "--provider", "docker", "-v" }, { OS2_PROGRESS = "json" })
    assert.equal(0, ran.code, ran.stderr)
    assert.is_true(#of_kind(told(ran), "note") > 0)
    ran = world:run({ "machine", "get", "no-such-machine", "--progress", "json" })
    assert.equal(4, ran.code, ran.stderr)
    assert.equal(4, of_kind(told(ran), "error")[1].exit)
    local words = world:command("snapshot", "--list-context", "--dockerfile", "missing")
    table.insert(words, 2, "--progress")
    table.insert(words, 3, "json")
    ran = proc.run(words, { timeout = 60, cwd = world.project, env = world:environment() })
    assert.equal(3, ran.code, ran.stderr)
    assert.equal("error", told(ran)[1].event)
  end)

  it("refuses another word, and names it and what asked for it", function()
    local ran = world:run{ "snapshot", "--progress", "loud" }
    assert.equal(2, ran.code, ran.stderr)
    assert.matches("--progress is 'loud'", ran.stderr, 1, true)
    ran = world:run({ "snapshot" }, { OS2_PROGRESS = "loud" })
    assert.equal(3, ran.code, ran.stderr)
    assert.matches("OS2_PROGRESS is 'loud'", ran.stderr, 1, true)
    assert.equal(0, select(2, world:requests()))
    -- a failure of the run itself is still told
    ran = world:run({ "snapshot", "--nonsense" }, { OS2_PROGRESS = "loud" })
    assert.equal(2, ran.code, ran.stderr)
  end)
end)
