--- The system's tar, under another name.
local fs = require("os2.fs")
local proc = require("os2.proc")
local tar = require("os2.tar.command")
local temporary = require("tests.lib.temporary")

describe("os2.tar.command", function()
  local directory

  before_each(function() directory = temporary.directory() end)
  after_each(function() temporary.remove(directory) end)

  local function run(argv, input)
    local ran = proc.run(argv, { timeout = 10, input = input, env = tar.environment() })
    tar.check(ran.code, ran.stderr)
    return ran.stdout
  end

  -- Packs `from` as `through` and unpacks it as `to`.
  local function round_trip(from, through, to)
    local packed = run(tar.pack({ directory = directory, name = from }, through))
    fs.mkdir_p(directory .. "/out")
    run(tar.unpack(through, { directory = directory .. "/out", name = to }), packed)
    return directory .. "/out/" .. to
  end

  local NAMES <const> = { "a", "a b", "-f", "a.b*c", "[x]", "^a$", "a,b", "a&b", "a\\b", "ü" }
  for _, name in ipairs(NAMES) do
    it(("keeps %s, as another name and from one"):format(name), function()
      temporary.write(directory .. "/" .. name, "content")
      assert.equal("content", fs.read(round_trip(name, "plain", "x")))
      assert.equal("content", fs.read(round_trip(name, name, name)))
      temporary.write(directory .. "/plain", "content")
      assert.equal("content", fs.read(round_trip("plain", name, name)))
    end)
  end

  it("renames a directory, and nothing inside that is called like it", function()
    temporary.write(directory .. "/d/d/d", "deep")
    temporary.write(directory .. "/d/dd", "beside")
    local out = round_trip("d", "e", "f")
    assert.equal("deep", fs.read(out .. "/d/d"))
    assert.equal("beside", fs.read(out .. "/dd"))
  end)

  it("raises with what tar says", function()
    local ran = proc.run(tar.pack({ directory = directory, name = "nope" }, "x"), { timeout = 10 })
    assert.error_matches(function() tar.check(ran.code, ran.stderr) end, "nope")
  end)

  describe("takes its code 1", function()
    local CHANGED <const> = "tar: d/log: file changed as we read it\n"

    it("for a change that others made meanwhile, and nothing else", function()
      assert.equal("d/log: file changed as we read it", tar.check(1, CHANGED))
      assert.equal("d/a: File removed before we read it; d/log: file changed as we read it",
        tar.check(1, "tar: d/a: File removed before we read it\ntar: d/s: socket ignored\n" .. CHANGED))
      assert.is_nil(tar.check(0, ""))
    end)

    for what, words in pairs{
      ["a file that got shorter"] = CHANGED .. "tar: d/log: File shrank by 5 bytes; padding with zeros\n",
      ["a tar that fails with it"] = "tar: can't open 'd': Permission denied\n",
      ["one that says nothing"] = "",
    } do
      it("not for " .. what, function()
        assert.has_error(function() tar.check(1, words) end)
        assert.has_error(function() tar.check(2, CHANGED) end)
      end)
    end
  end)

  it("packs what a directory holds, whatever its name, and without the directory", function()
    for _, name in ipairs(NAMES) do temporary.write(directory .. "/d/" .. name, "content") end
    local listed = proc.run(tar.pack_entries(directory .. "/d"), {
      timeout = 10, input = table.concat(NAMES, "\0") .. "\0",
    })
    fs.mkdir_p(directory .. "/out")
    run(tar.unpack("none", { directory = directory .. "/out", name = "x" }), listed.stdout)
    local wanted = { table.unpack(NAMES) }
    table.sort(wanted)
    assert.same(wanted, fs.list(directory .. "/out"))
    local empty = proc.run(tar.pack_entries(directory .. "/out"), { timeout = 10, input = "" })
    assert.equal(0, empty.code, empty.stderr)
  end)
end)
