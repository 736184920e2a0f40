--- The worked examples of the policies that are functions: each is run.
local err = require("os2.err")
local examples = require("os2.policy.examples")
local policy = require("os2.policy")

describe("examples of policies", function()
  before_each(policy.reset)

  -- What is an error object there is a table of its fields here.
  local function facts_of(example)
    local facts = {}
    for name, value in pairs(example.facts) do facts[name] = value end
    if facts.err then
      local fields = {}
      for name, value in pairs(facts.err) do fields[name] = value end
      facts.err = err.new(fields)
    end
    return facts
  end

  it("are there for each function that os2 ships, and for nothing else", function()
    local wanted, found = {}, {}
    for _, record in ipairs(policy.list()) do
      if record.type == "function" then wanted[#wanted + 1] = record.name end
    end
    for name in pairs(examples) do found[#found + 1] = name end
    table.sort(found)
    assert.same(wanted, found)
  end)

  it("say what the shipped function answers", function()
    for name, example in pairs(examples) do
      local answer = table.pack(policy.ask(name, facts_of(example)))
      while answer[answer.n] == nil and answer.n > 1 do answer.n = answer.n - 1 end
      assert.same(example.answer, { table.unpack(answer, 1, answer.n) }, name)
    end
  end)

  it("are shown, with the text of the function", function()
    local record = policy.explain("naming.parse", true)
    assert.same({ 1793880000 }, record.example.answer)
    assert.matches("^%-%-%- .*\nfunction M.parse%(facts%)\n.*\nend$", record.source)
    assert.is_nil(policy.explain("naming.parse").source)
    local text = require("os2.help.policies").explanation(record)
    assert.matches('\n  example\n    name = "dev%-%-20261105%-120000"\n    prefix = "dev%-%-"\n'
      .. "    answers 1793880000$", text)
  end)

  it("may be declared by policies of one's own", function()
    policy.define("acme.big", {
      doc = "Whether a snapshot is big.", default = function() return true end,
      returns = { type = "boolean" }, example = { facts = {}, answer = { true } },
    })
    assert.same({ true }, policy.explain("acme.big", true).example.answer)
    assert.has_error(function()
      policy.define("acme.bad", {
        doc = "x", default = function() end, returns = { type = "boolean" }, example = { 1 },
      })
    end)
  end)
end)
