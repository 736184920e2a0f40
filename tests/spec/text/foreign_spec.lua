--- What others have written: masked, then cut, then looked at; and nothing of it steers anything.
local foreign = require("os2.text.foreign")
local json = require("os2.json")
local policy = require("os2.policy")
local secrets = require("os2.text.secrets")

local KEY <const> = "dtn_0123456789abcdef0123456789"

describe("os2.text.foreign", function()
  before_each(function()
    policy.reset()
    secrets.forget()
    secrets.conceal(KEY)
  end)
  after_each(function()
    policy.reset()
    secrets.forget()
  end)

  it("shows no part of a secret, wherever the cut falls", function()
    for before = 150, 230 do
      local text = ("x"):rep(before) .. KEY .. ("y"):rep(500)
      for _, shown in ipairs{ foreign.line(text, 200), (foreign.head(text, 200)),
        (foreign.tail(text:reverse():gsub(KEY:reverse(), KEY), 200)) } do
        for from = 1, #KEY - 4 do
          assert.is_nil(shown:find(KEY:sub(from, from + 4), 1, true), before)
        end
      end
    end
  end)

  it("shows a secret at the very beginning as masked", function()
    secrets.conceal(("s"):rep(300))
    assert.equal("***", (foreign.head(("s"):rep(300) .. ("y"):rep(2000), 200)):sub(1, 3))
  end)

  it("masks before lines are joined", function()
    secrets.conceal("first line of it\nsecond line of it")
    assert.equal("key: *** ***", foreign.line("key: first line of it\nsecond line of it", 200))
  end)

  it("finds a secret that was taken apart by what does not show", function()
    assert.equal("***", foreign.line(KEY:sub(1, 9) .. "\27[0m" .. KEY:sub(10), 200))
    assert.equal("***", foreign.line(KEY:sub(1, 9) .. "\u{202E}" .. KEY:sub(10), 200))
  end)

  it("cuts at characters", function()
    for limit = 200, 210 do
      local head = foreign.head(("ü€😀"):rep(100), limit)
      assert.truthy(utf8.len(head), limit)
      assert.is_true(#head <= limit and #head > limit - 4, limit)
      local tail = foreign.tail(("ü€😀"):rep(100), limit)
      assert.truthy(utf8.len(tail), limit)
    end
  end)

  it("cuts what is no UTF-8, too", function()
    assert.equal(200, #(foreign.head(("\x80"):rep(1000), 200)))
  end)

  it("keeps both ends of a long message and names the policy", function()
    local message = foreign.message("begin " .. ("x"):rep(5000000) .. " exit code: 7")
    assert.matches("^begin x+ … x+ exit code: 7 %(5000019 bytes, cut by the policy limits%.message%)$", message)
    assert.is_true(#message < 2200)
    policy.set("limits.message", 300)
    assert.is_true(#foreign.message(("x"):rep(5000)) < 400)
  end)

  it("gives the first and the last line that say something", function()
    assert.equal("one", foreign.first_line("\n \n one \ntwo\n\n"))
    assert.equal("two", foreign.last_line("one\ntwo\t\n\n \n"))
    assert.equal("", foreign.last_line("\n \n"))
    assert.equal("", foreign.first_line(""))
    assert.equal("last", foreign.last_line(("x\n"):rep(100000) .. "last"))
  end)

  it("lets nothing steer the terminal or turn the direction", function()
    local hostile = "a\27[31mb\27]0;t\7c\u{85}d\u{9b}31me\u{202e}f\u{202a}g\u{2066}h\u{2069}i\u{200e}"
      .. "j\u{200f}k\u{61c}l\u{2028}m\u{feff}n\127o\0p"
    local shown = foreign.line(hostile, 2000)
    for _, code in utf8.codes(shown) do
      assert.is_true(code >= 0x20 and code ~= 0x7f and not (code >= 0x80 and code < 0xa0))
      assert.is_false(code >= 0x202a and code <= 0x202e or code >= 0x2066 and code <= 0x2069)
      assert.is_false(code == 0x61c or code == 0x200e or code == 0x200f or code == 0xfeff)
    end
    assert.equal("größe · ok 😀", foreign.line("größe · ok 😀", 200))
  end)

  it("lets a result be what it is, but for what steers", function()
    assert.equal("a\n\tb " .. KEY .. "\255", foreign.steerless("a\n\tb\u{9b}" .. KEY .. "\255\u{202e}"))
  end)

  it("keeps lines and tabs where text has lines", function()
    assert.equal("a\n\tb c", foreign.visible("a\n\tb\rc"))
  end)

  it("escapes in JSON, so that the document says the same", function()
    local text = "a\u{202e}b\u{9b}c\u{200f}d\u{2028}e\u{61c}f\u{feff}g ü"
    local encoded = foreign.escaped_json(json.encode{ text = text })
    assert.equal('{"text":"a\\u202eb\\u009bc\\u200fd\\u2028e\\u061cf\\ufeffg ü"}', encoded)
    assert.equal(text, json.decode(encoded).text)
  end)

  it("decodes answers within a bound", function()
    assert.equal(1, foreign.decode('{"a":1}').a)
    assert.is_nil(foreign.decode("<html>"))
    assert.is_nil(foreign.decode('"' .. ("x"):rep(9 * 1024 * 1024) .. '"'))
  end)
end)
