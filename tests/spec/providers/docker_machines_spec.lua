--- Containers as machines: what the engine leaves out, or says null for, is empty.
local client = require("os2.docker.client")
local native_json = require("host.json")
local machines = require("os2.providers.docker.machines")

describe("os2.providers.docker.machines", function()
  local api = client.rest.api

  after_each(function() client.rest.api = api end)

  local function inspected(fields)
    fields.Id = "1d"
    client.rest.api = { container_inspect = function() return fields end }
    return machines.find("1d")
  end

  local NULL <const> = native_json.null
  local LABELS <const> = { ["os2.machine"] = "n" }

  it("takes a container without variables, state or ports", function()
    for _, env in ipairs{ NULL, {}, false } do
      local machine = inspected{ Config = { Labels = LABELS, Env = env or nil }, State = NULL }
      assert.same({}, machine.env)
      assert.is_nil(machine.state)
    end
    assert.same({ "A", "B" }, inspected{
      Config = { Labels = LABELS, Env = { "B=1", "A=" } }, State = { Status = "exited", Error = NULL, ExitCode = NULL },
    }.env)
    for _, network in ipairs{ NULL, { Ports = NULL }, { Ports = { ["80/tcp"] = NULL } } } do
      client.rest.api = { container_inspect = function()
        return { Id = "1d", Config = { Labels = LABELS }, NetworkSettings = network }
      end }
      local is_found, failure = pcall(machines.preview, { id = "1d", name = "n", state = "stopped" }, 80)
      assert.is_false(is_found)
      assert.equal("conflict", failure.kind)
    end
  end)

  it("takes a container without labels for no machine", function()
    assert.is_nil(inspected{ Config = { Labels = NULL } })
    assert.is_nil(inspected{ Config = NULL })
  end)

  it("lists rows without labels' table", function()
    client.rest.api = { container_list = function()
      return {
        { Id = "1d", Labels = { ["os2.machine"] = "n" }, State = "exited", Created = 0 },
        { Id = "2d", Labels = { ["os2.machine"] = "m" }, State = NULL, Created = NULL },
      }
    end }
    local next_machine = machines.list({})
    assert.equal("m", next_machine().name)
    assert.equal("stopped", next_machine().state)
  end)
end)
