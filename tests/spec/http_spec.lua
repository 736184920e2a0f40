--- HTTP against a real server: bodies, streams, limits, deadlines, connections, TLS, proxies.
local err = require("os2.err")
local failure_of = require("tests.lib.failure_of")
local http = require("os2.http")
local json = require("os2.json")
local loop = require("host.loop")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local requests = require("tests.lib.http_requests")
local task = require("os2.task")

describe("os2.http", function()
  local shared, server = requests.new(), nil

  setup(function() server = shared.start() end)
  teardown(shared.stop)

  local get, echo, asked = shared.get, shared.echo, shared.asked

  describe("request", function()
    it("gives status, headers in lower case, body and time", function()
      local answer = get("/status", { code = 201 })
      assert.same({ 201, "application/json", '{"code":201}' },
        { answer.status, answer.headers["content-type"], answer.body })
      assert.is_true(answer.elapsed > 0)
    end)

    it("sends nothing where it could not wait for the answer", function()
      local before = loop.pending()
      local failure = failure_of(table.sort, { 1, 2 }, function() return get("/hang") end)
      assert.matches("nothing can wait here", tostring(failure))
      assert.equal(before, loop.pending())
    end)

    it("takes every status as an answer", function()
      for _, code in ipairs{ 204, 301, 304, 400, 404, 429, 500, 599 } do
        assert.equal(code, get("/status", { code = code }).status)
      end
    end)

    it("sends method, headers and body as they are", function()
      local data = "\0\1\r\n" .. ("ü"):rep(100000)
      for _, method in ipairs{ "POST", "PUT", "PATCH", "DELETE" } do
        local seen = echo{ method = method, headers = { ["X-One"] = "a b" }, body = data }
        assert.same({ method, "a b", #data }, { seen.method, seen.headers["x-one"], seen.length })
        assert.equal(require("os2.hash").sha256(data), seen.digest)
      end
    end)

    it("says who it is, unless told otherwise", function()
      assert.matches("^os2/%d", echo().headers["user-agent"])
      assert.equal("me", echo{ headers = { ["user-agent"] = "me" } }.headers["user-agent"])
    end)

    it("answers HEAD without waiting for a body", function()
      assert.same({ 200, "" }, { get("/echo", nil, { method = "HEAD" }).status,
        get("/echo", nil, { method = "HEAD" }).body })
    end)

    it("keeps one connection for a run", function()
      get("/connections")
      local before = asked("/connections")
      for _ = 1, 20 do get("/status", { code = 200 }) end
      assert.equal(before, asked("/connections"))
    end)

    it("runs many at once", function()
      local outcomes = task.map({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, function(index)
        return get("/bytes", { size = index * 1000 }).body
      end)
      for index, outcome in ipairs(outcomes) do assert.equal(index * 1000, #outcome.value) end
    end)

    it("gives no connection to a child", function()
      local count = [[ls -l /proc/self/fd | grep -c socket:]]
      local function sockets() return proc.run({ "sh", "-c", count }, { timeout = 30 }).stdout end
      assert.equal(200, get("/bytes", { size = 1 }).status)
      local before = sockets()
      task.map({ 1, 2, 3, 4 }, function() return get("/chunks", { parts = '["x"]', pause = 100 }) end)
      assert.equal(before, sockets())
    end)

    it("gives nothing of libcurl's own to a child, a name being looked up", function()
      local ran = program.eval([[
        local function descriptors() return proc.run({ "ls", "/proc/self/fd" }, { timeout = 10 }).stdout end
        local before = descriptors()
        pcall(http.request, { url = arg[1] .. "/bytes?size=1" })
        local stream <close> = http.stream{ url = "http://os2.invalid/", proxy = false }
        task.sleep(0)
        print(before == descriptors())]], nil, { server:url("") })
      assert.same({ 0, "true\n" }, { ran.code, ran.stdout }, ran.stderr)
    end)

    it("asks on a unix socket, past any proxy", function()
      local answer = http.request{
        url = "http://localhost/echo?a=1", unix_socket = server.socket, timeout = 30,
      }
      assert.equal("/echo?a=1", json.decode(answer.body).url)
    end)

    it("refuses misuse at the caller's line, without the value of a header", function()
      local url = server:url("/echo")
      local cases = {
        { {}, "option 'url' must be a string" },
        { { url = url, headers = { ["X-A"] = "hunter2\r\nX-B: 1" } }, "the header X%-A holds a line break" },
        { { url = url, headers = { ["X-A"] = "a\0b" } }, "the header X%-A" },
        { { url = url, headers = { ["X-A: b\r\nX-B"] = "1" } }, "is not a header name" },
        { { url = url, headers = { [1] = "X-A: 1" } }, "is not a header name" },
        { { url = url, method = "GET / HTTP/1.1\r\nX: " }, "no method" },
        { { url = url, retries = 3 }, "unknown option 'retries'" },
      }
      for _, case in ipairs(cases) do
        local message = failure_of(function() http.request(case[1]) end)
        assert.matches("http_spec.lua:%d+: http.request: .*" .. case[2], message)
        assert.not_matches("hunter2", message)
      end
      assert.matches("http_spec.lua:%d+: http.stream: mode", failure_of(function()
        http.stream{ url = url, mode = "words" }
      end))
    end)
  end)

  it("what stands in a line of the protocol may not hold more than its letters", function()
    for _, method in ipairs{ "GET / HTTP/1.1\r\nX: 1", "GET /x", "", "GÉT" } do
      assert.matches("option 'method' may hold letters only", failure_of(require("host.http").start, {
        method = method, url = server:url("/echo"), timeout = 1, response_limit = 1,
      }))
    end
    assert.matches("option 'session_id' may hold letters and", failure_of(require("host.docker").build, {
      url = "http://docker/build", session_url = "http://docker/session", session_id = "a\r\nX: 1",
      route = {}, headers = {}, context = {}, timeout = 1,
    }))
  end)

  describe("a server that", function()
    local function raw(text, keep)
      local timeout = keep and 2 or 30 -- the shorter one is waited for
      return function() return get("/raw", { text = text, keep = keep or "" }, { timeout = timeout }) end
    end

    local answers = {
      ["hangs up without a word"] = { raw(""), "network", true },
      ["hangs up within the headers"] = { raw("HTTP/1.1 200 OK\r\nContent-Le"), "network", true },
      ["hangs up within the body"] = {
        raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"), "network", true },
      ["hangs up within a chunk"] = {
        raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc"), "network", true },
      ["stops within the body"] = {
        raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", 1), "timeout", true },
      ["resets the connection"] = { function() return get("/reset") end, "network", true },
    }
    for name, case in pairs(answers) do
      it(name, function()
        local failure = failure_of(case[1])
        assert.same({ case[2], case[3] }, { failure.kind, failure.is_sent }, tostring(failure))
      end)
    end

    it("hangs up on a kept connection: what is not idempotent goes out once", function()
      local before = asked("/resets")
      get("/echo") -- leaves a connection that is kept
      local failure = failure_of(get, "/reset", nil, { method = "POST", body = "x" })
      assert.same({ "network", true }, { failure.kind, failure.is_sent })
      assert.equal(before + 1, asked("/resets"))
    end)

    it("is not there: unavailable, and nothing was sent", function()
      for _, request in ipairs{
        { url = "http://127.0.0.1:1/", timeout = 30 },
        { url = "http://localhost/", unix_socket = "/no/such/socket", timeout = 30 },
      } do
        local failure = failure_of(http.request, request)
        assert.same({ "unavailable", false }, { failure.kind, failure.is_sent })
      end
    end)

    it("does not speak HTTP", function()
      for _, port in ipairs{ "garbage", "tls" } do
        local url = ("http://127.0.0.1:%d/"):format(server.ports[port])
        local ok, answer = pcall(http.request, { url = url, timeout = 30 })
        if ok then
          assert.equal(400, answer.status) -- Node's TLS server says so
        else
          assert.is_true(err.is(answer, "protocol") or err.is(answer, "network"), tostring(answer))
        end
      end
    end)

    it("cannot be reached by any other scheme, or has no name", function()
      local kinds = {
        ["file:///etc/passwd"] = "invalid", ["ftp://127.0.0.1/"] = "invalid", ["http://"] = "invalid",
        ["http://a b/"] = "invalid", ["http://no-such-host.invalid/"] = "network",
      }
      for url, kind in pairs(kinds) do
        assert.equal(kind, failure_of(http.request, { url = url, timeout = 30 }).kind, url)
      end
    end)
  end)

  describe("TLS", function()
    it("refuses a certificate that nobody vouches for", function()
      local failure = failure_of(http.request, { url = server:url("/echo", nil, "tls"), timeout = 30 })
      assert.same({ "denied", false }, { failure.kind, failure.is_sent })
    end)

    local chunk <const> = [[
      local answer, failure = os2.try(http.request, { url = arg[1], timeout = 30 })
      print(answer and answer.status or failure.kind)]]

    it("takes the certificates of SSL_CERT_FILE, and no version below 1.2", function()
      local cases = {
        [server:url("/echo", nil, "tls")] = "200\n", [server:url("/echo", nil, "tls11")] = "network\n",
      }
      for url, stdout in pairs(cases) do
        local ran = program.run({ "-e", chunk, url }, { env = { SSL_CERT_FILE = server.certificate } })
        assert.equal(stdout, ran.stdout, ran.stderr)
      end
    end)
  end)

  describe("a proxy", function()
    local chunk <const> = [[
      local answer = http.request{
        url = arg[1], unix_socket = arg[2] ~= "" and arg[2] or nil, timeout = 30,
        proxy = arg[3] == nil,
      }
      print(json.decode(answer.body).proxied)]]

    it("comes from the environment, except for unix sockets and NO_PROXY", function()
      local variables = {
        http_proxy = "http://127.0.0.1:" .. server.ports.proxy, no_proxy = false, NO_PROXY = false,
      }
      local function through(...)
        local ran = program.run({ "-e", chunk, ... }, { env = variables })
        assert.equal(0, ran.code, ran.stderr)
        return ran.stdout
      end
      assert.equal("http://example.invalid/a\n", through("http://example.invalid/a"))
      assert.equal("nil\n", through("http://example.invalid/echo", server.socket))
      assert.equal("nil\n", through(server:url("/echo"), "", "direct"))
      variables.no_proxy = "127.0.0.1"
      assert.equal("nil\n", through(server:url("/echo")))
    end)
  end)

  it("says each request with -v, and nothing secret", function()
    local url = server:url("/echo", { token = "hunter2" }):gsub("//", "//user:hunter2@")
    local ran = program.run({ "-v", "-e", [[
      local _ = http.request{ url = arg[1], timeout = 30, headers = { Authorization = "hunter2" },
        body = "hunter2", method = "POST" }]], url })
    assert.matches("os2: POST http://127.0.0.1:%d+/echo  200  %d+%.%d+ s\n", ran.stderr)
    assert.not_matches("hunter2", ran.stderr .. ran.stdout)
  end)
end)
