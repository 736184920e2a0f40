--- `os2.machines` in scripts: the stand-in and the real engine, with the same calls.
local daytona_machines = require("tests.lib.daytona_machines")
local docker_machines = require("tests.lib.docker_machines")
local fs = require("os2.fs")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local scripts = require("tests.lib.scripts")
local worlds = require("tests.lib.world")

local OWN <const> = worlds.PREFIX:gsub("%-+$", "")

describe("os2.machines at Daytona", function()
  local shared = daytona_machines.new()
  local world

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(shared.reset)

  local function told(body) return scripts.told(world, body) end

  it("makes, lists, changes and deletes machines", function()
    local made, count, listed, states = told[[
      local one, list = machines.create{ name = "a", labels = { job = "x" }, count = 2,
        env = { KEY = "v" }, auto_stop = 5 }
      local names = {}
      for machine in machines.list{ labels = { job = "x" } } do names[#names + 1] = machine.name end
      table.sort(names)
      local states = { machines.stop(one).state, machines.archive(one.name).state,
        machines.start(one.id).state, machines.get(one).state, machines.delete(one).state }
      return one, #list, names, states]]
    assert.same({ "a-1", daytona_machines.SNAPSHOT, 5, { "KEY" } },
      { made.name, made.snapshot, made.auto_stop, made.env })
    assert.same({ 2, { "a-1", "a-2" } }, { count, listed })
    assert.same({ "stopped", "archived", "started", "started", "deleted" }, states)
    assert.equal(1, #shared.sandboxes())
  end)

  it("lists more machines than a page has, page by page", function()
    world:control("POST", "seed-sandboxes", { count = 450 })
    assert.equal(450, told[[
      local count = 0
      for _ in machines.list() do count = count + 1 end
      return count]])
    local before = select(2, world:requests())
    assert.equal(1, told[[
      for _ in machines.list() do return 1 end]])
    assert.is_true(select(2, world:requests()) - before <= 2)
  end)

  it("shows what an iterator gives, in os2 -e and in a session", function()
    world:control("POST", "seed-sandboxes", { count = 30, name = "many-{n}" })
    local function os2(words, input)
      local ran = proc.run({ program.path, "--isolated", table.unpack(words) }, {
        input = input, env = world:environment(), timeout = 60,
      })
      assert.equal(0, ran.code, ran.stderr)
      return ran.stdout
    end
    local shown = os2{ "-e", "machines.list()" }
    assert.matches('^iterator {\n  { name = "many%-1", id = .*"many%-20".*\n}\n… more ', shown)
    assert.is_nil(shown:find('"many-21"', 1, true))
    assert.matches('^iterator {\n.*\n}\n… more [^\n]*\n"many%-%d+"\n7\n$',
      os2({ "-i" }, "it = daytona.machines{}\nit\nit().name\n#_ > 4 and 7\n"))
  end)

  it("runs commands and gives addresses", function()
    local ran, passed, url, health, fed = told[[
      local one = machines.create{ name = "a", wait_healthy = true }
      local ran = machines.exec(one, { "sh", "-c", "echo out; echo err >&2; exit 3" })
      local passed = {}
      local fed = machines.exec("a", { "wc", "-c" }, { input = ("x"):rep(200000) })
      machines.exec("a", { "echo", "$HOME  *" }, { on_output = function(stream, data)
        passed[#passed + 1] = stream .. ":" .. data end })
      return ran, table.concat(passed), machines.url("a", { port = 8080 }), one.url, fed.stdout]]
    assert.same({ code = 3, stdout = "out\n", stderr = "err\n", is_cut = false }, ran)
    assert.equal("stdout:$HOME  *\n", passed)
    assert.matches("/preview/8080/", url.url)
    assert.is_string(url.headers["X-Daytona-Preview-Token"])
    assert.matches("/preview/3000/", health)
    assert.equal("200000\n", fed)
  end)

  it("raises what the commands would fail with, and misuse at the caller's line", function()
    local kind, hint, misuse = told[[
      local _, failure = os2.try(machines.get, "nope")
      local ok, why = pcall(machines.create, { nmae = "x" })
      return failure.kind, failure.hint, not ok and why]]
    assert.same({ "not_found", "`os2 machine list` lists the machines" }, { kind, hint })
    assert.matches("machines.create: unknown option 'nmae'", misuse)
    local ran = scripts.run(world, 'require("os2").machines.exec("a", {})')
    assert.matches("script.lua:1: machines.exec: argv must be a list", ran.stderr)
    assert.equal(4, scripts.run(world, 'require("os2").machines.delete("nope")').code)
  end)
end)

describe("os2.machines on the local engine", function()
  local shared = docker_machines.new()
  local world, snapshot

  setup(function() world, snapshot = shared.start() end)
  teardown(shared.stop)
  after_each(shared.clean)

  local function told(body)
    return scripts.told(world, ("local here, name, snapshot = { provider = 'docker' }, %q, %q\n")
      :format(docker_machines.NAME, snapshot) .. body, { DAYTONA_API_KEY = false })
  end

  it("makes a healthy machine, runs, copies, reads its log, and deletes it", function()
    world:write("file", "content")
    local made, ran, fed, url, states = told[[
      local made = machines.create{ provider = "docker", name = name, snapshot = snapshot,
        wait_healthy = true, env = { A = "1" } }
      machines.cp("file", name .. ":/tmp/in", here)
      machines.cp(name .. ":/tmp/in", "out", here)
      local ran = machines.exec(made, { "sh", "-c", "cat /tmp/in; echo $A >&2" }, here)
      local fed = machines.exec(name, { "wc", "-c" }, { provider = "docker",
        input = ("x"):rep(300000) })
      local url = machines.wait_healthy(name, here)
      machines.logs(name, here)
      local seen = {}
      for machine in machines.list(here) do seen[machine.name] = machine.state end
      return made, ran, fed, url, { seen[name], machines.stop(name, here).state,
        machines.start(name, here).state, machines.delete(name, here).state }]]
    assert.same({ docker_machines.NAME, "started", url }, { made.name, made.state, made.url })
    assert.same({ code = 0, stdout = "content", stderr = "1\n", is_cut = false }, ran)
    assert.equal("300000\n", fed.stdout)
    assert.same({ "started", "stopped", "started", "deleted" }, states)
    assert.equal("content", fs.read(world.project .. "/out"))
    assert.same({}, shared.containers())
  end)

  it("refuses an archive before it stops the machine", function()
    local kind, state = told[[
      machines.create{ provider = "docker", name = name, snapshot = snapshot }
      local _, failure = os2.try(machines.archive, name, here)
      return failure.kind, machines.get(name, here).state]]
    assert.same({ "invalid", "started" }, { kind, state })
  end)

  it("needs no key, and keeps quiet unless progress is asked for", function()
    local text = ('require("os2").machines.create{ provider = "docker", name = %q, snapshot = %q }')
      :format(OWN .. "-m", snapshot)
    local ran = scripts.run(world, text, { DAYTONA_API_KEY = false, OS2_PROGRESS = "plain" })
    assert.equal(0, ran.code, ran.stderr)
    assert.matches("LOCAL ONLY", ran.stderr)
    assert.equal("", ran.stdout)
  end)
end)
