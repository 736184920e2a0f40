--- The parts of a machine's boot that need no machine.
local failure_of = require("tests.lib.failure_of")
local fs = require("os2.fs")
local json = require("os2.json")
local log = require("os2.flows.entry.log")
local policy = require("os2.policy")
local port = require("os2.flows.entry.port")
local proc = require("os2.proc")
local program = require("os2.flows.entry.program")
local repositories = require("os2.flows.entry.repositories")
local state = require("os2.flows.entry.state")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

describe("GITHUB_REPOS", function()
  before_each(policy.reset)

  it("is read into what to clone and where to", function()
    policy.override("entry.further", function(_, facts)
      return { url = "https://h/" .. facts.owner .. facts.name, path = "/p", branch = facts.branch }
    end)
    local text = json.encode{
      { owner = "o", name = "n.js", defaultBranch = "dev" }, { owner = "a-b", name = "_c" },
      { owner = "o", name = "m", defaultBranch = json.null }, { owner = "o", name = ".github" },
      { owner = "-o", name = "..." },
    }
    assert.same({
      { url = "https://h/on.js", path = "/p", branch = "dev" }, { url = "https://h/a-b_c", path = "/p" },
      { url = "https://h/om", path = "/p" }, { url = "https://h/o.github", path = "/p" },
      { url = "https://h/-o...", path = "/p" },
    }, repositories.parse(text))
    assert.same({}, repositories.parse("[]"))
  end)

  local REFUSED <const> = {
    ["[{"] = "it is no JSON", ['"o/n"'] = "it is no list", ['{"owner": "o"}'] = "it is no list",
    ['{}'] = "it is no list", [' {}'] = "it is no list",
    ['[{"owner": "o", "name": "."}]'] = "entry 1 has no proper name",
    ['["o/n"]'] = "entry 1 is no object", ['[{"owner": "o"}]'] = "entry 1 has no proper name",
    ['[{"owner": "..", "name": "n"}]'] = "entry 1 has no proper owner",
    ['[{"owner": "o", "name": "../n"}]'] = "entry 1 has no proper name",
    ['[{"owner": "o", "name": "n"}, {"owner": "o", "name": "n/m"}]'] = "entry 2 has no proper name",
    ['[{"owner": "o", "name": "n", "defaultBranch": 1}]'] = "entry 1 has no proper defaultBranch",
  }
  for text, why in pairs(REFUSED) do
    it("is refused: " .. text, function()
      local failure = failure_of(repositories.parse, text)
      assert.same({ "entry.repositories", "config", "GITHUB_REPOS: " .. why },
        { failure.op, failure.exit, failure.message })
    end)
  end
end)

describe("what is kept of a checkout", function()
  local directory

  before_each(function() directory = temporary.directory() end)
  after_each(function() temporary.remove(directory) end)

  it("stands in its .git, field by field", function()
    fs.mkdir_p(directory .. "/.git")
    assert.same({}, state.read(directory))
    state.change(directory, { commit = "a", updating = "b" })
    state.change(directory, { installed = "a", updating = false })
    assert.same({ commit = "a", installed = "a" }, state.read(directory))
  end)

  it("stands where git keeps it, when .git is a file", function()
    for _, named in ipairs{ "../real", directory .. "/real" } do
      temporary.write(directory .. "/tree/.git", ("gitdir: %s\n"):format(named))
      fs.mkdir_p(directory .. "/real")
      state.change(directory .. "/tree", { commit = named })
      assert.same({ commit = named }, state.read(directory .. "/tree"))
      assert.same({ "os2-entry.json" }, fs.list(directory .. "/real"))
    end
  end)

  it("is nothing where there is no checkout, or the file is broken", function()
    state.change(directory, { commit = "a" })
    assert.same({ {}, {} }, { state.read(directory), fs.list(directory) })
    temporary.write(directory .. "/.git/os2-entry.json", "{")
    assert.same({}, state.read(directory))
  end)
end)

describe("a port", function()
  -- Listens on a host of our choice until it is closed.
  local function listen(host)
    local script = ("const s = require('net').createServer()\n"
      .. "s.listen(0, '%s', () => console.log(s.address().port))"):format(host)
    local process = proc.spawn({ "node", "-e", script }, { stdin = "null" })
    return process, math.tointeger(tonumber(process:next().data))
  end

  for host, loopback in pairs{
    ["127.0.0.1"] = "127.0.0.1", ["0.0.0.0"] = false, ["::1"] = "::1", ["::"] = false,
    ["::ffff:127.0.0.1"] = "127.0.0.1",
  } do
    it("is taken while somebody listens on it at " .. host, function()
      local process <close>, number = listen(host)
      local listeners = port.listeners(number)
      assert.equal(1, #listeners)
      assert.equal((host:gsub("^::ffff:", "")), listeners[1].address)
      assert.equal(process:pid(), port.holder(listeners))
      assert.equal(loopback or nil, port.loopback_only(number))
      process:close()
      for _ = 1, 3000 do
        if #port.listeners(number) == 0 then break end
        task.sleep(0.02)
      end
      assert.same({}, port.listeners(number))
      assert.is_nil(port.holder(listeners))
      assert.is_nil(port.loopback_only(number))
    end)
  end
end)

describe("a program", function()
  local write = log.write

  before_each(function() log.write = function() end end)
  after_each(function() log.write = write end)

  local function sleep_on() task.sleep(30) end

  local function new(script, grace)
    return program.new({ "sh", "-c", script }, { topic = "test", cwd = "/", env = {}, grace = grace or 5 })
  end

  it("gives its status in words and as a shell's code", function()
    assert.same({ "ended with code 7", 7 }, { program.words{ code = 7 }, program.exit_code{ code = 7 } })
    local killed = { code = 0, signal = 9 }
    assert.same({ "was ended by signal 9", 137 }, { program.words(killed), program.exit_code(killed) })
  end)

  it("ends with its own code", function()
    assert.same({ code = 4 }, new("exit 4"):run(sleep_on))
  end)

  it("is ended when its watch raises, and that is raised", function()
    local failure = failure_of(function()
      new("exec sleep 30"):run(function() error("enough", 0) end)
    end)
    assert.equal("enough", failure.message)
  end)

  it("keeps its status when it is ended from outside", function()
    local directory = temporary.directory()
    local ready = directory .. "/ready"
    local one = new(("exec 2>/dev/null; trap 'exit 6' TERM; : >%s; while :; do sleep 0.02; done"):format(ready), 30)
    local _, failure = task.try(task.group, function(group)
      group:spawn(function() one:run(sleep_on) end)
      while not fs.exists(ready) do task.sleep(0.02) end
      group:cancel()
    end)
    temporary.remove(directory)
    assert.same({ "cancelled", { code = 6 } }, { failure.kind, one.status })
  end)

  it("that cannot be started says so", function()
    local one = program.new({ "no-such-program" }, { topic = "test", cwd = "/", env = {}, grace = 1 })
    assert.equal("not_found", failure_of(one.run, one, sleep_on).kind)
  end)
end)
