--- `os2 snapshot --remote`: what is uploaded, what is registered, what is refused.
local json = require("os2.json")
local snapshot_worlds = require("tests.lib.snapshot_worlds")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX
local UPLOAD <const>, LOOK <const> = "PUT /storage/{key}", "HEAD /storage/{key}"
local NO_ENGINE <const> = { DOCKER_HOST = "unix:///nowhere" }

describe("snapshot --remote", function()
  local shared, world = snapshot_worlds.new(), nil

  setup(function()
    world = worlds.start()
    shared.use(world)
  end)
  teardown(function() world:stop() end)
  before_each(function()
    world:reset()
    world:write("sandbox/Dockerfile", 'FROM scratch\nCOPY hello /\nENTRYPOINT ["/hello"]\n')
  end)

  local function remote(words, changes)
    return shared.snapshot({ "--remote", table.unpack(words or {}) }, changes or NO_ENGINE)
  end

  local function objects()
    return world:control("GET", "objects")
  end

  it("uploads the context, registers the build and waits for it, without an engine", function()
    local ran = remote{ "--json" }
    assert.equal(0, ran.code, ran.stderr)
    local document = json.decode(ran.stdout)
    local made, kept = shared.snapshots()[1], objects()
    assert.equal("active", made.state)
    assert.equal(1, #kept)
    assert.equal(document.context.hash, made.buildInfo.contextHashes[1])
    assert.equal(("%s/%s/context.tar"):format(made.organizationId, document.context.hash),
      kept[1].key)
    assert.equal(document.context.bytes, document.context.sent)
    assert.same({ "/hello" }, made.entrypoint)
    for _, phase in ipairs{ "preflight", "context", "upload", "register", "activate" } do
      assert.truthy(ran.stderr:find("\n  " .. phase, 1, true), phase .. ": " .. ran.stderr)
    end
  end)

  it("sends an unchanged context no second time", function()
    assert.equal(0, remote().code)
    world:control("DELETE", "requests")
    local again = { "--json", "--on-newer", "publish" }
    local document = json.decode(remote(again).stdout)
    assert.equal(0, document.context.sent)
    local counts = world:requests()
    assert.equal(1, counts[LOOK])
    assert.is_nil(counts[UPLOAD])
    world:write("hello", "other\n")
    assert.is_true(json.decode(remote(again).stdout).context.sent > 0)
  end)

  it("makes none of an unchanged build with --if-changed", function()
    local first = remote()
    local second = remote{ "--if-changed" }
    assert.equal(first.stdout, second.stdout, second.stderr)
    assert.equal(1, #shared.snapshots())
    world:write("hello", "other\n")
    assert.not_equal(first.stdout, remote{ "--if-changed", "--on-newer", "publish" }.stdout)
    assert.equal(2, #shared.snapshots())
  end)

  it("uploads nothing for a Dockerfile that takes nothing", function()
    world:write("sandbox/Dockerfile", 'FROM alpine:3.20\nENTRYPOINT ["/bin/sh"]\n')
    assert.equal(0, remote().code)
    assert.same({}, objects())
    assert.is_nil(shared.snapshots()[1].buildInfo.contextHashes)
  end)

  it("changes nothing with --dry-run", function()
    assert.equal(0, remote{ "--dry-run" }.code)
    assert.same({}, objects())
    assert.same({}, shared.snapshots())
  end)

  it("tells which step of the build failed, in the Dockerfile's own lines", function()
    world:write("sandbox/Dockerfile", "FROM alpine\nCOPY hello /\nRUN exit 7\nRUN true\n"
      .. 'ENTRYPOINT ["/x"]\n')
    world:control("POST", "config", {
      outcomes = { { name = "^" .. PREFIX, errorReason = "failed to solve: exit code: 7" } },
      buildLog = "#1 [internal] load build definition from Dockerfile\n"
        .. "#2 [stage-1 1/4] FROM docker.io/library/alpine\n#3 CACHED [stage-1 2/4] COPY hello /\n"
        .. "#4 [stage-1 3/4] RUN exit 7\nso it goes\nERROR: process \"/bin/sh -c exit 7\" did not "
        .. "complete successfully: exit code: 7\n",
    })
    local ran = remote()
    shared.assert_refused(ran, 1, "step 3/4 (RUN exit 7) failed with exit code 7", PREFIX)
    assert.truthy(ran.stderr:find("so it goes", 1, true), ran.stderr)
    local document = json.decode(remote{ "--json" }.stdout)
    assert.same({ "sandbox/Dockerfile", 3 }, { document.error.file, document.error.line })
    world:control("POST", "config", { buildLog = "", outcomes = {
      { name = "^" .. PREFIX, errorReason = "dockerfile parse error on line 5: unknown x" },
    } })
    shared.assert_refused(remote(), 1, "dockerfile parse error on line 3: unknown x")
  end)

  it("goes on waiting for what an earlier run has registered", function()
    world:control("POST", "config", { timetable = { building = 1500 } })
    local ran = remote{ "--timeout", "0.2" }
    assert.equal(5, ran.code, ran.stderr)
    local name = shared.snapshots()[1].name
    assert.truthy(ran.stderr:find("snapshot --name " .. name .. " --remote", 1, true), ran.stderr)
    world:write("hello", "changed\n")
    ran = remote{ "--name", name }
    assert.equal(0, ran.code, ran.stderr)
    assert.equal(name .. "\n", ran.stdout)
    assert.equal(1, #objects())
    assert.equal(1, #shared.snapshots())
  end)

  -- The build ends when its log was shown.
  it("shows the log while Daytona builds, also when it begins late or breaks off", function()
    local function log(path, action)
      return { match = { method = "GET", path = path }, times = 1, action = action }
    end
    world:control("POST", "config", {
      timetable = { building = 3600000 },
      buildLog = "#1 [stage-1 1/2] FROM scratch\n#2 [stage-1 2/2] COPY --from=os2-context hello /\n"
        .. "#3 exporting to image\n",
    })
    world:control("POST", "faults", {
      log("/build-logs-url$", { type = "status", status = 404 }),
      log("/build-logs(\\?|$)", { type = "truncated" }),
    })
    local process <close> = world:spawn({ "snapshot", "--remote" }, {
      DOCKER_HOST = "unix:///nowhere", OS2_PROGRESS = "plain",
    })
    local shown, is_built = "", false
    for event in process do
      shown = shown .. event.data
      if not is_built and shown:find("exporting to image", 1, true) then
        is_built = true
        world:control("POST", "snapshot",
          { name = shared.snapshots()[1].name, set = { state = "active" } })
      end
    end
    assert.equal(0, process:result().code, shown)
    assert.equal(1, select(2, shown:gsub("FROM scratch", "")), shown)
    for _, fault in ipairs(world:control("GET", "faults")) do assert.equal(1, fault.fired) end
  end)

  it("tries a machine of the build before it is published, with --verify", function()
    world:write("policy.lua", 'policy.api(1)\npolicy.set("snapshot.gate_health", false)\n'
      .. 'policy.set("snapshot.checks", { "true" })\n')
    local changes = { OS2_POLICY = "policy.lua", DOCKER_HOST = "unix:///nowhere" }
    local ran = remote({ "--verify", "--json" }, changes)
    assert.equal(0, ran.code, ran.stderr)
    local document, made = json.decode(ran.stdout), shared.snapshots()
    assert.equal(0, document.candidate.checks[1].code)
    for _, snapshot in ipairs(made) do
      if snapshot.name == document.name then
        assert.equal(document.context.hash, snapshot.buildInfo.contextHashes[1])
      end
    end
  end)

  it("refuses what Daytona's builder cannot be given, before any request", function()
    for _, words in ipairs{
      { "--secret", "id=a,env=HOME" }, { "--build-arg", "A=1" }, { "--label", "a=b" },
      { "--target", "x" }, { "--no-cache" }, { "--pull" }, { "--cache-from", "x:1" },
      { "--add-host", "a:1.2.3.4" }, { "--entrypoint", "a" }, { "--also", "x/y" },
      { "--image", "x:1" }, { "--network", "none" }, { "--platform", "linux/arm64" },
      { "--run-key", "k" }, { "--pushed", "x/y:1", "--name", PREFIX .. "20260111-193045" },
    } do
      shared.assert_refused(remote(words), 2, words[1], "leave out --remote")
    end
    shared.assert_refused(remote{ "--region", "us", "--region", "eu" }, 2, "several regions")
    shared.assert_refused(remote{ "--provider", "docker" }, 2, "--remote", "--provider docker")
    world:write("sandbox/Dockerfile", "FROM scratch\n# " .. ("x"):rep(102400) .. "\n")
    shared.assert_refused(remote(), 3, "the Dockerfile is too long for Daytona")
    assert.equal(0, select(2, world:requests()))
  end)

  it("refuses what it cannot take out of an archive, and names the line", function()
    for text, words in pairs{
      ["ADD hello.tar /x"] = "line 2 of the Dockerfile, ADD: ADD unpacks the archive hello.tar",
      ["ADD h* /x"] = "whether h* is an archive",
      ["ONBUILD COPY hello /"] = "ONBUILD takes something of the context",
      ["COPY hello <<EOF /x/\na\nEOF"] = "files of the context and others at once",
      ["RUN --mount=type=bind,target=\"/m\" ls"] = "does not read",
      ["RUN --mount=type=secret,id=a,required ls"] = "mounts a secret",
    } do
      world:write("sandbox/Dockerfile", "FROM scratch\n" .. text .. "\nENTRYPOINT [\"/x\"]\n")
      world:write("hello.tar", "\31\139 packed")
      shared.assert_refused(remote(), 3, words)
      assert.same({}, objects())
    end
  end)

  it("uploads again what broke off, and asks for new access where it is refused", function()
    for _, action in ipairs{
      { type = "reset" }, { type = "lost" }, { type = "status", status = 503 },
      { type = "status", status = 500 }, { type = "html", status = 502 },
      { type = "status", status = 403 },
    } do
      world:write("hello", json.encode(action))
      for _, method in ipairs{ "HEAD", "PUT" } do
        world:control("POST", "faults", {
          match = { method = method, path = "/storage/" }, times = 1, action = action,
        })
      end
      local ran = remote{ "--on-newer", "publish" }
      assert.equal(0, ran.code, json.encode(action) .. ran.stderr)
    end
    assert.equal(6, #objects())
  end)

  it("says what the storage answers", function()
    world:control("POST", "faults", {
      match = { method = "PUT", path = "/storage/" }, times = 0,
      action = { type = "status", status = 403, body = "<Error><Code>AccessDenied</Code></Error>" },
    })
    shared.assert_refused(remote(), 7, "the object storage 127.0.0.1:", "403: AccessDenied")
    world:control("DELETE", "faults")
    world:control("POST", "faults", { match = { path = "object-storage" }, times = 0,
      action = { type = "status", status = 404, body = { message = "no such route" } } })
    shared.assert_refused(remote(), 4, "404 no such route", "leave out --remote")
    assert.same({}, shared.snapshots())
  end)

  it("gives Daytona the ENTRYPOINT that the image has", function()
    for text, words in pairs{
      ["ENTRYPOINT exec /hello"] = { "/bin/sh", "-c", "exec /hello" },
      ["entrypoint [\"/hello\", \"a\"]"] = { "/hello", "a" },
      ["ENTRYPOINT [\"/hello\"]\n# no other ENTRYPOINT here"] = { "/hello" },
      ["ENTRYPOINT [\"/a\"]\nFROM scratch\nCOPY hello /\nENTRYPOINT [ \"/b\",\"c\" ]"] =
        { "/b", "c" },
      ["ENTRYPOINT [\"/a\"]\nFROM scratch\nCOPY hello /"] = { "sleep", "infinity" },
    } do
      world:reset()
      world:write("sandbox/Dockerfile", "FROM scratch\nCOPY hello /\n" .. text .. "\n")
      assert.equal(0, remote().code)
      assert.same(words, shared.snapshots()[1].entrypoint, text)
    end
  end)
end)
