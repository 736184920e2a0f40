--- `os2 events` and daytona.events, at a stand-in whose gateway is npm's socket.io.
local json = require("os2.json")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local function lines_of(text)
  local list = {}
  for line in text:gmatch("[^\n]+") do list[#list + 1] = line end
  return list
end

describe("os2 events", function()
  local world

  setup(function() world = worlds.start() end)
  teardown(function() if world then world:stop() end end)
  before_each(function() world:reset() end)

  local function gateway(faults) return world:control("POST", "gateway", faults) end

  -- Calls `act` once os2 is connected, and returns how it ended.
  local function watched(words, act, changes)
    -- who has ended may not have left yet
    while gateway({}).joined > 0 do task.sleep(0.02) end
    local process = world:spawn({ "events", "--timeout", "200", table.unpack(words) }, changes)
    local out = { stdout = "", stderr = "" }
    while gateway({}).joined == 0 do task.sleep(0.02) end
    act()
    for piece in process do out[piece.stream] = out[piece.stream] .. piece.data end
    out.code = process:result().code
    process:close()
    return out
  end

  local function snapshot(name, state)
    world:control("POST", "seed", {
      name = name, createdAt = "2026-11-01T10:00:00Z", set = { state = state or "active" },
    })
  end

  local function move(name, state)
    world:control("POST", "snapshot", { name = name, set = { state = state } })
  end

  it("prints what it is told, with names, states and types that are wanted", function()
    local ran = watched({ "--count", "3", "--snapshot", "dev--*", "--type", "snapshot.*" }, function()
      snapshot("other--1")
      snapshot("dev--1", "pending")
      move("dev--1", "pulling")
      move("dev--1", "active")
    end)
    assert.equal(0, ran.code, ran.stderr)
    local lines = lines_of(ran.stdout)
    assert.matches("^%d+%-%d+%-%d+T[%d:]+Z  snapshot.created  dev%-%-1  pending$", lines[1])
    assert.matches("Z  snapshot.state.updated  dev%-%-1  pending → pulling$", lines[2])
    assert.matches("Z  snapshot.state.updated  dev%-%-1  pulling → active$", lines[3])
    assert.equal(3, #lines)
  end)

  it("prints JSON without the values of a machine's environment", function()
    local function made()
      world:control("POST", "seed-sandboxes", { body = { env = { TOKEN = "geheim" } } })
    end
    for _, form in ipairs{ "--json", "--jsonl" } do
      local ran = watched({ "--count", "1", "--type", "sandbox.created", form }, made)
      assert.equal(0, ran.code, ran.stderr)
      assert.is_nil(ran.stdout:find("geheim", 1, true))
      local value = json.decode(ran.stdout)
      local event = form == "--json" and value.events[1] or value
      assert.equal("sandbox.created", event.type)
      assert.equal(event.name, event.sandbox.name)
      world:reset()
    end
  end)

  it("warns of a type that it does not know, which nothing may ever have", function()
    local ran = world:run{ "events", "--timeout", "0.1", "--type", "snapshot.create", "--type", "volume.made",
      "--type", "Snapshot.*", "--type", "*.created" }
    assert.equal(0, ran.code, ran.stderr)
    assert.equal(1, select(2, ran.stderr:gsub("warning", "")))
    assert.matches("warning: --type snapshot.create is no type of event that os2 knows (snapshot.created, ",
      ran.stderr, 1, true)
  end)

  it("ends after --timeout, with success", function()
    local ran = world:run{ "events", "--timeout", "0.5", "--json" }
    assert.equal(0, ran.code, ran.stderr)
    assert.same({}, json.decode(ran.stdout).events)
  end)

  it("connects again after a loss, and says what may be missing", function()
    local ran = watched({ "--count", "2" }, function()
      snapshot("dev--1")
      world:control("POST", "gateway/cut")
      while gateway({}).connections < 2 or gateway({}).joined == 0 do task.sleep(0.02) end
      move("dev--1", "inactive")
    end)
    assert.equal(0, ran.code, ran.stderr)
    assert.equal(2, #lines_of(ran.stdout))
    assert.matches("without a close frame; trying again in", ran.stderr, 1, true)
    assert.matches("those since %S+ are missing", ran.stderr)
  end)

  it("ends when its key is refused as it connects again", function()
    local ran = watched({}, function()
      snapshot("dev--1")
      world:control("POST", "config", { keys = json.array{} })
      world:control("POST", "gateway/cut")
    end)
    assert.equal(7, ran.code)
    assert.equal(1, #lines_of(ran.stdout))
    assert.matches("refuses the API key: Unauthorized", ran.stderr, 1, true)
  end)

  -- Makes snapshots until os2 has ended: who is connecting again misses what happens meanwhile.
  local function finish_told(process)
    local ran
    task.group(function(group)
      group:spawn(function() ran = program.finish(process) end)
      local number = 0
      while not ran do
        number = number + 1
        snapshot("dev--" .. number)
        task.sleep(0.05)
      end
    end)
    return ran
  end

  -- The gateway lives and says nothing: once it has let us in, or before.
  it("connects again where a gateway says nothing", function()
    for _, fault in ipairs{ "ping", "mute" } do
      world:reset()
      world:write("policy.lua", 'policy.api(1)\npolicy.set("events.silence", 1)\n'
        .. 'policy.set("timeouts.connect", 0.5)\npolicy.set("retry.base", 0.01)\n')
      gateway{ ping = fault == "ping" and 1000000 or nil, mute = fault == "mute" or nil }
      local process <close> = world:spawn({ "events", "--count", "1" }, { OS2_POLICY = "policy.lua" })
      while gateway({}).connections < 2 do task.sleep(0.02) end
      gateway{ ping = 100, mute = false }
      local ran = finish_told(process)
      assert.equal(0, ran.code, ran.stderr)
      assert.matches("trying again in", ran.stderr, 1, true)
    end
  end)

  it("says why it is not told", function()
    local denied = world:run({ "events", "--timeout", "200" }, { DAYTONA_API_KEY = "dtn_bad_key" })
    assert.equal(7, denied.code)
    assert.matches("refuses the API key: Unauthorized", denied.stderr, 1, true)
    gateway{ absent = 404 }
    local absent = world:run{ "events", "--timeout", "200" }
    assert.equal(4, absent.code)
    assert.matches("there may be no notification gateway", absent.stderr, 1, true)
    gateway{ absent = 400 }
    assert.equal(1, world:run{ "events", "--timeout", "200" }.code)
  end)

  local function run_script(script, changes)
    return proc.run({ program.path, "-e", script }, {
      timeout = 240, cwd = world.project, env = world:environment(changes),
    })
  end

  local CONTROL <const> = [[
    local function ask(path, body)
      return json.decode(http.request{ method = "POST", url = %q .. path, body = body or "{}",
        headers = { ["content-type"] = "application/json" } }.body)
    end
    local function move(number)
      ask("snapshot", '{"name":"dev--1","set":{"state":"inactive' .. number .. '"}}')
    end
  ]]

  it("answers pings while a script is busy, and has what came meanwhile, with its time", function()
    gateway{ ping = 50 }
    snapshot("dev--1")
    local ran = run_script(CONTROL:format((world.api_url:gsub("/api$", "/_test/"))) .. [[
      local stream <close> = daytona.events{ on_connect = function() move(1) end }
      stream:next()
      for number = 2, 9 do move(number) end
      local before = ask("gateway").pongs
      while ask("gateway").pongs < before + 3 do task.sleep(0.02) end
      local now = clock.now()
      for number = 2, 9 do
        local event = stream:next()
        print(event.new, event.at < now, stream.connections)
      end]])
    local lines = {}
    for number = 2, 9 do lines[#lines + 1] = ("inactive%d\ttrue\t1\n"):format(number) end
    assert.same({ table.concat(lines), "" }, { ran.stdout, ran.stderr })
  end)

  it("reads no more than it may hold", function()
    snapshot("dev--1")
    world:write("policy.lua", 'policy.api(1)\npolicy.set("events.held", 1024)\n')
    local ran = run_script(CONTROL:format((world.api_url:gsub("/api$", "/_test/"))) .. [[
      local stream <close> = daytona.events{ on_connect = function() move(1) end }
      stream:next()
      for number = 2, 40 do move(number) end
      for number = 2, 40 do assert(stream:next().new == "inactive" .. number) end
      print("all")]], { OS2_POLICY = "policy.lua" })
    assert.same({ "all\n", "" }, { ran.stdout, ran.stderr })
  end)

  it("goes on being told while its reader sleeps", function()
    gateway{ ping = 50 }
    snapshot("dev--1")
    local words = world:command("events", "--count", "100")
    local process <close> = proc.spawn({ "bash", "-c", [[
      mkfifo pipe; exec 3<>pipe; head -c 65536 /dev/zero >&3
      exec "$@" >&3]], "bash", table.unpack(words) }, {
      stdin = "null", cwd = world.project, env = world:environment(), timeout = 240,
    })
    while gateway({}).joined == 0 do task.sleep(0.02) end
    for number = 1, 100 do move("dev--1", "inactive" .. number) end
    local before = gateway({}).pongs
    while gateway({}).pongs < before + 3 do task.sleep(0.02) end
    -- opened once: what stands in a pipe is lost when os2 has ended and nobody has it open
    local read = proc.run({ "bash", "-c", "exec <pipe; head -c 65536 >/dev/null; head -n 100" }, {
      cwd = world.project, timeout = 240,
    })
    local lines = lines_of(read.stdout)
    assert.equal(100, #lines)
    for number, line in ipairs(lines) do assert.matches("→ inactive" .. number .. "$", line) end
    assert.equal(0, program.finish(process).code)
    assert.equal(1, gateway({}).connections)
  end)

  -- Wherever the connection is cut, a stream comes to the event that is told afterwards.
  it("survives a cut at every byte", function()
    local cuts = {}
    for bytes = 1, 700, 13 do cuts[#cuts + 1] = bytes end
    gateway{ cutBytes = cuts }
    world:write("policy.lua", 'policy.api(1)\npolicy.set("retry.base", 0.01)\n'
      .. 'policy.set("poll.longest", 0.05)\n')
    local script = ([[
      local task = require("os2.task")
      local stream <close> = daytona.events{}
      local function ask(path, body)
        return http.request{ method = "POST", url = %q .. path, body = body,
          headers = { ["content-type"] = "application/json" } }.body
      end
      task.timeout(200, function()
        task.group(function(group)
          local done
          group:spawn(function()
            for number = 1, math.huge do
              if done then break end
              task.sleep(0.02)
              ask("snapshot", '{"name":"dev--1","set":{"state":"inactive' .. number .. '"}}')
            end
          end)
          repeat stream:next() until ask("gateway", "{}"):find('"cutBytes":[]', 1, true)
          done = true
        end)
      end)
      print("told", stream.connections)]]):format((world.api_url:gsub("/api$", "/_test/")))
    snapshot("dev--1")
    local ran = proc.run({ program.path, "-e", script }, {
      timeout = 240, cwd = world.project, env = world:environment{ OS2_POLICY = "policy.lua" },
    })
    assert.equal(0, ran.code, ran.stderr)
    assert.matches("^told", ran.stdout)
    assert.equal(#cuts + 1, gateway({}).connections)
  end)
end)
