--- `os2 snapshot rollback --provider docker` on the real engine.
local docker = require("os2.docker")
local docker_provider = require("os2.providers.docker")
local json = require("os2.json")
local proc = require("os2.proc")
local snapshot_worlds = require("tests.lib.snapshot_worlds")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX

describe("snapshot rollback --provider docker", function()
  local shared, world = snapshot_worlds.new(), nil

  setup(function()
    world = worlds.start()
    shared.use(world)
  end)
  teardown(shared.stop)
  before_each(shared.reset)
  after_each(function() world:untag_images() end)

  local function rollback(words, changes)
    return world:run({ "snapshot", "rollback", table.unpack(words or {}) }, changes)
  end

  it("takes no name of another run", function()
    local ids, words, BAD <const> = {}, { "--provider", "docker" }, PREFIX .. "20260112-000000"
    world:write("same.lua", ([[
policy.api(1)
policy.override("snapshot.renewed_name", function() return %q end)
]]):format(BAD))
    for index, name in ipairs{ PREFIX .. "20260111-000000", BAD } do
      world:write("hello", index .. PREFIX)
      local ran = world:run{ "snapshot", "--name", name, table.unpack(words) }
      assert.equal(0, ran.code, ran.stderr)
      ids[index] = docker.image(docker_provider.snapshot_reference(name)).Id
    end
    local ran = rollback(words, { OS2_POLICY = "same.lua" })
    local bad = docker_provider.find_snapshot(BAD)
    local made = docker_provider.find_snapshot(PREFIX .. "20260112-000001")
    assert.equal(PREFIX .. "20260112-000001\n", ran.stdout, ran.stderr)
    assert.same({ ids[2], "inactive", ids[1], "active" },
      { bad.id, bad.state, made and made.id, made and made.state })
  end)

  it("goes back, also when it is killed", function()
    local words, made = { "--provider", "docker" }, {}
    local function snapshot(content)
      world:write("hello", content .. PREFIX)
      local ran = world:run{ "snapshot", "--provider", "docker", "--if-changed" }
      assert.equal(0, ran.code, ran.stderr)
      made[#made + 1] = ran.stdout:match("%S+")
    end
    snapshot("good")
    task.sleep(1.1) -- names have whole seconds
    snapshot("bad")
    for _, step in ipairs{ "register", "deactivate" } do
      world:write("killed.lua", ([[
policy.api(1)
policy.insert_after("snapshot.rollback_steps", "%s", { name = "die", run = function()
  require("os2.proc").run({ "sh", "-c", "kill -KILL $PPID; sleep 5" }, { timeout = 10 })
end })
]]):format(step))
      assert.equal(proc.signals.KILL, rollback(words, { OS2_POLICY = "killed.lua" }).signal)
    end
    local ran = rollback(words)
    assert.equal(0, ran.code, ran.stderr)
    made[#made + 1] = ran.stdout:match("%S+")
    local answer = world:run{ "resolve", "--provider", "docker", "--fresh", "--json" }
    assert.equal(made[3], json.decode(answer.stdout).name, answer.stderr)
    assert.equal(docker.image(docker_provider.snapshot_reference(made[1])).Id,
      json.decode(answer.stdout).id)
    assert.equal("inactive", docker_provider.find_snapshot(made[2]).state)
    ran = rollback(words)
    assert.equal(made[3] .. "\n", ran.stdout, ran.stderr)
  end)
end)
