--- Every field of every record that os2 gets, changed to every kind of value there is: what a
--- server answers wrongly is its fault, told with the field, and never a bug in os2.
---
--- A long run tries each field with each of the five kinds of value; a normal one each eleventh of
--- these pairs, always the same ones: of eleven fields in a row five, each with another kind.
local docker = require("os2.docker")
local env = require("os2.env")
local hostile = require("tests.lib.hostile")
local json = require("os2.json")
local lfs = require("lfs")
local machines = require("os2.providers.docker.machines")
local proc = require("os2.proc")
local provider = require("os2.providers.docker")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local ROOT <const> = lfs.currentdir()
local SNAPSHOT <const> = worlds.PREFIX .. "20261101-100000"

-- Not a multiple of five, the number of kinds.
local EVERY <const> = hostile.IS_LONG and 1 or 11

local function absolute(path)
  return path:match("^/") and path or ROOT .. "/" .. path
end

describe("with one field of an answer changed", function()
  local world

  setup(function() world = worlds.start() end)
  teardown(function() if world then world:stop() end end)

  local function setup_of(state, more)
    local list = {
      { method = "POST", path = "reset" },
      { method = "POST", path = "seed", body = {
        name = SNAPSHOT, createdAt = "2026-11-01T10:00:00Z",
      } },
      { method = "POST", path = "config", body = { timetable = {
        creating = 1, starting = 1, stopping = 1, archiving = 1, destroying = 1,
      }, previews = { healthyAfter = 0 } } },
    }
    if state then
      list[#list + 1] = { method = "POST", path = "seed-sandboxes", body = {
        name = "m", body = { labels = { team = "x" }, env = { A = "1" } }, set = { state = state },
      } }
    end
    list[#list + 1] = more
    return json.array(list)
  end

  -- Runs the cases; at least so many fields show that answers were looked into.
  local function mutate(least, cases)
    local ran = proc.run({
      absolute(env.get("OS2") or "build/os2"), "--isolated", ROOT .. "/tests/lib/mutated.lua",
      json.encode(cases),
    }, {
      timeout = 300, cwd = world.project, env = world:environment{
        MUTATED_CONTROL = (world.api_url:gsub("/api$", "/_test/")),
        MUTATED_SCRIPTS = ROOT .. "/scripts", MUTATED_EVERY = tostring(EVERY),
      },
    })
    assert.equal(0, ran.code, ran.stderr)
    local report = json.decode(ran.stdout)
    assert.equal("", table.concat(report.bugs, "\n"))
    assert.truthy(report.fields >= least, ("%d fields"):format(report.fields))
    assert.equal(report.fields * 5 // EVERY, report.runs)
  end

  it("resolve and doctor fail in words", function()
    mutate(40, {
      { words = { "resolve", "--fresh" }, setup = setup_of() },
      { words = { "doctor" }, setup = setup_of() },
    })
  end)

  it("what looks at machines fails in words", function()
    mutate(40, {
      { words = { "machine", "list" }, setup = setup_of("started") },
      { words = { "machine", "get", "m" }, setup = setup_of("started") },
      { words = { "machine", "url", "m" }, setup = setup_of("started") },
      { words = { "machine", "url", "m", "--signed", "60" }, setup = setup_of("started") },
    })
  end)

  it("what changes machines fails in words", function()
    mutate(40, {
      { words = { "machine", "create" }, setup = setup_of() },
      { words = { "machine", "create", "--snapshot", SNAPSHOT, "--wait-healthy" },
        setup = setup_of() },
      { words = { "machine", "create" }, setup = setup_of(nil,
        { method = "POST", path = "age-out", body = { name = SNAPSHOT } }) },
      { words = { "machine", "start", "m" }, setup = setup_of("stopped") },
      { words = { "machine", "stop", "m" }, setup = setup_of("started") },
      { words = { "machine", "archive", "m" }, setup = setup_of("stopped") },
      { words = { "machine", "delete", "m" }, setup = setup_of("started") },
    })
  end)

  it("what speaks to machines fails in words", function()
    world:write("file", "content\n")
    mutate(40, {
      { words = { "machine", "exec", "m", "--no-stdin", "--", "true" },
        setup = setup_of("started") },
      { words = { "machine", "logs", "m" }, setup = setup_of("started") },
      { words = { "machine", "cp", "file", "m:file" }, setup = setup_of("started") },
      { words = { "machine", "cp", "sandbox", "m:." }, setup = setup_of("started") },
      { words = { "machine", "cp", "m:/", "out" }, setup = setup_of("started") },
      { words = { "machine", "each", "--all", "--no-stdin", "--", "true" },
        setup = setup_of("started") },
    })
  end)

  it("what the engine answers wrongly fails in words", function()
    local function run(...)
      local ran = world:run{ ... }
      assert.equal(0, ran.code, ran.stderr)
      return ran.stdout:match("^[^\n]*")
    end
    world:write("sandbox/Dockerfile",
      ('FROM %s\nCMD ["sleep","1000"]\n'):format(worlds.base_image()))
    local snapshot = run("snapshot", "--provider", "docker", "--allow-dirty")
    local name
    local _ <close> = task.defer(function()
      local made = name and machines.find(name)
      if made then docker.api.container_delete{ id = made.id, force = true, v = true } end
      docker.untag(provider.snapshot_reference(snapshot))
    end, { timeout = 60 })
    name = run("machine", "create", "--provider", "docker", "--snapshot", snapshot)
    local function case(...)
      local words = { ... }
      table.insert(words, words[1] == "machine" and 3 or 2, "--provider")
      table.insert(words, words[1] == "machine" and 4 or 3, "docker")
      return { words = words, setup = json.array{} }
    end
    mutate(200, {
      case("resolve", "--fresh"), case("machine", "list"), case("machine", "get", name),
      case("machine", "url", name), case("machine", "logs", name),
      case("machine", "exec", name, "--no-stdin", "--", "true"),
      case("machine", "stop", name), case("machine", "start", name),
    })
  end)
end)
