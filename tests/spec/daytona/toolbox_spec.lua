--- Sandboxes in pages, and the toolbox inside of one, against the stand-in.
local daytona = require("os2.daytona")
local env = require("os2.env")
local failure_of = require("tests.lib.failure_of")
local worlds = require("tests.lib.world")

describe("sandboxes", function()
  local real_get, variables = env.get, nil
  local world

  setup(function()
    world = worlds.start()
    variables = { DAYTONA_API_URL = world.api_url, DAYTONA_API_KEY = "dtn_test_key_full",
      DAYTONA_ORGANIZATION_ID = false }
    env.get = function(name) -- luacheck: ignore 122
      if variables[name] ~= nil then return variables[name] or nil end
      return real_get(name)
    end
  end)
  teardown(function()
    env.get = real_get -- luacheck: ignore 122
    if world then world:stop() end
  end)
  before_each(function() world:control("POST", "reset") end)

  local function names(query)
    local list = {}
    for sandbox in daytona.each.list_sandboxes(query) do list[#list + 1] = sandbox.name end
    return list
  end

  it("come page after page", function()
    world:control("POST", "seed-sandboxes", { count = 7, name = "m-{n}" })
    assert.equal(7, #names{ limit = 3 })
    assert.same({ "m-1" }, names{ name = "m-1" })
  end)

  it("are no short list when a page fails", function()
    world:control("POST", "seed-sandboxes", { count = 7, name = "m-{n}" })
    world:control("POST", "faults", {
      match = { path = "^/api/sandbox", nth = 2 }, times = 0, action = { type = "status", status = 502 },
    })
    local failure = failure_of(names, { limit = 3 })
    assert.same({ "unavailable", 502, "daytona.list_sandboxes" }, { failure.kind, failure.status, failure.op })
  end)

  describe("have a toolbox", function()
    local toolbox

    before_each(function()
      world:control("POST", "seed-sandboxes", { count = 1, name = "m" })
      toolbox = daytona.toolbox("m")
    end)

    it("that runs commands", function()
      local answer, response = toolbox.api.execute_command{
        command = "echo $GREETING; exit 3", envs = { GREETING = "hi" },
      }
      assert.same({ 3, "hi\n", 200 }, { answer.exitCode, answer.result, response.status })
      assert.equal("ok\n", daytona.toolbox(daytona.api.get_sandbox{ sandboxIdOrName = "m" })
        .api.execute_command{ command = "echo ok" }.result)
    end)

    it("that keeps the streams of a session apart", function()
      toolbox.api.create_session{ sessionId = "s" }
      local answer = toolbox.api.session_execute_command{ sessionId = "s", command = "echo out; echo err >&2" }
      assert.same({ 0, "out\n", "err\n" }, { answer.exitCode, answer.stdout, answer.stderr })
      local logs = toolbox.api.get_session_command_logs{ sessionId = "s", commandId = answer.cmdId }
      assert.same({ "out\n", "err\n" }, { logs.stdout, logs.stderr })
    end)

    it("that takes and gives files", function()
      local data = "bytes\0\r\n--os2-part--\r\n"
      toolbox.api.upload_file({ path = "sent" }, { body = { { name = "file", filename = "sent", data = data } } })
      assert.equal(data, (toolbox.api.download_file{ path = "sent" }))
      assert.equal("not_found", failure_of(toolbox.api.download_file, { path = "nosuch" }).kind)
    end)

    it("whose errors are error objects", function()
      local failure = failure_of(toolbox.api.execute_command, { command = "sleep 9", timeout = 1 })
      assert.same({ "timeout", "toolbox.execute_command" }, { failure.kind, failure.op })
      assert.equal("not_found", failure_of(toolbox.request, "GET", "/nosuch").kind)
    end)

    it("unless there is none", function()
      assert.equal("not_found", failure_of(daytona.toolbox, "nobody").kind)
      assert.equal("protocol", failure_of(daytona.toolbox, { id = "x", name = "x" }).kind)
      local nowhere = daytona.toolbox{ id = "x", toolboxProxyUrl = "http://127.0.0.1:1/toolbox" }
      assert.matches("127.0.0.1:1/toolbox/x", failure_of(nowhere.api.get_ports).message, 1, true)
    end)
  end)
end)
