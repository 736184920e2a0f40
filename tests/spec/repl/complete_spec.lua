--- What TAB offers.
local complete = require("os2.repl.complete")
local scope = require("os2.repl.scope")

local session

local function inserted(text)
  return (complete.at(session, text))
end

local function words(text)
  return select(2, complete.at(session, text))
end

local function has(list, word)
  for _, found in ipairs(list) do
    if found == word then return true end
  end
  return false
end

describe("os2.repl.complete", function()
  before_each(function() session = scope.new() end)

  it("knows operations of all APIs, those with pages behind each", function()
    assert.equal("ate_", inserted("daytona.api.cre"))
    assert.equal("shot", inserted("x = daytona.api.create_snap"))
    assert.is_true(has(words("docker.api."), "image_list"))
    assert.is_true(has(words("daytona.each."), "list_sandboxes"))
    assert.is_false(has(words("daytona.each."), "create_snapshot"))
    session:set("box", {})
    assert.is_true(has(words("box.api."), "execute_command") or #words("box.api.") > 10)
  end)

  it("knows verbs, modules, the session's variables and keywords", function()
    assert.is_true(has(words("daytona.snap"), "snapshots"))
    assert.equal("na", inserted("dayto"))
    session:set("my_long_name", { first_field = 1, call_me = print })
    assert.equal("ng_name", inserted("print(my_lo"))
    assert.same({ "call_me", "first_field" }, words("my_long_name."))
    assert.same({ "call_me" }, words("my_long_name:"))
    assert.equal("tion", inserted("func"))
    session:set("text", "abc")
    assert.is_true(has(words("text:"), "gsub"))
  end)

  it("knows the fields of an operation that are not given yet, and its enums", function()
    assert.equal("me = ", inserted("daytona.api.create_snapshot{ na"))
    assert.is_false(has(words('daytona.api.create_snapshot{ name = "x", '), "name"))
    assert.is_true(has(words('daytona.api.create_snapshot({ name = "x", '), "cpu"))
    assert.is_true(#words('daytona.api.create_snapshot{ sandboxClass = "') > 1)
  end)

  it("knows policies, and what :help and :source take", function()
    assert.equal('l"', inserted('policy.ask("cache.tt'))
    assert.equal("lp ", inserted(":he"))
    assert.equal("tl", inserted(":source cache.t"))
    assert.equal("shot", inserted(":help daytona.api.create_snap"))
  end)

  it("offers nothing where there is nothing, and calls no metamethod", function()
    session:set("trap", setmetatable({}, { __index = function() error("asked") end }))
    for _, text in ipairs{ "trap.x", "trap.x.y", "no_such.", "'text", "f().", "1 .", "print(\"" } do
      assert.same({}, words(text), text)
    end
  end)
end)
