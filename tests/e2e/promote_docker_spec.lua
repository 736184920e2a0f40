--- `os2 snapshot promote --provider docker` on the real engine: one more tag.
local docker = require("os2.docker")
local docker_provider = require("os2.providers.docker")
local json = require("os2.json")
local promoting = require("tests.lib.promoting")
local snapshot_worlds = require("tests.lib.snapshot_worlds")

local PREFIX <const>, STG <const>, PRD <const> = promoting.DEV, promoting.STG, promoting.PRD
local ENVIRONMENTS <const> = promoting.ENVIRONMENTS
local TIME <const> = "20260111-193045"
local NAME <const> = PREFIX .. TIME

describe("snapshot promote --provider docker", function()
  local shared, world = snapshot_worlds.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(function()
    shared.reset()
    world:write("policy.lua", ENVIRONMENTS)
  end)

  local function run(words)
    return world:run({ "snapshot", table.unpack(words) }, { OS2_POLICY = "policy.lua" })
  end

  local function promote(name, to, words)
    return run{ "promote", name, "--to", to, table.unpack(words) }
  end

  local function document(ran) return json.decode(ran.stdout) end

  it("tags one image on the local engine under the three prefixes", function()
    local words = { "--provider", "docker" }
    world:write("policy.lua", ENVIRONMENTS .. snapshot_worlds.FIXED:gsub("policy.api%(1%)", ""))
    assert.equal(0, run(words).code)
    world:write("policy.lua", ENVIRONMENTS)
    local stg = promote(NAME, "stg", words)
    assert.equal(STG .. TIME .. "\n", stg.stdout, stg.stderr)
    local prd = promote(STG .. TIME, "prd", words)
    assert.equal(PRD .. TIME .. "\n", prd.stdout, prd.stderr)
    local ids = {}
    for _, prefix in ipairs{ PREFIX, STG, PRD } do
      local ran = world:run({ "resolve", "--provider", "docker", "--prefix", prefix, "--fresh",
        "--json" })
      assert.equal(prefix .. TIME, document(ran).name, ran.stderr)
      ids[#ids + 1] = document(ran).id
    end
    assert.same({ ids[1], ids[1], ids[1] }, ids)
    for _, prefix in ipairs{ PREFIX, STG, PRD } do
      docker.untag(docker_provider.snapshot_reference(prefix .. TIME))
    end
    local _, total = world:requests()
    assert.equal(0, total)
  end)

  it("is the newest on the local engine, whenever the image was built", function()
    local words = { "--provider", "docker" }
    local first = run(words)
    assert.equal(0, first.code, first.stderr)
    local own = run{ "--provider", "docker", "--prefix", STG, "--name", STG .. "20200101-000000",
      "--label", "another=one" }
    assert.equal(0, own.code, own.stderr)
    local ran = promote(first.stdout:match("%S+"), "stg", words)
    assert.equal(0, ran.code, ran.stderr)
    local resolved = world:run{ "resolve", "--provider", "docker", "--prefix", STG, "--fresh" }
    assert.equal(ran.stdout, resolved.stdout, resolved.stderr)
    for _, ref in ipairs{ first, own, ran } do
      docker.untag(docker_provider.snapshot_reference(ref.stdout:match("%S+")))
    end
  end)

  it("finds a promoted name again that is no reference", function()
    local words = { "--provider", "docker" }
    assert.equal(0, run(words).code)
    local name = world:run({ "resolve", "--provider", "docker", "--fresh" }).stdout:match("%S+")
    local odd = PREFIX:upper()
    local ran = promote(name, odd, words)
    assert.equal(0, ran.code, ran.stderr)
    local resolved = world:run({ "resolve", "--provider", "docker", "--prefix", odd, "--fresh" })
    assert.equal(ran.stdout, resolved.stdout, resolved.stderr)
    docker.untag(docker_provider.snapshot_reference(ran.stdout:match("%S+")))
    docker.untag(docker_provider.snapshot_reference(name))
  end)
end)
