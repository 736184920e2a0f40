--- Option tables: what is refused, and at whose line.
local failure_of = require("tests.lib.failure_of")
local arguments = require("os2.base.arguments")

local SPEC <const> = { name = "string", count = "integer?", any = "any?", fn = "function?" }

local function check(options)
  return arguments.check("thing.make", options, SPEC)
end

describe("arguments.check", function()
  it("returns the table", function()
    local options = { name = "x", count = 1, any = false, fn = print }
    assert.equal(options, check(options))
  end)

  it("makes a table of nothing where nothing is needed", function()
    assert.same({}, arguments.check("thing.make", nil, { a = "string?" }))
  end)

  for message, options in pairs{
    ["unknown option 'nane'"] = { name = "x", nane = "y" },
    ["unknown option '1'"] = { "x", name = "x" },
    ["option 'name' must be a string, not nil"] = {},
    ["option 'name' must be a string, not number"] = { name = 1 },
    ["option 'count' must be an integer, not number"] = { name = "x", count = 1.5 },
    ["option 'fn' must be a function, not string"] = { name = "x", fn = "x" },
    ["options must be a table, not string"] = "name",
  } do
    it("refuses: " .. message, function()
      assert.matches("arguments_spec.lua:%d+: thing.make: " .. message,
        failure_of(function() return (check(options)) end))
    end)
  end

  it("blames the line outside of os2's library, however deep it was called", function()
    assert.matches("arguments_spec.lua:%d+: http.request: unknown option 'tiemout'$", failure_of(function()
      require("os2.http").request{ url = "http://127.0.0.1/", tiemout = 1 }
    end))
  end)
end)
