--- The log of a build at Daytona, line by line.
local build_lines = require("os2.flows.snapshot.remote.build_lines")

local function read(...)
  local lines, shown = build_lines.new(), {}
  for _, line in ipairs{ ... } do
    for _, event in ipairs(lines:take(line)) do
      shown[#shown + 1] = event.type == "log" and ("%s| %s"):format(event.step, event.text)
        or ("%s %s %s/%s %s%s"):format(event.id, event.state, event.index, event.total,
          event.stage and event.stage .. ": " or "", event.name)
    end
  end
  return lines, shown
end

describe("os2.flows.snapshot.remote.build_lines", function()
  it("tells steps, what they write, and which come from the cache", function()
    local lines, shown = read("#1 [internal] load .dockerignore", "#2 [1/3] FROM alpine",
      "#3 CACHED [2/3] RUN a", "#4 [3/3] RUN b", "said", "", "#5 exporting to image")
    assert.same({
      "1 started nil/nil [internal] load .dockerignore", "2 started 1/3 FROM alpine",
      "3 cached 2/3 RUN a", "2 done 1/3 FROM alpine", "4 started 3/3 RUN b", "4| said",
      "5 started nil/nil exporting to image",
    }, shown)
    assert.same({ 3, 1 }, { lines.steps, lines.cached })
  end)

  it("finds the step that failed among those of several stages", function()
    local lines = read("#1 [one 1/2] RUN exit 3", "#2 [two 1/2] RUN sleep 9",
      'ERROR: process "/bin/sh -c exit 3" did not complete successfully: exit code: 3',
      'ERROR: process "/bin/sh -c sleep 9" did not complete successfully: context canceled')
    assert.equal("RUN exit 3", lines.failed.name)
    assert.equal("one", lines.failed.stage)
    assert.matches("exit code: 3", lines.reason, 1, true)
  end)

  it("takes the last step for the one that failed, where the error names none", function()
    local lines = read("#1 [1/2] FROM a", "#2 [2/2] COPY b /", "ERROR: \"/b\": not found")
    assert.equal("COPY b /", lines.failed.name)
  end)

  it("counts the user's own stages", function()
    local lines = build_lines.new(1)
    assert.equal("stage-0", lines:take("#1 [stage-1 1/3] FROM alpine")[1].stage)
    assert.equal("linux/amd64 stage-2", lines:take("#2 [linux/amd64 stage-3 1/2] RUN x")[1].stage)
    assert.equal("one", lines:take("#3 [one 1/2] RUN x")[1].stage)
  end)

  it("takes text without a step for none", function()
    local lines, shown = read("hello", "ERROR: no such thing")
    assert.same({}, shown)
    assert.is_nil(lines.failed)
    assert.equal("no such thing", lines.reason)
  end)
end)
