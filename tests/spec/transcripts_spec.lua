--- How the tests read and compare the commands that documents show (tests/lib/transcripts.lua).
local temporary = require("tests.lib.temporary")
local transcripts = require("tests.lib.transcripts")

local DOCUMENT <const> = [[
text
```console
$ first --option
line 1
line 2
$ second   # without output
```

```lua
not read
```

```sh norun (installs packages)
./not-run
```

```sh
third
# a comment
```
]]

describe("a transcript", function()
  local path

  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  it("is read as commands with their output and place", function()
    temporary.write(path, DOCUMENT)
    assert.same({
      { place = path .. ":3", text = "first --option", expected = { "line 1", "line 2" } },
      { place = path .. ":6", text = "second   # without output" },
      { place = path .. ":18", text = "third" },
    }, transcripts.read(path))
  end)

  it("that is not run says why", function()
    temporary.write(path, "```sh norun\nx\n```\n")
    local ok, why = pcall(transcripts.read, path)
    assert.is_false(ok)
    assert.matches("norun wants its reason", why)
  end)

  it("is compared without names, times, ids and sizes", function()
    local expected = {
      "dev--20261127-093836   from ./x · 02775e9af8, clean",
      "  push  251 MB sent · sha256:9a991e109efb   9.5 s",
      "  build  [build 1/3] FROM base",
      "2026-11-27T09:38:39Z daemon: ready on port 3000 after 1.9 s",
    }
    assert.is_true((transcripts.compare(expected, "dev--20270101-000000 from ./x · 797e8df50c, clean\n"
      .. "  push  9.2 kB sent · sha256:155fab372e09     12.3 s\n"
      .. "  build  [1/2] FROM base\n"
      .. "2027-01-01T00:00:00Z daemon: ready on port 45421 after 0.3 s\n")))
  end)

  it("differs where a word, a line or a count that is not masked does", function()
    for _, output in ipairs{ "a 1\nb\n", "a 2\n", "a 2\nc\n", "a 2\nb\nc\n" } do
      assert.is_false((transcripts.compare({ "a 2", "b" }, output)), output)
    end
    assert.is_true((transcripts.compare({ "a 2", "b" }, "a 2\nb\n")))
  end)

  it("may leave out lines, and the rest of a line", function()
    assert.is_true((transcripts.compare({ "a", "…", "c …" }, "a\nb\nb\nc and more\n")))
    assert.is_true((transcripts.compare({ "a", "…" }, "a\n")))
    assert.is_false((transcripts.compare({ "a", "…", "c" }, "a\nb\n")))
  end)
end)
