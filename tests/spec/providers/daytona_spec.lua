--- Snapshots at Daytona: what is taken for an answer.
local daytona = require("os2.daytona")
local json = require("os2.json")
local provider = require("os2.providers.daytona")
local task = require("os2.task")

local RECORD <const> = { id = "1d", name = "dev--20260111-193045", state = "active" }

describe("os2.providers.daytona", function()
  local real

  before_each(function()
    real = {}
    for _, verb in ipairs{ "create_snapshot", "snapshot", "key", "push_access", "api" } do
      real[verb] = daytona[verb]
    end
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

  it("takes no list that is none, nor one of something else", function()
    local rows = {
      { true, "items" }, { "OK", "items" }, { {}, "items" }, { json.null, "items" },
      { { items = json.null, totalPages = 1 }, "items" },
      { { items = { one = RECORD }, totalPages = 1 }, "items" },
      { { items = {} }, "totalPages" }, { { items = {}, totalPages = "1" }, "totalPages" },
      { { items = { "x" }, totalPages = 1 }, "snapshot" },
      { { items = { { id = "1d", state = "active" } }, totalPages = 1 }, "name" },
      { { items = { { id = "1d", name = 5, state = "active" } }, totalPages = 1 }, "name" },
      { { items = { { id = "1d", name = "x", state = json.null } }, totalPages = 1 }, "state" },
    }
    for _, row in ipairs(rows) do
      daytona.api = { get_all_snapshots = function() return row[1] end }
      local _, failure = task.try(provider.pages{})
      assert.equal("protocol", failure and failure.kind)
      assert.truthy(failure.message:find(row[2], 1, true), failure.message)
    end
  end)

  it("takes no answer for a snapshot, a key or push access that lacks what is needed", function()
    refuses(provider.find_snapshot, "snapshot", { id = "1d", name = "x" }, "state")
    refuses(provider.key, "key", { name = "full", permissions = json.null }, "permissions")
    refuses(provider.key, "key", { name = "full", permissions = { 5 } }, "permissions")
    refuses(provider.key, "key", { permissions = {} }, "name")
    refuses(provider.push_access, "push_access", { username = "u", secret = "s", project = "p" },
      "registryUrl")
    refuses(provider.push_access, "push_access", true, "push access")
  end)
end)
