--- `os2 machine` that lists, tells and changes, at the Daytona stand-in.
local http = require("os2.http")
local json = require("os2.json")
local machines = require("tests.lib.daytona_machines")
local task = require("os2.task")

describe("machine", function()
  local shared, world = machines.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(shared.reset)

  local machine, patient, config, fault, sandboxes, assert_ok =
    shared.machine, shared.patient, shared.config, shared.fault, shared.sandboxes, shared.assert_ok

  describe("looks and changes:", function()
    local function state_of(name)
      for _, sandbox in ipairs(sandboxes()) do
        if sandbox.name == name then return sandbox.state end
      end
    end

    it("list goes over all pages, filters by labels, and is whole or an error", function()
      world:control("POST", "seed-sandboxes", { count = 450, body = { labels = { k = "v" } } })
      world:control("POST", "seed-sandboxes", { count = 3, name = "other-{n}" })
      local ran = assert_ok(machine{ "list", "--label", "k=v", "--json" })
      assert.equal(450, #json.decode(ran.stdout).machines)
      fault({ method = "GET", path = "cursor=" }, { type = "html", status = 502 })
      ran = assert_ok(machine{ "list", "--label", "k=v", "--json" })
      assert.equal(450, #json.decode(ran.stdout).machines)
      fault({ method = "GET", path = "cursor=" }, { type = "html", status = 502 }, 0)
      -- pages are printed as they come; a document has all of them, or none
      ran = machine{ "list", "--label", "k=v" }
      assert.equal(75, ran.code)
      assert.equal(200, select(2, ran.stdout:gsub("\n", "")))
      ran = machine{ "list", "--label", "k=v", "--jsonl" }
      local lines = {}
      for line in ran.stdout:gmatch("[^\n]+") do lines[#lines + 1] = json.decode(line) end
      assert.same({ 201, "box-200", false, 75 }, { #lines, lines[200].name, lines[201].ok, lines[201].exit })
      local document = json.decode(machine{ "list", "--label", "k=v", "--json" }.stdout)
      assert.same({ false, "nil" }, { document.ok, type(document.machines) })
    end)

    it("list, stop and delete take machines by snapshot and age", function()
      local old, new = "life--20250101-100000", "life--20250103-100000"
      for name, created in pairs{ [old] = "2025-01-01T10:00:00Z", [new] = "2025-01-03T10:00:00Z" } do
        world:control("POST", "seed", { name = name, createdAt = created })
      end
      world:control("POST", "seed-sandboxes", { count = 2, name = "old-{n}", createdAt = "2025-01-02T10:00:00Z",
        set = { snapshot = old } })
      world:control("POST", "seed-sandboxes", { name = "new", set = { snapshot = new } })
      local function names(...)
        local list = {}
        for line in assert_ok(machine{ "list", ... }).stdout:gmatch("[^\n]+") do list[#list + 1] = line:match("%S+") end
        return table.concat(list, " ")
      end
      assert.equal("old-1 old-2", names("--not-latest"))
      assert.equal("new", names("--snapshot", new))
      assert.equal("old-1 old-2", names("--older-than", "1d"))
      local listed = json.decode(assert_ok(machine{ "list", "--json" }).stdout).machines
      assert.same({ 2 * 86400, 0 }, { listed[1].behind, listed[3].behind })
      assert.matches("old%-1", assert_ok(machine{ "stop", "--not-latest", "--dry-run" }).stdout)
      assert.equal("started", state_of("old-1"))
      assert_ok(machine{ "stop", "--snapshot", old })
      assert.same({ "stopped", "started" }, { state_of("old-2"), state_of("new") })
      local ran = machine{ "delete" }
      assert.equal(2, ran.code)
      assert.equal(2, machine{ "delete", "new", "--not-latest" }.code)
      assert_ok(machine{ "delete", "--older-than", "1d", "--not-latest" })
      assert.equal("new", names())
      assert.equal("", assert_ok(machine{ "delete", "--older-than", "1d" }).stdout)
    end)

    it("stop, start, archive, delete, each waited for", function()
      assert_ok(machine{ "create", "--name", "m" })
      assert_ok(machine{ "stop", "m" })
      assert.equal("stopped", state_of("m"))
      assert_ok(machine{ "stop", "m" })
      assert_ok(machine{ "start", "m" })
      assert.equal("started", state_of("m"))
      assert_ok(machine{ "archive", "m" })
      assert.equal("archived", state_of("m"))
      assert_ok(machine{ "start", "m" })
      assert.equal("started", state_of("m"))
      assert.equal("m\n", assert_ok(machine{ "delete", "m" }).stdout)
      assert.is_nil(state_of("m"))
    end)

    for _, kind in ipairs{ "lost", "reset" } do
      it("each change survives an answer that is cut off: " .. kind, function()
        world:control("POST", "seed-sandboxes", { count = 1 })
        for _, verb in ipairs{ "stop", "start", "archive", "delete" } do
          local method = verb == "delete" and "DELETE" or "POST"
          fault({ method = method, path = "/sandbox/" }, { type = kind })
          assert_ok(machine{ verb, "box-1" })
        end
        assert.same({}, sandboxes())
      end)
    end

    it("each change waits for an API that is away", function()
      world:control("POST", "seed-sandboxes", { count = 1 })
      for _, verb in ipairs{ "stop", "start", "archive", "delete" } do
        local method = verb == "delete" and "DELETE" or "POST"
        fault({ method = method, path = "/sandbox/" }, { type = "status", status = 503 }, 6)
        fault({ method = "GET", path = "/sandbox/[0-9a-f]{8}-" }, { type = "reset" }, 6)
        assert_ok(patient{ verb, "box-1" })
      end
      assert.same({}, sandboxes())
    end)

    it("a change that is never taken ends at its deadline", function()
      world:control("POST", "seed-sandboxes", { count = 1 })
      fault({ method = "POST", path = "/stop$" }, { type = "status", status = 503 }, 0)
      local ran = patient({ "stop", "box-1" }, 'policy.set("timeouts.machine_change", 2)\n')
      assert.equal(5, ran.code, ran.stderr)
      assert.matches("could not be asked to stop within [%d.]+ s: 503", ran.stderr)
    end)

    it("waits for a change that is under way", function()
      config{ timetable = { starting = 1000 } }
      world:control("POST", "seed-sandboxes", { count = 1, set = { state = "stopped" } })
      local outcomes = task.map({ "start", "delete" }, function(verb)
        if verb == "delete" then task.sleep(0.3) end
        return machine{ verb, "box-1" }
      end)
      assert_ok(outcomes[2].value)
      assert.same({}, sandboxes())
    end)

    it("takes what is on the way already for done", function()
      config{ timetable = { stopping = 1500, starting = 1500 } }
      world:control("POST", "seed-sandboxes", { count = 1 })
      for _, verb in ipairs{ "stop", "start" } do
        local outcomes = task.map({ 1, 2 }, function(index)
          if index == 2 then task.sleep(0.4) end
          return machine{ verb, "box-1" }
        end)
        assert_ok(outcomes[1].value)
        assert_ok(outcomes[2].value)
        assert.equal(verb == "stop" and "stopped" or "started", state_of("box-1"))
      end
    end)

    it("delete waits until the machine is gone, whatever the API calls it meanwhile", function()
      config{ timetable = { destroying = 700 } }
      world:control("POST", "seed-sandboxes", { count = 1 })
      assert.equal("box-1\n", assert_ok(machine{ "delete", "box-1" }).stdout)
      assert.same({}, world:control("GET", "state").sandboxes)
    end)

    it("delete fails where the runner cannot, and says that the machine stays", function()
      config{ sandboxOutcomes = { { name = "box-1", deleteError = "the runner is gone" } } }
      world:control("POST", "seed-sandboxes", { count = 2 })
      local ran = machine{ "delete", "box-1", "box-2" }
      assert.equal(1, ran.code, ran.stderr)
      assert.equal("box-2\n", ran.stdout)
      assert.truthy(ran.stderr:find("box-1 did not become destroyed: the runner is gone", 1, true),
        ran.stderr)
      assert.equal("", assert_ok(machine{ "list" }).stdout)
      ran = assert_ok(machine{ "list", "--all" })
      assert.truthy(ran.stdout:find("^DESTROYED_box%-1_%d+ +error"), ran.stdout)
    end)

    it("list shows what is deleted and not gone yet only with --all", function()
      config{ timetable = { destroying = 600000 } }
      world:control("POST", "seed-sandboxes", { count = 2 })
      local ran = patient({ "delete", "box-1" }, 'policy.set("timeouts.machine_delete", 2)\n')
      assert.equal(5, ran.code, ran.stderr)
      assert.matches("box%-1 is still destroying after [%d.]+ s", ran.stderr)
      assert.truthy(assert_ok(machine{ "list" }).stdout:find("^box%-2 [^\n]*\n$"))
      assert.truthy(assert_ok(machine{ "list", "--all" }).stdout:find("DESTROYED_box-1_", 1, true))
    end)

    it("does what it can of several, and fails for the rest", function()
      world:control("POST", "seed-sandboxes", { count = 2 })
      local ran = machine{ "delete", "box-1", "nope", "box-2" }
      assert.equal(4, ran.code)
      assert.equal("box-1\nbox-2\n", ran.stdout)
    end)

    it("list shows what others have named as plain text", function()
      world:control("POST", "seed-sandboxes", { count = 1, name = "a\27[31mb",
        body = { labels = { k = "v\nw\27]0;x\7" } } })
      local ran = assert_ok(machine{ "list" })
      assert.is_nil(ran.stdout:find("[\27\7]"), ran.stdout)
      assert.equal(1, select(2, ran.stdout:gsub("\n", "")))
    end)

    it("get tells about one, by name and id", function()
      world:control("POST", "seed-sandboxes", { count = 1 })
      local id = sandboxes()[1].id
      assert.equal(id, json.decode(assert_ok(machine{ "get", "box-1", "--json" }).stdout).machine.id)
      assert.truthy(assert_ok(machine{ "get", id }).stdout:find("box-1", 1, true))
      assert.equal(4, machine{ "get", "nope" }.code)
    end)

    it("url gives the preview, signed where asked", function()
      world:control("POST", "seed-sandboxes", { count = 1 })
      local id = sandboxes()[1].id
      assert.equal(("%s/preview/3000/%s\n"):format(world.api_url:gsub("/api$", ""), id),
        assert_ok(machine{ "url", "box-1" }).stdout)
      local ran = assert_ok(machine{ "url", "box-1", "--json" })
      assert.truthy(ran.stderr:find("--signed SECONDS", 1, true), ran.stderr)
      local told = json.decode(ran.stdout)
      assert.equal(200, http.request{ url = told.url, timeout = 60,
        headers = { ["X-Daytona-Preview-Token"] = told.token } }.status)
      local signed = assert_ok(machine{ "url", "box-1", "--port", "8080", "--signed", "60" }).stdout
      assert.truthy(signed:find("/preview/8080/%x+\n$"), signed)
      assert.is_nil(signed:find(id, 1, true))
    end)
  end)
end)
