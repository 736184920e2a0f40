--- The commands about past runs and about decisions, on records that commands have written.
local env = require("os2.env")
local fs = require("os2.fs")
local json = require("os2.json")
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")
local worlds = require("tests.lib.world")

local SECRET <const> = "tok-3nR/9+vQ7xLw2Zs8Yb"

describe("os2 history and os2 policy", function()
  local world, directory
  setup(function()
    world = worlds.start()
    world:control("POST", "seed", { name = worlds.PREFIX .. "20250101-000000" })
  end)
  teardown(function() world:stop() end)
  before_each(function() directory = temporary.directory() end)
  after_each(function() temporary.remove(directory) end)

  local function run(words, changes)
    local all = { OS2_NO_HISTORY = false, XDG_STATE_HOME = directory .. "/state" }
    for name, value in pairs(changes or {}) do all[name] = value end
    return world:run(words, all)
  end

  local function document(words, changes)
    words = table.move(words, 1, #words, 1, {})
    words[#words + 1] = "--json"
    return json.decode(run(words, changes).stdout)
  end

  local function policy_file(text)
    temporary.write(directory .. "/p/team.lua", "policy.api(1)\n" .. text)
    return directory .. "/p/team.lua"
  end

  it("list, show and tell runs, the newest first", function()
    run{ "resolve", "--fresh" }
    run{ "resolve", "--prefix", "none--" }
    local runs = document{ "history" }.runs
    assert.equal(2, #runs)
    assert.same({ 4, 0 }, { runs[1].code, runs[2].code })
    assert.matches("no usable snapshot", runs[1].failure)
    assert.equal(1, #document{ "history", "list", "--failed", "--since", "1h" }.runs)
    assert.equal(0, #document{ "history", "list", "--command", "snapshot" }.runs)
    assert.equal(1, #document{ "history", "list", "--limit", "1" }.runs)
    local shown = document{ "history", "show", "-2" }
    assert.equal(runs[2].run, shown.run)
    local seen = {}
    for _, event in ipairs(shown.events) do seen[event.event] = event end
    assert.equal(200, seen.request.of.status)
    assert.matches("^daytona /snapshots%?", seen.request.of.where)
    assert.equal(0, seen["end"].of.exit)
    local text = run{ "history", "show", runs[2].run:sub(1, 19) }.stdout
    assert.matches("resolution%.pick = ", text)
    assert.equal(4, run{ "history", "show", "-3" }.code)
  end)

  it("tells what a run told, also of a record that breaks off", function()
    run({ "resolve" }, { DAYTONA_API_URL = "http://127.0.0.1:1/api" })
    run({ "snapshot", "--provider", "docker" }, { DOCKER_HOST = "unix:///nowhere.sock" })
    local logs = run{ "history", "logs", "-1" }
    assert.matches("LOCAL ONLY", logs.stdout)
    local id = document{ "history" }.runs[1].run
    local path = ("%s/state/os2/runs/%s.ndjson"):format(directory, id)
    fs.write_atomic(path, fs.read(path):sub(1, -20))
    local record = document{ "history" }.runs[1]
    assert.is_false(record.is_ended)
    assert.equal(logs.stdout, run{ "history", "logs", "-1" }.stdout)
  end)

  it("ask a decision with facts from a file, from here, and from a past run", function()
    local file = policy_file('policy.set("cache.ttl", 1)\npolicy.override("cache.state", '
      .. 'function(base, facts) return facts.failed and "miss" or base(facts) end)')
    temporary.write(directory .. "/facts.json", '{"stored_at": 5, "now": 10}')
    local tried = document{ "policy", "try", "cache.state", "--facts", directory .. "/facts.json",
      "--policy", file }
    assert.same({ "stale", "fresh", true }, { tried.answer, tried.shipped, tried.is_changed })
    assert.equal(file .. ":3", tried.place)
    run{ "resolve" }
    run{ "resolve" }
    tried = document{ "policy", "try", "cache.state", "--at", "-1" }
    assert.same({ "fresh", '"fresh"', false }, { tried.answer, tried.recorded_words, tried.is_changed })
    tried = document{ "policy", "try", "resolution.pick", "--live" }
    assert.equal(worlds.PREFIX .. "20250101-000000", tried.answer.name)
    assert.equal(2, run{ "policy", "try", "cache.state", "--facts", "/dev/null" }.code)
    assert.equal(2, run{ "policy", "try", "poll.interval", "--at", "-1" }.code)
    local none = run{ "policy", "try", "cache.state", "--facts", "/no/facts" }
    assert.same({ 4, "/no/facts: No such file or directory; --facts names a file with one JSON object" },
      { none.code, none.stderr:match("/no/facts.-object") })
    none = run{ "policy", "test", "/no/test" }
    assert.same({ 4, "there is no /no/test; name files of tests that are there" },
      { none.code, none.stderr:match("there is no.-are there") })
    none = run{ "policy", "list", "--group", "cash" }
    assert.same({ 4, "there is no group cash of policies; a group is the word before the dot" },
      { none.code, none.stderr:match("there is no.-the dot") })
    temporary.write(directory .. "/typo.json", '{"attemp": 3}')
    local typo = run{ "policy", "try", "poll.interval", "--facts", directory .. "/typo.json" }
    assert.matches("has no fact 'attemp'", typo.stderr)
    assert.matches("fails with these facts", run{ "policy", "try", "resolution.pick" }.stderr)
  end)

  it("replay past decisions under another policy", function()
    run{ "resolve", "--fresh" }
    run{ "resolve" }
    local same = document{ "policy", "replay", "--since", "1h" }
    assert.is_true(same.asked > 20)
    assert.same({ 0, 0, 2 }, { same.differ, same.not_asked, same.runs })
    local file = policy_file('policy.override("resolution.pick", function() return nil end)')
    local other = document{ "policy", "replay", "--since", "1h", "--policy", file }
    assert.equal(1, other.differ)
    assert.equal("resolution.pick", other.differences[1].name)
    assert.equal("nothing", other.differences[1].is)
    assert.equal(file .. ":2", other.differences[1].is_by)
  end)

  it("count what cannot be replayed: hashes, secrets, variables without a value", function()
    local file = policy_file('policy.set("history.fact_bytes", 300)\n'
      .. 'policy.override("resolution.sort", function(base, facts) '
      .. 'return facts.env.MY_SORT or base(facts) end)')
    run({ "resolve", "--fresh", "--policy", file }, { MY_SORT = "createdAt" })
    local replayed = document{ "policy", "replay", "--since", "1h", "--policy", file }
    assert.is_true(replayed.skipped.hashed > 0)
    assert.equal(2, replayed.skipped.variable) -- resolution.sort, and resolution.query, which asks it
    assert.equal(0, replayed.differ)
  end)

  it("run the tests beside a policy file", function()
    local file = policy_file('policy.set("cache.ttl", 7)')
    local test = directory .. "/p/team_policy_test.lua"
    temporary.write(test, 'policy.api(1)\ntest("holds", function() '
      .. 'assert(policy.ask("cache.ttl") == 7) end)\n')
    assert.equal(0, run{ "policy", "test", "--policy", file }.code)
    temporary.write(test, fs.read(test) .. 'test("fails", function()\n  assert(false, "no")\nend)\n'
      .. 'test("waits", function() require("os2.task").sleep(1) end)\n'
      .. 'test("clock", function() assert(require("os2.clock").now() == 1767268800) end)\n')
    local ran = run{ "policy", "test", "--policy", file }
    assert.equal(1, ran.code)
    assert.matches(test:gsub("%p", "%%%0") .. ":4: no", ran.stdout)
    assert.matches("FAILED[^\n]*waits", ran.stdout)
    assert.matches("ok[^\n]*clock", ran.stdout)
    assert.matches("4 tests, 2 failed", ran.stdout)
    assert.equal(4, run{ "policy", "test" }.code)
  end)

  it("run the test that docs/policies.md shows", function()
    local example = fs.read("docs/policies.md"):match("```lua test\n(.-)```")
    temporary.write(directory .. "/p/shown_policy_test.lua", example)
    local words = { "policy", "test", directory .. "/p/shown_policy_test.lua" }
    assert.matches("1 test, 1 failed", run(words).stdout) -- the shipped cache.ttl is 300
    local file = policy_file('policy.set("cache.ttl", 60)')
    words[#words + 1], words[#words + 2] = "--policy", file
    assert.matches("1 test, 0 failed", run(words).stdout)
  end)

  it("list what was changed, and one group", function()
    local file = policy_file('policy.set("cache.ttl", 7)')
    local changed = document{ "policy", "list", "--changed", "--policy", file }.policies
    assert.same({ 1, "cache.ttl" }, { #changed, changed[1].name })
    for _, record in ipairs(document{ "policy", "list", "--group", "poll" }.policies) do
      assert.matches("^poll%.", record.name)
    end
  end)

  -- Counted, not timed: what a resolve from the cache takes with a record and without one.
  local long_it = env.get("OS2_LONG") and it or function() end -- it needs valgrind
  long_it("cost a cached resolve at most 5 % of its instructions", function()
    local function instructions(changes)
      local environment = world:environment{ XDG_STATE_HOME = directory .. "/state" }
      for name, value in pairs(changes) do environment[name] = value end
      local words = { "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null" }
      table.move(world:command("resolve"), 1, 2, #words + 1, words)
      local ran = proc.run(words, { timeout = 60, cwd = world.project, env = environment })
      assert.equal(0, ran.code, ran.stderr)
      return tonumber(ran.stderr:match("Collected : (%d+)"))
    end
    run{ "resolve" }
    run{ "resolve" } -- makes the folder and the stamp
    local with, without = instructions{ OS2_NO_HISTORY = false }, instructions{}
    assert.is_true(with <= without * 1.05, ("%d and %d"):format(with, without))
  end)

  it("keep no secret of any command", function()
    local changes = {
      DAYTONA_API_KEY = "dtn_test_key_full", MY_TOKEN = SECRET, DOCKER_HOST = "unix:///nowhere.sock",
      HTTPS_PROXY = false, OS2_X = "https://user:" .. SECRET .. "@host/?a=" .. SECRET,
    }
    local commands = {
      { "resolve" }, { "resolve", "--fresh", "--prefix", SECRET }, { "doctor" },
      { "snapshot", "--provider", "docker", "--build-arg", "MY_TOKEN" },
      { "snapshot", "--dry-run", "--build-arg", "URL=https://u:" .. SECRET .. "@h/" },
      { "snapshot", "list" }, { "machine", "list" }, { "machine", "create", "--env", "A=" .. SECRET },
      { "machine", "exec", SECRET, "--", "echo", SECRET }, { "entry" },
    }
    for _, words in ipairs(commands) do run(words, changes) end
    run({ "machine", "create", "--name", "box" }, changes)
    local address = document({ "machine", "url", "box" }, changes)
    local signed = document({ "machine", "url", "box", "--signed", "60" }, changes)
    local forms = { SECRET, "9+vQ7xLw2Zs8Yb", "9%2BvQ7xLw2Zs8Yb", "test_key_full",
      "dG9rLTNuUi85K3", "b2stM25SLz", "rLTNuUi85" } -- these three are base64
    forms[#forms + 1], forms[#forms + 2] = assert(address.token), signed.url:match("//%d+%-(%w+)%.")
    local names = fs.list(directory .. "/state/os2/runs")
    assert.is_true(#names >= #commands + 2)
    for _, name in ipairs(names) do
      local content = fs.read(directory .. "/state/os2/runs/" .. name)
      for _, form in ipairs(forms) do
        assert.is_nil(content:find(form, 1, true), name .. ": " .. form .. "\n" .. content)
      end
    end
  end)

  it("remove old runs once in a while, and not more than they may", function()
    local place = directory .. "/state/os2/runs"
    for index = 1, 30 do
      temporary.write(("%s/20200101-000000-000-%06x.ndjson"):format(place, index), "x")
    end
    temporary.write(place .. "/other.txt", "mine")
    local file = policy_file('policy.set("history.prune_most", 20)')
    run{ "resolve", "--policy", file }
    assert.equal(11 + 1, #fs.list(place)) -- 10 and this run, and the file that is no run's
    run{ "resolve", "--policy", file }
    assert.equal(2 + 2, #fs.list(place)) -- two runs, the file, and now the stamp
    temporary.write(place .. "/20200101-000000-000-000001.ndjson", "x")
    run{ "resolve", "--policy", file }
    assert.equal(3 + 3, #fs.list(place)) -- within the hour nothing is removed
  end)
end)
