--- A build's stream of lines, from a server that stands in for the engine.
local fs = require("os2.fs")
local http_server = require("tests.lib.http_server")
local native = require("host.docker")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

local MEGABYTE <const> = 1024 * 1024

local function resident_memory()
  local pages = tonumber(fs.read("/proc/self/statm"):match("^%d+ (%d+)"))
  return pages * 4096
end

describe("host.docker.build", function()
  local server, directory

  setup(function()
    server = http_server.start()
    directory = temporary.directory()
    fs.write_atomic(directory .. "/Dockerfile", "FROM scratch\n")
  end)

  teardown(function()
    server:stop()
    temporary.remove(directory)
  end)

  local function build(target, options)
    local given = {
      url = "http://docker" .. target, route = { unix_socket = server.socket }, headers = {}, timeout = 30,
      context = assert(native.context{ path = directory, timeout = 30 }),
    }
    for key, value in pairs(options or {}) do given[key] = value end
    return assert(native.build(given))
  end

  it("gives every line in its place, however slowly they are taken", function()
    local count, seen = 3000, 0
    local stream <close> = build(("/lines?count=%d&size=4000"):format(count))
    for event in stream do
      if event.type == "line" then
        seen = seen + 1
        assert.equal(tostring(seen), event.text:match("^%d+"))
        if seen % 150 == 0 then task.sleep(0.02) end
      end
    end
    assert.equal(count, seen)
    assert.equal(200, assert(stream:result()).status)
  end)

  it("refuses headers that are no strings or hold a line break", function()
    for _, case in ipairs{
      { { 1 }, "headers%[1%] must be a string" },
      { { "A: b", "C: d\r\nE: f" }, "headers%[2%] holds a line break" },
      { { "A: b\0c" }, "'headers' holds a zero byte" },
    } do
      local ok, message = pcall(build, "/lines?count=1&size=1", { headers = case[1] })
      assert.is_false(ok)
      assert.matches(case[2], message)
    end
  end)

  it("ends at its deadline, in little memory, whatever comes in its session", function()
    local memory = resident_memory()
    local stream <close> = build("/hang", {
      session_url = "http://docker/x", session_id = "x", timeout = 2,
    })
    local _, failure = stream:result()
    assert.equal("timeout", failure.kind)
    assert.is_true(resident_memory() - memory < 64 * MEGABYTE)
  end)

  it("is not sent twice when a kept connection turns out to be dead", function()
    local warm = require("host.http").request{
      method = "GET", url = "http://docker/echo", route = { unix_socket = server.socket }, timeout = 30,
      response_limit = 1000000,
    }
    assert.equal(200, warm.status)
    local stream <close> = build("/die-once") -- the second request would go well
    local _, failure = stream:result()
    assert.equal("network", failure.kind, tostring(failure))
  end)
end)
