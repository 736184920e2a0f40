--- What the engine says, as events: BuildKit's trace, the classic builder's text, pushes, pulls.
local policy = require("os2.policy")
local build_events = require("os2.docker.build_events")
local transfer = require("os2.docker.transfer")

local function vertex(fields)
  local made = { digest = "sha256:1", name = "", error = "", cached = false, started = 0, completed = 0 }
  for key, value in pairs(fields) do made[key] = value end
  return made
end

-- As the host decodes one: an iterator for each kind.
local function trace(fields)
  return { trace = function(kind)
    local index = 0
    return function()
      index = index + 1
      return fields[kind] and fields[kind][index]
    end
  end }
end

local function words(event)
  if event.type == "step" then
    local index = event.index and ("%d/%d "):format(event.index, event.total) or ""
    return ("%s%s: %s"):format(index, event.name, event.state)
  elseif event.type == "log" then
    return "| " .. event.text
  elseif event.type == "bytes" then
    return ("%s %d/%d"):format(event.id or event.layer, event.current, event.total)
  end
  return event.type .. " " .. (event.text or event.state)
end

local function events_of(merger, lines)
  local list = {}
  for _, line in ipairs(lines) do merger:feed(line) end
  for event in function() return merger:take() end do list[#list + 1] = words(event) end
  return list
end

describe("os2.docker.build_events of a BuildKit build", function()
  local build

  before_each(function() build = build_events.new() end)

  it("merges a step that comes again and again", function()
    assert.are.same({ "2/5 RUN make: started", "2/5 RUN make: done" }, events_of(build, {
      trace{ vertexes = { vertex{ name = "[builder 2/5] RUN make" } } },
      trace{ vertexes = { vertex{ name = "[builder 2/5] RUN make", started = 10 } } },
      trace{ vertexes = { vertex{ name = "[builder 2/5] RUN make", started = 10 } } },
      trace{ vertexes = { vertex{ started = 10, completed = 12.5 } } },
    }))
  end)

  it("tells a stage and seconds apart from the name", function()
    build:feed(trace{ vertexes = { vertex{ name = "[builder 2/5] RUN make", started = 10, completed = 12.5 } } })
    assert.are.equal("builder", build:take().stage)
    assert.are.equal(2.5, build:take().seconds)
  end)

  it("says cached, and lets a step that is over not start again", function()
    assert.are.same({ "1/2 FROM x: started", "1/2 FROM x: cached" }, events_of(build, {
      trace{ vertexes = { vertex{ name = "[1/2] FROM x", started = 5, completed = 5, cached = true } } },
      trace{ vertexes = { vertex{ name = "[1/2] FROM x", started = 6 } } },
      trace{ vertexes = { vertex{ name = "[1/2] FROM x", started = 6, completed = 6, cached = true } } },
    }))
  end)

  it("makes lines of raw output, for each step its own", function()
    local logs = { { vertex = "a", message = "one\ntw" }, { vertex = "b", message = "other\n" } }
    assert.are.same({ "| one", "| other", "| two", "| no\tcolour" }, events_of(build, {
      trace{ logs = logs },
      trace{ logs = { { vertex = "a", message = "o\n10%\r20%\r\27[31m\27no\tcolour\27[0m\r\n" } } },
    }))
  end)

  it("shows the last line of a step that ends without a line feed", function()
    assert.are.same({ "RUN x: started", "| bye", "RUN x: done" }, events_of(build, {
      trace{
        vertexes = { vertex{ name = "RUN x", started = 1, completed = 2 } },
        logs = { { vertex = "sha256:1", message = "bye" } },
      },
    }))
  end)

  it("breaks a line that never ends", function()
    build:feed(trace{ logs = { { vertex = "a", message = ("x"):rep(10000) } } })
    local longest = policy.ask("limits.line")
    assert.are.equal(("x"):rep(longest), build:take().text)
    assert.are.equal(("x"):rep(longest), build:take().text)
    assert.are.equal(nil, build:take())
  end)

  it("gives bytes and warnings", function()
    assert.are.same({ "sha256:l 5/10", "warning careful" }, events_of(build, {
      trace{
        statuses = {
          { id = "sha256:l", vertex = "a", current = 5, total = 10 },
          { id = "exporting layers", vertex = "a", current = 0, total = 0 },
        },
        warnings = { { vertex = "a", summary = "careful", url = "" } },
      },
    }))
  end)

  it("knows the failing step and its output", function()
    local lines = {}
    for index = 1, 30 do lines[index] = "line " .. index end
    build:feed(trace{ vertexes = {
      vertex{ digest = "beside", name = "[2/3] RUN y", started = 1, error = "context canceled" },
      vertex{ name = "[3/3] RUN x", started = 1, error = "executor failed running [x]: exit code: 7" },
    }, logs = { { vertex = "sha256:1", message = table.concat(lines, "\n") } } })
    build:feed{ errorDetail = { message = "executor failed running [x]: exit code: 7" }, error = "x" }
    local step, tail = build:failed()
    assert.are.equal("RUN x", step.name)
    assert.are.equal(table.concat(lines, "\n"), tail)
    assert.are.same({ message = "executor failed running [x]: exit code: 7", code = 7 }, build.failure)
  end)

  it("says how long after its begin a step wrote a line, and why a step failed", function()
    build:feed(trace{
      vertexes = { vertex{ name = "RUN x", started = 10, completed = 12.5, error = "exit code: 1" } },
      logs = { { vertex = "sha256:1", message = "one\n", timestamp = 11.25 } },
    })
    assert.are.equal("started", build:take().state)
    assert.are.equal(1.25, build:take().seconds)
    local failed = build:take()
    assert.are.same({ "error", "exit code: 1", 2.5 }, { failed.state, failed.message, failed.seconds })
  end)

  it("keeps no output of a step that went well", function()
    build:feed(trace{
      vertexes = { vertex{ name = "RUN x", started = 1, completed = 2 } },
      logs = { { vertex = "sha256:1", message = "one\n" } },
    })
    while build:take() do end
    assert.is_nil(build.steps["sha256:1"].output)
  end)

  it("takes the image's id", function()
    build:feed{ id = "moby.image.id", aux = { ID = "sha256:abc" } }
    assert.are.equal("sha256:abc", build.image_id)
  end)

  it("fails without a step when the Dockerfile cannot be read", function()
    build:feed{ errorDetail = { message = "dockerfile parse error line 2: unknown instruction: RUNN" } }
    assert.is_nil(build:failed())
    assert.is_nil(build.failure.code)
  end)
end)

describe("os2.docker.build_events of a classic build", function()
  local build

  before_each(function() build = build_events.new() end)

  it("reads the steps out of the text", function()
    assert.are.same({
      "1/3 FROM x: started", "1/3 FROM x: done", "2/3 RUN a: started", "2/3 RUN a: cached",
      "3/3 RUN b: started", "| out", "3/3 RUN b: done",
    }, events_of(build, {
      { stream = "Step 1/3 : FROM x" }, { stream = "\n" }, { stream = " ---> 0123456789ab\n" },
      { stream = "Step 2/3 : RUN a" }, { stream = "\n" }, { stream = " ---> Using cache\n" },
      { stream = " ---> 0123456789ab\n" }, { stream = "Step 3/3 : RUN b" }, { stream = "\n" },
      { stream = " ---> Running in 0123456789ab\n" }, { stream = "out\n" },
      { stream = "Removing intermediate container 0123456789ab\n" }, { aux = { ID = "sha256:1" } },
      { aux = { ID = "sha256:2" } }, { stream = "Successfully built 2\n" },
    }))
    assert.are.equal("sha256:2", build.image_id)
  end)

  it("knows the failing step, its exit code and its output", function()
    for _, line in ipairs{
      { stream = "Step 1/1 : RUN c" }, { stream = "\27[91mno\n\27[0m" },
      { errorDetail = { code = 7, message = "The command 'c' returned a non-zero code: 7" } },
    } do build:feed(line) end
    local step, tail = build:failed()
    assert.are.equal("error", step.state)
    assert.are.equal("no", tail)
    assert.are.equal(7, build.failure.code)
  end)
end)

describe("os2.docker.build_events of a Buildah build", function()
  it("tells the steps of each stage apart, and shows nothing of the commit", function()
    assert.are.same({
      "1/1 FROM scratch AS one: started", "1/1 FROM scratch AS one: done",
      "1/2 FROM scratch: started", "1/2 FROM scratch: done", "2/2 COPY a /: started",
      "2/2 COPY a /: cached",
    }, events_of(build_events.new(), {
      { stream = "[1/2] STEP 1/1: FROM scratch AS one\n" },
      { stream = "[2/2] STEP 1/2: FROM scratch\n" },
      { stream = "[2/2] STEP 2/2: COPY a /\n" },
      { stream = "--> Using cache 14b8e229c823613a4214c63076ddae4e\n" },
      { stream = "--> 14b8e229c82\n" },
      { stream = "[2/2] COMMIT docker.io/library/pt:2\n" },
      { stream = "4d6a6227d9985e7d315cb4bbddc6d02933588d54\n" },
      { aux = { ID = "sha256:4d6a" } },
      { stream = "Successfully tagged pt:2\n" },
    }))
  end)
end)

describe("os2.docker.transfer of a push", function()
  it("gives bytes and layers, and the digest", function()
    local push = transfer.push()
    assert.are.same({
      "layer preparing", "l1 5/10", "l1 12/12", "layer done", "layer exists", "layer exists",
    }, events_of(push, {
      { status = "The push refers to repository [localhost:5000/a]" },
      { status = "Preparing", progressDetail = {}, id = "l1" },
      { status = "Pushing", progressDetail = { current = 5, total = 10 }, id = "l1" },
      { status = "Pushing", progressDetail = { current = 12 }, id = "l1" },
      { status = "Pushed", progressDetail = {}, id = "l1" },
      { status = "Layer already exists", progressDetail = {}, id = "l2" },
      { status = "Mounted from team/base", progressDetail = {}, id = "l3" },
      { status = "1: digest: sha256:d size: 5" },
      { progressDetail = {}, aux = { Tag = "1", Digest = "sha256:d", Size = 5 } },
    }))
    assert.are.same({ Tag = "1", Digest = "sha256:d", Size = 5 }, push.pushed)
  end)

  it("knows that the engine sends a layer again", function()
    local push = transfer.push()
    assert.are.same({}, events_of(push, { { id = "a", status = "Retrying in 5 seconds" } }))
    assert.is_true(push.is_repeating)
  end)

  it("keeps the first failure, in the old form too", function()
    local push = transfer.push()
    push:feed{ error = "denied" }
    push:feed{ errorDetail = { message = "later" } }
    assert.are.equal("denied", push.failure.message)
  end)
end)

-- A field of each kind of value where the engine has another.
local function lines_of_wrong_types()
  local lines = {}
  for _, value in ipairs{ 7, true, "text", { "a list" }, { x = 1 } } do
    table.move({
      { trace = value }, { aux = value }, { aux = { ID = value, Digest = value } },
      { status = value, id = "a" }, { status = "Pushing", id = value, progressDetail = value },
      { status = "Pushed", id = value }, { stream = value },
      { status = "Pushing", id = "a", progressDetail = { current = value, total = 1 } },
      { status = "Downloading", id = "a", progressDetail = { current = 1, total = value } },
    }, 1, 9, #lines + 1, lines)
  end
  return lines
end

describe("what the engine says in fields of other types", function()
  for title, merger in pairs{
    ["a build"] = build_events.new, ["a push"] = transfer.push, ["a pull"] = transfer.pull,
  } do
    it("is passed over by " .. title, function()
      local made = merger()
      for _, event in ipairs(events_of(made, lines_of_wrong_types())) do
        assert.is_truthy(event == "layer done" or event:find("^%a* ?[%d/]+$"), event)
      end
      assert.is_nil(made.failure)
      made:feed{ errorDetail = { message = { 1 } } }
      assert.equal("an error without a message", made.failure.message)
    end)
  end
end)

describe("os2.docker.transfer of a pull", function()
  it("gives the bytes of downloads", function()
    assert.are.same({ "l1 1/4" }, events_of(transfer.pull(), {
      { status = "Pulling from library/x", id = "latest" },
      { status = "Downloading", progressDetail = { current = 1, total = 4 }, id = "l1" },
      { status = "Extracting", progressDetail = { current = 1, total = 4 }, id = "l1" },
    }))
  end)
end)
