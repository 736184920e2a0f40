--- The JSON document of every command, in success and failure, held to what the command declares.
local commands = require("os2.help.commands")
local document = require("os2.cli.document")
local json = require("os2.json")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX
local SNAPSHOT <const> = PREFIX .. "20261101-100000"

describe("the JSON document", function()
  local world

  setup(function() world = worlds.start{ registry = "password" } end)
  teardown(function() if world then world:stop() end end)

  before_each(function()
    world:reset()
    world:control("POST", "seed", { name = SNAPSHOT, createdAt = "2026-11-01T10:00:00Z" })
    world:control("POST", "seed-sandboxes", { count = 1 })
  end)

  local function keys_of(fields)
    local keys = {}
    for key in pairs(fields) do keys[#keys + 1] = key end
    table.sort(keys)
    return keys
  end

  local function declared_of(words)
    local command = commands.find(words[1])
    local declared = command.documents and command.documents[words[2]] or command.document
    local all = {}
    for _, fields in ipairs{ declared, document.COMMON } do
      for key, said in pairs(fields) do all[key] = said end
    end
    return all
  end

  local FITS <const> = {
    string = function(value) return type(value) == "string" end,
    integer = function(value) return math.type(value) == "integer" end,
    number = function(value) return type(value) == "number" end,
    boolean = function(value) return type(value) == "boolean" end,
    table = function(value) return type(value) == "table" end,
    list = function(value) return type(value) == "table" and (next(value) == nil or value[1] ~= nil) end,
    any = function() return true end,
  }

  local check_record

  local function check_value(name, said, value)
    local words = type(said) == "table" and said[1] or said
    local type_name, optional = words:match("^(%a+)(%??):")
    if value == nil or value == json.null then
      return assert.equal("?", optional, name .. " is null")
    end
    assert.is_true(FITS[type_name](value), ("%s is no %s: %s"):format(name, type_name, json.encode(value)))
    if type(said) ~= "table" then return end
    if type_name == "table" then return check_record(name, said.fields, value) end
    for _, item in ipairs(value) do check_record(name .. "[]", said.fields, item) end
  end

  check_record = function(name, fields, record)
    for key in pairs(record) do assert.is_truthy(fields[key], ("%s.%s is not declared"):format(name, key)) end
    for key, said in pairs(fields) do check_value(name .. "." .. key, said, record[key]) end
  end

  -- Runs it with --json; returns the document, which has every key that is declared, in order.
  local function run(code, words, changes)
    local ran = world:run({ table.unpack(words) }, changes)
    local where = table.concat(words, " ")
    assert.equal(code, ran.code, where .. ": " .. ran.stderr)
    local written = json.decode(ran.stdout, { null = json.null })
    local declared = declared_of(words)
    assert.same(keys_of(declared), keys_of(written), where)
    check_record(where, declared, written)
    assert.matches('^{"schema":1,"ok":%a+,"exit":%d+,"error":', ran.stdout)
    assert.same({ code == 0, code }, { written.ok, written.exit }, where)
    return written, ran
  end

  it("of resolve is whole with a pin, without an answer and without the API", function()
    assert.equal(SNAPSHOT, run(0, { "resolve", "--json" }).name)
    local pinned = { DAYTONA_SNAPSHOT_PIN = SNAPSHOT }
    assert.is_true(run(0, { "resolve", "--json" }, pinned).pinned)
    assert.equal(json.null, run(0, { "resolve", "--json", "--no-check" }, pinned).id)
    assert.equal("nobody--", run(4, { "resolve", "--json", "--prefix", "nobody--" }).prefix)
    run(75, { "resolve", "--json" }, { DAYTONA_API_URL = "http://127.0.0.1:9/api", XDG_CACHE_HOME = "/nonexistent" })
    run(3, { "resolve", "--json" }, { DAYTONA_SNAPSHOT_PREFIX = false })
    run(2, { "resolve", "--json", "--nonsense" })
  end)

  it("of snapshot is whole for a run that fails, with what it knows", function()
    local made = run(7, { "snapshot", "--json" }, { DAYTONA_API_KEY = "dtn_wrong" })
    assert.equal(PREFIX, made.prefix)
    assert.matches("^" .. PREFIX:gsub("%p", "%%%0"), made.name)
    run(0, { "snapshot", "--json", "--list-context" })
    run(3, { "snapshot", "--json" }, { DAYTONA_SNAPSHOT_PREFIX = false })
  end)

  it("of snapshot's commands is whole, whatever is asked", function()
    world:control("POST", "reset")
    world:control("POST", "seed", { name = SNAPSHOT, createdAt = "2026-11-01T10:00:00Z" })
    local listed = run(0, { "snapshot", "list", "--json" }).snapshots
    assert.same({ SNAPSHOT, 0, "latest" }, { listed[1].name, listed[1].machines, listed[1].marks[1] })
    assert.same({}, run(0, { "snapshot", "list", "--json", "--prefix", "nobody--" }).snapshots)
    local pruned = run(0, { "snapshot", "prune", "--json" })
    assert.same({ true, {}, SNAPSHOT }, { pruned.dry_run, pruned.snapshots, pruned.kept[1].name })
    run(6, { "snapshot", "delete", SNAPSHOT, "--json" })
    run(4, { "snapshot", "promote", "nobody", "--to", "stg", "--json" })
    run(2, { "snapshot", "promote", SNAPSHOT, "--to", "nowhere", "--json" })
    assert.is_false(run(4, { "snapshot", "rollback", "--json" }).deactivated)
    assert.is_true(run(0, { "snapshot", "rollback", "--to", SNAPSHOT, "--json" }).already)
    assert.equal(SNAPSHOT, run(0, { "status", "--json" }).latest)
    assert.equal("inactive", run(0, { "snapshot", "deactivate", SNAPSHOT, "--force", "--json" }).snapshots[1].state)
    run(75, { "snapshot", "activate", SNAPSHOT, "--json" })
    run(4, { "snapshot", "logs", SNAPSHOT, "--json" })
    run(3, { "snapshot", "list", "--json" }, { DAYTONA_API_KEY = false })
    run(2, { "snapshot", "list", "--json", "--jsonl" })
    assert.equal(SNAPSHOT, run(0, { "snapshot", "get", SNAPSHOT, "--json" }).snapshot.name)
    run(4, { "snapshot", "get", "nobody", "--json" })
    run(2, { "snapshot", "get", "--json" })
    run(2, { "snapshot", "get", SNAPSHOT, "--dry-run", "--json" })
  end)

  it("of machine is whole, whatever is asked", function()
    local made = run(0, { "machine", "create", "--json", "--name", "m" })
    assert.equal("m", made.machines[1].name)
    assert.same({}, run(4, { "machine", "create", "--json", "--snapshot", PREFIX .. "20200101-000000" }).left)
    run(0, { "machine", "list", "--json" })
    run(0, { "machine", "get", "m", "--json" })
    run(4, { "machine", "get", "nobody", "--json" })
    run(0, { "machine", "url", "m", "--json" })
    run(0, { "machine", "logs", "m", "--json" })
    run(0, { "machine", "cp", "hello", "m:/tmp/hello", "--json" })
    run(4, { "machine", "cp", "no-such-file", "m:/tmp/", "--json" })
    run(0, { "machine", "each", "--all", "--json", "--", "true" })
    run(1, { "machine", "each", "--all", "--json", "--", "false" })
    run(2, { "machine", "each", "--json", "--", "true" })
    run(0, { "machine", "stop", "m", "--json" })
    local exec = run(125, { "machine", "exec", "m", "--json", "--", "true" })
    assert.same({ "m", made.machines[1].id, json.null }, { exec.name, exec.id, exec.code })
    run(0, { "machine", "start", "m", "--json" })
    local failed = run(4, { "machine", "delete", "m", "nobody", "--json" }).failed
    assert.same({ { name = "nobody", kind = "not_found" } }, { { name = failed[1].name, kind = failed[1].kind } })
  end)

  it("of a command in a machine that fails is not ok, and blames nobody", function()
    local failed = run(3, { "machine", "exec", "box-1", "--json", "--", "sh", "-c", "echo out; exit 3" })
    assert.same({ false, 3, 3, "out\n", json.null },
      { failed.ok, failed.exit, failed.code, failed.stdout, failed.error })
    local late = run(125, { "machine", "exec", "box-1", "--json", "--timeout", "1", "--", "sh", "-c",
      "echo out; sleep 60" })
    assert.same({ "timeout", "box-1", "string", json.null }, { late.error.kind, late.name, type(late.id), late.code })
  end)

  it("of history, and of decisions that are asked again, is whole", function()
    run(0, { "policy", "try", "poll.first", "--json" })
    run(0, { "policy", "replay", "--since", "1h", "--json" })
    run(4, { "policy", "test", "--json" })
    local recorded = { OS2_NO_HISTORY = false }
    run(0, { "resolve", "--json" }, recorded)
    run(0, { "policy", "try", "environment.prefix", "--at", "-1", "--json" }, recorded)
    run(0, { "history", "list", "--json" }, recorded)
    run(0, { "history", "show", "-1", "--json" }, recorded)
    run(0, { "history", "logs", "-1", "--json" }, recorded)
  end)

  it("of doctor, policy and help is whole", function()
    -- neither a slow machine nor a full disk is of interest here
    world:write("policy.lua",
      'policy.api(1)\npolicy.set("timeouts.status", 60)\npolicy.set("status.room", 0)\n')
    run(0, { "doctor", "--json" }, { OS2_POLICY = "policy.lua" })
    run(3, { "doctor", "--json" }, { DAYTONA_API_KEY = false })
    run(0, { "policy", "list", "--json" })
    for _, name in ipairs{ "cache.ttl", "retry.delay", "snapshot.steps", "snapshot.progress" } do
      run(0, { "policy", "explain", name, "--json" })
    end
    run(4, { "policy", "explain", "cache.tll", "--json" })
    for _, name in ipairs{ "resolve", "cache.ttl", "cache", "daytona.create_snapshot", "clock" } do
      run(0, { "help", name, "--json" })
    end
    run(0, { "help", "--json" })
    run(2, { "help", "nonsense.nonsense", "--json" })
  end)

  it("of scripts and their tests is whole", function()
    run(0, { "new", "script", "sweep", "--dir", "made", "--json" })
    run(2, { "new", "script", "sweep", "--dir", "made", "--json" })
    run(0, { "test", "made", "--json" })
    run(4, { "test", "none", "--json" })
    run(0, { "setup", "--json" })
    run(0, { "add", "--list", "--json" })
    run(2, { "add", "x@main", "--json" })
    run(4, { "add", "--remove", "none", "--json" })
  end)

  it("has its keys in the same order each time", function()
    local function text() return (world:run{ "machine", "get", "box-1", "--json" }.stdout:gsub("%d+%.%d+", "")) end
    assert.equal(text(), text())
  end)
end)
