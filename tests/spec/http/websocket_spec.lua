--- os2.http.websocket against npm's ws: messages, ends, limits, routes.
local clock = require("os2.clock")
local failure_of = require("tests.lib.failure_of")
local fs = require("os2.fs")
local http = require("os2.http")
local json = require("os2.json")
local native_websocket = require("host.websocket")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local server_of = require("tests.lib.websocket_server")
local task = require("os2.task")

local MEGABYTE <const> = 1024 * 1024
local SOON <const> = 15 -- seconds; what is waited for in vain here would take 20 or more

-- Carries bytes between its stdin and stdout and a port, as ssh does.
local CARRY <const> = [[
const socket = require("net").connect(Number(process.argv[1]), "127.0.0.1")
process.stdin.pipe(socket).pipe(process.stdout)
]]

describe("http.websocket", function()
  local server

  setup(function() server = server_of.start() end)
  teardown(function() server:stop() end)

  local function open(path, options)
    local given = { url = server:url(path), timeout = 20 }
    for key, value in pairs(options or {}) do given[key] = value end
    return http.websocket(given)
  end

  local function refused(path, options)
    return failure_of(open, path, options)
  end

  -- A connection over a route of host.http.
  local function routed(url, route)
    local socket = assert(native_websocket.start{
      url = (url:gsub("^ws", "http")), timeout = 20, open_timeout = 10, close_timeout = 2, max_message = MEGABYTE,
      response_limit = 1000, route = route,
    })
    if not socket:head() then return socket:result() end
    return socket
  end

  local function resident()
    return 4096 * tonumber(fs.read("/proc/self/statm"):match("^%d+ (%d+)"))
  end

  local function echoes(socket, data, kind)
    assert(socket:send(data, kind))
    local back, back_kind = socket:next()
    return back == data and back_kind == (kind or "text")
  end

  -- libcurl's end must come after that of the connection; LeakSanitizer notices when it does not.
  it("that is open at the end of the process is freed, also when a request came later", function()
    local ran = program.eval([[
      socket = http.websocket{ url = arg[1], timeout = 20 }
      local _ = http.request{ url = arg[1]:gsub("^ws", "http"), timeout = 20 }]], {},
      { server:url("/echo") })
    assert.equal(0, ran.code, ran.stderr)
  end)

  describe("messages", function()
    it("come back as they were sent, at each length of a frame's head", function()
      local socket <close> = open("/echo")
      for _, size in ipairs{ 0, 1, 125, 126, 127, 65535, 65536, 65537, 5 * MEGABYTE } do
        assert.is_true(echoes(socket, ("x"):rep(size)), size)
        assert.is_true(echoes(socket, ("\xff"):rep(size), "binary"), size)
      end
      assert.is_true(echoes(socket, "κόσμε \u{10FFFF}"))
    end)

    it("are put together of fragments, pings between them answered", function()
      local socket <close> = open("/fragments?step=3&text=abcdefghij")
      assert.equal("abcdefghij", (socket:next()))
      assert(socket:ping())
      assert.equal(3, server:last().pongs)
    end)

    it("may be behind the answer to the handshake", function()
      for _ = 1, 5 do
        local socket <close> = open("/greet")
        assert.equal("hello", (socket:next()))
      end
    end)

    it("that are no UTF-8 are not sent as text, and nothing is after a close", function()
      local socket = open("/echo")
      local sent, failure = socket:send("\xff")
      assert.is_nil(sent)
      assert.equal("invalid", failure.kind)
      assert(socket:close(1000))
      sent, failure = socket:send("late")
      assert.is_nil(sent)
      assert.equal("unavailable", failure.kind)
      assert.equal("unavailable", select(2, socket:ping()).kind)
      assert.same({}, server:last().messages)
    end)

    it("over max_message end the connection, of which the server is told", function()
      local socket = open("/flood?count=1&size=2000", { max_message = 1024 })
      assert.is_nil(socket:next())
      local _, failure = socket:result()
      assert.equal("protocol", failure.kind)
      assert.matches("more than 1024 bytes", failure.message, 1, true)
      assert.equal(1009, server:ended().code)
      local fitting <close> = open("/flood?count=1&size=1024", { max_message = 1024 })
      assert.equal(1024, #fitting:next())
    end)

    it("are not read while nobody takes them", function()
      local socket <close> = open("/flood?count=3000&size=30000")
      assert(socket:next())
      local before = resident()
      task.sleep(0.3)
      assert.is_true(resident() - before < 16 * MEGABYTE)
      local count = 1
      for data in socket do count = count + (#data == 30000 and 1 or 0) end
      assert.equal(3000, count)
      assert.equal("done", socket:result().reason)
    end)

    it("wait where the server does not take them", function()
      local socket <close> = open("/mute")
      local sent = 0
      local ended = failure_of(task.timeout, 0.5, function()
        while true do
          assert(socket:send(("x"):rep(MEGABYTE), "binary"))
          sent = sent + 1
        end
      end)
      assert.equal("timeout", ended.kind)
      assert.is_true(sent < 50)
    end)
  end)

  describe("pings", function()
    it("whose pongs are not read take no memory", function()
      local socket <close> = open("/deaf-pings?count=200000")
      local before = resident()
      assert.equal("sent", (socket:next()))
      -- 200 000 pongs would take 30 MB and more; a build with sanitizers keeps freed memory for a while
      assert.is_true(resident() - before < 16 * MEGABYTE)
    end)

    it("of the server are answered, and an own one waits for its pong", function()
      local socket <close> = open("/pings?count=500")
      assert.equal("sent", (socket:next()))
      assert.is_true(socket:ping())
      assert.equal(500, server:last().pongs)
    end)
  end)

  describe("the end", function()
    it("tells the server's code and reason", function()
      local cases = {
        { "code=1000&reason=done", 1000, "done" }, { "code=1012&reason=", 1012, "" },
        { "code=1013", 1013, "" }, { "code=1014", 1014, "" }, { "code=4999&reason=x", 4999, "x" },
        { "", 1005, "" },
      }
      for _, case in ipairs(cases) do
        local socket = open("/close?" .. case[1])
        assert.is_nil(socket:next())
        local ending = assert(socket:result())
        assert.same({ case[2], case[3], true }, { ending.code, ending.reason, ending.is_clean })
        assert.equal(case[2], server:ended().code)
      end
    end)

    it("is told apart from a close", function()
      local socket = open("/terminate")
      assert.equal("last words", (socket:next()))
      assert.is_nil(socket:next())
      local ending, failure = socket:result()
      assert.is_nil(ending)
      assert.equal("network", failure.kind)
      assert.matches("without a close frame", failure.message, 1, true)
    end)

    it("by close tells the server, and returns what it answers", function()
      local socket = open("/echo")
      local ending = assert(socket:close(4001, "enough"))
      assert.same({ 4001, true }, { ending.code, ending.is_clean })
      assert.same({ 4001, "enough" }, { server:ended().code, server:last().reason })
    end)

    it("by close does not wait long for a server that is deaf", function()
      local url = server:url("/mute"):gsub("^ws", "http")
      local socket = assert(native_websocket.start{
        url = url, timeout = 100, open_timeout = 10, close_timeout = 0.2, max_message = MEGABYTE,
        response_limit = 1000,
      })
      assert(socket:head())
      local began = clock.monotonic()
      local ending = assert(socket:close(1000))
      assert.same({ 1006, false }, { ending.code, ending.is_clean })
      assert.is_true(clock.monotonic() - began < SOON)
    end)

    it("by close refuses what may not be sent", function()
      local socket <close> = open("/echo")
      for _, code in ipairs{ 0, 999, 1004, 1005, 1006, 1015, 2999, 5000 } do
        assert.equal("invalid", select(2, socket:close(code)).kind)
      end
      assert.equal("invalid", select(2, socket:close(1000, ("x"):rep(124))).kind)
      assert.equal("invalid", select(2, socket:close(1000, "\xff")).kind)
      assert.is_true(echoes(socket, "still open"))
    end)

    it("comes after idle_timeout, and after timeout", function()
      local function ends(options)
        local socket = open("/echo", options)
        assert.is_nil(socket:next())
        assert.equal("timeout", select(2, socket:result()).kind)
      end
      -- It must be open before the time is over.
      for _, name in ipairs{ "idle_timeout", "timeout" } do
        local failure
        for _, seconds in ipairs{ 0.3, 3, 30 } do
          local options = { timeout = 1000 }
          options[name] = seconds
          failure = select(2, task.try(ends, options))
          if not failure then break end
        end
        assert.is_nil(failure)
      end
    end)

    it("comes with a cancel", function()
      local failure = failure_of(task.timeout, 0.2, function()
        local socket <close> = open("/echo")
        socket:next()
      end)
      assert.equal("timeout", failure.kind)
    end)
  end)

  describe("a refusal", function()
    it("is an error with the answer, its body cut off", function()
      for status, kind in pairs{ [400] = "invalid", [401] = "denied", [404] = "not_found",
        [429] = "unavailable", [503] = "unavailable", [200] = "protocol" } do
        local failure = refused("/refused?status=" .. status)
        assert.same({ kind, status }, { failure.kind, failure.status })
        assert.same({ status, "xxxxxxxxxx" }, { failure.response.status, failure.response.body })
        assert.matches("answers " .. status, failure.message, 1, true)
      end
      local failure = refused("/refused?status=500&size=500000", { response_limit = 1000 })
      assert.equal(1000, #failure.response.body)
      assert.equal("abcde", refused("/chunked").response.body)
    end)

    it("is not waited for without end", function()
      local failure = refused("/silent", { connect_timeout = 0.2 })
      assert.equal("timeout", failure.kind)
      assert.matches("not open after 0.2 s", failure.message, 1, true)
    end)

    it("is one of nobody there", function()
      assert.equal("unavailable", failure_of(http.websocket, { url = "ws://127.0.0.1:1/" }).kind)
    end)
  end)

  describe("the handshake", function()
    it("carries headers and subprotocols, and says which was chosen", function()
      local socket <close> = open("/headers", {
        subprotocols = { "one", "two" }, headers = { Authorization = "Bearer x" },
      })
      assert.equal("one", socket:head().protocol)
      local headers = json.decode((socket:next()))
      assert.equal("Bearer x", headers.authorization)
      assert.equal("one, two", headers["sec-websocket-protocol"])
      assert.equal("127.0.0.1:" .. server.ports.ws, headers.host)
      assert.matches("^os2/", headers["user-agent"])
    end)

    it("refuses misuse", function()
      for _, options in ipairs{
        { url = "ftp://x" }, { url = "ws://x", headers = { Upgrade = "x" } },
        { url = "ws://x", headers = { ["Sec-WebSocket-Key"] = "x" } },
        { url = "ws://x", subprotocols = { "a b" } }, { url = "ws://x", headers = { X = "a\nb" } },
      } do
        assert.equal("string", type(failure_of(http.websocket, options)))
      end
      assert.matches("holds a user", failure_of(http.websocket, { url = "ws://a:secret@x/" }).message)
    end)
  end)

  describe("routes", function()
    it("TLS, verified", function()
      local socket <close> = routed(server:url("/echo", "tls"), { ca_file = server.certificate })
      assert.is_true(echoes(socket, ("x"):rep(300000)))
      assert.equal(1000, assert(socket:close(1000)).code)
      local _, failure = routed(server:url("/echo", "tls"), {})
      assert.equal("denied", failure.kind)
    end)

    it("TLS, with back-pressure", function()
      local socket <close> = routed(server:url("/flood?count=1000&size=9000", "tls"),
        { ca_file = server.certificate })
      task.sleep(0.2)
      local count = 0
      for _ in socket do count = count + 1 end
      assert.equal(1000, count)
    end)

    it("a unix socket", function()
      local socket <close> = http.websocket{ url = "ws://x/echo", unix_socket = server.socket, timeout = 20 }
      assert.is_true(echoes(socket, "hello"))
    end)

    it("a program, as ssh is one", function()
      local route = { command = { "node", "-e", CARRY, tostring(server.ports.ws) } }
      local socket <close> = routed("http://docker/echo", route)
      assert.is_true(echoes(socket, ("x"):rep(300000)))
      assert.equal(1000, assert(socket:close(1000)).code)
      local _, failure = routed("http://docker/", { command = { "sh", "-c", "echo no way >&2; exit 3" } })
      assert.equal("sh ended with exit code 3: no way", failure.message)
    end)

    it("ssh", function()
      local directory = server.directory .. "/sshd"
      local ran = proc.run({ "tests/lib/sshd", "start", directory }, { timeout = 120 })
      local _ <close> = task.defer(function()
        proc.run({ "tests/lib/sshd", "stop", directory }, { timeout = 30 })
      end, { timeout = 30 })
      local host, port = ran.stdout:match("SSH_HOST=(%S+):(%d+)")
      local ssh = ran.stdout:match("SSH_PATH=(%S+)") .. "/ssh"
      local route = { command = { ssh, "-p", port, "-W", "127.0.0.1:" .. server.ports.ws, host } }
      local socket <close> = routed("http://far/echo", route)
      assert.is_true(echoes(socket, ("x"):rep(300000)))
      assert.equal(1000, assert(socket:close(1000)).code)
    end)

    it("a proxy, by CONNECT", function()
      local chunk = ([[
        for _, url in ipairs{ %q, %q } do
          local socket <close> = http.websocket{ url = url, timeout = 10 }
          assert(socket:send("hello"))
          io.write((socket:next()))
        end]]):format(server:url("/echo"), server:url("/echo", "tls"))
      local proxy = ("http://127.0.0.1:%d"):format(server.ports.proxy)
      local ran = proc.run({ program.path, "--isolated", "-e", chunk }, {
        env = { http_proxy = proxy, https_proxy = proxy, no_proxy = "", NO_PROXY = "",
          SSL_CERT_FILE = server.certificate, PATH = "/usr/bin:/bin" }, timeout = 30,
      })
      assert.equal("hellohello", ran.stdout, ran.stderr)
      assert.equal(2, server:last().connects)
    end)
  end)
end)
