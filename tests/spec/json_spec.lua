--- JSON: numbers at their edges, null, empty arrays, what is refused.
local failure_of = require("tests.lib.failure_of")
local json = require("os2.json")

local function nested(depth)
  local value = {}
  for _ = 2, depth do value = { value } end
  return value
end

describe("json.decode", function()
  it("makes integers of integral numbers that 64 bits hold", function()
    local cases = {
      ["0"] = 0, ["-0"] = 0, ["42"] = 42, ["-7"] = -7, ["1.0"] = 1, ["1e3"] = 1000,
      ["9007199254740991"] = 9007199254740991, ["9007199254740992"] = 9007199254740992,
      ["-9007199254740992"] = -9007199254740992, ["99999999999999"] = 99999999999999,
      ["9007199254740993"] = 9007199254740993, ["-9007199254740993"] = -9007199254740993,
      ["9007199254740994"] = 9007199254740994, ["1234567890123456"] = 1234567890123456,
      ["9223372036854775807"] = math.maxinteger, ["-9223372036854775808"] = math.mininteger,
    }
    for text, number in pairs(cases) do
      for _, found in ipairs{ json.decode(text), json.decode("[" .. text .. "]")[1],
        json.decode('{"a":{"b":' .. text .. "}}").a.b } do
        assert.same({ "integer", number }, { math.type(found), found }, text)
      end
    end
  end)

  it("leaves other numbers floats", function()
    for _, text in ipairs{ "0.5", "1e300", "1e16", "5e-324", "0.1000", "2.7008354663848877e-7" } do
      assert.equal("float", math.type(json.decode(text)), text)
    end
    assert.equal(0.1, json.decode("0.1"))
  end)

  it("gives the text of a number that it cannot hold digit by digit", function()
    for _, text in ipairs{
      "9223372036854775808", "-9223372036854775809", "18446744073709551615",
      "123456789012345678901234567890", "3.14159265358979323846", "0.12345678901234567891",
      "9007199254740993.0", "1e-400", "1.23456789e-320",
    } do
      assert.equal(text, json.decode(text))
      assert.equal(text, json.decode('{"a": [0, ' .. text .. "]}").a[2])
    end
  end)

  it("keeps an empty list apart from an empty object", function()
    for _, text in ipairs{ "[]", "{}", "[[],{}]", '{"a":[]}', '{"a":{}}', "[[[]]]" } do
      assert.equal(text, json.encode(json.decode(text)))
    end
    local list = json.decode('{"a": [ \n\t] , "b": "[]"}')
    assert.same({ a = {}, b = "[]" }, list)
    table.insert(list.a, 1)
    assert.equal("[1]", json.encode(list.a))
    assert.equal("[[]]", json.encode(json.decode("[[ ]]")))
    assert.equal('"\\"[]"', json.encode(json.decode('"\\"[]"')))
  end)

  it("leaves out fields that are null, unless null is asked for", function()
    local text = '{"a": null, "b": [null, 1, null], "c": {"d": null}}'
    local plain = json.decode(text)
    assert.same({ b = { json.null, 1, json.null }, c = {} }, plain)
    assert.is_nil(plain.a)
    local whole = json.decode(text, { null = json.null })
    assert.equal(json.null, whole.a)
    assert.equal(json.null, whole.c.d)
    assert.same({ a = false, b = { false, 1, false }, c = { d = false } }, json.decode(text, { null = false }))
    assert.is_nil(json.decode("null"))
    assert.matches("unknown option 'nil'", failure_of(function() json.decode(text, { ["nil"] = 1 }) end))
  end)

  it("reads everything else", function()
    assert.same({ true, false, json.null, "x", {} }, json.decode('[true, false, null, "x", {}]'))
    assert.equal(json.null, json.decode("null", { null = json.null }))
    assert.equal("ü€😀\0\n\"", json.decode('"\\u00fc€\\ud83d\\ude00\\u0000\\n\\""'))
    assert.same({ [""] = 1 }, json.decode('{"": 1}'))
  end)

  it("reads 500 levels and refuses bottomless nesting", function()
    assert.is_table(json.decode(("["):rep(500) .. ("]"):rep(500)))
    assert.equal("protocol", failure_of(json.decode, ("["):rep(100000)).kind)
  end)

  it("refuses what is no JSON", function()
    local texts = {
      "", " ", "{", "[1,]", "{\"a\":}", "{a:1}", "'x'", "nul", "nan", "NaN", "Infinity", "0x10", "01",
      "1e999", "[1, -1e999]", '{"a": {"b": 1e400}}', '"\xff"', "[\"\xc0\x80\"]", '{"\xed\xa0\x80": 1}',
      "1 2", "[1] x", "\"\\x\"", "\"open", "<html>", "\0", "[1]\0", "[1]\0]", "\"a\0b\"",
    }
    for _, text in ipairs(texts) do
      local failure = failure_of(json.decode, text)
      assert.same({ "protocol", "json.decode" }, { failure.kind, failure.op }, text)
      assert.matches("^not JSON: ", failure.message)
    end
  end)

  it("never repeats the text: secrets may stand in it", function()
    assert.not_matches("hunter2", failure_of(json.decode, '{"secret": hunter2}').message)
  end)
end)

describe("json.encode", function()
  it("writes what it read", function()
    for _, text in ipairs{
      "1", "-5", "0.5", "true", "null", '"x"', "[1,2]", '{"a":[{"b":null}]}', "99999999999999",
      "9007199254740993", "-9223372036854775808", "[0.30000000000000004]", "2.7008354663848877e-07",
      "1e+20", '"\\u0000\\n"', "[[],{}]",
    } do
      assert.equal(text, json.encode(json.decode(text, { null = json.null })))
    end
  end)

  it("writes every number whole", function()
    for number, text in pairs{
      [123456789012345] = "123456789012345", [math.maxinteger] = "9223372036854775807",
      [2 ^ 53] = "9007199254740992", [1 / 3] = "0.3333333333333333", [0.1 + 0.2] = "0.30000000000000004",
      [2 ^ 70] = "1.1805916207174113e+21", [0.1] = "0.1",
    } do
      assert.equal(text, json.encode(number))
      assert.equal(number, json.decode(json.encode{ number })[1])
    end
  end)

  it("writes an empty table as object, and as array when it is one", function()
    assert.equal("{}", json.encode({}))
    assert.equal("[]", json.encode(json.array()))
    assert.equal("[]", json.encode(json.array{}))
    assert.equal("[1]", json.encode(json.array{ 1 }))
    assert.equal('{"a":[],"b":{}}', json.encode({ a = json.array{}, b = {} }):gsub(
      '^{"b":{},"a":%[%]}$', '{"a":[],"b":{}}'))
  end)

  it("is not taken in by texts that look like its marks", function()
    for _, text in ipairs{ "[]", "os2-json-", '"os2-json-', "os2-json-000000000000000000000000[]" } do
      assert.equal(text, json.decode(json.encode({ text, json.array{} }))[1])
      assert.equal(1, json.decode(json.encode({ [text] = 1, list = json.array{} }))[text])
    end
  end)

  it("takes tables with metatables of their own", function()
    for _, meta in ipairs{ {}, { __name = true }, { __name = "host.json.array" }, { __index = { a = 1 } } } do
      assert.equal("{}", json.encode(setmetatable({}, meta)))
    end
  end)

  it("refuses what JSON cannot hold, at the caller's line", function()
    local cycle = {}
    cycle.self = { cycle }
    local cases = {
      ["more than 14 digits is a key"] = { { a = 1, [9007199254740993] = 2 } },
      ["NaN or Inf"] = { 0 / 0, 1 / 0, { -1 / 0 } },
      ["nested deeper"] = { cycle, nested(600) },
      ["list has a gap"] = { { [1] = 1, [1000000] = 2 }, { 1, nil, 3 }, { { [9] = true } } },
      ["a text is not UTF%-8"] = { "\xff", { "a\xc3" }, { ["\xed\xa0\x80"] = 1 }, { { "\xc0\x80" } } },
      ["type not supported"] = { print, coroutine.create(print), { io.stdout } },
      ["table key must be"] = { { [true] = 1 }, { [{}] = 1 } },
    }
    for message, values in pairs(cases) do
      for _, value in ipairs(values) do
        local failure = failure_of(function() json.encode(value) end)
        assert.matches("json_spec.lua:%d+: .*" .. message, failure)
      end
    end
    assert.matches("bad argument", failure_of(function() json.encode() end))
  end)
end)

it("json.encode takes all that is UTF-8, and other keys than a list's", function()
  local text = "ü€😀\u{fffd}\0"
  assert.equal(text, json.decode(json.encode(text)))
  assert.equal('{"0":true}', json.encode({ [0] = true }))
  assert.equal('{"1.5":true}', json.encode({ [1.5] = true }))
end)

describe("the fields of a decoded text", function()
  local decode = require("host.json").decode

  it("are those that are wanted, at every depth", function()
    local text = '{"a" : [[1,2],[]], "b":[{"id":"x","n":{"q":"}\\""}} , {"n":[2,{}],"id":"y"}],"c":"z\\"}","d":null}'
    local cases = {
      { { a = true }, { a = { { 1, 2 }, {} } } }, { { b = { id = true } }, { b = { { id = "x" }, { id = "y" } } } },
      { { b = { n = { q = true } }, c = true }, { b = { { n = { q = '}"' } }, { n = { 2, {} } } }, c = 'z"}' } },
      { {}, {} }, { { d = true, e = true }, {} },
    }
    for _, case in ipairs(cases) do assert.same(case[2], decode(text, nil, case[1])) end
  end)

  it("do not change what has no fields", function()
    for text, value in pairs{ ["3"] = 3, ['"x"'] = "x", ["[1,[2]]"] = { 1, { 2 } }, ["{}"] = {}, ["[]"] = {} } do
      assert.same(value, decode(text, nil, {}))
    end
  end)

  it("leave an object out of its list whose value is not wanted", function()
    local text = '{"items":[{"s":[1],"id":"x"},{"id":"y","s":{"id":"x"}},{"s":1},{"id":5},{"id":"z"}],"id":"no"}'
    local wanted = { x = true, z = true }
    local fields = { items = { wanted, id = "wanted", s = true }, id = "wanted", wanted }
    assert.same({ items = { { id = "x", s = { 1 } }, { s = 1 }, { id = "z" } }, id = "no" },
      decode(text, nil, fields))
    wanted.x, wanted.z = nil, nil
    assert.same({ { s = 1 } }, decode(text, nil, fields).items)
  end)

  it("are all there in what is nested too deeply, and a text that is torn is refused", function()
    local deep = ('{"a":'):rep(100) .. '{"b":1}' .. ("}"):rep(100)
    local fields = {}
    fields.a = fields
    local value = decode(deep, nil, fields)
    for _ = 1, 100 do value = value.a end
    assert.same({ b = 1 }, value)
    local torn = { '{"a":[1,2', '{"a"', '{"a":', '["x\\"', "", '{"a":1}}', '{"a" 1}', '{"b":{"c":[1}', "[1,]" }
    for _, text in ipairs(torn) do
      local decoded, failure = decode(text, nil, { a = true })
      assert.same({ nil, "protocol" }, { decoded, failure.kind })
    end
  end)
end)

describe("json.array", function()
  it("takes a list or nothing", function()
    local list = { 1 }
    assert.equal(list, json.array(list))
    assert.matches("json_spec.lua:%d+: bad argument", failure_of(function() json.array("x") end))
  end)
end)

describe("a line of a list", function()
  local ordered = require("os2.cli.ordered")
  local document = require("os2.cli.document")

  it("is what the document has, whatever the values", function()
    local declared = { a = "", b = "", c = "", d = "", e = "", f = "" }
    local encode = ordered.encoder(declared)
    local records = {
      {}, { a = "x", b = 1, c = true, d = 1.5, e = json.null, f = {} },
      { a = 'q"\\/', b = "ü\u{85}\u{202e}", c = "\27[31m\n\127", d = "", e = { k = "v/" }, f = { a = "x", b = "y" } },
      { a = json.array{}, b = { 1, "\255" }, c = "\255", d = math.mininteger, e = -0.0, f = 1e300, g = "undeclared" },
      { a = ("x"):rep(100000), c = ('"'):rep(5000), f = { ["\27"] = "\1" } },
      { a = json.array{ "x", "y" }, b = { "x" }, c = { z = "1", Z = "2", a = "3", [""] = "" }, d = math.maxinteger },
      { a = { "x", 1 }, b = { x = "y", z = "/" }, c = setmetatable({ x = "y" }, {}), d = { [2] = "x" }, e = {} },
      { e = {}, a = false },
      { a = 0.1, b = 1 / 3, c = -2.5e-300, d = 1e15, e = 123456789012345680.0, f = 3.0 },
    }
    for index = 1, 40 do records[7].e["key " .. index] = "v" end
    for _, record in ipairs(records) do
      local shown = {}
      for key in pairs(declared) do shown[key] = record[key] end
      assert.equal(document.encode(shown), encode({ record }, ","))
    end
    assert.equal('{"a":1};{};{"b":2}', encode({ { a = 1, z = 2 }, {}, { b = 2 } }, ";"))
    assert.equal("", encode({}, ","))
  end)

  it("refuses what JSON does not have", function()
    local encode = ordered.encoder{ a = "" }
    for _, value in ipairs{ { { a = print } }, { { a = 0 / 0 } }, { 5 }, 5 } do
      assert.is_false((pcall(encode, value, ",")))
    end
  end)
end)
