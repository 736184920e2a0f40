--- Snapshots at Daytona: what is taken for an answer.
local daytona = require("os2.daytona")
local provider = require("os2.providers.daytona")
local task = require("os2.task")

local RECORD <const> = { id = "1d", name = "dev--20260111-193045", state = "active" }

describe("os2.providers.daytona", function()
  local real

  before_each(function()
    real = { create_snapshot = daytona.create_snapshot }
  end)
  after_each(function()
    for verb, fn in pairs(real) do daytona[verb] = fn end
  end)

  local function refuses(fn, verb, answer, words)
    daytona[verb] = function() return answer end
    local _, failure = task.try(fn, {})
    assert.equal("protocol", failure and failure.kind)
    assert.truthy(failure.message:find(words, 1, true), failure.message)
  end

  it("takes no answer to a create that is no snapshot", function()
    for _, answer in ipairs{ true, "OK", {}, { id = "1d", name = 5 } } do
      refuses(provider.create_snapshot, "create_snapshot", answer, "snapshot")
    end
    daytona.create_snapshot = function() return RECORD end
    assert.equal("1d", provider.create_snapshot({}).id)
  end)
end)
