--- The commands that README.md and docs/ show are run, and print what the documents say.
local boots = require("tests.lib.boot")
local env = require("os2.env")
local fs = require("os2.fs")
local git_servers = require("tests.lib.git_server")
local lfs = require("lfs")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local temporary = require("tests.lib.temporary")
local transcripts = require("tests.lib.transcripts")
local worlds = require("tests.lib.world")

local ROOT <const> = lfs.currentdir()
local PREFIX <const> = "iterate-sandbox-dev--"
local LIMIT <const> = 120 -- seconds that a command may take

local function documents()
  local found = { "README.md" }
  for _, name in ipairs(fs.list("docs")) do
    if name:find("%.md$") then found[#found + 1] = "docs/" .. name end
  end
  return found
end

-- Commands that run until they are stopped: they get SIGTERM once their log has such a line, which
-- is the last that a document shows.
local SERVICES <const> = { ["os2 entry"] = "^.-daemon: ready[^\n]*\n" }

-- What stands on the PATH: os2 itself, and what the documents take for given.
local PROGRAMS <const> = {
  os2 = 'exec "$OS2_PROGRAM" "$@"\n',
  doppler = '[ "$1 $2 $4" = "run --config --" ] || exit 2\nexport DOPPLER_CONFIG=$3\nshift 4\nexec "$@"\n',
  pnpm = 'case $1 in start) exec node "$DAEMON_PROGRAM" ;; install) mkdir -p node_modules ;; esac\n',
}

-- Several tests may run on one machine: each daemon has a port of its own.
local SERVICE_POLICY <const> = 'policy.api(1)\npolicy.set("entry.port", %d)\n'

local DOCKERFILE <const> = [[
FROM %s AS build
COPY hello /hello
RUN mkdir /data && date > /data/built
FROM scratch
COPY --from=build /data /data
COPY . /srv/os2
ENTRYPOINT ["/srv/os2/hello"]
]]

describe("the commands of the documents", function()
  local world, server

  local function write_programs()
    for name, text in pairs(PROGRAMS) do
      world:write("../bin/" .. name, "#!/bin/sh\n" .. text)
      fs.chmod(world.directory .. "/bin/" .. name, tonumber("755", 8))
    end
  end

  local function write_project()
    world:write("sandbox/Dockerfile", DOCKERFILE:format(worlds.base_image()))
    world:write(".dockerignore", "*.ndjson\n.git\n")
    world:write(".gitignore", "*.ndjson\n")
    git_servers.git(world.project, "init", "-q", "-b", "main")
    git_servers.git(world.project, "add", "-A")
    git_servers.git(world.project, "commit", "-q", "-m", "a project")
  end

  setup(function()
    world = worlds.start{ registry = "password" }
    server = git_servers.start()
    server:repository("iterate", {
      ["package.json"] = '{"scripts": {"build": "true", "start": "true"}}\n',
    })
    write_programs()
  end)
  teardown(function()
    if server then server:stop() end
    if world then world:stop() end
  end)

  before_each(function()
    world:reset()
    world:control("POST", "config", {
      proxyTemplateUrl = "{{origin}}/preview/{{PORT}}/{{sandboxId}}",
    })
    world:control("POST", "seed", {
      name = PREFIX .. "20260111-193045", createdAt = "2026-01-11T19:30:45Z",
      set = { imageName = "registry.example/daytona/os2:20260111-193045-c0123456789ab-19999999" },
    })
    world:control("POST", "seed-sandboxes", {
      count = 1, name = "mach_8", body = { labels = { team = "infra" } },
    })
    write_project()
    temporary.remove(world.directory .. "/home")
    fs.mkdir_p(world.directory .. "/home")
  end)

  local function environment(changes)
    local all = {
      DAYTONA_SNAPSHOT_PREFIX = PREFIX, HOME = world.directory .. "/home",
      PATH = world.directory .. "/bin:" .. env.get("PATH"), OS2_PROGRAM = program.path,
      DAEMON_PROGRAM = ROOT .. "/tests/lib/entry-daemon.js", GITHUB_TOKEN = "a-token",
      ITERATE_REPOSITORY = server:url("open", "iterate"), GITHUB_REPOS = false, ITERATE_DEV = false,
      GITHUB_ACCESS_TOKEN = false,
    }
    for name, value in pairs(changes or {}) do all[name] = value end
    return world:environment(all)
  end

  local function spawn(text, changes)
    return proc.spawn({ "sh", "-c", text .. "\n" }, {
      stdin = "null", cwd = world.project, env = environment(changes), timeout = LIMIT, group = true,
    })
  end

  -- Runs a command of a document to its end; returns what it wrote, both streams as one.
  local function run(text)
    local process <close> = spawn("exec 2>&1\n" .. text)
    local ran = program.finish(process)
    assert.equal(0, ran.code, text .. "\n" .. ran.stdout)
    return ran.stdout
  end

  -- Runs a command until its log has a line that matches; returns the log up to there, without the
  -- line about the policy file.
  local function serve(text, pattern)
    world:write("service.lua", SERVICE_POLICY:format(boots.free_port()))
    local process <close> = spawn(text, { OS2_POLICY = "service.lua" })
    local log = ""
    for event in process do
      if event.stream == "stderr" then log = log .. event.data end
      if log:find(pattern) then break end
    end
    process:kill(proc.signals.TERM)
    program.finish(process)
    return (assert(log:match(pattern), log):gsub("^[^\n]* entry: 1 policy change\n", ""))
  end

  local function check(command)
    local ready = SERVICES[command.text]
    local output = ready and serve(command.text, ready) or run(command.text)
    if not command.expected then return end
    local is_same, expected, actual = transcripts.compare(command.expected, output)
    if not is_same then
      assert.equal(expected, actual, ("%s: %s\n%s"):format(command.place, command.text, output))
    end
  end

  local count = 0
  for _, document in ipairs(documents()) do
    local commands = transcripts.read(document)
    count = count + #commands
    if #commands > 0 then
      it(("of %s do what it says"):format(document), function()
        for _, command in ipairs(commands) do check(command) end
      end)
    end
  end

  it("are found", function() assert.is_true(count >= 14, count) end)
end)
