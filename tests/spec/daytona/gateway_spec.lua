--- Who owns a connection to the gateway: over a WebSocket that the test makes.
local gateway = require("os2.daytona.gateway")
local http = require("os2.http")
local scheduler = require("os2.run.scheduler")
local task = require("os2.task")

local LONG <const> = 600 -- seconds

describe("os2.daytona.gateway", function()
  local websocket, sent, closed

  -- A gateway that takes everything and says nothing.
  local function silent_socket()
    local timer
    local socket = {}
    function socket.send() sent = sent + 1 end
    function socket.close()
      closed = closed + 1
      if timer then timer:close() end
    end
    return setmetatable(socket, {
      __call = function()
        timer = scheduler.timer(LONG)
        timer:result()
      end,
    })
  end

  before_each(function()
    sent, closed = 0, 0
    websocket, http.websocket = http.websocket, silent_socket
  end)
  after_each(function() http.websocket = websocket end)

  it("closes a connection whose task is cancelled before it is let in", function()
    local _, failure = task.try(task.group, function(group)
      group:spawn(gateway.open, { base = "http://localhost/api", token = "secret", query = {} })
      while sent == 0 do task.sleep(0) end
      group:cancel()
    end)
    assert.equal("cancelled", failure.kind)
    assert.equal(1, closed)
  end)
end)
