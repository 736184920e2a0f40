--- The result contract of every command: stdout, the JSON document, exit codes.
local env = require("os2.env")
local json = require("os2.json")
local lfs = require("lfs")
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")

local OS2 <const> = env.get("OS2") or "build/os2"

local SCRIPT <const> = [[
local cli = require("os2.cli")
local err = require("os2.err")
cli.run{
  name = "thing.lua",
  summary = "Make a thing.",
  args = function(parser)
    parser:option("--size"):convert(cli.integer(1))
    parser:option("--set"):target("pairs"):count("*"):init({}):action(cli.pair)
    parser:option("--label"):target("labels"):count("*"):init({}):action(cli.label)
    parser:option("--count"):convert(cli.integer(1, 20))
    parser:option("--timeout"):convert(cli.seconds)
    cli.option(parser, "--keep", { argname = "N", convert = cli.integer(1), default = "1",
      description = "How many." })
    cli.option(parser, "--prefix", { argname = "PREFIX", default = "none", description = "Whose." })
    parser:flag("--fail")
    parser:flag("--bug")
    parser:flag("--find")
  end,
  run = function(args)
    if args.bug then error("oh no") end
    local failure = err.new{
      kind = "quota", op = "thing", message = "no room", hint = "make some", status = 400,
    }
    if args.fail then err.raise(failure) end
    if args.find then return { found = 1 }, "found", failure end
    return { name = "thing-1", size = args.size, pairs = args.pairs,
      labels = args.labels, count = args.count, timeout = args.timeout }, "thing-1"
  end,
}
]]

-- A command that passes words on to another program.
local PASSING <const> = [[
require("os2.cli").run{
  name = "passing.lua",
  summary = "Pass words on.",
  args = function(parser) parser:argument("words"):args("*") end,
  run = function(args) return { words = args.words }, table.concat(args.words, " ") end,
}
]]

describe("os2.cli.document", function()
  it("holds a path that is not UTF-8, and empty lists", function()
    local document = require("os2.cli.document")
    local fields = { paths = { "a\xff" }, none = json.array(), ["k\xff"] = { deep = { "\xc0" } } }
    local written = json.decode(document.encode(document.new(fields)))
    assert.same({ { "a?" }, { { "?" } } }, { written.paths, { written["k?"].deep } })
    assert.matches('"none":%[%]', document.encode(document.new(fields)))
    assert.same({ "a\xff" }, fields.paths)
  end)
end)

describe("os2.cli", function()
  local directory

  setup(function()
    directory = temporary.directory()
    temporary.write(directory .. "/thing.lua", SCRIPT)
    temporary.write(directory .. "/passing.lua", PASSING)
  end)

  teardown(function() temporary.remove(directory) end)

  local function run(...)
    return proc.run({ OS2, directory .. "/thing.lua", ... }, {
      timeout = 20, env = { FROM_ENVIRONMENT = "here" },
    })
  end

  it("prints the result and nothing else", function()
    local ran = run()
    assert.equal(0, ran.code)
    assert.equal("thing-1\n", ran.stdout)
    assert.equal("", ran.stderr)
  end)

  it("prints one JSON document with --json", function()
    local ran = run("--json", "--size", "3")
    assert.equal(0, ran.code)
    assert.same({ schema = 1, ok = true, exit = 0, name = "thing-1", size = 3, pairs = {}, labels = {} },
      json.decode(ran.stdout))
    assert.equal(1, select(2, ran.stdout:gsub("\n", "")))
  end)

  it("takes whole numbers within their range, and seconds", function()
    local document = json.decode(run("--json", "--count", "20", "--timeout", "0.5").stdout)
    assert.same({ 20, 0.5 }, { document.count, document.timeout })
  end)

  it("writes the document to a file, and text to stdout", function()
    local path = directory .. "/result.json"
    local ran = run("--result", path)
    assert.equal("thing-1\n", ran.stdout)
    local file <close> = io.open(path)
    assert.equal("thing-1", json.decode(file:read("a")).name)
  end)

  it("fails with the kind's code, a line and a document", function()
    local ran = run("--fail", "--json")
    assert.equal(8, ran.code)
    assert.equal("os2: thing: no room; make some\n", ran.stderr)
    local document = json.decode(ran.stdout)
    assert.is_false(document.ok)
    assert.equal(1, document.schema)
    assert.same({ kind = "quota", op = "thing", message = "no room", hint = "make some",
      status = 400, exit = 8 }, document.error)
  end)

  it("prints nothing on stdout when it fails without --json", function()
    local ran = run("--fail")
    assert.equal(8, ran.code)
    assert.equal("", ran.stdout)
  end)

  it("reports findings as the result and as a failure", function()
    local ran = run("--find")
    assert.equal(8, ran.code)
    assert.equal("found\n", ran.stdout)
    local document = json.decode(run("--find", "--json").stdout)
    assert.is_false(document.ok)
    assert.equal(1, document.found)
    assert.equal("quota", document.error.kind)
  end)

  it("calls what os2 cannot explain a bug, also in the document", function()
    local ran = run("--bug", "--json")
    assert.equal("internal", json.decode(ran.stdout).error.kind)
    assert.truthy(ran.stderr:find("oh no", 1, true))
    assert.not_equal(0, ran.code)
  end)

  it("refuses what it does not know with code 2 and the way to help", function()
    for _, words in ipairs{
      { "--sise", "3" }, { "--size" }, { "--size", "0" }, { "--size", "big" }, { "extra" },
      { "--count", "1.5" }, { "--count", "0" }, { "--count", "21" }, { "--count", "0x2" },
      { "--count", "1e1" }, { "--timeout", "0" }, { "--timeout", "-1" }, { "--timeout", "inf" },
    } do
      local ran = run(table.unpack(words))
      assert.equal(2, ran.code, table.concat(words, " "))
      assert.equal("", ran.stdout)
      assert.equal(1, select(2, ran.stderr:gsub("\n", "")))
      assert.truthy(ran.stderr:find("--help", 1, true))
    end
  end)

  it("names the option whose value it does not take", function()
    for words, wanted in pairs{
      [{ "--keep", "x" }] = "os2: usage: --keep 'x' is not a whole number of at least 1; run `",
      [{ "--keep=-1" }] = "os2: usage: --keep '-1' is not a whole number of at least 1; run `",
      [{ "--prefix", "" }] = "os2: usage: --prefix '' names nothing; write a name (a variable in ",
      [{ "--keep", "-1" }] = "os2: usage: unknown option '-1'; write a value that begins with - as "
        .. "--OPTION=VALUE, or run `",
    } do
      local ran = run(table.unpack(words))
      assert.equal(2, ran.code)
      assert.equal(wanted, ran.stderr:sub(1, #wanted))
    end
  end)

  it("writes the document for bad usage too", function()
    local ran = run("--json", "--sise")
    assert.equal(2, ran.code)
    assert.equal(2, json.decode(ran.stdout).error.exit)
  end)

  it("leaves what stands behind -- to the other program", function()
    local path = directory .. "/theirs.json"
    for _, words in ipairs{ { "--result", path }, { "--result=" .. path }, { "--json" } } do
      local ran = proc.run({ OS2, directory .. "/passing.lua", "--", table.unpack(words) }, {
        timeout = 20,
      })
      assert.equal(table.concat(words, " ") .. "\n", ran.stdout)
      assert.is_nil(io.open(path))
    end
  end)

  it("refuses a result file in no directory, or that is one, before it works", function()
    for _, path in ipairs{ directory .. "/none/result.json", directory } do
      local ran = run("--result", path)
      assert.equal(2, ran.code)
      assert.equal("", ran.stdout)
      assert.matches("^os2: usage: %-%-result [^\n]*\n$", ran.stderr)
    end
  end)

  it("keeps a result file to its owner, and a device or a link what it is", function()
    local path, link = directory .. "/own.json", directory .. "/link.json"
    assert.equal(0, run("--result", path).code)
    assert.equal("rw-------", lfs.attributes(path, "permissions"))
    assert(lfs.link(path, link, true))
    assert.equal(0, run("--size", "7", "--result", link).code)
    assert.equal("link", lfs.symlinkattributes(link, "mode"))
    assert.equal(7, json.decode(assert(io.open(path)):read("a")).size)
    assert.equal(0, run("--result", "/dev/null").code)
    assert.equal("char device", lfs.attributes("/dev/null", "mode"))
  end)

  it("names a result file that takes no more, with code 1", function()
    local ran = run("--result", "/dev/full")
    assert.same({ 1, "thing-1\n" }, { ran.code, ran.stdout })
    assert.matches("^os2: cli: %-%-result /dev/full cannot be written: No space left", ran.stderr)
  end)

  it("names a result file on a full disk, with code 1, and leaves none", function()
    local mount = "mount -t tmpfs -o size=4k none \"$1\" && head -c 4096 /dev/zero >\"$1/fill\" && "
    local place = directory .. "/full"
    assert(lfs.mkdir(place))
    local ran = proc.run({ "unshare", "-rm", "sh", "-c", mount .. [["$2" "$3" --result "$1/r" 2>&1; echo $?; ls "$1"]],
      "sh", place, OS2, directory .. "/thing.lua" }, { timeout = 20 })
    if ran.stderr:find("unshare: ", 1, true) then return pending("no user namespaces here") end
    assert.matches("^thing%-1\nos2: cli: %-%-result [^\n]*/full/r cannot be written: [^\n]*\n1\nfill\n$", ran.stdout)
  end)

  it("writes nothing into a document that steers a terminal", function()
    local ran = run("--json", "--set", "A=a\u{202e}b\u{9b}31mc\27[0m")
    for _, code in utf8.codes(ran.stdout) do
      assert.is_false(code == 0x202e or code == 0x9b or code == 27)
    end
    assert.equal("a\u{202e}b\u{9b}31mc\27[0m", json.decode(ran.stdout).pairs.A)
  end)

  it("writes no text to stdout that steers a terminal", function()
    local ran = proc.run({ OS2, directory .. "/passing.lua", "--", "a\u{202e}b\u{9b}c\27[31md", "e\tf" },
      { timeout = 20 })
    assert.equal("ab cd e\tf\n", ran.stdout)
  end)

  it("tells of a fault in a policy file as of any other", function()
    temporary.write(directory .. "/fault.lua", "polcy.api(1)")
    local argv = { OS2, "--policy", directory .. "/fault.lua", directory .. "/thing.lua", "--json" }
    local ran = proc.run(argv, { timeout = 20 })
    assert.equal(3, ran.code)
    assert.matches("fault.lua:1:", json.decode(ran.stdout).error.message)
  end)

  it("prints help on stdout with code 0, and no document", function()
    local ran = run("--help", "--json")
    assert.equal(0, ran.code)
    assert.truthy(ran.stdout:find("Make a thing.", 1, true))
    assert.is_nil(ran.stdout:find("schema", 1, true))
  end)

  it("takes pairs, with values from the environment where none is given", function()
    local document = json.decode(run("--json", "--set", "A=1=2", "--set", "FROM_ENVIRONMENT",
      "--set", "B=").stdout)
    assert.same({ A = "1=2", B = "", FROM_ENVIRONMENT = "here" }, document.pairs)
  end)

  it("refuses a pair without a name or a value, naming it", function()
    for word, said in pairs{ UNSET_FOR_SURE = "no UNSET_FOR_SURE", ["=x"] = "'=x' has no name" } do
      local ran = run("--set", word)
      assert.equal(2, ran.code)
      assert.truthy(ran.stderr:find(said, 1, true), ran.stderr)
    end
  end)

  it("takes a label as KEY=VALUE and as nothing else", function()
    assert.same({ A = "1=2", B = "" },
      json.decode(run("--json", "--label", "A=1=2", "--label", "B=").stdout).labels)
    for _, word in ipairs{ "FROM_ENVIRONMENT", "=x", "" } do
      local ran = run("--label", word)
      assert.equal(2, ran.code)
      assert.truthy(ran.stderr:find(("--label '%s'"):format(word), 1, true), ran.stderr)
    end
  end)
end)
