--- The record of a run: what is written, and that nothing about it fails or delays a run.
local env = require("os2.env")
local fs = require("os2.fs")
local json = require("os2.json")
local lfs = require("lfs")
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")

local OS2 <const> = env.get("OS2") or "build/os2"
local ASK <const> = 'require("os2.policy").ask("poll.interval", { attempt = 3 }) '

describe("the record of a run", function()
  local directory
  before_each(function() directory = temporary.directory() end)
  after_each(function() temporary.remove(directory) end)

  local function run(words, changes)
    local environment = {
      XDG_STATE_HOME = directory, OS2_NO_HISTORY = false, OS2_POLICY = false, NO_COLOR = "1",
    }
    for name, value in pairs(changes or {}) do environment[name] = value end
    return proc.run({ OS2, table.unpack(words) }, { timeout = 30, env = environment })
  end

  local function names()
    local list = {}
    if not fs.exists(directory .. "/os2/runs") then return list end
    for _, name in ipairs(fs.list(directory .. "/os2/runs")) do
      if name:find("%.ndjson$") then list[#list + 1] = name end
    end
    return list
  end

  local function text() return fs.read(directory .. "/os2/runs/" .. names()[1]) end

  local function events()
    local list = {}
    for line in text():gmatch("([^\n]+)\n") do list[#list + 1] = json.decode(line) end
    return list
  end

  local function find(name, of)
    for _, event in ipairs(events()) do
      if event.event == name and (not of or event.name == of) then return event end
    end
  end

  it("has the call, the decisions with their facts and places, and the end", function()
    assert.equal(0, run({ "--isolated", "-e", ASK }).code)
    local start, decision, last = find("start"), find("policy", "poll.interval"), find("end")
    assert.same({ "--isolated", "-e", ("(%d bytes)"):format(#ASK) }, start.of.args)
    assert.equal(start.of.run .. ".ndjson", names()[1])
    assert.is_number(start.of.time)
    assert.same({ attempt = 3 }, decision.facts)
    assert.equal(1.125, decision.answer)
    assert.matches("^lua/os2/policies/poll%.lua:%d+$", decision.by)
    assert.same({ exit = 0 }, last.of)
  end)

  it("is the user's alone", function()
    run({ "--isolated", "-e", ASK })
    local place = directory .. "/os2/runs"
    assert.equal("rwx------", lfs.attributes(place, "permissions"))
    assert.equal("rw-------", lfs.attributes(place .. "/" .. names()[1], "permissions"))
  end)

  it("names the file and the line of the policy that answered, and its change", function()
    temporary.write(directory .. "/p.lua", 'policy.api(1)\npolicy.set("cache.ttl", 60)\n')
    run({ "--isolated", "--policy", directory .. "/p.lua", "-e",
      'require("os2.policy").ask("cache.ttl")' })
    local decision = find("policy", "cache.ttl")
    assert.equal(60, decision.answer)
    assert.equal(directory .. "/p.lua:2", decision.by)
  end)

  it("has the failure of a run, also of one that asked nothing", function()
    assert.equal(1, run({ "--isolated", "-e", 'error("it broke")' }).code)
    local last = find("end")
    assert.equal(1, last.of.exit)
    assert.matches("it broke", last.of.error.message)
  end)

  it("is none for a run that decides nothing, for help, and when it is switched off", function()
    run({ "--isolated", "-e", "" })
    run({ "--isolated", "help" })
    run({ "--isolated", "policy", "list" })
    run({ "--isolated", "--no-history", "-e", ASK })
    run({ "--isolated", "-e", ASK }, { OS2_NO_HISTORY = "1" })
    temporary.write(directory .. "/off.lua", 'policy.api(1) policy.set("history.enabled", false)')
    run({ "--isolated", "--policy", directory .. "/off.lua", "-e", ASK })
    assert.same({}, names())
  end)

  it("counts a decision that is asked again with the same facts", function()
    run({ "--isolated", "-e", ("for _ = 1, 5 do %s end"):format(ASK) })
    assert.equal(16, find("end").repeated) -- four policies: one asks the three others
  end)

  it("has a hash in place of a large fact", function()
    temporary.write(directory .. "/p.lua",
      'policy.api(1) policy.set("history.fact_bytes", 200) policy.define("acme.x", {doc = "x", '
      .. 'default = function() return true end, returns = {type = "boolean", doc = "x"}})')
    run({ "--isolated", "--policy", directory .. "/p.lua", "-e",
      ASK .. 'require("os2.policy").ask("acme.x", { list = {("x"):rep(70000)}, small = 1 })' })
    local facts = find("policy", "acme.x").facts
    assert.equal(1, facts.small)
    assert.equal(70004, facts.list["$large"].bytes)
    assert.equal(1, facts.list["$large"].count)
    assert.matches("^%x+$", facts.list["$large"].sha256)
  end)

  it("ends with a whole line when the run is killed while it waits", function()
    local op = proc.spawn({ OS2, "--isolated", "-e", ASK .. 'print("up") task.sleep(60)' }, {
      stdin = "null", timeout = 30, env = { XDG_STATE_HOME = directory, OS2_NO_HISTORY = false },
    })
    local said = op:next()
    while not said.data:find("up") do said = op:next() end
    while not (names()[1] and #text() > 0) do require("os2.task").sleep(0.01) end
    op:kill(9)
    op:result()
    assert.equal("\n", text():sub(-1))
    assert.is_table(find("policy", "poll.interval"))
    assert.is_nil(find("end"))
  end)

  it("stays within its limit, with the end and what was dropped", function()
    temporary.write(directory .. "/p.lua", 'policy.api(1) policy.set("history.run_bytes", 4096)')
    run({ "--isolated", "--policy", directory .. "/p.lua", "-e", 'for n = 1, 3000 do '
      .. 'require("os2.policy").ask("poll.interval", { attempt = n }) end task.sleep(0)'
      .. 'for n = 3001, 4000 do require("os2.policy").ask("poll.interval", { attempt = n }) end' })
    assert.is_true(find("end").dropped > 900)
  end)

  describe("fails nothing", function()
    local function works(changes)
      local ran = run({ "--isolated", "-e", ASK .. "print(1)" }, changes)
      assert.equal(0, ran.code, ran.stderr)
      assert.equal("1\n", ran.stdout)
      assert.equal("", ran.stderr)
    end

    it("without a home, and with a relative one", function()
      works{ XDG_STATE_HOME = false, HOME = false }
      works{ XDG_STATE_HOME = "relative", HOME = false }
    end)

    it("where no folder can be made, with one line under -v", function()
      temporary.write(directory .. "/file", "")
      works{ XDG_STATE_HOME = directory .. "/file" }
      works{ XDG_STATE_HOME = "/proc" }
      local ran = run({ "-v", "--isolated", "-e", ASK }, { XDG_STATE_HOME = "/proc" })
      local _, lines = ran.stderr:gsub("\n", "")
      assert.equal(1, lines, ran.stderr)
      assert.matches("cannot be written", ran.stderr)
    end)

    it("on a full disk", function()
      fs.mkdir_p(directory .. "/os2")
      assert(lfs.link("/dev/full", directory .. "/os2/runs", true))
      works()
    end)
  end)

  describe("holds no secret", function()
    local SECRET <const> = "s3cr3t+of/the\"day\\0123456789"
    local FORMS <const> = { SECRET, "of/the", "0123456789", "czNjcjN0K29m", "M2NyM3Qrb2Yv" }

    local function check_none()
      for _, name in ipairs(names()) do
        local content = fs.read(directory .. "/os2/runs/" .. name)
        for _, form in ipairs(FORMS) do
          assert.is_nil(content:find(form, 1, true), name .. ": " .. form .. "\n" .. content)
        end
      end
      assert.is_true(#names() > 0)
    end

    it("of the environment, in facts, answers, notes, errors and base64", function()
      local code = [[
        local secret, policy = os.getenv("MY_TOKEN"), require("os2.policy")
        policy.define("acme.say", {doc = "x", default = function(facts) return facts.a end,
          returns = {type = "string", doc = "x"}})
        policy.ask("acme.say", {a = secret, b = {c = {"x" .. secret .. "y"}}, token = "short",
          url = "https://u:" .. secret .. "@h/p?t=" .. secret, env = {X = secret}})
        policy.ask("acme.say", {a = require("host.docker").base64_url("ab" .. secret .. "c")})
        require("os2.report.progress").open{mode = "quiet"}:note("told " .. secret)
        error("it failed with " .. secret)]]
      assert.equal(1, run({ "--isolated", "-e", code }, { MY_TOKEN = SECRET }).code)
      check_none()
      assert.matches('"token":"%*%*%*"', text())
      assert.matches('"%$names":%["X"%]', text())
    end)

    it("of the command line", function()
      local file = directory .. "/s.lua"
      temporary.write(file, ASK)
      run({ "--isolated", file, "--token", SECRET })
      run({ "--isolated", file, "--password=" .. SECRET })
      run({ "--isolated", file, "--env", "PLAIN=" .. SECRET, "--env=OTHER=" .. SECRET })
      run({ "--isolated", file, "--build-arg", "MY_TOKEN=" .. SECRET })
      run({ "--isolated", file, "https://user:" .. SECRET:gsub("[/\"\\]", "") .. "@host/x" })
      run({ "--isolated", file, "https://host/x?sign=" .. SECRET:gsub("[\"\\]", "") })
      run({ "--isolated", file, "--", "curl", SECRET })
      run({ "--isolated", "-e", ASK .. ("-- %q"):format(SECRET) })
      assert.equal(8, #names())
      check_none()
    end)
  end)
end)
