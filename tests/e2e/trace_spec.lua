--- Traces by OpenTelemetry's protocol, taken by a collector that judges them by its definitions.
local interrupt = require("tests.lib.interrupt")
local node_server = require("tests.lib.node_server")
local program = require("tests.lib.program")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX
local TRACE <const>, SPAN <const> = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
local SECRET <const> = "s3cret-of-the-trace"

describe("a trace", function()
  local world, collector

  setup(function()
    world = worlds.start()
    collector = node_server.start("collector.js")
  end)
  teardown(function()
    if collector then collector:stop() end
    if world then world:stop() end
  end)
  before_each(function()
    world:reset()
    world:control("POST", "seed", { name = PREFIX .. "20260111-193045" })
  end)
  after_each(function() world:untag_images() end)

  -- The collector has time, except where a policy file of the test says otherwise.
  local function patient()
    world:write("patient.lua", 'policy.api(1)\npolicy.set("trace.deadline", 60)')
    return world.project .. "/patient.lua"
  end

  local function run(words, changes)
    local before = #collector:get("/seen")
    local all = { OTEL_EXPORTER_OTLP_ENDPOINT = collector.address .. "/ok", TRACEPARENT = false,
      GITHUB_ACTIONS = false, OS2_POLICY = patient() }
    for name, value in pairs(changes or {}) do all[name] = value end
    local ran = world:run(words, all)
    local seen = collector:get("/seen")
    local sent = table.move(seen, before + 1, #seen, 1, {})
    for _, request in ipairs(sent) do assert.same({}, request.faults) end
    return ran, sent
  end

  local function resolve(changes)
    return run({ "resolve", "--fresh" }, changes)
  end

  local function spans_of(request)
    return request.body.resourceSpans[1].scopeSpans[1].spans
  end

  local function attributes_of(owner)
    local found = {}
    for _, attribute in ipairs(owner.attributes) do
      local _, value = next(attribute.value)
      found[attribute.key] = value
    end
    return found
  end

  it("has a span for the command, each phase and each step, which nest", function()
    -- steps of their own, because the engine runs those of two builds once
    world:write("sandbox/Dockerfile",
      ("FROM %s\nENV OWN=%s\nARG A_TOKEN\nRUN echo \"$A_TOKEN\"\nRUN exit 7\n"):format(
        worlds.base_image(), PREFIX))
    local ran, sent = run{
      "snapshot", "--provider", "docker", "--no-cache", "--build-arg", "A_TOKEN=" .. SECRET,
    }
    assert.equal(1, ran.code)
    assert.equal(1, #sent)
    assert.equal("/ok/v1/traces", sent[1].url)
    assert.equal("application/json", sent[1].headers["content-type"])
    local by_id, by_name = {}, {}
    for _, span in ipairs(spans_of(sent[1])) do by_id[span.spanId], by_name[span.name] = span, span end
    local root, build = by_name["os2 snapshot"], by_name.build
    assert.is_nil(root.parentSpanId)
    assert.equal(root.spanId, build.parentSpanId)
    assert.equal("1", attributes_of(root)["os2.exit_code"])
    assert.equal(2, root.status.code)
    for id, span in pairs(by_id) do
      assert.equal(root.traceId, span.traceId)
      assert.is_true(span.startTimeUnixNano <= span.endTimeUnixNano)
      local parent = by_id[span.parentSpanId]
      assert.is_true(id == root.spanId or parent ~= nil)
      if parent then assert.is_true(parent.startTimeUnixNano <= span.startTimeUnixNano, span.name) end
    end
    local failed = by_name["RUN exit 7"]
    assert.equal(build.spanId, failed.parentSpanId)
    assert.equal(2, failed.status.code)
    assert.equal("3", attributes_of(failed)["os2.step.index"])
    local text = require("os2.json").encode(sent[1].body)
    assert.is_nil(text:find(SECRET, 1, true))
  end)

  it("continues the trace of TRACEPARENT, and tells Daytona of it", function()
    local _, sent = resolve{ TRACEPARENT = ("00-%s-%s-01"):format(TRACE, SPAN) }
    local root = spans_of(sent[1])[1]
    assert.equal(TRACE, root.traceId)
    assert.equal(SPAN, root.parentSpanId)
    assert.equal(0x301, root.flags)
    local got = world:control("GET", "requests").requests[1].headers
    assert.equal(("00-%s-%s-01"):format(TRACE, root.spanId), got.traceparent)
  end)

  it("begins a trace of its own for a TRACEPARENT that is not valid, and sends none that is not sampled", function()
    local _, sent = resolve{ TRACEPARENT = ("00-%s-%s-01"):format(("0"):rep(32), SPAN) }
    assert.is_nil(spans_of(sent[1])[1].parentSpanId)
    _, sent = resolve{ TRACEPARENT = ("00-%s-%s-00"):format(TRACE, SPAN) }
    assert.same({}, sent)
  end)

  it("is passed on to programs that os2 starts", function()
    world:write("child.lua", [[
      require("os2.cli").run{ name = "child", summary = "x", run = function()
        local ran = require("os2.proc").run({ "sh", "-c", "echo $TRACEPARENT" }, { timeout = 10 })
        return {}, ran.stdout
      end }]])
    local all = world:environment{ OTEL_EXPORTER_OTLP_ENDPOINT = collector.address .. "/ok",
      TRACEPARENT = ("00-%s-%s-01"):format(TRACE, SPAN) }
    local ran = program.run({ world.project .. "/child.lua" }, { env = all })
    assert.matches("^00%-" .. TRACE .. "%-%x+%-01\n", ran.stdout)
    assert.is_nil(ran.stdout:find(SPAN, 1, true))
  end)

  it("has the resource and the headers that the variables say", function()
    local ran, sent = resolve{
      OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:1", OTEL_SERVICE_NAME = "builds",
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = collector.address .. "/ok/whole",
      OTEL_EXPORTER_OTLP_HEADERS = "x-team=a%20b, authorization=Bearer%20" .. SECRET,
      OTEL_RESOURCE_ATTRIBUTES = "service.name=other,deployment.environment=dev%2C1",
      OTEL_EXPORTER_OTLP_PROTOCOL = "http/json",
    }
    assert.equal("", ran.stderr)
    assert.equal("/ok/whole", sent[1].url)
    assert.equal("a b", sent[1].headers["x-team"])
    assert.equal("Bearer " .. SECRET, sent[1].headers.authorization)
    local resource = attributes_of(sent[1].body.resourceSpans[1].resource)
    assert.equal("builds", resource["service.name"])
    assert.equal("dev,1", resource["deployment.environment"])
  end)

  it("is not sent where a variable says so, or in another protocol", function()
    for _, changes in ipairs{ { OTEL_SDK_DISABLED = "true" }, { OTEL_TRACES_EXPORTER = "none" },
      { OTEL_EXPORTER_OTLP_PROTOCOL = "grpc" }, { OTEL_EXPORTER_OTLP_ENDPOINT = "collector:4317" } } do
      local ran, sent = resolve(changes)
      assert.equal(0, ran.code)
      assert.same({}, sent)
      local is_silent = changes.OTEL_SDK_DISABLED or changes.OTEL_TRACES_EXPORTER
      assert.equal(is_silent ~= nil, ran.stderr == "", ran.stderr)
    end
  end)

  it("fails no run: a collector that refuses, rejects, hangs or is not there", function()
    for path, words in pairs{ ["/fail"] = "answered 503", ["/partial"] = "rejected 2 spans",
      ["/hang"] = "0.3 s" } do
      world:write("policy.lua", ('policy.api(1)\npolicy.set("trace.deadline", %s)'):format(
        path == "/hang" and "0.3" or "60"))
      local ran = resolve{ OTEL_EXPORTER_OTLP_ENDPOINT = collector.address .. path,
        OS2_POLICY = world.project .. "/policy.lua" }
      assert.equal(0, ran.code, ran.stderr)
      assert.equal(PREFIX .. "20260111-193045\n", ran.stdout)
      assert.is_truthy(ran.stderr:find("the trace was not sent", 1, true))
      assert.is_truthy(ran.stderr:find(words, 1, true), ran.stderr)
    end
    local ran = resolve{ OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:1" }
    assert.equal(0, ran.code)
  end)

  it("tells the exit code that a command passes on, and that of a signal", function()
    world:write("code.lua", [[
      require("os2.cli").run{ name = "code", summary = "x", run = function() return {}, nil, nil, 9 end }]])
    local all = world:environment{ OTEL_EXPORTER_OTLP_ENDPOINT = collector.address .. "/ok", TRACEPARENT = false }
    local words = { "--policy", patient(), world.project .. "/code.lua" }
    assert.equal(9, program.run(words, { env = all }).code)
    local seen = collector:get("/seen")
    local root = spans_of(seen[#seen])[1]
    assert.equal("9", attributes_of(root)["os2.exit_code"])
    assert.is_nil(root.status)
  end)

  it("does not keep an interrupted run: a collector that hangs is left", function()
    world:write("sandbox/Dockerfile", ("FROM %s\nENV OWN=%s\nRUN sleep 300\n"):format(
      worlds.base_image(), PREFIX))
    local before = #collector:get("/seen")
    local ran = interrupt.run(world, { "snapshot", "--provider", "docker", "--no-cache", "--progress", "plain" },
      function(stderr) return stderr:find("RUN sleep 300", 1, true) end,
      { environment = { OTEL_EXPORTER_OTLP_ENDPOINT = collector.address .. "/hang", TRACEPARENT = false } })
    assert.equal(130, ran.code)
    interrupt.wait_until(function() return #collector:get("/seen") > before end)
    local seen = collector:get("/seen")
    local root = spans_of(seen[#seen])[1]
    assert.equal("130", attributes_of(root)["os2.exit_code"])
  end)

  it("costs nothing where no variable asks for one: no module is loaded", function()
    local chunk = [[
      require("os2.cli").run{ name = "x", summary = "x", run = function()
        local found = {}
        for name in pairs(package.loaded) do
          if name:find("^os2%.ci") or name == "os2.run.doppler" then found[#found + 1] = name end
        end
        return {}, #found .. " modules"
      end }]]
    world:write("x.lua", chunk)
    for endpoint, count in pairs{ [false] = "0 modules", [collector.address] = "%d modules" } do
      local ran = program.run({ world.project .. "/x.lua" },
        { env = world:environment{ OTEL_EXPORTER_OTLP_ENDPOINT = endpoint, GITHUB_ACTIONS = false } })
      assert.matches("^" .. count, ran.stdout)
    end
  end)
end)
