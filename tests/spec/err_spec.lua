--- Error objects: the closed lists of kinds and exits, their one line.
local err = require("os2.err")
local failure_of = require("tests.lib.failure_of")
local host_err = require("host.err")

local EXITS <const> = {
  not_found = { "not_found", 4 }, exists = { "conflict", 6 }, denied = { "denied", 7 },
  invalid = { "failed", 1 }, conflict = { "conflict", 6 }, quota = { "quota", 8 },
  timeout = { "timeout", 5 }, cancelled = { "interrupted", 130 }, network = { "unavailable", 75 },
  protocol = { "failed", 1 }, unavailable = { "unavailable", 75 }, internal = { "bug", 70 },
}

local function make(fields)
  local all = { kind = "invalid", op = "thing", message = "no" }
  for key, value in pairs(fields or {}) do all[key] = value end
  return err.new(all)
end

describe("os2.err", function()
  for kind, exit in pairs(EXITS) do
    it(kind .. " has its exit", function()
      local failure = make{ kind = kind }
      assert.same(exit, { err.exit_name(failure), err.exit_code(failure) })
      assert.same({ true, true }, { err.is(failure), err.is(failure, kind) })
    end)
  end

  it("an error may name its exit itself", function()
    for name, code in pairs{ config = 3, usage = 2 } do
      assert.same({ name, code }, { err.exit_name(make{ exit = name }), err.exit_code(make{ exit = name }) })
    end
  end)

  it("is one line, with the way on where there is one", function()
    assert.equal("thing: no", tostring(make()))
    assert.equal("thing: no; do this", tostring(make{ hint = "do this" }))
  end)

  it("passes the code of another program on", function()
    local failure = make{ exit = 7 }
    assert.same({ "failed", 7 }, { err.exit_name(failure), err.exit_code(failure) })
  end)

  it("refuses unknown fields, kinds and exits at the caller's line", function()
    for message, fields in pairs{
      ["unknown field 'retry'"] = { retry = true }, ["unknown kind 'odd'"] = { kind = "odd" },
      ["unknown exit 'odd'"] = { exit = "odd" },
    } do
      assert.matches("err_spec.lua:%d+: err.new: " .. message,
        failure_of(function() return (make(fields)) end))
    end
  end)

  it("knows its own only", function()
    for _, value in ipairs{ "x", 1, { kind = "invalid" }, false, io.stdout } do
      assert.is_false(err.is(value))
    end
    assert.is_false(err.is(nil))
    assert.is_false(err.is(make(), "timeout"))
  end)

  it("raises the object itself, with or without a level", function()
    local failure = make()
    assert.equal(failure, select(2, pcall(err.raise, failure)))
    assert.equal(failure, select(2, pcall(err.raise, failure, 0)))
  end)

  it("makes a bug of anything else that was raised", function()
    local failure = make()
    assert.equal(failure, err.from(failure))
    assert.equal("an error without a message (nil)", err.from(nil).message)
    for value, words in pairs{ oh = "oh", [5] = "5", [{ 1 }] = "an error that is a table: { 1 }" } do
      assert.same({ "internal", "lua", words },
        { err.from(value).kind, err.from(value).op, err.from(value).message })
    end
  end)

  it("check passes values on and raises the second where there is no first", function()
    assert.same({ 1, nil, 3 }, { err.check(1, nil, 3) })
    assert.same({ false, "e" }, { err.check(false, "e") })
    assert.is_nil(err.check(nil))
    local failure = make()
    assert.equal(failure, select(2, pcall(err.check, nil, failure)))
  end)

  it("has a kind for every errno", function()
    local cases = {
      [2] = "not_found", [20] = "not_found", [17] = "exists", [13] = "denied", [1] = "denied",
      [21] = "invalid", [28] = "invalid", [24] = "invalid", [110] = "timeout", [111] = "unavailable",
      [104] = "network", [5] = "unavailable", [7] = "invalid", [8] = "invalid", [0] = "internal", [99999] = "internal",
    }
    for number, kind in pairs(cases) do assert.equal(kind, host_err.kind_of_errno(number)) end
  end)
end)
