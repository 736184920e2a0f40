--- os2.http: streams, limits of what is taken, and deadlines.
local clock = require("os2.clock")
local err = require("os2.err")
local failure_of = require("tests.lib.failure_of")
local fs = require("os2.fs")
local http = require("os2.http")
local json = require("os2.json")
local loop = require("host.loop")
local requests = require("tests.lib.http_requests")
local task = require("os2.task")

local MEGABYTE <const> = 1024 * 1024
local SOON <const> = 25 -- seconds; what is waited for in vain here would take 30 or more

local function resident_memory()
  local pages = tonumber(fs.read("/proc/self/statm"):match("^%d+ (%d+)"))
  return pages * 4096
end

-- Seconds of it that this process has had.
local function processor_time()
  local words = {}
  for word in fs.read("/proc/self/stat"):gsub("^.*%) ", ""):gmatch("%S+") do words[#words + 1] = word end
  return (tonumber(words[12]) + tonumber(words[13])) / 100
end

describe("os2.http", function()
  local shared, server = requests.new(), nil

  setup(function() server = shared.start() end)
  teardown(shared.stop)

  local get, asked = shared.get, shared.asked

  describe("limits", function()
    for _, chunked in ipairs{ "", "1" } do
      it("a body over the limit is refused" .. (chunked == "" and "" or ", sent in chunks"), function()
        local query = { size = 2 * MEGABYTE, chunked = chunked }
        local failure = failure_of(get, "/bytes", query, { response_limit = MEGABYTE })
        assert.equal("protocol", failure.kind)
        assert.matches("body is over the limit of 1048576 bytes", failure.message)
        query.size = MEGABYTE
        assert.equal(MEGABYTE, #get("/bytes", query, { response_limit = MEGABYTE }).body)
      end)
    end

    it("may be as large as one likes", function()
      local options = { timeout = math.huge, connect_timeout = math.huge, response_limit = math.huge }
      assert.equal(200, get("/bytes", { size = 10 }, options).status)
    end)

    it("refuses an answer with more than 1000 headers", function()
      assert.equal(200, get("/headers", { count = 900 }).status)
      local failure = failure_of(get, "/headers", { count = 5000 })
      assert.equal("protocol", failure.kind)
      assert.matches("more than 1000 headers", failure.message)
    end)

    it("refuses an answer with two lengths, and takes one that is said twice", function()
      local function answer(first, second)
        return { text = ("HTTP/1.1 200 OK\r\nContent-Length: %d\r\nContent-Length: %d\r\n\r\nhello"):format(
          first, second), keep = "" }
      end
      assert.equal("hello", get("/raw", answer(5, 5)).body)
      local failure = failure_of(get, "/raw", answer(3, 5))
      assert.equal("protocol", failure.kind)
      assert.matches("two lengths: Content%-Length 3 and 5", failure.message)
    end)

    it("holds for the failed answer of a stream, and for a line", function()
      local stream = http.stream{
        url = server:url("/chunks", { parts = json.encode{ ("x"):rep(3000), "\n" } }), timeout = 30,
        mode = "lines", response_limit = 1024,
      }
      assert.is_nil(stream:next())
      local _, failure = stream:result()
      assert.equal("protocol", failure.kind)
      assert.matches("line is over the limit of 1024", failure.message)
    end)

    -- Somewhere in these counts the long line is among what libcurl holds back for a slow reader.
    it("holds for a line that was held back, and nothing behind it is given", function()
      for count = 2050, 2650, 50 do
        local url = server:url("/long-line", { count = count, length = 5000 })
        local stream <close> = http.stream{ url = url, mode = "lines", timeout = 30, response_limit = 1000 }
        stream:head()
        task.sleep(0.05)
        local seen, final = 0, nil
        for line in stream do seen, final = seen + 1, line end
        local _, failure = stream:result()
        assert.matches("line is over the limit of 1000", failure.message)
        assert.same({ count, 99 }, { seen, #final })
      end
    end)
  end)

  describe("stream", function()
    local function lines_of(parts, pause)
      local stream = http.stream{
        url = server:url("/chunks", { parts = json.encode(parts), pause = pause or 0 }),
        timeout = 30, mode = "lines",
      }
      local lines = {}
      for line in stream do lines[#lines + 1] = line end
      assert.equal(200, assert(stream:result()).status)
      return lines
    end

    it("gives chunks as they come", function()
      local stream = http.stream{
        url = server:url("/chunks", { parts = json.encode{ "one", "two", "three" }, pause = 100 }),
        timeout = 30,
      }
      assert.equal(200, stream:head().status)
      assert.same({ "one", "two", "three" }, { stream:next(), stream:next(), stream:next() })
      assert.is_nil(stream:next())
      assert.same({ 200, "" }, { stream:result().status, stream:result().body })
    end)

    it("gives whole lines, however they were cut", function()
      local cases = {
        { { "a\nb\n" }, { "a", "b" } },
        { { "a\r\n", "b\r\n" }, { "a", "b" } },
        { { "a\r", "\nb" }, { "a", "b" } },
        { { "no end" }, { "no end" } },
        { { "\n\n", "x\n" }, { "", "", "x" } },
        { { "a", "b", "c", "\n" }, { "abc" } },
        { { "in\rside\n" }, { "in\rside" } },
        { json.array(), {} },
      }
      for _, case in ipairs(cases) do assert.same(case[2], lines_of(case[1], 5)) end
    end)

    it("gives the body of a failed answer whole, in the result", function()
      local stream = http.stream{ url = server:url("/status", { code = 404 }), timeout = 30 }
      assert.is_nil(stream:next())
      assert.same({ 404, '{"code":404}' }, { stream:result().status, stream:result().body })
    end)

    it("holds the server back while nobody reads, and goes on when somebody does", function()
      local earlier = asked("/written") -- by the requests of other tests
      local stream <close> = http.stream{ url = server:url("/endless"), timeout = 60 }
      assert.equal(200, stream:head().status)
      local before
      repeat
        before = asked("/written")
        assert.is_true(before - earlier < 64 * MEGABYTE)
        task.sleep(0.3)
      until before == asked("/written")
      local got = 0
      while got < 2 * (before - earlier) + MEGABYTE do got = got + #stream:next() end
      assert.is_true(asked("/written") > before)
    end)

    it("holds the server back also when it sends nothing but empty lines", function()
      local url = server:url("/lines", { count = 20 * MEGABYTE, size = 0 })
      local stream <close> = http.stream{ url = url, mode = "lines", timeout = 60 }
      assert.equal("", stream:next())
      local before = resident_memory()
      task.sleep(1)
      assert.is_true(resident_memory() - before < 32 * MEGABYTE)
    end)

    it("leaves the processor alone while it waits to send, an answer having come", function()
      local stream <close> = http.stream{
        url = server:url("/endless"), method = "POST", send = true, timeout = 30,
      }
      assert.equal(200, stream:head().status)
      local before = processor_time()
      pcall(task.timeout, 1, function() while stream:send(("x"):rep(65536)) do task.sleep(0) end end)
      assert.is_true(processor_time() - before < 0.5)
    end)

    it("sends a body in pieces, held back by a server that does not read", function()
      local piece, count = ("0123456789abcdef"):rep(4096), 256
      for _, size in ipairs{ -1, #piece * count } do
        local stream = http.stream{
          url = server:url("/slow-reader"), method = "POST", send = true, send_size = size, timeout = 60,
          headers = { ["content-type"] = "application/octet-stream" },
        }
        for _ = 1, count do assert.is_true(stream:send(piece)) end
        stream:send_end()
        local text = {}
        for chunk in stream do text[#text + 1] = chunk end
        local seen = json.decode(table.concat(text))
        assert.equal(#piece * count, seen.length)
        assert.equal(require("os2.hash").sha256(piece:rep(count)), seen.digest)
        assert.equal(#piece * count, stream:result().bytes_sent)
      end
    end)

    it("tells the sender when the request has ended", function()
      local stream <close> = http.stream{
        url = server:url("/reset"), method = "POST", send = true, timeout = 30,
      }
      while stream:send(("x"):rep(65536)) do task.sleep(0) end
      local _, failure = stream:result()
      assert.equal("network", failure.kind)
    end)
  end)

  describe("deadlines", function()
    it("of the whole, also of an answer that comes in drops", function()
      local began = clock.monotonic()
      local drops = { parts = '["' .. ('a","'):rep(300) .. 'a"]', pause = 100 }
      for path, query in pairs{ ["/hang"] = {}, ["/chunks"] = drops } do
        local failure = failure_of(get, path, query, { timeout = 0.3 })
        assert.same({ "timeout", true }, { failure.kind, failure.is_sent })
      end
      assert.is_true(clock.monotonic() - began < SOON)
    end)

    it("of silence", function()
      local began = clock.monotonic()
      local stream = http.stream{ url = server:url("/hang"), idle_timeout = 1 }
      assert.is_nil(stream:next())
      local _, failure = stream:result()
      assert.same({ "timeout", "no content was transferred within 1 s" },
        { failure.kind, failure.message:match("no content.*") })
      assert.is_true(clock.monotonic() - began < SOON)
    end)

    it("of connecting, TLS included; nothing was sent then", function()
      local url = ("https://127.0.0.1:%d/"):format(server.ports.mute)
      local failure = failure_of(http.request, { url = url, connect_timeout = 0.3, timeout = 30 })
      assert.same({ "timeout", false }, { failure.kind, failure.is_sent })
    end)

    it("of connecting are those of silence where nothing else is given, and never too short to be one", function()
      local url = ("https://127.0.0.1:%d/"):format(server.ports.mute)
      for _, given in ipairs{ { idle_timeout = 1 }, { timeout = 30, connect_timeout = 0.0001 } } do
        given.method, given.url, given.response_limit = "GET", url, 1000
        local _, failure = task.timeout(60, require("host.http").request, given)
        assert.same({ "timeout", false }, { failure.kind, failure.is_sent })
      end
    end)

    it("task.timeout ends a request too, and no operation stays", function()
      local before = loop.pending()
      assert.equal("timeout", failure_of(task.timeout, 0.1, get, "/hang").kind)
      for _ = 1, 10 do
        task.sleep(0.001)
        collectgarbage()
      end
      assert.equal(before, loop.pending())
    end)

    it("a request may be cancelled at any moment", function()
      for milliseconds = 0, 30 do
        local _, failure = task.try(task.timeout, milliseconds / 1000, function()
          local stream <close> = http.stream{
            url = server:url("/endless"), method = "POST", send = true, timeout = 30,
          }
          task.group(function(group)
            group:spawn(function() while stream:send(("x"):rep(10000)) do task.sleep(0) end end)
            for _ in stream do task.sleep(0) end
          end)
        end)
        assert.is_true(err.is(failure, "timeout"), tostring(failure))
      end
    end)
  end)
end)
