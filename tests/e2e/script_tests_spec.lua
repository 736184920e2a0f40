--- `os2 test` over the scripts of the documents, and over answers that were recorded from the
--- stand-in.
local fs = require("os2.fs")
local json = require("os2.json")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local temporary = require("tests.lib.temporary")
local worlds = require("tests.lib.world")

local KEY <const> = "dtn_test_key_full"

-- The blocks of Lua below a title of docs/scripting.md that begin with a text.
local function block_of(title, beginning)
  local section = fs.read("docs/scripting.md"):match("\n## " .. title .. "\n(.*)")
  for block in section:gmatch("```lua\n(.-)```") do
    if block:sub(1, #beginning) == beginning then return block end
  end
end

describe("the example script of docs/scripting.md", function()
  it("holds the test that stands there", function()
    local directory = temporary.directory()
    temporary.write(directory .. "/sweep.lua", block_of("Scripts as commands", "local cli = "))
    temporary.write(directory .. "/sweep_test.lua", block_of("Tests of scripts", "test("))
    local ran = proc.run({ program.path, "--isolated", "test", directory }, { timeout = 60 })
    assert.equal(0, ran.code, ran.stdout)
    assert.matches("2 tests, 0 failed", ran.stdout)
    temporary.remove(directory)
  end)
end)

describe("a recording", function()
  local world

  setup(function() world = worlds.start{ registry = "password" } end)
  teardown(function() if world then world:stop() end end)
  before_each(function()
    world:reset()
    world:control("POST", "seed", { count = 2, name = worlds.PREFIX .. "{time}", createdAt = "2026-01-11T19:30:45Z" })
  end)

  local function run(words, changes)
    return proc.run({ program.path, "--isolated", "test", table.unpack(words) },
      { timeout = 60, cwd = world.project, env = world:environment(changes) })
  end

  it("answers as the API did, without network, key and secrets", function()
    world:write("x_test.lua", [[
local daytona = require("os2.daytona")
test("newest", function()
  local ran = test.run("resolve")
  assert(ran.code == 0, ran.stderr)
  test.equal(ran.stdout, require("os2.env").get("DAYTONA_SNAPSHOT_PREFIX") .. "20260111-193046\n")
end)
test("records", function()
  test.raises("not_found", daytona.snapshot, "none")
  assert(daytona.push_access().secret)
  local made = daytona.create_snapshot{ name = "x", imageName = "a:1" }
  test.equal(daytona.snapshot(made.id).name, "x")
  daytona.delete_snapshot(made.id)
end)
]])
    local ran = run{ "--record", "r.jsonl", "--json" }
    assert.equal(0, ran.code, ran.stdout)
    local kept = fs.read(world.project .. "/r.jsonl")
    assert.is_nil(kept:find(KEY, 1, true))
    assert.is_nil(kept:match('\\"secret\\":\\"([^*\\]+)'))
    assert.truthy(kept:find('\\"secret\\":\\"***', 1, true))
    assert.equal("rw-------", require("lfs").attributes(world.project .. "/r.jsonl", "permissions"))
    local now = json.decode(ran.stdout).now
    local _, before = world:requests()
    ran = run({ "--replay", "r.jsonl", "--json" }, { DAYTONA_API_KEY = false, DAYTONA_API_URL = false })
    assert.equal(0, ran.code, ran.stdout)
    assert.equal(now, json.decode(ran.stdout).now)
    local _, after = world:requests()
    assert.equal(before, after)
    fs.write_atomic(world.project .. "/x_test.lua",
      'test("more", function() require("os2.daytona").snapshot("other") end)')
    ran = run{ "--replay", "r.jsonl" }
    assert.equal(1, ran.code)
    assert.matches("x_test.lua:1: the recording has no answer to GET /api/snapshots/other", ran.stdout)
  end)

  it("is not needed where the network is asked for", function()
    world:write("x_test.lua", [[
local daytona = require("os2.daytona")
test("real", function() test.equal(daytona.key().name, "full") end)
test("not real", function()
  test.world{ snapshots = { { name = "s" } } }
  test.equal(daytona.snapshot("s").name, "s")
end)
]])
    assert.equal(1, run{}.code)
    local ran = run{ "--network" }
    assert.equal(0, ran.code, ran.stdout)
  end)
end)
