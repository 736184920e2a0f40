--- Registering an image under a name, without a run that has made it.
local err = require("os2.err")
local policy = require("os2.policy")
local registration = require("os2.flows.snapshot.registration")
local silent = require("tests.lib.silent")
local task = require("os2.task")

local NAME <const> = "dev--20260111-193045"
local IMAGE <const> = "r/p/os2:tag"

describe("os2.flows.snapshot.registration", function()
  before_each(function()
    policy.set_facts{ prefix = "dev--" }
    policy.set("poll.first", 0.05)
  end)
  after_each(policy.reset)

  -- states: what each look finds.
  local function wish_of(states, more)
    local sent, looks = {}, 0
    local function record(state)
      return { id = "1d", name = sent.name, imageName = IMAGE, state = state, general = false,
        errorReason = state == "error" and "too big" or nil }
    end
    local wish = {
      ui = silent.open(), name = NAME, image = IMAGE, cpu = 2, memory = 4, disk = 8, sent = sent,
      provider = {
        create_snapshot = function(fields)
          for key, value in pairs(fields) do sent[key] = value end
          return record("pending")
        end,
        find_snapshot = function()
          looks = looks + 1
          return states[looks] and record(states[looks]) or nil
        end,
      },
    }
    for key, value in pairs(more or {}) do wish[key] = value end
    return wish
  end

  it("publishes with all that is asked for, and returns the active record", function()
    local wish = wish_of({ "pulling", "active" }, {
      gpu = 1, gpu_type = "H100", sandbox_class = "linux-vm", entrypoint = { "/run", "it" },
      region = "eu",
    })
    assert.equal("active", registration.publish(wish).state)
    assert.same({ name = NAME, imageName = IMAGE, cpu = 2, memory = 4, disk = 8, gpu = 1,
      gpuType = { "H100" }, sandboxClass = "linux-vm", entrypoint = { "/run", "it" },
      regionId = "eu" }, wish.sent)
    assert.same({ "pending", "pulling", "active" }, wish.states)
  end)

  -- kinds: how each create fails, or false; is_there: whether each look finds one of the image.
  local function create_candidate(kinds, is_there)
    local wish, creates, looks = wish_of({}, { is_candidate = true }), 0, 0
    local names = {}
    wish.provider.create_snapshot = function(fields)
      creates = creates + 1
      names[#names + 1] = fields.name
      if kinds[creates] then
        err.raise(err.new{ kind = kinds[creates], op = "daytona.create_snapshot", message = "no" })
      end
      return { id = "new", name = fields.name, imageName = IMAGE, state = "pending" }
    end
    wish.provider.find_snapshot = function(name)
      looks = looks + 1
      return is_there[looks] and { id = "found", name = name, imageName = IMAGE, state = "active" } or nil
    end
    return registration.create(wish).id, names
  end

  it("takes a candidate of its image only where a create of its own may have made it", function()
    policy.set("retry.base", 0.01)
    local next_name = NAME:gsub("45$", "46")
    local id, names = create_candidate({ "exists", false }, { true })
    assert.same({ "new", { NAME, next_name } }, { id, names })
    -- the create without an answer comes late, so that the second one finds the name taken
    id, names = create_candidate({ "network", "exists" }, { false, true })
    assert.same({ "found", { NAME, NAME } }, { id, names })
  end)

  it("raises what the states say", function()
    for kind, states in pairs{ invalid = { "error" }, conflict = { "inactive" } } do
      local _, failure = task.try(registration.publish, wish_of(states))
      assert.equal(kind, failure.kind)
    end
    local _, failure = task.try(registration.publish, wish_of{ "pulling" })
    assert.matches("was deleted", failure.message)
  end)

  it("ends at its time, with the words of the hook where there is one", function()
    local slow = {}
    for look = 1, 100 do slow[look] = "pending" end
    local _, failure = task.try(registration.publish, wish_of(slow, { timeout = 0.1 }))
    assert.equal("timeout", failure.kind)
    _, failure = task.try(registration.publish, wish_of(slow, {
      timeout = 0.1,
      on = { late = function() err.raise(err.new{ kind = "timeout", op = "x", message = "late" }) end },
    }))
    assert.equal("late", failure.message)
  end)

  -- A registration fails for a reason that passes; then the API is away, at each request once more.
  it("is made again once the API is back, however long it was away in between", function()
    policy.override("poll.interval", function() return 0 end)
    policy.set("retry.base", 0)
    local calls, away, deleted, made = {}, 30, false, 0
    local function ask(what)
      calls[what] = (calls[what] or 0) + 1
      if made > 0 and away > 0 then
        away = away - 1
        err.raise(err.new{ kind = "network", op = what, message = "nobody there", is_sent = false })
      end
    end
    local function record()
      return { id = made .. "d", name = NAME, imageName = IMAGE, general = false,
        state = made == 1 and "error" or "active",
        errorReason = made == 1 and "An operation is already in progress" or nil }
    end
    local wish = wish_of{}
    wish.provider = {
      create_snapshot = function()
        ask("create")
        made = made + 1
        local answer = record()
        answer.state = "pending"
        return answer
      end,
      find_snapshot = function()
        ask("find")
        return not (deleted and made == 1) and record() or nil
      end,
      delete_snapshot = function()
        ask("delete")
        deleted = true
      end,
      pages = function()
        ask("list")
        return function() return {} end
      end,
    }
    assert.equal("active", registration.publish(wish).state)
    assert.same({ 2, 0, 2 }, { made, away, wish.registrations })
    local notes = 0
    for _, line in ipairs(wish.ui.told) do
      notes = notes + (line:find("registered again afterwards", 1, true) and 1 or 0)
    end
    assert.equal(1, notes)
  end)

  it("registers nothing where a hook wants none", function()
    local wish = wish_of({}, { on = { before = function() return true end } })
    assert.is_nil(registration.publish(wish))
    assert.same({}, wish.sent)
    wish = wish_of({}, { on = { after = function() return true end } })
    assert.is_nil(registration.publish(wish))
    assert.equal(NAME, wish.sent.name)
  end)
end)
