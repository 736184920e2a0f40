--- A container's output: frames split into streams, on the real engine too.
local client = require("os2.docker.client")
local docker = require("os2.docker")
local native = require("host.docker")
local os2 = require("os2")
local output = require("os2.docker.output")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local function frame(stream, data)
  return string.pack(">BxxxI4", stream, #data) .. data
end

describe("host.docker.frames", function()
  it("gives streams and their data, frame by frame", function()
    local frames = native.frames()
    assert.same({ "stdout", "a\n", "stderr", "b", "stdout", "\0\1" },
      frames:feed(frame(1, "a\n") .. frame(2, "b") .. frame(1, "\0\1")))
    assert.is_true(frames:is_complete())
  end)

  it("takes bytes as they come, cut anywhere", function()
    local frames, text = native.frames(), frame(1, "hello") .. frame(2, "") .. frame(2, "world")
    local seen = { stdout = "", stderr = "" }
    for index = 1, #text do
      local pieces = frames:feed(text:sub(index, index))
      for at = 1, #pieces, 2 do seen[pieces[at]] = seen[pieces[at]] .. pieces[at + 1] end
    end
    assert.same({ stdout = "hello", stderr = "world" }, seen)
    assert.is_true(frames:is_complete())
    frames:feed("\1")
    assert.is_false(frames:is_complete())
  end)

  it("refuses what is not framed, and gives what stood before", function()
    local pieces, failure = native.frames():feed("plain text of a TTY")
    assert.same({ {}, "protocol" }, { pieces, failure.kind })
    pieces, failure = native.frames():feed(frame(1, "a") .. "plain text of a TTY")
    assert.same({ { "stdout", "a" }, "protocol" }, { pieces, failure.kind })
  end)

  it("gives the engine's own errors", function()
    assert.same({ "stdout", "a", "error", "no more" }, native.frames():feed(frame(1, "a") .. frame(3, "no more")))
  end)

  it("refuses what is no text", function()
    assert.has_error(function() native.frames():feed({}) end)
  end)
end)

describe("os2.docker.output of an engine that", function()
  local start, answer = client.start, nil

  setup(function()
    client.start = function()
      local parts = { table.unpack(answer) }
      return {
        next = function() return table.remove(parts, 1) end,
        result = function() return { status = 200 } end,
        close = function() end,
      }
    end
  end)
  teardown(function() client.start = start end)

  local function read(parts)
    answer = parts
    local seen, stream = {}, output.open("docker.logs", "container_logs", {}, { timeout = 1 })
    local _, failure = os2.try(function()
      for event in stream do seen[#seen + 1] = event.data end
    end)
    return table.concat(seen), failure
  end

  it("fails within it gives what came before, and its words", function()
    local words = frame(3, "error from daemon in stream: the log is gone")
    local seen, failure = read{ frame(1, "a") .. words:sub(1, 20), words:sub(21) }
    assert.equal("a", seen)
    assert.matches("docker.logs.*error from daemon in stream: the log is gone", tostring(failure))
  end)

  it("sends no frames any more gives what came before", function()
    local seen, failure = read{ frame(1, "a") .. "plain text", frame(1, "b") }
    assert.same({ "a", "protocol" }, { seen, failure.kind })
  end)
end)

describe("os2.docker", function()
  local id

  setup(function()
    id = docker.api.container_create{
      Image = worlds.base_image(), Cmd = { "sh", "-c", "echo out; echo err >&2; sleep 60" },
    }.Id
    docker.api.container_start{ id = id }
  end)
  teardown(function()
    if id then docker.api.container_delete{ id = id, force = true, v = true } end
  end)

  local function read(stream)
    local seen = { stdout = "", stderr = "" }
    for event in stream do seen[event.stream] = seen[event.stream] .. event.data end
    return seen.stdout, seen.stderr, stream:result()
  end

  it("logs gives both streams, or the last lines", function()
    local stdout, stderr
    repeat
      stdout, stderr = read(docker.logs(id))
      task.sleep(0.02)
    until stderr ~= ""
    assert.same({ "out\n", "err\n" }, { stdout, stderr })
    stdout, stderr = read(docker.logs(id, { tail = 0 }))
    assert.same({ "", "" }, { stdout, stderr })
  end)

  it("logs gives what a terminal shows, which is one stream", function()
    local terminal = docker.api.container_create{
      Image = worlds.base_image(), Cmd = { "sh", "-c", "echo out; echo err >&2" }, Tty = true,
    }.Id
    docker.api.container_start{ id = terminal }
    local stdout, stderr = read(docker.logs(terminal, { follow = true }))
    docker.api.container_delete{ id = terminal, force = true, v = true }
    assert.same({ "out\r\nerr\r\n", "" }, { stdout, stderr })
  end)

  it("exec runs with directory and variables, and gives the code", function()
    local stdout, stderr, result = read(docker.exec(id, { "sh", "-c", 'pwd; echo "$A" >&2; exit 7' }, {
      cwd = "/tmp", env = { A = "x y" },
    }))
    assert.same({ "/tmp\n", "x y\n", 7 }, { stdout, stderr, result.code })
  end)

  it("exec calls on_progress instead of being a stream", function()
    local seen = {}
    local result = docker.exec(id, { "echo", "a" }, { on_progress = function(event)
      seen[#seen + 1] = event.data
    end })
    assert.same({ "a\n", 0 }, { table.concat(seen), result.code })
  end)

  it("raises not_found for a container that is none, and says the misuse", function()
    local _, failure = os2.try(docker.exec, "os2-nope", { "true" })
    assert.equal("not_found", failure.kind)
    _, failure = os2.try(function() read(docker.logs("os2-nope")) end)
    assert.equal("not_found", failure.kind)
    assert.error_matches(function() docker.exec(id, { "true" }, { user = "x" }) end,
      "unknown option 'user'")
  end)
end)
