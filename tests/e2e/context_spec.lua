--- What arrives in an image: os2's build against the Docker CLI's, tree by tree.
local contexts = require("tests.lib.contexts")
local docker = require("os2.docker")
local fs = require("os2.fs")
local policy = require("os2.policy")
local proc = require("os2.proc")
local tar = require("tests.lib.tar")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")
local tree = require("tests.lib.tree")

-- Debian's; a docker that stands elsewhere need not have BuildKit's client.
local DOCKER <const> = "/usr/bin/docker"

-- transport: as of the policy docker.context_transport.
local function build_with_os2(directory, transport)
  policy.set("docker.context_transport", transport)
  local _ <close> = task.defer(policy.reset)
  local context <close> = docker.context{ path = directory }
  local stream <close> = docker.build{ context = context }
  local id = stream:result().id
  local _ <close> = task.defer(function() task.try(docker.untag, id) end)
  return tree.members(id)
end

local function run_cli(directory)
  return proc.run({ DOCKER, "build", "-q", "-o", "type=tar,dest=-", directory }, {
    timeout = 240, env = { DOCKER_BUILDKIT = "1", DOCKER_CONFIG = directory .. "/../no-config" },
  })
end

local function build_with_cli(directory)
  local ran = run_cli(directory)
  assert(ran.code == 0, ran.stderr)
  return tar.members(ran.stdout)
end

describe("a context", function()
  local home, directory

  setup(function()
    assert(fs.exists(DOCKER), DOCKER .. " is missing, and os2's contexts are compared with what "
      .. "the Docker CLI makes of them: ./bootstrap test installs it (docker.io, or docker-cli)")
  end)

  before_each(function()
    home = temporary.directory()
    directory = home .. "/context"
    fs.mkdir_p(directory)
  end)

  after_each(function() temporary.remove(home) end)

  -- A tar that cannot hide the Dockerfile is refused: nil then.
  local function build_by_tar()
    local members, failure = task.try(build_with_os2, directory, "tar")
    if failure then
      assert.matches("the Dockerfile is sent as .dockerfile.", failure.message, 1, true)
    end
    return members
  end

  local function assert_same_by_tar(expected)
    local members = build_by_tar()
    if members then assert.equal(tree.describe(expected), tree.describe(members)) end
  end

  local function assert_same_tree()
    local expected = build_with_cli(directory)
    local whole = { is_whole = true }
    assert.equal(tree.describe(expected, whole),
      tree.describe(build_with_os2(directory, "filesync"), whole))
    assert_same_by_tar(expected)
  end

  local function assert_both_fail()
    for _, transport in ipairs{ "filesync", "tar" } do
      local built, failure = task.try(build_with_os2, directory, transport)
      assert.is_nil(built)
      assert.equal("invalid", failure.kind)
    end
    assert.not_equal(0, run_cli(directory).code)
  end

  local function assert_stated_of(members, case)
    local arrived = {}
    for _, member in ipairs(members) do arrived[member.path] = true end
    for _, path in ipairs(case.keeps) do assert.is_true(arrived[path], path .. " did not arrive") end
    for _, path in ipairs(case.drops) do assert.is_nil(arrived[path], path .. " arrived") end
  end

  local function assert_stated(case)
    assert.is_true(#case.keeps + #case.drops > 0)
    assert_stated_of(build_with_os2(directory, "filesync"), case)
    local members = build_by_tar()
    if members then assert_stated_of(members, case) end
  end

  for _, case in ipairs(contexts.cases()) do
    it("arrives as with the Docker CLI: " .. case.name, function()
      contexts.lay_out(directory, case)
      if case.fails then assert_both_fail()
      elseif case.differs then assert_stated(case)
      else assert_same_tree() end
    end)
  end

  it("arrives as with the Docker CLI: permissions, hard links, a long link, an empty file", function()
    temporary.write(directory .. "/Dockerfile", contexts.DOCKERFILE)
    for _, path in ipairs{ "setuid", "readable", "d/sticky/in", "empty" } do
      temporary.write(directory .. "/" .. path, path ~= "empty" and path or "")
    end
    for _, words in ipairs{
      { "chmod", "4755", "setuid" }, { "chmod", "444", "readable" }, { "chmod", "1777", "d/sticky" },
      { "chmod", "2750", "d" }, { "ln", "setuid", "d/hard" }, { "ln", "-s", ("x/"):rep(200), "long" },
    } do
      assert.equal(0, proc.run(words, { timeout = 60, cwd = directory }).code)
    end
    assert_same_tree()
  end)
end)
