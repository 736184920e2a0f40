--- Which values of other processes are calls.
local calls = require("os2.flows.resolve.calls")

describe("os2.flows.resolve.calls", function()
  it("takes what a resolve asks", function()
    for _, call in ipairs{
      { op = "regions" }, { op = "snapshot", name = "dev--1" }, { op = "page", page = 1 },
      { op = "page", page = 2, name = "dev--", sort = "createdAt", order = "desc", limit = 200 },
    } do assert.is_true(calls.is_call(call)) end
  end)

  -- The leader asks what it takes, and a bug there would end it.
  it("takes nothing else", function()
    for index, value in ipairs{
      "regions", {}, { op = "delete" }, { op = "page" }, { op = "page", page = 0 },
      { op = "page", page = 1.5 }, { op = "page", page = 1, limit = "2" }, { op = "snapshot" },
      { op = "snapshot", name = 3 }, { op = { "page" } },
    } do assert.is_false(calls.is_call(value), index) end
  end)
end)
