--- The steps of a build: numbers, words, and which of them run.
local steps = require("os2.report.progress.steps")

local function event(id, state, fields)
  local made = { id = id, name = id, state = state }
  for key, value in pairs(fields or {}) do made[key] = value end
  return made
end

describe("os2.report.progress.steps", function()
  it("numbers steps in the order in which they begin, and knows them again", function()
    local list = steps.new()
    assert.equal(1, list:take(event("a", "started"), 0).number)
    assert.equal(2, list:of("b", 0).number)
    assert.equal(1, list:take(event("a", "done"), 3).number)
    assert.equal(3, list:of("a", 9).seconds)
  end)

  it("takes the engine's seconds before its own", function()
    local list = steps.new()
    list:take(event("a", "started"), 0)
    assert.equal(2.5, list:take(event("a", "done", { seconds = 2.5 }), 3).seconds)
  end)

  it("names the step that runs, and began last", function()
    local list = steps.new()
    assert.equal("", list:running_words())
    list:take(event("RUN a", "started", { index = 2, total = 5, stage = "builder" }), 0)
    list:take(event("RUN b", "started", { index = 1, total = 3 }), 0)
    list:take(event("[internal] c", "started"), 0)
    assert.equal("[1/3] RUN b", list:running_words())
    list:take(event("RUN b", "done", { index = 1, total = 3 }), 0)
    assert.equal("[builder 2/5] RUN a", list:running_words())
    list:take(event("RUN a", "error", { index = 2, total = 5 }), 0)
    assert.equal("", list:running_words())
  end)

  it("lets no text of the engine's steer the terminal", function()
    local step = steps.new():take(event("a", "error", { name = "R\27[31mUN", stage = "x\7", message = "m\27]0;" }), 0)
    assert.is_nil((step.name .. step.stage .. step.message):find("%c"))
  end)
end)
