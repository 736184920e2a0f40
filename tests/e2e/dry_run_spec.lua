--- os2 --read-only and --dry-run: every operation of the three APIs with every field it has, and the
--- commands at the Daytona stand-in and at an engine.
local env = require("os2.env")
local fs = require("os2.fs")
local guard_verbs = require("os2.guard.verbs")
local http = require("os2.http")
local json = require("os2.json")
local lfs = require("lfs")
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")
local world_of_tests = require("tests.lib.world")

local OS2 <const> = lfs.currentdir() .. "/" .. (env.get("OS2") or "build/os2"):gsub(
  "^" .. lfs.currentdir():gsub("%p", "%%%0") .. "/", "")

-- Paths below a directory with sizes and times.
local function tree_of(directory, lines)
  lines = lines or {}
  for _, name in ipairs(fs.list(directory)) do
    local path = directory .. "/" .. name
    local found = lfs.symlinkattributes(path)
    lines[#lines + 1] = ("%s %s %d %s"):format(path, found.mode, found.size, found.modification)
    if found.mode == "directory" then tree_of(path, lines) end
  end
  return lines
end

describe("every operation", function()
  local APIS <const> = {
    daytona = require("host.daytona"), toolbox = require("host.daytona").toolbox,
    docker = require("host.docker"),
  }
  local directory, process, server

  before_each(function()
    directory = temporary.directory()
    process = proc.spawn({ "node", "tests/contract/server.js", directory },
      { stdin = "null", stderr = "inherit" })
    server = json.decode(assert(process:next(), "the contract server did not start").data)
  end)

  after_each(function()
    process:close()
    temporary.remove(directory)
  end)

  local function send(mode)
    local ran = proc.run({ OS2, "--isolated", mode, "tests/contract/send.lua" }, { timeout = 400, env = {
      CONTRACT_URL = server.url, DAYTONA_API_URL = server.url .. "/api", DAYTONA_API_KEY = "dtn_x",
      DAYTONA_ORGANIZATION_ID = false, DOCKER_HOST = "unix://" .. server.socket,
      DOCKER_CONTEXT = false, DOCKER_API_VERSION = false,
    } })
    assert.equal(0, ran.code, ran.stderr)
    local asked = json.decode(http.request{ url = server.url .. "/_verdict" }.body).asked
    return json.decode(ran.stdout:match("^[^\n]*")), asked, ran.stdout
  end

  local function row_of(name)
    local api, operation = name:match("^(%w+)%.(.+)$")
    return api and APIS[api].operation(operation)
  end

  -- The operations that change something and got to the server.
  local function changes_in(asked)
    local found = {}
    for _, name in ipairs(asked) do
      local row = row_of(name)
      if not row or row.changes then found[#found + 1] = name end
    end
    return found
  end

  local function operations(is_wanted)
    local names = {}
    for api, module in pairs(APIS) do
      for _, name in ipairs(module.operations()) do
        if is_wanted(module.operation(name)) then names[#names + 1] = api .. "." .. name end
      end
    end
    table.sort(names)
    return names
  end

  it("that reads gets through --read-only, and no other", function()
    local sent, asked = send("--read-only")
    assert.same({}, changes_in(asked))
    assert.same(operations(function(row) return not row.changes end), asked)
    local refused = {}
    for _, failure in ipairs(sent.failed) do
      local name = failure:match("^(.-): ")
      local row = row_of(name) -- nil: an operation that no API key may call
      local is_refusal = failure:find("--read-only refuses it", 1, true) ~= nil
      assert.equal(row ~= nil and row.changes, is_refusal, failure)
      refused[name] = is_refusal or nil
    end
    for _, name in ipairs(operations(function(row) return row.changes end)) do
      assert.is_true(refused[name], name .. " was not refused")
    end
  end)

  it("that changes something is recorded by --dry-run, and none is sent", function()
    local sent, asked, told = send("--dry-run")
    assert.same({}, changes_in(asked))
    for _, failure in ipairs(sent.failed) do
      local row = row_of(failure:match("^(.-): "))
      assert.is_false(row ~= nil and row.changes, failure)
    end
    for _, name in ipairs(operations(function(row) return row.changes end)) do
      assert.truthy(told:find("%d%. " .. name:gsub("%p", "%%%0") .. " "), name)
    end
  end)
end)

describe("commands", function()
  local world

  setup(function() world = world_of_tests.start{ registry = "password" } end)
  teardown(function() world:stop() end)
  before_each(function() world:reset() end)

  -- Runs a command of which nothing may be left: no request that changes, no file.
  local function run(...)
    local before = tree_of(world.project)
    local ran = proc.run({ OS2, "--isolated", ... }, { -- --policy is read all the same
      timeout = 240, cwd = world.project, env = world:environment{ OS2_NO_HISTORY = false },
    })
    assert.same(before, tree_of(world.project))
    assert.is_false(fs.exists(world.directory .. "/cache"))
    assert.is_false(fs.exists(world.directory .. "/state"))
    for route in pairs((world:requests())) do assert.matches("^GET ", route) end
    return ran
  end

  local function verbs_of(plan)
    local verbs = {}
    for index, entry in ipairs(plan) do verbs[index] = entry.verb end
    return verbs
  end

  it("os2 --dry-run snapshot goes to its end, and prints the plan", function()
    local ran = run("--dry-run", "snapshot", "--json")
    assert.equal(0, ran.code, ran.stderr)
    local document = json.decode(ran.stdout)
    assert.is_true(document.ok)
    assert.same({
      "docker.image_build", "docker.image_tag", "docker.image_push", "daytona.create_snapshot",
      "docker.image_delete", "docker.image_delete", "docker.image_delete",
    }, verbs_of(document.plan))
    assert.equal(document.name, document.plan[4].fields.name)
    ran = run("--dry-run", "snapshot")
    assert.matches("plan: 7 changes, none was made\n1%. docker%.image_build ", ran.stdout)
  end)

  it("prints no plan of a run that failed before it had one", function()
    for _, row in ipairs{ { 2, "snapshot", "--nosuch" }, { 2, "nosuch" }, { 1, "-e", "error('no')" } } do
      local ran = run("--dry-run", table.unpack(row, 2))
      assert.same({ row[1], "" }, { ran.code, ran.stdout }, ran.stderr)
    end
    local ran = run("--dry-run", "-e", 'os.remove("hello") error("no")')
    assert.equal(1, ran.code, ran.stderr)
    assert.matches("^plan: 1 change, none was made\n", ran.stdout)
    assert.equal("plan: nothing would change\n", run("--dry-run", "-e", "os.exit(0)").stdout)
  end)

  it("os2 --read-only snapshot is refused before anything is sent", function()
    local ran = run("--read-only", "snapshot", "--json")
    assert.equal(7, ran.code)
    local document = json.decode(ran.stdout)
    assert.equal("denied", document.error.kind)
    assert.equal("docker.image_build", document.error.op)
    assert.is_nil(document.plan)
  end)

  it("what was made, changed and removed is found by later reads", function()
    local ran = run("--dry-run", "-e", [[
      local made = daytona.create_snapshot{ name = "dry--1", imageName = "a:1" }
      print(made.state, daytona.snapshot("dry--1").id == made.id)
      for found in daytona.snapshots{ name = "dry--" } do print(found.name) end
      daytona.deactivate_snapshot("dry--1")
      print(daytona.snapshot(made.id).state)
      daytona.delete_snapshot("dry--1")
      print(select(2, pcall(daytona.snapshot, "dry--1")).kind)
      local box = daytona.api.create_sandbox{ name = "box" }
      print(daytona.machine("box").state, daytona.toolbox(box).api.execute_command{ command = "ls" }.exitCode)
      daytona.stop_machine("box")
      print(daytona.machine(box.id).state)
      fs.write_atomic("made", "text") os.rename("made", "moved")
      print(fs.exists("made"), fs.read("moved"), fs.stat("moved").size)
    ]])
    assert.equal("active\ttrue\ndry--1\ninactive\nnot_found\nstarted\t0\nstopped\nfalse\ttext\t4\n",
      ran.stdout:match("^(.-)plan: 8 changes"), ran.stderr)
  end)

  for _, provider in ipairs{ "daytona", "docker" } do
    it("a script of " .. provider .. " goes from a build to a machine and back", function()
      local ran = run("--dry-run", "-e", [[
        local at = { provider = arg[1] }
        local made = snapshots.make{ provider = arg[1] }
        print(made.state, snapshots.newest{ provider = arg[1], fresh = true }.name == made.name)
        machines.create{ provider = arg[1], name = "dry-mm", wait_healthy = true }
        print(machines.exec("dry-mm", { "ls" }, at).code, machines.get("dry-mm", at).state)
        for found in machines.list(at) do
          if found.name == "dry-mm" then print("listed", found.snapshot == made.name) end
        end
        machines.stop("dry-mm", at)
        print(machines.get("dry-mm", at).state)
        machines.delete("dry-mm", at)
        print(select(2, pcall(machines.get, "dry-mm", at)).kind)
      ]], provider)
      assert.equal("active\ttrue\n0\tstarted\nlisted\ttrue\nstopped\nnot_found\n",
        ran.stdout:match("^(.-)plan: "), ran.stderr)
    end)
  end

  it("os2 --dry-run snapshot --verify goes through its checks", function()
    local ran = run("--dry-run", "snapshot", "--verify", "--json")
    assert.equal(0, ran.code, ran.stderr)
    local seen = {}
    for _, verb in ipairs(verbs_of(json.decode(ran.stdout).plan)) do seen[verb] = true end
    assert.is_true(seen["daytona.create_sandbox"] and seen["toolbox.session_execute_command"]
      and seen["daytona.delete_sandbox"])
  end)

  it("os2 --dry-run machine create shows no variable's value", function()
    world:control("POST", "seed", {
      name = world_of_tests.PREFIX .. "20261101-100000", createdAt = "2026-11-01T10:00:00Z",
    })
    local ran = run("--dry-run", "machine", "create", "--name", "m", "--env", "A=hush-hush", "--json")
    assert.equal(0, ran.code, ran.stderr)
    assert.is_nil((ran.stdout .. ran.stderr):find("hush-hush", 1, true))
    assert.equal("daytona.create_sandbox", json.decode(ran.stdout).plan[1].verb)
    ran = proc.run({ OS2, "--isolated", "--dry-run", "-e", [[
      proc.run({ "x", env.get("MY_TOKEN") }, { timeout = 1 })
      daytona.api.create_secret{ name = "n", value = "hush-hush" }
      http.request{ url = "http://u:" .. env.get("MY_TOKEN") .. "@localhost:1/?t=hush-hush", method = "POST" }
    ]] }, { timeout = 240, env = world:environment{ MY_TOKEN = "hush-hush" } })
    assert.matches("plan: 3 changes", ran.stdout, ran.stderr)
    assert.is_nil((ran.stdout .. ran.stderr):find("hush-hush", 1, true), ran.stdout)
  end)

  -- One chunk for each verb of machines and snapshots that changes something.
  local FACES <const> = {
    ["machines.create"] = "machines.create{ name = 'new' }",
    ["machines.start"] = "machines.start('stopped')",
    ["machines.stop"] = "machines.stop('started')",
    ["machines.archive"] = "machines.archive('stopped')",
    ["machines.delete"] = "machines.delete('started')",
    ["machines.exec"] = "machines.exec('started', { 'ls' })",
    ["machines.cp"] = "machines.cp('hello', 'started:/tmp/hello')",
    ["snapshots.make"] = "snapshots.make{ provider = 'daytona' }",
    ["snapshots.promote"] = "snapshots.promote(arg[1], { to = 'other--' })",
    ["snapshots.rollback"] = "snapshots.rollback{ to = arg[2], allow_unhealthy = true }",
    ["snapshots.activate"] = "snapshots.activate(arg[3])",
    ["snapshots.deactivate"] = "snapshots.deactivate(arg[1], { force = true })",
    ["snapshots.delete"] = "snapshots.delete(arg[1], { force = true })",
  }

  local function seed(count, state)
    local name = ("%s202611%02d-100000"):format(world_of_tests.PREFIX, count)
    world:control("POST", "seed", {
      name = name, createdAt = ("2026-11-%02dT10:00:00Z"):format(count),
      set = {
        state = state, imageName = "a/b:" .. count, ref = ("a/b@sha256:%064d"):format(count),
      },
    })
    return name
  end

  local function make_machine(name)
    local ran = world:run({ "machine", "create", "--name", name })
    assert.equal(0, ran.code, ran.stderr)
  end

  it("the verbs of machines and snapshots are refused, each", function()
    local names = { seed(9, "active"), seed(8, "active"), seed(7, "inactive") }
    make_machine("started")
    make_machine("stopped")
    assert.equal(0, world:run({ "machine", "stop", "stopped" }).code)
    world:control("DELETE", "requests")
    for _, made in ipairs{ "cache", "state" } do temporary.remove(world.directory .. "/" .. made) end
    local wanted = {}
    for _, module in ipairs{ "machines", "snapshots" } do
      for _, verb in ipairs(guard_verbs.changes[module]) do wanted[module .. "." .. verb] = true end
    end
    for name, chunk in pairs(FACES) do
      local ran = run("--read-only", "-e", chunk, table.unpack(names))
      assert.equal(7, ran.code, name .. ": " .. ran.stdout .. ran.stderr)
      assert.is_true(wanted[name])
      wanted[name] = nil
    end
    assert.same({}, wanted)
  end)

  it("reads go through", function()
    local path = world.directory .. "/policy.lua"
    temporary.write(path, 'policy.api(1)\npolicy.set("timeouts.status", 120)\n')
    for _, words in ipairs{
      { "doctor" }, { "status" }, { "machine", "list" }, { "snapshot", "list" },
    } do
      local ran = run("--policy", path, "--read-only", table.unpack(words))
      assert.equal(0, ran.code, ran.stderr)
    end
  end)

  it("a step of a policy file changes nothing, either", function()
    seed(9, "active")
    local path = world.directory .. "/policy.lua"
    temporary.write(path, [[
      policy.api(1)
      policy.insert_before("resolution.steps", policy.steps("resolution.steps")[1].name, {
        name = "sweep", run = function()
          require("os2.fs").remove("hello")
          require("os2.proc").run({ "touch", "made" }, { timeout = 5 })
        end,
      })
    ]])
    local ran = run("--policy", path, "--read-only", "resolve", "--fresh")
    assert.equal(7, ran.code, ran.stdout .. ran.stderr)
    assert.matches("os%.remove: hello: %-%-read%-only refuses it", ran.stderr)
    ran = run("--policy", path, "--dry-run", "resolve", "--fresh", "--json")
    assert.equal(0, ran.code, ran.stderr)
    assert.same({ "os.remove", "proc.spawn" }, verbs_of(json.decode(ran.stdout).plan))
  end)

  it("a session refuses, goes on, and keeps no history", function()
    for mode, expected in pairs{
      ["--read-only"] = "os%.remove: hello: %-%-read%-only refuses it",
      ["--dry-run"] = "plan: 1 change, none was made\n1%. os%.remove hello\n$",
    } do
      local before = tree_of(world.project)
      local ran = proc.run({ OS2, "--isolated", mode, "-i" }, {
        timeout = 240, cwd = world.project, env = world:environment{},
        input = 'os.remove("hello")\nprint("goes on")\n',
      })
      assert.matches("goes on", ran.stdout, ran.stderr)
      assert.matches(expected, mode == "--dry-run" and ran.stdout or ran.stderr)
      assert.same(before, tree_of(world.project))
      assert.is_false(fs.exists(world.directory .. "/state"))
    end
  end)

  it("--read-only holds behind a command's name, too", function()
    assert.equal(7, run("machine", "create", "--snapshot", seed(9, "active"), "--read-only").code)
    local ran = run("new", "script", "mine", "--read-only")
    assert.equal(7, ran.code, ran.stdout .. ran.stderr)
    assert.is_false(fs.exists(world.directory .. "/config/os2"))
  end)

  it("--result FILE is the run's own answer, and is written", function()
    local path = world.directory .. "/result.json"
    local ran = run("--dry-run", "snapshot", "list", "--result", path)
    assert.equal(0, ran.code, ran.stderr)
    assert.same({}, json.decode(fs.read(path)).plan)
    fs.remove(path)
  end)

  it("both at once are refused", function()
    assert.equal(2, run("--dry-run", "--read-only", "-e", "").code)
  end)
end)
