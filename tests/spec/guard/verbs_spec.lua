--- --read-only and --dry-run over all verbs: each is declared, and what changes something does not
--- get past the gate, whoever calls it.
local fs = require("os2.fs")
local json = require("os2.json")
local lfs = require("lfs")
local natives = require("os2.guard.natives")
local program = require("tests.lib.program")
local reference = require("os2.help.reference")
local temporary = require("tests.lib.temporary")
local verbs = require("os2.guard.verbs")

-- Calls of each verb that changes something, as scripts make them.
local CALLS <const> = {
  ["daytona.create_snapshot"] = "daytona.create_snapshot{ name = 'a', imageName = 'b:1' }",
  ["daytona.delete_snapshot"] = "daytona.delete_snapshot(ID)",
  ["daytona.activate_snapshot"] = "daytona.activate_snapshot(ID)",
  ["daytona.deactivate_snapshot"] = "daytona.deactivate_snapshot(ID)",
  ["daytona.start_machine"] = "daytona.start_machine('m')",
  ["daytona.stop_machine"] = "daytona.stop_machine('m')",
  ["daytona.delete_machine"] = "daytona.delete_machine('m')",
  ["daytona.request"] = "daytona.request('POST', '/snapshots', { body = { name = 'a' } })",
  ["docker.build"] = "docker.build{ context = docker.context{ path = DIR .. '/context' } }:result()",
  ["docker.push"] = "docker.push{ ref = 'localhost:1/a:b' }:result()",
  ["docker.pull"] = "docker.pull{ ref = 'localhost:1/a:b' }:result()",
  ["docker.tag"] = "docker.tag('a', 'b:c')",
  ["docker.untag"] = "docker.untag('b:c')",
  ["docker.exec"] = "docker.exec('c', { 'ls' }):result()",
  ["docker.request"] = "docker.request('POST', '/images/create')",
  ["fs.write_atomic"] = "fs.write_atomic(DIR .. '/new', 'x')",
  ["fs.lock"] = "fs.lock(DIR .. '/lock', { timeout = 1 })",
  ["fs.remove"] = "fs.remove(DIR .. '/old')",
  ["fs.mkdir_p"] = "fs.mkdir_p(DIR .. '/a/b')",
  ["fs.chmod"] = "fs.chmod(DIR .. '/old', 0)",
  ["git.clone"] = "git.clone{ url = 'http://localhost:1/x', path = DIR .. '/clone' }:result()",
  ["git.fetch"] = "git.fetch{ path = DIR .. '/repository' }:result()",
  ["git.reset"] = "git.reset{ path = DIR .. '/repository', to = 'HEAD', overwrite = true }",
  ["git.config_set"] = "git.config_set(DIR .. '/repository', 'a.b', 'c')",
  ["http.request"] = "http.request{ url = 'http://localhost:1/', method = 'PUT', body = 'x' }",
  ["http.stream"] = "http.stream{ url = 'http://localhost:1/', method = 'POST', body = 'x' }:result()",
  ["http.websocket"] = "http.websocket{ url = 'ws://localhost:1/' }:result()",
  ["proc.spawn"] = "proc.spawn({ 'touch', DIR .. '/spawned' }):result()",
  ["proc.run"] = "proc.run({ 'touch', DIR .. '/ran' }, { timeout = 5 })",
}

-- Lua's own, libraries', and the modules of C used directly.
local FURTHER <const> = {
  ["io.open w"] = "io.open(DIR .. '/new', 'w'):write('x')",
  ["io.open a"] = "io.open(DIR .. '/old', 'ab'):write('x')",
  ["io.open r+"] = "io.open(DIR .. '/old', 'r+'):write('x')",
  ["io.popen"] = "io.popen('touch ' .. DIR .. '/popen'):close()",
  ["io.output"] = "io.output(DIR .. '/output')",
  ["os.remove"] = "os.remove(DIR .. '/old')",
  ["os.rename"] = "os.rename(DIR .. '/old', DIR .. '/moved')",
  ["os.execute"] = "os.execute('touch ' .. DIR .. '/executed')",
  ["os.tmpname"] = "os.tmpname()",
  ["lfs.mkdir"] = "require('lfs').mkdir(DIR .. '/lfs')",
  ["lfs.rmdir"] = "require('lfs').rmdir(DIR .. '/context')",
  ["lfs.touch"] = "require('lfs').touch(DIR .. '/old', 1)",
  ["lfs.link"] = "require('lfs').link(DIR .. '/old', DIR .. '/link', true)",
  ["lfs.lock_dir"] = "require('lfs').lock_dir(DIR .. '/context')",
  ["host.fs"] = "require('host.fs').append(DIR .. '/old', 'x', 384)",
  ["host.fs again"] = "package.loaded['host.fs'] = nil require('host.fs').mkdir(DIR .. '/x', 448)",
  ["host.fs of preload"] = "package.preload['host.fs']('host.fs').mkdir(DIR .. '/x', 448)",
  ["host.proc"] = "require('host.proc').spawn{ argv = { 'touch', DIR .. '/host' } }:result()",
  ["host.http"] = "require('host.http').request{ method = 'DELETE', url = 'http://localhost:1/', "
    .. "headers = {}, timeout = 1 }",
  ["host.http upgrade"] = "require('host.http').upgrade{ url = 'http://localhost:1/', headers = {} }",
  ["host.http route"] = "require('host.http').request{ method = 'GET', url = 'http://localhost/', "
    .. "route = { command = { 'touch', DIR .. '/route' } }, headers = {}, timeout = 1 }",
  ["host.websocket"] = "require('host.websocket').start{ url = 'http://localhost:1/' }",
  ["host.docker"] = "require('host.docker').build{ url = 'http://localhost:1/build?t=a' }",
  ["host.git"] = "require('host.git').clone{ url = 'http://localhost:1/', path = DIR .. '/c' }",
  ["toolbox"] = "daytona.toolbox{ id = 'x', toolboxProxyUrl = 'http://localhost:1' }"
    .. ".api.execute_command{ command = 'ls' }",
  ["toolbox terminal"] = "daytona.toolbox{ id = 'x', toolboxProxyUrl = 'http://localhost:1' }"
    .. ".socket('connect_pty_session', { sessionId = 'y' }, { timeout = 1 })",
  ["a policy's step"] = "policy.insert_before('resolution.steps', policy.steps('resolution.steps')[1].name, "
    .. "{ name = 'x', run = function() fs.remove(DIR .. '/old') end }) "
    .. "for _, s in ipairs(policy.steps('resolution.steps')) do if s.name == 'x' then s.run{} end end",
}

local PRELUDE <const> = [[
DIR, ID = ..., "00000000-0000-4000-8000-0000000000ff"
local function kind_of(chunk)
  local ok, failure = pcall(load(chunk))
  if ok then return "done" end
  return require("os2.err").is(failure) and failure.kind or tostring(failure)
end
local outcomes = {}
for name, chunk in pairs(json.decode(fs.read(DIR .. "/calls.json"))) do
  outcomes[name] = kind_of(chunk)
end
io.stderr:write(json.encode(outcomes), "\n")
]]

-- Every path below a directory with its size, mode and time of change.
local function tree_of(directory, lines, below)
  lines, below = lines or {}, below or ""
  for _, name in ipairs(fs.list(directory)) do
    local path = directory .. "/" .. name
    local found = lfs.symlinkattributes(path)
    lines[#lines + 1] = ("%s/%s %s %d %s %s"):format(below, name, found.mode, found.size,
      found.permissions, found.modification)
    if found.mode == "directory" then tree_of(path, lines, below .. "/" .. name) end
  end
  return lines
end

describe("--read-only and --dry-run", function()
  local directory

  before_each(function()
    directory = temporary.directory()
    temporary.write(directory .. "/context/Dockerfile", "FROM scratch\n")
    temporary.write(directory .. "/old", "old")
    assert(os.execute(("git init -q %s/repository && cd %s/repository && git -c user.name=a "
      .. "-c user.email=b commit -q --allow-empty -m a"):format(directory, directory)))
  end)
  after_each(function() temporary.remove(directory) end)

  local function run(mode, calls)
    temporary.write(directory .. "/calls.json", json.encode(calls))
    local before = tree_of(directory)
    local ran = program.run({ mode, "-e", PRELUDE, directory }, { timeout = 60, cwd = directory, env = {
      DAYTONA_API_URL = "http://127.0.0.1:1/api", DAYTONA_API_KEY = "dtn_x", DOCKER_CONFIG = directory,
      HOME = directory, XDG_STATE_HOME = directory .. "/state", XDG_CACHE_HOME = directory .. "/cache",
    } })
    assert.equal(0, ran.code, ran.stderr)
    assert.same(before, tree_of(directory))
    return json.decode(ran.stderr:match("{.*}")), ran.stdout
  end

  local function names_of(kind)
    local names = {}
    for module, list in pairs(verbs[kind]) do
      for _, name in ipairs(list) do names[module .. "." .. name] = true end
    end
    return names
  end

  it("know each verb of os2 help", function()
    local declared, known = {}, {}
    for _, kind in ipairs{ "changes", "depends", "reads" } do
      for name in pairs(names_of(kind)) do
        assert.is_nil(declared[name], name)
        declared[name] = true
      end
    end
    for _, module in ipairs(reference.modules()) do
      for _, name in ipairs(module.verbs) do known[module.module .. "." .. name] = true end
    end
    assert.same(known, declared)
  end)

  -- tests/e2e/dry_run_spec.lua calls those of machines and snapshots, which need a server.
  it("have a call of each verb that changes something", function()
    local wanted = names_of("depends")
    for name in pairs(names_of("changes")) do
      wanted[name] = not name:find("^machines%.") and not name:find("^snapshots%.") or nil
    end
    local called = {}
    for name in pairs(CALLS) do called[name] = true end
    assert.same(wanted, called)
  end)

  it("know each function of the native modules, and of Lua's own that reach outside", function()
    for module, kinds in pairs(natives) do
      local known, found = {}, {}
      for _, list in pairs(kinds) do
        for _, name in ipairs(list) do known[name] = true end
      end
      for name in pairs(_G[module] or require(module)) do
        if not name:find("^_") then found[name] = true end
      end
      assert.same(known, found, module)
    end
  end)

  it("guard each module that changes something", function()
    local ran = program.run{ "--read-only", "-e", [[
      for name, kinds in pairs(require("os2.guard.natives")) do
        local module = _G[name] or require(name)
        for _, verb in ipairs(kinds.changes) do
          local source = debug.getinfo(module[verb], "S").source
          if not source:find("os2/guard/install.lua", 1, true) then print(name, verb) end
        end
      end]] }
    assert.equal("", ran.stdout .. ran.stderr)
  end)

  it("know each native module", function()
    for name in fs.read("host/host.c"):gmatch('{"(host%.%l+)"') do
      assert.is_table(natives[name], name .. " is not in os2.guard.natives")
    end
    local library = assert(package.searchpath("host.http", package.cpath))
    for _, file in ipairs(fs.list(library:match("^(.*)/"))) do
      local name = "host." .. file:match("^(.*)%.so$")
      assert.is_table(natives[name], name .. " is not in os2.guard.natives")
    end
  end)

  for title, calls in pairs{ ["verbs"] = CALLS, ["what stands below them"] = FURTHER } do
    it("--read-only refuses all " .. title, function()
      for name, kind in pairs((run("--read-only", calls))) do
        assert.equal("denied", kind, name)
      end
    end)

    it("--dry-run does nothing of all " .. title .. ", and goes on", function()
      local outcomes, told = run("--dry-run", calls)
      local count = 0
      for name, kind in pairs(outcomes) do
        assert.equal("done", kind, name)
        count = count + 1
      end
      assert.is_true(tonumber(told:match("plan: (%d+) changes")) >= count, told)
    end)
  end

  it("drop what os2 would write below its own directories", function()
    for _, mode in ipairs{ "--read-only", "--dry-run" } do
      local ran = program.run({ mode, "-e", [[
        fs.mkdir_p(arg[1] .. "/os2/x") fs.write_atomic(arg[1] .. "/os2/x/y", "z")
        print(fs.read(arg[1] .. "/os2/x/y"), io.open(arg[1] .. "/os2/x/y", "a") ~= nil)
      ]], directory }, { env = { XDG_STATE_HOME = directory } })
      assert.matches("^z\ttrue\n", ran.stdout, ran.stderr)
      assert.is_nil(ran.stdout:find("plan: %d"))
      assert.is_false(fs.exists(directory .. "/os2"))
    end
  end)

  it("refuse a library in C that is not os2's", function()
    for _, mode in ipairs{ "--read-only", "--dry-run" } do
      local ran = program.run{ mode, "-e", "print(pcall(require, 'lpeg_or_so'))" }
      assert.matches("^false", ran.stdout)
      ran = program.run{ mode, "-e", "package.loadlib('/lib/x.so', '*')" }
      assert.equal(7, ran.code, ran.stderr)
      assert.matches("refuses it", ran.stderr)
    end
  end)
end)
