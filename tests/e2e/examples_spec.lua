--- The policy files that the documents show: each is loaded, and decides on both providers.
local docker = require("os2.docker")
local docker_provider = require("os2.providers.docker")
local fs = require("os2.fs")
local worlds = require("tests.lib.world")

local DOCUMENTS <const> = { "README.md", "docs/policies.md", "docs/design.md", "docs/scripting.md" }

local function examples()
  local found = {}
  for _, document in ipairs(DOCUMENTS) do
    for block in fs.read(document):gmatch("```lua\n(.-)```") do
      if block:find("^policy%.api%(1%)") then
        found[#found + 1] = { document = document, text = block }
      end
    end
  end
  return found
end

describe("a policy file of the documents", function()
  local world

  setup(function()
    world = worlds.start{ registry = "password" }
  end)
  teardown(function() if world then world:stop() end end)
  before_each(function()
    world:reset()
    -- The scanner that an example runs.
    world:write("bin/trivy", "#!/bin/sh\n[ \"$1 $2\" = 'image --exit-code' ]\n")
    fs.chmod(world.project .. "/bin/trivy", tonumber("755", 8))
  end)

  local function run(words, text)
    world:write("example.lua", text)
    return world:run(words, {
      OS2_POLICY = "example.lua", PATH = world.project .. "/bin:" .. os.getenv("PATH"),
    })
  end

  local function make_and_resolve(provider, text, cpu)
    local made = run({ "snapshot", "--provider", provider, "--cpu", cpu }, text)
    assert.equal(0, made.code, made.stderr)
    local resolved = run({ "resolve", "--provider", provider, "--fresh" }, text)
    if provider == "docker" then
      docker.untag(docker_provider.snapshot_reference(made.stdout:match("%S+")))
    end
    return made, resolved
  end

  it("is found in each of them", function() assert.truthy(#examples() >= 6) end)

  for index, example in ipairs(examples()) do
    for _, provider in ipairs{ "daytona", "docker" } do
      it(("%d, of %s, decides at %s"):format(index, example.document, provider), function()
        local listed = run({ "policy", "list" }, example.text)
        assert.equal(0, listed.code, listed.stderr)
        assert.truthy(listed.stdout:find("example.lua", 1, true), listed.stdout)
        local made, resolved = make_and_resolve(provider, example.text, "4")
        assert.equal(made.stdout, resolved.stdout, resolved.stderr)
      end)
    end
  end

  it("passes small snapshots over on both", function()
    for _, example in ipairs(examples()) do
      if example.text:find("snapshot.cpu >= 4", 1, true) then
        for _, provider in ipairs{ "daytona", "docker" } do
          local _, resolved = make_and_resolve(provider, example.text, "3")
          assert.equal(4, resolved.code, resolved.stderr)
        end
        return
      end
    end
    error("no document shows it")
  end)
end)
