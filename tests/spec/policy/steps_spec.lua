--- Lists of named steps, and their edits.
local policy = require("os2.policy")

-- Raised for misuse: a text that begins with this file and line.
local function misuse(expected_line, run)
  local ok, message = pcall(run)
  assert.is_false(ok)
  assert.is_truthy(message:find(("steps_spec.lua:%d:"):format(expected_line), 1, true), message)
  return message
end

local function line()
  return debug.getinfo(2, "l").currentline
end

local function has(text, part)
  assert.is_truthy(text:find(part, 1, true), text)
end

describe("a list of steps", function()
  before_each(policy.reset)
  after_each(policy.reset)

  local function names()
    local list = {}
    for index, step in ipairs(policy.steps("snapshot.steps")) do list[index] = step.name end
    return table.concat(list, " ")
  end
  local function run() end

  local UNCHANGED <const> = names()

  -- The unchanged list with a step's name replaced by other words.
  local function with(step, words)
    return ((" %s "):format(UNCHANGED):gsub(" " .. step .. " ", (" %s "):format(words), 1)
      :gsub("%s+", " "):match("^ (.*) $"))
  end

  local rows = {
    { "insert_before", "push", with("push", "mine push") },
    { "insert_after", "push", with("push", "push mine") },
    { "insert_before", "preflight", with("preflight", "mine preflight") },
    { "insert_after", "refresh", with("refresh", "refresh mine") },
    { "replace", "push", with("push", "mine") },
  }
  for _, row in ipairs(rows) do
    it(row[1] .. " " .. row[2], function()
      policy[row[1]]("snapshot.steps", row[2], { name = "mine", run = run })
      assert.are.equal(row[3], names())
    end)
  end

  it("drops one", function()
    policy.drop("snapshot.steps", "refresh", { why = "shared cache" })
    assert.are.equal(with("refresh", ""), names())
  end)

  it("replaces one by another of the same name", function()
    policy.replace("snapshot.steps", "push", { name = "push", run = run })
    assert.are.equal(UNCHANGED, names())
    for _, step in ipairs(policy.steps("snapshot.steps")) do
      assert.are.equal(step.name == "push" and run or nil, step.run)
    end
  end)

  it("builds on earlier edits", function()
    policy.insert_after("snapshot.steps", "build", { name = "scan", run = run })
    policy.insert_after("snapshot.steps", "scan", { name = "sign", run = run })
    assert.are.equal(with("build", "build scan sign"), names())
  end)

  it("gives the user's function and leaves the shipped ones to the flow", function()
    policy.insert_before("snapshot.steps", "name", { name = "mine", run = run })
    local list = policy.steps("snapshot.steps")
    assert.is_nil(list[1].run)
    assert.are.equal(run, list[2].run)
  end)

  local refused = {
    { "insert_before", "pusch", { name = "mine", run = run },
      ('there is no step "pusch" (steps: %s); did you mean push?'):format(
        (UNCHANGED:gsub(" ", ", "))) },
    { "insert_after", "push", { name = "build", run = run }, 'there is a step "build" already' },
    { "replace", "push", { name = "build", run = run }, 'there is a step "build" already' },
    { "insert_after", "push", { name = "mine" }, "a step is {name" },
    { "insert_after", "push", { name = "", run = run }, "a step is {name" },
    { "insert_after", "push", run, "not a function" },
    { "insert_after", "push", { name = "mine", run = run, when = 1 }, 'has no field "when"' },
    { "drop", "nothing", nil, 'there is no step "nothing"' },
  }
  for _, row in ipairs(refused) do
    it(("%s refuses: %s"):format(row[1], row[4]), function()
      local before = names()
      local at = line() + 1
      has(misuse(at, function() policy[row[1]]("snapshot.steps", row[2], row[3]) end), row[4])
      assert.are.equal(before, names())
    end)
  end

  it("are edited in lists of steps only", function()
    local at = line() + 1
    has(misuse(at, function() policy.drop("cache.ttl", "push") end), "is no list of steps")
    has(select(2, pcall(policy.steps, "cache.ttl")), "is no list of steps")
  end)
end)
