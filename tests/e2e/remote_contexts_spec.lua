--- What `os2 snapshot --remote` uploads, tree by tree: the archive unpacked is what the local build
--- takes, and Daytona's builder makes the image of the local build of it.
local base64_decode = require("host.docker").base64_decode
local contexts = require("tests.lib.contexts")
local daytona_builder = require("tests.lib.daytona_builder")
local docker = require("os2.docker")
local env = require("os2.env")
local fs = require("os2.fs")
local proc = require("os2.proc")
local snapshot_worlds = require("tests.lib.snapshot_worlds")
local tar = require("tests.lib.tar")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")
local tree = require("tests.lib.tree")
local worlds = require("tests.lib.world")

-- Each of so many cases in a normal run; all of them with OS2_LONG.
local SAMPLED <const> = 12
local WHOLE <const> = { is_whole = true }

describe("a context for Daytona", function()
  local shared, world, directory = snapshot_worlds.new(), nil, nil

  setup(function()
    assert(daytona_builder.is_there(), "the Docker CLI is missing: ./bootstrap test installs it")
    world = worlds.start()
    shared.use(world)
  end)

  teardown(function() world:stop() end)

  before_each(function()
    world:reset()
    directory = world.project .. "/context"
    fs.mkdir_p(directory)
  end)

  local function remote()
    return shared.snapshot({ "--remote", "--json", "--context", "context", "--dockerfile",
      "context/Dockerfile" }, { DOCKER_HOST = "unix:///nowhere" })
  end

  -- The label makes it another image than that of the same tree which a run beside this one builds
  -- and removes.
  local function build_here()
    local context <close> = docker.context{ path = directory }
    local stream <close> = docker.build{
      context = context, labels = { ["os2.test"] = temporary.unique() },
    }
    local id = stream:result().id
    local _ <close> = task.defer(function() task.try(docker.untag, id) end)
    return tree.members(id)
  end

  local function objects()
    local list = {}
    for index, object in ipairs(world:control("GET", "objects")) do
      list[index] = base64_decode(object.bytes)
    end
    return list
  end

  local function unpacked(archive)
    local outer = tar.members(archive)
    assert.equal(1, #outer)
    assert.same({ "file", tonumber("644", 8) }, { outer[1].type, outer[1].mode })
    return tar.members(outer[1].content)
  end

  local function assert_same(case)
    local ran = remote()
    if case.fails then
      assert.not_equal(0, ran.code)
      return
    end
    assert.equal(0, ran.code, ran.stderr)
    local expected, kept = tree.describe(build_here(), WHOLE), objects()
    if not case.is_partly then
      assert.equal(expected, tree.describe(unpacked(kept[1]), WHOLE))
    end
    local made = shared.snapshots()[1]
    local members, output = daytona_builder.build(made.buildInfo.dockerfileContent, kept)
    assert.equal(expected, tree.describe(assert(members, output), WHOLE))
  end

  local function is_taken(index)
    return env.get("OS2_LONG") ~= nil or index % SAMPLED == 0
  end

  for index, case in ipairs(contexts.cases()) do
    if is_taken(index) then
      it("arrives as in the local build: " .. case.name, function()
        contexts.lay_out(directory, case)
        assert_same(case)
      end)
    end
  end

  it("arrives as in the local build: permissions, links, hard links, empty directories", function()
    temporary.write(directory .. "/Dockerfile", "FROM scratch\nCOPY . /\n")
    for _, path in ipairs{ "setuid", "readable", "d/sticky/in", "empty", "Dockerfile.old" } do
      temporary.write(directory .. "/" .. path, path ~= "empty" and path or "")
    end
    fs.mkdir_p(directory .. "/d/nothing")
    for _, words in ipairs{
      { "chmod", "4755", "setuid" }, { "chmod", "444", "readable" }, { "chmod", "1777", "d/sticky" },
      { "chmod", "2750", "d" }, { "ln", "setuid", "d/hard" }, { "ln", "-s", ("x/"):rep(200), "long" },
      { "ln", "-s", "/absolute", "a" }, { "ln", "-s", "../..", "d/up" }, { "chmod", "700", "d/nothing" },
    } do
      assert.equal(0, proc.run(words, { timeout = 10, cwd = directory }).code)
    end
    assert_same{}
  end)

  for name, dockerfile in pairs{
    ["stages by number, mounts, continued lines"] = [[
# escape=`
ARG X=1
from scratch AS one
copy `
  # said in between
  --chown=5:6 `
  in/a in/b /x/
FROM scratch
COPY --from=0 /x /y
COPY ["in/a", "/with a blank"]
ADD in /z/
ADD in/a /w
]],
    ["globs, names with blanks, what is above"] = [[
FROM scratch
COPY in/* /all/
COPY ["in/with blank", "./in/../in/b", "/some/"]
COPY --chmod=640 /in/a /moded
]],
  } do
    it("makes the same image of a Dockerfile with " .. name, function()
      for _, path in ipairs{ "in/a", "in/b", "in/with blank", "in/d/e" } do
        temporary.write(directory .. "/" .. path, path)
      end
      assert.equal(0, proc.run({ "ln", "-s", "a", "in/link" }, { timeout = 10, cwd = directory }).code)
      temporary.write(directory .. "/Dockerfile", dockerfile)
      assert_same{ is_partly = true }
    end)
  end
end)
