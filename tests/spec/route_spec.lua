--- Requests whose connection is a program's stdin and stdout.
local http = require("host.http")
local http_server = require("tests.lib.http_server")
local json = require("os2.json")
local lfs = require("lfs")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

-- Carries bytes to a socket and says once in a file that it ran.
local CARRY <const> = [[
const net = require("net"), fs = require("fs")
fs.appendFileSync(process.argv[2], "x")
const socket = net.connect(process.argv[1])
process.stdin.pipe(socket).pipe(process.stdout)
]]

-- Says in a file who it is, answers one request and ends soon.
local ANSWER_ONCE <const> = [[
require("fs").writeFileSync(process.argv[1], String(process.pid))
process.stdin.once("data", () => {
  process.stdout.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", () => setTimeout(process.exit, 100))
})
]]

describe("host.http through a program", function()
  local server, directory

  setup(function()
    server = http_server.start()
    directory = temporary.directory()
  end)

  teardown(function()
    server:stop()
    temporary.remove(directory)
  end)

  local function request(command, options)
    local given = {
      method = "GET", url = "http://docker/echo", timeout = 20, response_limit = 1000000,
      route = { command = command },
    }
    for key, value in pairs(options or {}) do given[key] = value end
    return http.request(given)
  end

  local function carry(log) return { "node", "-e", CARRY, server.socket, log } end

  local function runs(log) return lfs.attributes(log, "size") or 0 end

  it("keeps the connection, for the same words only", function()
    local one, other = directory .. "/one", directory .. "/other"
    for _ = 1, 3 do assert.equal(200, assert(request(carry(one))).status) end
    assert.equal(1, runs(one))
    assert.equal(200, assert(request(carry(other))).status)
    assert.equal(1, runs(other))
    assert.equal(1, runs(one))
  end)

  it("sends a body", function()
    local body = ("x"):rep(3000000)
    local answer = assert(request(carry(directory .. "/body"), {
      method = "POST", body = body, response_limit = 10000000,
    }))
    assert.equal(200, answer.status)
    assert.equal(#body, json.decode(answer.body).length)
  end)

  it("says what the program said last", function()
    local _, failure = request{ "sh", "-c", "echo one >&2; echo ' two ' >&2; echo >&2; exit 3" }
    assert.equal("unavailable", failure.kind)
    assert.equal("sh ended with exit code 3: two", failure.message)
    _, failure = request{ "sh", "-c", "exit 3" }
    assert.equal("sh ended with exit code 3: it said nothing", failure.message)
    _, failure = request{ "sh", "-c", "printf 'no line end' >&2; kill -9 $$" }
    assert.equal("sh was ended by signal 9: no line end", failure.message)
    _, failure = request{ "/nonexistent/program" }
    assert.equal("not_found", failure.kind)
    assert.matches("/nonexistent/program", failure.message, 1, true)
  end)

  it("knows a program that ends well without an answer", function()
    local _, failure = request{ "true" }
    assert.equal("network", failure.kind)
  end)

  it("does not wait for a program that has hung up and does not end", function()
    local deaf = "echo 'no route' >&2; exec <&- >&-; exec sleep 30"
    local _, failure = request({ "sh", "-c", deaf })
    assert.same({ "unavailable", "sh hung up and does not end: no route" }, { failure.kind, failure.message })
  end)

  it("fails where no descriptor is left for the program's end of the connection", function()
    local chunk = [[
      local host = require("host.http")
      local function ask(command)
        return host.request{
          method = "GET", url = "http://docker/", timeout = 10, response_limit = 1, route = { command = command },
        }
      end
      ask{ "true" }
      local all, file = {}, nil
      repeat file = io.open("/dev/null") all[#all + 1] = file until not file
      for _ = 1, 2 do table.remove(all):close() end -- the listener's, libcurl's
      print(select(2, ask{ "cat" }).message)]]
    local ran = proc.run({
      "sh", "-c", 'ulimit -n 64; exec "$0" --isolated -e "$1"', program.path, chunk,
    }, { timeout = 30 })
    assert.equal("no connection for cat: Too many open files\n", ran.stdout, ran.stderr)
  end)

  it("ends the program with the request that waits for it", function()
    local word = ("64.%d"):format(math.random(1 << 30))
    local _, failure = request({ "sleep", word }, { timeout = 0.3 })
    assert.equal("timeout", failure.kind)
    local function is_running()
      for name in lfs.dir("/proc") do
        local file <close> = name:find("^%d+$") and io.open(("/proc/%s/cmdline"):format(name), "rb") or nil
        if (file and file:read("a") or ""):find("sleep\0" .. word, 1, true) then return true end
      end
      return false
    end
    while is_running() do task.sleep(0.02) end
  end)

  -- In a process of its own: there the next connection gets the number of a descriptor just closed.
  it("closes one that has ended, and nothing else", function()
    local ran = program.eval([[
      package.path = "./?.lua;" .. package.path
      local http, once = require("host.http"), { "node", "-e", arg[1], arg[2] }
      local server = require("tests.lib.http_server").start()
      local slow = server:url("/chunks", { parts = '["a","b"]', pause = 600 })
      local function ask(url, route)
        local got = http.request{ method = "GET", url = url, timeout = 20, response_limit = 100, route = route }
        io.write(got and got.body or "none", " ")
      end
      local function has_ended(pid)
        local file <close> = io.open("/proc/" .. pid .. "/status")
        return not file or file:read("a"):match("State:%s*([ZX])") ~= nil
      end
      ask("http://docker/", { command = once })
      while not has_ended(fs.read(arg[2])) do task.sleep(0.02) end
      task.group(function(group)
        for _ = 1, 8 do group:spawn(ask, slow) end
        task.sleep(0.2)
        ask("http://docker/", { command = once })
      end)
      server:stop()]], nil, { ANSWER_ONCE, directory .. "/answer-once" })
    assert.equal(("ok "):rep(2) .. ("ab "):rep(8), ran.stdout, ran.stderr)
  end)

  it("may be sent more to while a program that has hung up is waited for", function()
    local op = assert(http.start{
      method = "POST", url = "http://docker/", send = true, timeout = 20, response_limit = 100,
      route = { command = { "sh", "-c", "sleep 0.1; exec <&- >&-; sleep 0.6; echo bye >&2; exit 3" } },
    })
    task.sleep(0.3)
    op:send("hello")
    local _, failure = op:result()
    assert.equal("sh ended with exit code 3: bye", failure.message)
    op:close()
  end)

  it("refuses a route that is none", function()
    for _, case in ipairs{
      { { command = {} }, "must hold a program" }, { { command = { 1 } }, "must be a string" },
      { { command = { "x" }, unix_socket = "/x" }, "not both" }, { { socket = "/x" }, "socket" },
      { { unverified = "yes" }, "unverified" },
    } do
      local ok, message = pcall(request, nil, { route = case[1] })
      assert.is_false(ok)
      assert.matches(case[2], message, 1, true)
    end
    local _, failure = request(nil, { route = { unix_socket = "/" .. ("x"):rep(200) } })
    assert.equal("invalid", failure.kind)
    assert.matches("at most 107 bytes", failure.message, 1, true)
  end)
end)
