--- host.record: how values look in the record of a run.
local err = require("os2.err")
local json = require("os2.json")
local native_record = require("host.record")
local recorder = require("os2.history.recorder")
local writer = require("os2.history.writer")

local LONG <const> = 1 << 40

describe("host.record", function()
  before_each(writer.reset)
  after_each(function()
    writer.reset()
    native_record.pause(true)
  end)

  local function text(value, longest) return native_record.text(value, longest or LONG) end

  it("writes JSON with sorted keys, whole numbers and whole texts", function()
    assert.equal('{"a":[1,2.5,"x"],"b":true,"c":{"d":[]}}',
      text{ c = { d = {} }, b = true, a = { 1, 2.5, "x" } })
    assert.equal("null", text(nil))
    assert.equal("null", text(json.null))
    for _, number in ipairs{ 0.1, 1e300, 1795783437.0467131, 1767268800.25, -3.5, 1 << 62, 123456.789 } do
      assert.equal(number, json.decode(text{ number })[1])
    end
    assert.equal('"a\\"b\\\\c\\nd\\u0001e/é?"', text("a\"b\\c\nd\1e/é\xff"))
  end)

  it("has one key for what JSON cannot hold", function()
    assert.equal('{"$kind":"function"}', text(print))
    assert.equal('{"$kind":"nan"}', text(0 / 0))
    assert.equal('{"$kind":"infinity"}', text(math.huge))
    assert.equal('{"$kind":"table"}', text{ [1] = 1, x = 2 })
    assert.equal('{"$kind":"table"}', text{ [{}] = 1 })
    assert.equal('{"env":{"$names":["A","B"]}}', text{ env = { B = "secret", A = "secret" } })
    local deep = {}
    deep.x = deep
    assert.matches('"$kind":"too deep"', text(deep), 1, true)
  end)

  it("keeps the fields of an error that a policy may read", function()
    local failure = err.new{ kind = "denied", op = "x", message = "no", status = 403, cause = print,
      detail = "long" }
    assert.equal('{"$error":{"kind":"denied","message":"no","op":"x","status":403}}', text(failure))
  end)

  it("leaves out what is secret by its name", function()
    assert.equal('{"api_key":"***","key_name":"k","list":["A_TOKEN=***","--password=***","B=c"]}',
      text{ api_key = "x", key_name = "k", list = { "A_TOKEN=x", "--password=x", "B=c" } })
  end)

  it("has a hash in place of what is too long, the same for the same value", function()
    local one = json.decode(text({ small = 1, word = ("w"):rep(500) }, 300))
    assert.same({ 1, 502 }, { one.small, one.word["$large"].bytes })
    local list = { ("w"):rep(300), ("w"):rep(300) }
    local whole = json.decode(text(list, 300))["$large"]
    assert.same({ 607, 2 }, { whole.bytes, whole.count })
    assert.equal(text({ a = list, b = 1 }, 300), text({ b = 1, a = list }, 300))
  end)

  it("tells how a secret looks inside of base64, wherever it begins, and which stand in a text", function()
    local secret = "s3cr3t-of-some-length"
    local docker = require("host.docker")
    for shift = 0, 4 do
      local encoded = docker.base64_url(("p"):rep(shift) .. secret .. "q")
      assert.equal(1, #native_record.found("x" .. encoded .. "y", native_record.forms(secret)), encoded)
    end
    assert.same({}, native_record.forms(("s"):rep(3001)))
    assert.same({}, native_record.forms("short"))
    assert.same({ secret }, native_record.found("a " .. secret .. " b", { secret, "other-secret" }))
    assert.same({}, native_record.found("nothing here", { secret }))
  end)

  it("hides the queries of URLs", function()
    assert.equal('"https://h/p?***" http://h/ x?y ssh://h?***',
      native_record.without_queries('"https://h/p?a=b&c=d" http://h/ x?y ssh://h?z'))
  end)

  it("counts what is asked again, and drops what is over its limit", function()
    local layer = { file = "f.lua", line = 3 }
    for _ = 1, 3 do recorder.decision("a.b", layer, { x = 1 }, {}, 5) end
    recorder.decision("a.b", layer, { x = 2 }, {}, 5)
    native_record.limits(1000, 1)
    recorder.decision("a.b", layer, { x = 3 }, {}, 5)
    native_record.finish{ exit = 0 }
    local lines = native_record.take()
    local _, count = lines:gsub("\n", "")
    assert.equal(3, count, lines)
    assert.matches('"by":"f.lua:3"', lines, 1, true)
    assert.matches('"requests":0,"repeated":2,"dropped":1}', lines, 1, true)
  end)
end)
