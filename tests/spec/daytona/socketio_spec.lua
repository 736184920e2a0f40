--- The packets of socket.io, and the events that are made of them.
local events = require("os2.daytona.events")
local socketio = require("os2.daytona.socketio")

describe("os2.daytona.socketio", function()
  it("makes the URL, with the slash before the query", function()
    assert.equal("https://x/api/socket.io/?EIO=4&transport=websocket&organizationId=a%20b&source=c",
      socketio.url("https://x/api", { source = "c", organizationId = "a b" }))
  end)

  local PACKETS <const> = {
    ['0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}']
      = { type = "open", silence = 45 },
    ["0{}"] = { type = "invalid" }, ["0"] = { type = "invalid" }, ["0[1"] = { type = "invalid" },
    ["1"] = { type = "close" }, ["2"] = { type = "ping" }, ["3"] = { type = "ignored" },
    ["5"] = { type = "ignored" }, ["6"] = { type = "ignored" }, [""] = { type = "invalid" },
    ["9x"] = { type = "invalid" }, ["x"] = { type = "invalid" },
    ['40{"sid":"b"}'] = { type = "connected", fields = { sid = "b" } },
    ["40"] = { type = "connected" },
    ["41"] = { type = "disconnected" },
    ['42["a.b",{"c":1}]'] = { type = "event", name = "a.b", payload = { c = 1 } },
    ['421["a",2,"offset"]'] = { type = "event", name = "a", payload = 2, id = "1" },
    ['42["a"]'] = { type = "event", name = "a" },
    ["42[]"] = { type = "invalid" }, ["42[1]"] = { type = "invalid" }, ["42{}"] = { type = "invalid" },
    ["42"] = { type = "invalid" }, ['42["a"'] = { type = "invalid" },
    ['42/other,["a"]'] = { type = "ignored" }, ["40/other,"] = { type = "ignored" },
    ['44{"message":"Unauthorized"}'] = { type = "refused", message = "Unauthorized" },
    ["44"] = { type = "refused", message = "no reason given" },
    ['452-["a",{"_placeholder":true,"num":0}]'] = { type = "ignored" },
    ["43"] = { type = "ignored" }, ["4"] = { type = "ignored" }, ["49"] = { type = "ignored" },
  }
  for text, packet in pairs(PACKETS) do
    it("reads " .. (text == "" and "an empty text" or text), function()
      assert.same(packet, socketio.read(text))
    end)
  end

  it("writes what joins and what acknowledges", function()
    assert.equal('40{"token":"t"}', socketio.connect{ token = "t" })
    assert.equal("4317[]", socketio.acknowledge("17"))
  end)
end)

describe("os2.daytona.events", function()
  local function of(name, payload, has_env)
    local event = events.of(name, payload, has_env)
    if event then event.at = nil end
    return event
  end

  it("are made of what comes", function()
    local snapshot = { name = "a", state = "active" }
    assert.same({ type = "snapshot.created", snapshot = snapshot, new = "active" },
      of("snapshot.created", snapshot))
    assert.same({ type = "snapshot.state.updated", snapshot = snapshot, old = "pulling", new = "active" },
      of("snapshot.state.updated", { snapshot = snapshot, oldState = "pulling", newState = "active" }))
    assert.same({ type = "sandbox.desired-state.updated", sandbox = { id = "1" }, old = "a", new = "b" },
      of("sandbox.desired-state.updated", { sandbox = { id = "1" }, oldDesiredState = "a", newDesiredState = "b" }))
    assert.same({ type = "volume.created", record = { id = "v" } }, of("volume.created", { id = "v" }))
    assert.same({ type = "x", record = { state = 7 } }, of("x", { state = 7, oldState = nil }))
    assert.is_nil(of("snapshot.created", "text"))
    assert.is_nil(of("snapshot.created", nil))
  end)

  it("hide the values of environment variables unless they are asked for", function()
    local sandbox = { name = "m", env = { TOKEN = "secret" } }
    assert.same({ TOKEN = "***" }, of("sandbox.created", sandbox).sandbox.env)
    assert.same({ TOKEN = "***" }, of("sandbox.state.updated", { sandbox = sandbox }).sandbox.env)
    assert.same({ TOKEN = "secret" }, of("sandbox.created", sandbox, true).sandbox.env)
    assert.same({ TOKEN = "secret" }, sandbox.env)
  end)
end)
