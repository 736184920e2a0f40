--- `os2 machine each`: one command on many machines, each once, every result kept.
local clock = require("os2.clock")
local fs = require("os2.fs")
local json = require("os2.json")
local patience = require("tests.lib.patience")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local worlds = require("tests.lib.world")

local LOG <const> = "run.ndjson"

describe("machine each", function()
  local world

  setup(function() world = worlds.start() end)
  teardown(function() if world then world:stop() end end)
  before_each(function() world:reset() end)

  local function each(...)
    return world:run{ "machine", "each", "--quiet", "--label", "k=v", ... }
  end

  local function seed(count, options)
    options = options or {}
    world:control("POST", "seed-sandboxes", {
      count = count, name = options.name, body = { labels = { k = "v" } }, set = options.set,
    })
  end

  -- Of a log that is being written the last line may be there in part, and blanks stand where one was.
  local function log_lines(kind)
    local path, found = world.project .. "/" .. LOG, {}
    if not fs.exists(path) then return found end
    for line in fs.read(path):gmatch("([^\n]*)\n") do
      local value = line:find("%S") and json.decode(line) or {}
      if value.type == kind then found[#found + 1] = value end
    end
    return found
  end

  -- How often the command ran in each machine: it writes where only this test looks.
  local function counter()
    local path = world.directory .. "/ran"
    fs.remove(path)
    local command = { "--", "sh", "-c", ("echo $DAYTONA_SANDBOX_ID >> %s; sleep 0.2"):format(path) }
    return command, function()
      local counts, total = {}, 0
      for id in fs.read(path):gmatch("[^\n]+") do
        counts[id] = (counts[id] or 0) + 1
        total = total + 1
      end
      return counts, total
    end
  end

  local function assert_once(count, counts_of)
    local counts, total = counts_of()
    assert.equal(count, total)
    for id, ran in pairs(counts) do assert.equal(1, ran, id) end
  end

  it("keeps every result and counts them", function()
    seed(9)
    seed(2, { name = "off-{n}", set = { state = "stopped" } })
    world:control("POST", "seed-sandboxes", { count = 1, name = "other" })
    local ran = each("--log", LOG, "--json", "--", "sh", "-c",
      'echo "out $USER"; echo err >&2; pwd | grep -q . && exit 4')
    assert.equal(1, ran.code, ran.stderr)
    local document = json.decode(ran.stdout)
    assert.same({ ok = 0, failed = 9, skipped = 2 }, document.counts)
    assert.equal(2, #log_lines("skipped"))
    local done = log_lines("done")
    assert.equal(9, #done)
    assert.same({ "out daytona\n", "err\n", 4, false },
      { done[1].stdout, done[1].stderr, done[1].code, done[1].ok })
    ran = each("--", "true")
    assert.equal("9 ok, 0 failed, 2 skipped\n", ran.stdout)
  end)

  it("only says where it would run with --dry-run, and leaves the log as it is", function()
    seed(3)
    seed(2, { name = "off-{n}", set = { state = "stopped" } })
    local command, counts_of = counter()
    local ran = each("--log", LOG, "--dry-run", table.unpack(command))
    assert.equal(0, ran.code, ran.stderr)
    local names = {}
    for name in ran.stdout:gmatch("[^\n]+") do names[#names + 1] = name end
    assert.equal(3, #names, ran.stdout)
    assert.matches("nothing was changed; 2 machines would be passed over", ran.stderr, 1, true)
    assert.has_error(counts_of)
    assert.is_false(fs.exists(world.project .. "/" .. LOG))
    assert.equal(0, each("--log", LOG, table.unpack(command)).code)
    seed(1, { name = "later" })
    local before = fs.read(world.project .. "/" .. LOG)
    ran = world:run{ "machine", "each", "--resume", LOG, "--dry-run", "--json" }
    local document = json.decode(ran.stdout)
    assert.same({ true, 1, "later" },
      { document.dry_run, #document.machines, document.machines[1].name }, ran.stderr)
    assert.equal(before, fs.read(world.project .. "/" .. LOG))
    assert_once(3, counts_of)
    ran = each("--log", LOG, "--dry-run", "--", "true")
    assert.equal(2, ran.code, ran.stderr)
    assert.matches("holds a run already", ran.stderr, 1, true)
  end)

  it("waits for a machine that is starting, and runs in it then", function()
    seed(2)
    seed(1, { name = "soon", set = { state = "stopped" } })
    world:control("POST", "config", { timetable = { starting = 700 }, createWait = 10 })
    local before = world:control("POST", "gateway", {}).connections
    local start <close> = world:spawn{ "machine", "start", "soon" }
    patience.until_true("it hears of events",
      function() return world:control("POST", "gateway", {}).connections ~= before end)
    patience.until_true("it has asked for the start",
      function() return world:requests()["POST /api/sandbox/{sandboxIdOrName}/start"] end)
    assert.equal("3 ok, 0 failed, 0 skipped\n", each("--", "true").stdout)
    assert.equal(0, program.finish(start).code)
  end)

  it("a machine that does not start is skipped, and why is said", function()
    seed(1)
    seed(1, { name = "soon", set = { state = "starting", desiredState = "started" } })
    world:write("policy.lua", 'policy.api(1)\npolicy.set("timeouts.machine_start", 1)\n')
    local ran = world:run({ "machine", "each", "--all", "--quiet", "--", "true" },
      { OS2_POLICY = "policy.lua" })
    assert.equal("1 ok, 0 failed, 1 skipped\n", ran.stdout, ran.stderr)
    assert.matches("soon: machine soon is still starting after [%d.]+ s", ran.stderr)
  end)

  it("a machine that cannot be spoken to fails alone", function()
    seed(3)
    world:control("POST", "faults", { times = 1, match = { method = "POST", path = "/exec$" },
      action = { type = "status", status = 400, body = { message = "no" } } })
    local ran = each("--log", LOG, "--", "true")
    assert.equal(1, ran.code)
    assert.equal("2 ok, 1 failed, 0 skipped\n", ran.stdout)
  end)

  it("runs nowhere when a page of the list fails for good", function()
    seed(450)
    world:control("POST", "faults", { times = 0, match = { method = "GET", path = "cursor=" },
      action = { type = "html", status = 502 } })
    local command, counts_of = counter()
    assert.equal(75, each("--log", LOG, table.unpack(command)).code)
    assert.has_error(counts_of)
  end)

  it("keeps of each stream as much as a policy says", function()
    seed(1)
    world:write("policy.lua", 'policy.api(1)\npolicy.set("machine.output_limit", 5)\n')
    local words = { "--", "sh", "-c", "echo 1234567; echo 12 >&2" }
    local changes = { OS2_POLICY = "policy.lua" }
    local ran = world:run({ "machine", "exec", "box-1", "--json", table.unpack(words) }, changes)
    local document = json.decode(ran.stdout)
    assert.same({ "12345", "12\n", true }, { document.stdout, document.stderr, document.cut })
    world:run({ "machine", "each", "--all", "--log", LOG, table.unpack(words) }, changes)
    assert.same({ "12345", true }, { log_lines("done")[1].stdout, log_lines("done")[1].cut })
    ran = world:run{ "machine", "exec", "box-1", "--json", table.unpack(words) }
    assert.is_nil(json.decode(ran.stdout).cut)
  end)

  it("says which machines failed, and how", function()
    seed(2)
    local words = { "--", "sh", "-c", "printf 'one\\ntw\\033[1mo\\n\\n' >&2; exit 9" }
    local ran = each("--json", table.unpack(words))
    assert.equal(1, ran.code)
    local failed = json.decode(ran.stdout).failed
    table.sort(failed, function(one, other) return one.name < other.name end)
    assert.same({ "box-1", 9, "box-2", 9 },
      { failed[1].name, failed[1].code, failed[2].name, failed[2].code })
    for _, name in ipairs{ "box-1", "box-2" } do
      assert.truthy(ran.stderr:find(name .. ": exit code 9: two", 1, true), ran.stderr)
    end
    assert.is_nil(each("--log", LOG, table.unpack(words)).stderr:find("exit code 9", 1, true))
    assert.equal(2, #json.decode(each("--json", "--resume", LOG).stdout).failed)
    assert.truthy(each("--json", "--", "true").stdout:find('"failed":[]', 1, true))
  end)

  describe("shows what is written", function()
    local function shown(script, flag)
      return world:run{ "machine", "each", "--label", "k=v", flag or "--limit=9", "--", "sh", "-c", script }
    end

    local function sorted_lines(text)
      local lines = {}
      for line in text:gmatch("([^\n]*)\n") do lines[#lines + 1] = line end
      table.sort(lines)
      return lines
    end

    it("line by line, each with its machine's name", function()
      seed(2)
      seed(1, { name = "machine-3" })
      local ran = shown("echo one; sleep 0.3; printf 'tw'; sleep 0.3; printf 'o\n\nthree'; echo err >&2")
      assert.equal(0, ran.code, ran.stderr)
      assert.same({ "box-1     | ", "box-1     | one", "box-1     | three", "box-1     | two", "box-2     | ",
        "box-2     | one", "box-2     | three", "box-2     | two", "machine-3 | ", "machine-3 | one",
        "machine-3 | three", "machine-3 | two" }, sorted_lines(ran.stdout))
      for _, name in ipairs{ "box-1     ", "box-2     ", "machine-3 " } do
        assert.truthy(ran.stderr:find(name .. "| err\n", 1, true), ran.stderr)
      end
      assert.matches("3 ok, 0 failed, 0 skipped", ran.stderr)
    end)

    it("as it is, and a line without end in pieces", function()
      seed(1)
      local ran = shown("printf '\\033[1m\\377\\r\\n'; head -c 200000 /dev/zero | tr '\\0' x")
      assert.equal("box-1 | \27[1m\255\r\n", ran.stdout:match("^[^\n]*\n"))
      local count, bytes = 0, 0
      for line in ran.stdout:gmatch("box%-1 | (x*)\n") do count, bytes = count + 1, bytes + #line end
      assert.same({ 4, 200000 }, { count, bytes })
    end)

    it("not with --quiet, and not beside a document", function()
      seed(1)
      assert.equal("1 ok, 0 failed, 0 skipped\n", shown("echo x", "--quiet").stdout)
      local ran = shown("echo x; echo y >&2", "--json")
      assert.is_true(json.decode(ran.stdout).ok)
      assert.is_nil(ran.stderr:find("| y", 1, true))
    end)

    it("to a full disk, and fails for that", function()
      seed(2)
      local words = world:command("machine", "each", "--all", "--", "sh", "-c", "echo x; echo x >> ran")
      local ran = proc.run({ "sh", "-c", 'exec "$@" >/dev/full', "sh", table.unpack(words) }, {
        timeout = patience.SECONDS, cwd = world.project, env = world:environment(),
      })
      assert.equal(1, ran.code, ran.stderr)
      assert.matches("stdout takes no more", ran.stderr)
      assert.matches("2 ok, 0 failed, 0 skipped", ran.stderr)
    end)
  end)

  it("runs at most so many at once", function()
    seed(6)
    local command, counts_of = counter()
    local started = clock.monotonic()
    each("--limit", "2", table.unpack(command))
    assert.truthy(clock.monotonic() - started > 0.6)
    assert_once(6, counts_of)
  end)

  it("runs once though answers are lost", function()
    seed(5)
    world:control("POST", "faults", {
      { times = 2, match = { method = "POST", path = "/exec$" }, action = { type = "lost" } },
      { times = 2, match = { method = "POST", path = "/process/session$" }, action = { type = "lost" } },
      { times = 2, match = { method = "GET", path = "/logs$" }, action = { type = "reset" } },
    })
    local command, counts_of = counter()
    assert.equal("5 ok, 0 failed, 0 skipped\n", each("--log", LOG, table.unpack(command)).stdout)
    assert_once(5, counts_of)
  end)

  for _, signal in ipairs{ "KILL", "INT" } do
    it("500 machines, half-way SIG" .. signal .. ", resumed: every machine exactly once", function()
      seed(500)
      world:control("POST", "seed-sandboxes", { count = 3, name = "other-{n}" })
      local command, counts_of = counter()
      local process <close> = world:spawn({ "machine", "each", "--label", "k=v", "--limit", "40",
        "--log", LOG, table.unpack(command) })
      patience.until_true("200 machines are done", function() return #log_lines("done") >= 200 end)
      process:kill(proc.signals[signal])
      for _ in process do end -- luacheck: ignore 542
      assert.truthy(#log_lines("done") < 500)
      local ran = world:run{ "machine", "each", "--quiet", "--limit", "40", "--resume", LOG }
      assert.equal("500 ok, 0 failed, 0 skipped\n", ran.stdout, ran.stderr)
      assert_once(500, counts_of)
      local results = {}
      for _, line in ipairs(log_lines("done")) do
        assert.is_nil(results[line.id])
        results[line.id] = true
      end
    end)
  end

  it("goes on after torn lines, again and again", function()
    seed(3)
    local command, counts_of = counter()
    each("--log", LOG, table.unpack(command))
    local path = world.project .. "/" .. LOG
    for _, torn in ipairs{ '{"type":"done","id":', "{", '{"at":"2026' } do
      fs.write_atomic(path, fs.read(path) .. torn)
      local ran = each("--resume", LOG)
      assert.equal("3 ok, 0 failed, 0 skipped\n", ran.stdout, ran.stderr)
    end
    assert_once(3, counts_of)
  end)

  it("stays within its share of the rate limit, and says so", function()
    seed(4)
    world:control("POST", "config", { rateLimits = { authenticated = { limit = 6, ttl = 2 } } })
    local ran = each("--", "true")
    assert.equal(0, ran.code, ran.stderr)
    assert.truthy(ran.stderr:find("rate limit authenticated: 6, of which at most 3", 1, true),
      ran.stderr)
  end)

  describe("refuses", function()
    local function assert_refused(ran, code, words)
      assert.equal(code, ran.code, ran.stderr)
      assert.equal("", ran.stdout)
      assert.truthy(ran.stderr:find(words, 1, true), ran.stderr)
    end

    it("no command", function() assert_refused(each(), 2, "write it after --") end)

    it("no label, unless all are meant", function()
      seed(1)
      assert_refused(world:run{ "machine", "each", "--", "true" }, 2, "--all")
      local ran = world:run{ "machine", "each", "--quiet", "--all", "--", "true" }
      assert.equal("1 ok, 0 failed, 0 skipped\n", ran.stdout)
    end)

    it("labels that no machine has, and leaves no log of that", function()
      seed(1)
      assert_refused(each("--label", "typo=x", "--log", LOG, "--", "true"), 4, "label k=v, typo=x")
      assert.equal("", fs.read(world.project .. "/" .. LOG))
      world:reset()
      assert_refused(world:run{ "machine", "each", "--all", "--", "true" }, 4, "there is no machine")
    end)

    it("to go on elsewhere", function()
      seed(1)
      each("--log", LOG, "--", "true")
      assert_refused(each("--label", "other=x", "--resume", LOG), 2, "other labels")
      assert_refused(each("--cwd", "/", "--resume", LOG), 2, "another directory")
      assert_refused(world:run{ "machine", "each", "--provider", "docker", "--resume", LOG }, 2,
        "the provider daytona")
    end)

    it("a log that holds a run already, and another command for it", function()
      seed(1)
      each("--log", LOG, "--", "true")
      assert_refused(each("--log", LOG, "--", "true"), 2, "--resume " .. LOG)
      assert_refused(each("--resume", LOG, "--", "false"), 2, "another command")
      for _, mode in ipairs{ "--quiet", "--dry-run" } do
        assert_refused(each("--resume", "no.log", mode), 4,
          "there is no log no.log; --resume takes the file that --log has written")
      end
    end)

    it("to write on elsewhere", function()
      seed(1)
      each("--log", LOG, "--", "true")
      assert_refused(each("--resume", LOG, "--log", "other"), 2, "two logs of one run")
      assert.is_false(fs.exists(world.project .. "/other"))
      assert.equal("1 ok, 0 failed, 0 skipped\n", each("--resume", LOG, "--log", LOG).stdout)
    end)

    it("what is no log", function()
      world:write("other", "{}\n{}\n")
      assert_refused(each("--resume", "other"), 2, "other:1")
      assert_refused(each("--resume", "none"), 4, "none")
      assert.is_false(fs.exists(world.project .. "/none"))
    end)

    it("a log that another run writes", function()
      seed(1)
      local _ <close> = world:spawn{ "machine", "each", "--all", "--log", LOG, "--", "sleep", "3600" }
      patience.until_true("the command was begun", function() return log_lines("begun")[1] end)
      assert_refused(each("--log", LOG, "--", "true"), 6, "in use by another run")
    end)
  end)
end)
