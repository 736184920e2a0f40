--- What a run tells GitHub Actions, with a real engine; its own rules read what was written.
local fs = require("os2.fs")
local json = require("os2.json")
local runner = require("tests.lib.github_runner")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX
local SECRET <const> = "first-line-of-it\nsecond 100% line\r\n"

-- What a build writes that GitHub must not take for commands.
local TALKING <const> = [[
FROM %s
ARG UNIQUE
RUN echo "::add-mask::of-the-build"; echo "  ::error::$UNIQUE"; echo '##[stop-commands]x'; \
  echo "::stop-commands::$UNIQUE"
RUN echo "::error::last words"; exit 7
]]

describe("--github", function()
  local world, output, page

  setup(function() world = worlds.start() end)
  teardown(function() if world then world:stop() end end)
  before_each(function()
    world:reset()
    output, page = world.project .. "/../output", world.project .. "/../page"
    fs.write_atomic(output, "before=1")
    fs.write_atomic(page, "")
  end)
  after_each(function() world:untag_images() end)

  local function run(words, changes)
    local all = {
      GITHUB_ACTIONS = "true", GITHUB_OUTPUT = output, GITHUB_STEP_SUMMARY = page,
      GITHUB_WORKSPACE = world.directory, A_TOKEN = SECRET,
    }
    for name, value in pairs(changes or {}) do all[name] = value end
    return world:run(words, all)
  end

  local function snapshot(words, changes)
    return run({ "snapshot", "--provider", "docker", table.unpack(words or {}) }, changes)
  end

  -- The commands that the runner sees, by their names.
  local function commands_of(ran)
    local found = {}
    for line in (ran.stdout .. ran.stderr):gmatch("[^\r\n]+") do
      local command = runner.command(line)
      if command then
        found[command.name] = found[command.name] or {}
        table.insert(found[command.name], command)
      end
    end
    return found
  end

  it("writes outputs and a summary, and leaves stdout as it is", function()
    local ran = snapshot()
    assert.equal(0, ran.code, ran.stderr)
    local name = ran.stdout:match("^(%g+)\n$")
    local outputs = runner.outputs(fs.read(output))
    assert.equal("1", outputs.before)
    assert.equal(name, outputs.name)
    assert.equal("false", outputs.reused)
    assert.matches("^sha256:", outputs.id)
    local text = fs.read(page)
    for _, words in ipairs{ "### os2 snapshot: done", name, "| build |", "COPY hello /hello" } do
      assert.is_truthy(text:find(words, 1, true), words)
    end
  end)

  it("masks every line of a secret before anything else, escaped", function()
    local ran = snapshot({ "--build-arg", "B_PASSWORD=of-the-arguments" })
    assert.equal("::add-mask::", ran.stderr:sub(1, 12))
    local masked = {}
    for _, command in ipairs(commands_of(ran)["add-mask"]) do masked[command.text] = true end
    for _, text in ipairs{ "first-line-of-it", "second 100% line", "dtn_test_key_full", "of-the-arguments" } do
      assert.is_true(masked[text], text)
    end
    local shown = ran.stderr:gsub("::add%-mask::[^\n]*\n", "")
    assert.is_nil(shown:find("second 100", 1, true))
  end)

  it("annotates the line of the Dockerfile that failed, and no text of the build is a command", function()
    world:write("sandbox/Dockerfile", TALKING:format(worlds.base_image()))
    local words = { "--build-arg", "UNIQUE=" .. PREFIX, "--no-cache" }
    for _, mode in ipairs{ "plain", "auto" } do
      local ran = snapshot({ "--progress", mode, table.unpack(words) })
      assert.equal(1, ran.code)
      local found = commands_of(ran)
      assert.equal(1, #found.error)
      assert.equal("project/sandbox/Dockerfile", found.error[1].parameters.file)
      assert.equal("5", found.error[1].parameters.line)
      assert.matches("exit code 7", found.error[1].text)
      assert.is_nil(found["stop-commands"])
      for _, command in ipairs(found["add-mask"]) do assert.is_not.equal("of-the-build", command.text) end
      assert.is_truthy(fs.read(page):find("line 5): step ", 1, true))
    end
    assert.is_nil(runner.outputs(fs.read(output)).name)
  end)

  -- Dockerfiles, and the line at which each fails; "%s" is the base image.
  local FAILING <const> = {
    { "FROM %s\nENV A=b\nRUNN x\n", 3 },
    { "FROM %s AS one\nRUN true\nFROM %s AS two\nRUN true\nCOPY --from=one /etc/os-release /h\n"
      .. "RUN false\nRUN true\n", 6 },
    { "FROM %s\nRUN true\nFROM %s\nWORKDIR /x\nRUN exit 3\n", 5 },
    { "FROM %s AS a\nRUN true\nFROM a\nENV X=y\nRUN false\n", 5 },
    { "# c\n\nARG V=1\nFROM %s\nRUN true && \\\n  # c\n  false\n", 5 },
    { "FROM %s AS a\nFROM scratch\nCOPY --from=a /nope /x\n", 3 },
    { "FROM %s\nRUN true\nRUN true\nRUN false\nRUN true\n", 4 },
    { "FROM %s\nADD http://127.0.0.1:1/x /x\n", 2 },
  }

  it("finds the line of each instruction that a real engine fails at", function()
    for _, row in ipairs(FAILING) do
      -- a step of its own, which no other run of the tests shares with its build
      local text = row[1]:gsub("%%s", worlds.base_image()):gsub("\nRUN ", "\nRUN : " .. PREFIX .. "; ")
      world:write("sandbox/Dockerfile", text)
      local failure = json.decode(snapshot({ "--json" }).stdout).error
      assert.equal(row[2], failure.line, row[1] .. failure.message)
      assert.equal("sandbox/Dockerfile", failure.file)
    end
  end)

  it("writes JSON alone where stderr or stdout is JSON", function()
    world:write("sandbox/Dockerfile", TALKING:format(worlds.base_image()))
    local ran = snapshot({ "--progress", "json", "--json", "--build-arg", "UNIQUE=" .. PREFIX, "--no-cache" })
    for line in ran.stderr:gmatch("[^\n]+") do assert.is_table(json.decode(line)) end
    assert.same({}, commands_of(ran))
    assert.is_nil(ran.stdout:find("##[", 1, true))
    local failure = json.decode(ran.stdout).error
    assert.is_truthy(failure.detail:find("::error::last words", 1, true))
    assert.equal("sandbox/Dockerfile", failure.file)
    assert.equal(5, failure.line)
  end)

  it("is off with --no-github and elsewhere, and on with --github", function()
    local off = { snapshot({ "--no-github", "--dry-run" }),
      snapshot({ "--dry-run" }, { GITHUB_ACTIONS = "false" }), snapshot({ "--dry-run" }, { GITHUB_ACTIONS = false }) }
    for _, ran in ipairs(off) do
      assert.equal(0, ran.code)
      assert.same({}, commands_of(ran))
    end
    assert.equal("", fs.read(page))
    local on = snapshot({ "--dry-run", "--github" }, { GITHUB_ACTIONS = false })
    assert.is_truthy(commands_of(on)["add-mask"])
    assert.is_nil(runner.outputs(fs.read(output)).name) -- a dry run has made nothing
  end)

  it("tells of warnings, at most as many as a policy says, and works without the files", function()
    world:write("policy.lua", 'policy.api(1)\npolicy.set("github.annotation_limit", 0)')
    local ran = snapshot({}, { GITHUB_OUTPUT = false, GITHUB_STEP_SUMMARY = "/nowhere/page" })
    assert.equal(0, ran.code)
    local found = commands_of(ran)
    assert.is_truthy(found.warning[1].text:find("ENTRYPOINT", 1, true))
    assert.matches("GITHUB_STEP_SUMMARY cannot be written", ran.stderr)
    local quiet = snapshot{ "--policy", "policy.lua" }
    assert.is_nil(commands_of(quiet).warning)
  end)

  it("tells the outputs of resolve, and of nothing that is not there", function()
    world:control("POST", "seed", { name = PREFIX .. "20260111-193045", createdAt = "2026-01-11T19:30:45Z" })
    local ran = run{ "resolve" }
    assert.equal(0, ran.code, ran.stderr)
    assert.equal(PREFIX .. "20260111-193045", runner.outputs(fs.read(output)).name)
    assert.equal("", fs.read(page))
    ran = run{ "resolve", "--prefix", "nothing-here--" }
    assert.equal(4, ran.code)
    assert.equal(1, #commands_of(ran).error)
  end)
end)
