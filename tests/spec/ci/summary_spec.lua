--- The summary of a run as Markdown.
local err = require("os2.err")
local summary = require("os2.ci.summary")

local function run_with(changes)
  local run = {
    command = "snapshot", phases = {}, layers = {}, warnings = {},
    fields = { name = "a--20260101-000000", reused = true, digest = "sha256:" .. ("a"):rep(64) },
  }
  for key, value in pairs(changes or {}) do run[key] = value end
  return run
end

describe("os2.ci.summary", function()
  it("has the result, the phases and the layers", function()
    local text = summary.of(run_with{
      phases = { { label = "build", words = "3 steps", seconds = 185, is_done = true } },
      layers = { { bytes = 1500, created_by = "RUN make | tee x" } },
    }, 10000)
    assert.is_truthy(text:find("### os2 snapshot: done", 1, true))
    assert.is_truthy(text:find("| name | <code>a--20260101-000000</code> |", 1, true))
    assert.is_truthy(text:find("| reused | <code>true</code> |", 1, true))
    assert.is_truthy(text:find("| build | 3 steps | 3 min 05 s |", 1, true))
    assert.is_truthy(text:find("| <code>RUN make &#124; tee x</code> | 1.5 kB |", 1, true))
  end)

  it("has the error, where it is, and what the step wrote last", function()
    local text = summary.of(run_with{ failure = err.new{
      kind = "invalid", op = "docker.build", message = "step 2/3 failed", hint = "fix it",
      file = "sandbox/Dockerfile", line = 7, detail = "one\n```\n</pre><script>two",
    } }, 10000)
    assert.is_truthy(text:find("**Failed** (<code>sandbox/Dockerfile</code>, line 7): step 2/3 failed", 1, true))
    assert.is_truthy(text:find("\nWhat to do: fix it\n", 1, true))
    assert.is_nil(text:find("```", 1, true))
    assert.is_nil(text:find("<script", 1, true))
    local _, ends = text:gsub("</pre>", "")
    assert.equal(1, ends)
  end)

  it("lets no text become Markdown or HTML", function()
    local evil = "|*_`[x](y)<b>&#~\\@!\n# head"
    local text = summary.of(run_with{
      warnings = { evil }, phases = { { label = evil, words = evil, seconds = 1, is_done = false } },
    }, 10000)
    assert.is_nil(text:find("[x]", 1, true))
    assert.is_nil(text:find("<b>", 1, true))
    assert.is_nil(text:find("\n# head", 1, true))
  end)

  it("is never larger than its limit, and ends with a whole line", function()
    local warnings = {}
    for index = 1, 500 do warnings[index] = ("warning %d "):format(index):rep(5) end
    for _, limit in ipairs{ -5, 0, 50, 100, 1000, 5000, 1000000 } do
      local text = summary.of(run_with{ warnings = warnings }, limit)
      assert.is_true(#text <= math.max(limit, 0))
      assert.is_true(text == "" or text:sub(-1) == "\n")
      if limit == 5000 then assert.is_truthy(text:find("may not be larger", 1, true)) end
    end
  end)
end)
