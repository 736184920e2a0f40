--- The Daytona client against the stand-in: every operation, every way to fail, nothing secret told.
local daytona = require("os2.daytona")
local env = require("os2.env")
local failure_of = require("tests.lib.failure_of")
local json = require("os2.json")
local program = require("tests.lib.program")
local http_headers = require("os2.client.headers")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local KEY <const> = "dtn_test_key_full"
local NOBODY <const> = "00000000-0000-4000-8000-000000000000"

describe("os2.daytona", function()
  local variables, real_get = {}, env.get
  local world

  setup(function()
    world = worlds.start()
    env.get = function(name) -- luacheck: ignore 122
      if variables[name] ~= nil then return variables[name] or nil end
      return real_get(name)
    end
  end)
  teardown(function()
    env.get = real_get -- luacheck: ignore 122
    if world then world:stop() end
  end)
  before_each(function()
    world:control("POST", "reset")
    variables = { DAYTONA_API_URL = world.api_url, DAYTONA_API_KEY = KEY, DAYTONA_ORGANIZATION_ID = false }
  end)

  local function seed(fields) return world:control("POST", "seed", fields) end

  local function fault(path, action, match)
    local rule = { path = path }
    for key, value in pairs(match or {}) do rule[key] = value end
    world:control("POST", "faults", { match = rule, times = 0, action = action })
  end

  local function wait_for(name, state)
    for _ = 1, 5000 do
      if daytona.snapshot(name).state == state then return end
      task.sleep(0.01)
    end
    error(name .. " never was " .. state)
  end

  describe("operations", function()
    it("walk a snapshot through its life", function()
      local made = daytona.create_snapshot{
        name = "dev--1", imageName = "docker.io/library/alpine:3.20", cpu = 1, memory = 1, disk = 3,
        entrypoint = json.array{ "sleep", "1" },
      }
      assert.equal("dev--1", made.name)
      wait_for("dev--1", "active")
      assert.equal(made.id, daytona.snapshot(made.id).id)
      daytona.deactivate_snapshot("dev--1")
      wait_for("dev--1", "inactive")
      assert.equal("invalid", failure_of(daytona.activate_snapshot, "dev--1").kind)
      world:control("POST", "config", { activationCooldown = 0 })
      assert.equal("pending", daytona.activate_snapshot("dev--1").state)
      wait_for("dev--1", "active")
      daytona.delete_snapshot("dev--1")
      for _ = 1, 5000 do
        local _, failure = task.try(daytona.snapshot, "dev--1")
        if failure then return assert.equal("not_found", failure.kind) end
        task.sleep(0.01)
      end
      error("it was never gone")
    end)

    it("walk a machine through its life", function()
      world:control("POST", "seed-sandboxes", { count = 2, name = "box-{n}", body = { labels = { app = "x" } } })
      local function state_of(name)
        for _ = 1, 5000 do
          local found = daytona.machine(name)
          if not found.state:find("ing$") then return found.state end
          task.sleep(0.01)
        end
      end
      local names = {}
      for machine in daytona.machines{ labels = { app = "x" } } do names[#names + 1] = machine.name end
      table.sort(names)
      assert.same({ "box-1", "box-2" }, names)
      for _ in daytona.machines{ labels = { app = "y" } } do error("there is none") end
      daytona.stop_machine("box-1")
      assert.equal("stopped", state_of("box-1"))
      daytona.start_machine("box-1")
      assert.equal("started", state_of("box-1"))
      daytona.delete_machine("box-1")
      assert.equal("not_found", failure_of(daytona.delete_machine, "nobody").kind)
    end)

    it("say who we are", function()
      local key = daytona.key()
      assert.equal("full", key.name)
      assert.matches("write:snapshots", table.concat(key.permissions, " "), 1, true)
    end)

    it("are all there by name", function()
      for _, name in ipairs(daytona.operations()) do assert.is_function(daytona.api[name]) end
      assert.is_true(daytona.is_available())
      assert.is_table((daytona.api.config_controller_get_config()))
    end)

    it("take names with slashes and blanks", function()
      for _, name in ipairs{ "a/b/c:1", "a b", "ü", "a%2Fb", "a?b#c" } do
        seed{ count = 1, name = name }
        assert.equal(name, daytona.snapshot(name).name)
      end
    end)

    it("give push access, or the server's refusal", function()
      assert.equal("unavailable", failure_of(daytona.push_access).kind) -- no registry here: a 500
      world:control("POST", "config", {
        registry = { url = "http://127.0.0.1:5", username = "robot", password = "hunter2" },
      })
      local access = daytona.push_access()
      assert.same({ "robot", "hunter2" }, { access.username, access.secret })
    end)

    it("give the address of build logs", function()
      seed{ count = 1, name = "dev--1" }
      local id = daytona.snapshot("dev--1").id
      local failure = failure_of(daytona.api.get_snapshot_build_logs_url, { id = id })
      assert.equal("not_found", failure.kind)
    end)

    it("have a hatch for everything else", function()
      seed{ count = 1, name = "dev--1" }
      local body, response = daytona.request("GET", "/snapshots", { query = { name = "dev--" } })
      assert.same({ 1, 200 }, { body.total, response.status })
      assert.equal("not_found", failure_of(daytona.request, "GET", "/nothing").kind)
    end)
  end)

  describe("misuse", function()
    local cases = {
      { function() daytona.api.create_snapshot{ nane = "x" } end, "takes no 'nane'; .*name" },
      { function() daytona.api.get_all_snapshots{ sorted = "x" } end, "takes no 'sorted'; .*sort" },
      { function() daytona.api.get_snapshot{ id = { "a", "b" } } end, "id is part of the path" },
      { function() daytona.api.get_snapshots{} end, "no operation 'get_snapshots'; .*get_snapshot" },
      { function() daytona.api.get_snapshot({ id = "x" }, { retries = 1 }) end, "unknown option 'retries'" },
      { function() daytona.api.get_snapshot({ id = "x" }, { headers = { A = "\n" } }) end, "header A" },
      { function() daytona.snapshots{ prefix = "x" } end, "unknown option 'prefix'" },
    }
    for index, case in ipairs(cases) do
      it("is raised at the caller's line: " .. index, function()
        assert.matches("daytona_spec.lua:%d+: daytona.*" .. case[2], failure_of(case[1]))
      end)
    end

    it("a path's value that cannot be one is invalid, before anything is sent", function()
      world:control("DELETE", "requests")
      for _, call in ipairs{
        function() daytona.api.remove_snapshot{ id = "dev--1" } end,
        function() daytona.api.remove_snapshot{} end,
        function() daytona.snapshot("") end,
        function() daytona.snapshot("..") end,
      } do
        assert.equal("invalid", failure_of(call).kind)
      end
      local _, total = world:requests()
      assert.equal(0, total)
    end)
  end)

  describe("lists", function()
    local function names(query)
      local list = {}
      for snapshot in daytona.snapshots(query) do list[#list + 1] = snapshot.name end
      return list
    end

    it("ask for page after page, as far as they are read", function()
      seed{ count = 7, name = "dev--{n}" }
      world:control("DELETE", "requests")
      local all = names{ name = "dev--", sort = "createdAt", order = "asc", limit = 3 }
      assert.same({ "dev--1", "dev--2", "dev--3", "dev--4", "dev--5", "dev--6", "dev--7" }, all)
      assert.equal(3, (world:requests())["GET /api/snapshots"])
      world:control("DELETE", "requests")
      assert.is_table(daytona.snapshots{ name = "dev--", limit = 3 }())
      assert.equal(1, (world:requests())["GET /api/snapshots"])
    end)

    it("may be empty", function()
      assert.same({}, names{ name = "nobody--" })
    end)

    it("raise in the middle: half a list is none", function()
      seed{ count = 7, name = "dev--{n}" }
      fault("^/api/snapshots", { type = "html", status = 502 }, { nth = 2 })
      local failure = failure_of(names, { name = "dev--", limit = 3 })
      assert.same({ "unavailable", 502 }, { failure.kind, failure.status })
    end)
  end)

  describe("errors", function()
    local function status(code, body, headers)
      return { type = "status", status = code, headers = headers, body = body }
    end

    local function says(code, message)
      return status(code, json.encode{ statusCode = code, message = message },
        { ["content-type"] = "application/json" })
    end

    -- what the answer is; then kind, exit-relevant fields, and what the line says
    local cases = {
      { says(400, "name must be a string, cpu must be a number"), "invalid", false, "name must be a string" },
      { says(400, json.array{ "one", "two", { a = 1 } }), "invalid", false, "400 one, two" },
      { says(400, "Snapshot quota exceeded. Maximum allowed: 30"), "quota", false, "quota exceeded" },
      { says(400, "Total CPU limit exceeded (4 > 2)"), "quota", false, "limit exceeded" },
      { says(401, "Invalid credentials"), "denied", false, "Invalid credentials; check DAYTONA_API_KEY" },
      { says(403, "Access denied"), "denied", false, "Access denied; check whose key DAYTONA_API_KEY" },
      { says(404, "Snapshot with name x not found"), "not_found", false, "x not found" },
      { says(409, "Snapshot with name x already exists for this organization"), "exists", false, "already" },
      { says(409, "Sandbox state change in progress"), "conflict", false, "in progress" },
      { says(500, "An unexpected error occurred."), "unavailable", false, "500 An unexpected" },
      { status(502, "<html><head><TITLE>502\n Bad Gateway</TITLE>"), "unavailable", true,
        "502 a web page titled '502 Bad Gateway'" },
      { status(503, ""), "unavailable", true, "503 an empty answer" },
      { status(504, "upstream\ntimed out " .. ("x"):rep(1000)), "unavailable", true, "upstream timed out x+ …$" },
      { status(418, "{not json"), "invalid", false, "418 {not json" },
      { status(302, "", { location = "http://elsewhere/" }), "protocol", false, "the API never redirects" },
    }
    for _, case in ipairs(cases) do
      local action, kind, is_retryable, text = table.unpack(case)
      it(("%d: %s"):format(action.status, text), function()
        fault("^/api/snapshots", action)
        local failure = failure_of(daytona.snapshot, "x")
        assert.same({ kind, action.status, is_retryable, "daytona.get_snapshot" },
          { failure.kind, failure.status, failure.retryable, failure.op }, tostring(failure))
        assert.matches(text, tostring(failure))
        assert.not_matches("[\r\n]", tostring(failure))
      end)
    end

    it("of a key without a permission name it", function()
      variables.DAYTONA_API_KEY = "dtn_test_key_read"
      local failure = failure_of(daytona.create_snapshot, { name = "x", imageName = "alpine:3.20" })
      assert.same({ "denied", 403 }, { failure.kind, failure.status })
      assert.matches("write:snapshots", failure.hint)
    end)

    it("of an expired key", function()
      variables.DAYTONA_API_KEY = "dtn_test_key_expired"
      assert.same({ "denied", 401 }, { failure_of(daytona.key).kind, failure_of(daytona.key).status })
    end)

    it("of a name that is taken", function()
      seed{ count = 1, name = "dev--1" }
      local failure = failure_of(daytona.create_snapshot, { name = "dev--1", imageName = "alpine:3.20" })
      assert.same({ "exists", 409 }, { failure.kind, failure.status })
    end)

    it("of too many requests carry the time to wait, whatever the header's name", function()
      world:control("POST", "config", { rateLimits = { authenticated = { limit = 1, ttl = 20 } } })
      daytona.key()
      local failure = failure_of(daytona.key)
      assert.same({ "unavailable", 429, true }, { failure.kind, failure.status, failure.retryable })
      assert.is_true(failure.retry_after > 0 and failure.retry_after <= 20)
    end)

    local broken = {
      { { type = "reset" }, "network" },
      { { type = "lost" }, "network" },
      { { type = "truncated" }, "network" },
      { status(200, '{"items": [', { ["content-type"] = "application/json" }), "protocol" },
      { status(200, "<html>login</html>", { ["content-type"] = "text/html" }), "protocol" },
      { status(200, "", {}), "protocol" },
      { status(200, "null", { ["content-type"] = "application/json" }), "protocol" },
      { status(200, "[1]", { ["content-type"] = "application/json" }), "protocol" },
    }
    for index, case in ipairs(broken) do
      it(("of a broken answer: %s %d"):format(case[1].type, index), function()
        fault("^/api/snapshots", case[1])
        local failure = failure_of(function()
          for snapshot in daytona.snapshots{ name = "x" } do assert(snapshot) end
        end)
        assert.equal(case[2], failure.kind, tostring(failure))
        assert.equal("daytona.get_all_snapshots", failure.op)
      end)
    end

    it("of an answer that does not come in time", function()
      fault("^/api/snapshots", { type = "slow", ms = 5000 })
      local failure = failure_of(daytona.api.get_snapshot, { id = "x" }, { timeout = 0.3 })
      assert.same({ "timeout", true, "daytona.get_snapshot" }, { failure.kind, failure.is_sent, failure.op })
    end)

    it("of a server that is not there name it, without its password", function()
      variables.DAYTONA_API_URL = "http://user:hunter2@127.0.0.1:1/api"
      local failure = failure_of(daytona.key)
      assert.same({ "unavailable", true, false }, { failure.kind, failure.retryable, failure.is_sent })
      assert.matches("http://127.0.0.1:1/api", failure.message, 1, true)
      assert.not_matches("hunter2", tostring(failure))
    end)

    it("of the environment are configuration errors", function()
      for name, value in pairs{
        DAYTONA_API_KEY = "a b", DAYTONA_ORGANIZATION_ID = "x\r\ny", DAYTONA_API_URL = "app.daytona.io",
      } do
        local saved = variables[name]
        variables[name] = value
        local failure = failure_of(daytona.key)
        assert.same({ "invalid", "config" }, { failure.kind, failure.exit })
        assert.matches(name, failure.message)
        variables[name] = saved
      end
      variables.DAYTONA_API_KEY = false
      assert.equal("config", failure_of(daytona.key).exit)
      assert.is_false(daytona.is_available())
    end)
  end)

  describe("the key", function()
    it("is never told, not even by a server that sends it back", function()
      fault("^/api/snapshots", { type = "status", status = 400, body = "you sent Bearer " .. KEY })
      local failure = failure_of(daytona.snapshot, "x")
      assert.not_matches(KEY, tostring(failure), 1, true)
      assert.matches("***", tostring(failure), 1, true)
      for _, value in pairs(failure) do assert.not_matches(KEY, tostring(value), 1, true) end
    end)

    it("is neither in -v output nor in a traceback", function()
      local ran = program.run({ "-v", "-e", [[
        daytona.key()
        daytona.snapshot("nobody")]] }, { env = world:environment() })
      assert.equal(4, ran.code, ran.stderr)
      assert.matches("GET daytona /api%-keys/current  200", ran.stderr)
      assert.matches("stack traceback", ran.stderr)
      assert.not_matches(KEY, ran.stderr .. ran.stdout, 1, true)
    end)
  end)

  it("a script that does not look does not exit 0", function()
    local ran = program.eval(("daytona.snapshot(%q)"):format(NOBODY), { env = world:environment() })
    assert.same({ 4, "" }, { ran.code, ran.stdout })
    assert.matches("^os2: daytona.get_snapshot: 404 ", ran.stderr)
  end)
end)

describe("os2.client.headers.retry_after", function()
  it("takes the longest of all headers that say one", function()
    local cases = {
      { {}, nil }, { { ["retry-after"] = "5" }, 5 }, { { ["retry-after-sandbox-create"] = "7" }, 7 },
      { { ["retry-after"] = "5", ["retry-after-x"] = "9" }, 9 },
      { { ["retry-after"] = "Fri, 31 Dec 1999 23:59:59 GMT" }, nil }, { { ["x-retry-after"] = "5" }, nil },
      { { ["retry-after"] = "-5" }, nil }, { { ["retry-after"] = "nan" }, nil },
      { { ["retry-after"] = "inf" }, nil }, { { ["retry-after"] = "0x10" }, nil },
      { { ["retry-after"] = "-5", ["retry-after-authenticated"] = "7" }, 7 },
    }
    for _, case in ipairs(cases) do assert.equal(case[2], http_headers.retry_after(case[1])) end
  end)
end)
