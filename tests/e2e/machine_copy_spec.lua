--- `os2 machine cp` at the Daytona stand-in, and what it holds in memory beside exec and logs.
local fs = require("os2.fs")
local lfs = require("lfs")
local machines = require("tests.lib.daytona_machines")
local patience = require("tests.lib.patience")
local proc = require("os2.proc")

describe("machine", function()
  local shared, world = machines.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(shared.reset)

  local machine, fault, assert_ok = shared.machine, shared.fault, shared.assert_ok

  before_each(function() world:control("POST", "seed-sandboxes", { count = 1 }) end)

  it("cp takes files and directories there and back", function()
    world:write("tree/a b.txt", "one\n")
    world:write("tree/deep/c,&.bin", "\0\1\2")
    assert_ok(machine{ "cp", "tree", "box-1:copy" })
    assert_ok(machine{ "cp", "tree/a b.txt", "box-1:copy/deep" })
    assert_ok(machine{ "cp", "box-1:copy", "back" })
    assert_ok(machine{ "cp", "box-1:copy/deep/c,&.bin", "." })
    local found = proc.run({ "find", "back", "c,&.bin", "-type", "f" }, {
      cwd = world.project, timeout = patience.SECONDS,
    }).stdout
    local names = {}
    for name in found:gmatch("[^\n]+") do names[#names + 1] = name end
    table.sort(names)
    assert.same({ "back/a b.txt", "back/deep/a b.txt", "back/deep/c,&.bin", "c,&.bin" }, names)
    local same = proc.run({ "cmp", "tree/deep/c,&.bin", "back/deep/c,&.bin" }, {
      cwd = world.project, timeout = patience.SECONDS,
    })
    assert.equal(0, same.code)
    assert.equal("", assert_ok(machine{ "exec", "box-1", "--", "find", ".", "-name", ".os2-*" })
      .stdout)
  end)

  it("cp puts no file in a directory's place, nor a directory in a file's", function()
    world:write("file", "mine\n")
    world:write("dir/file/x", "kept\n")
    world:write("f/kept", "")
    assert_ok(machine{ "exec", "box-1", "--", "sh", "-c",
      "mkdir -p d/file; echo 1 > f; echo 2 > d/file/y" })
    for _, words in ipairs{ { "dir", "box-1:f" }, { "file", "box-1:d" }, { "box-1:d", "file" },
      { "box-1:f", "." } } do
      local ran = machine{ "cp", table.unpack(words) }
      assert.equal(6, ran.code, table.concat(words, " ") .. ran.stderr)
      assert.truthy(ran.stderr:find("neither can replace the other", 1, true), ran.stderr)
    end
    assert.equal("1\n2\n", machine{ "exec", "box-1", "--", "cat", "f", "d/file/y" }.stdout)
    assert.equal("mine\n", fs.read(world.project .. "/file"))
    -- Also deep inside, both ways.
    world:write("in/f/deep", "x\n")
    assert_ok(machine{ "exec", "box-1", "--", "sh", "-c", "mkdir in; echo 3 > in/f; echo 4 > in/g" })
    local ran = machine{ "cp", "in", "box-1:." }
    assert.equal(1, ran.code)
    assert.truthy(ran.stderr:find("./in/f: a file cannot replace", 1, true), ran.stderr)
    assert.equal(6, machine{ "cp", "box-1:in", "." }.code)
    assert.equal("3\n", machine{ "exec", "box-1", "--", "cat", "in/f" }.stdout)
    assert.equal("x\n", fs.read(world.project .. "/in/f/deep"))
    assert.same({ "f" }, fs.list(world.project .. "/in"))
  end)

  it("cp copies a link as a link, and what it leads to with a slash behind it", function()
    world:write("tree/file", "x\n")
    assert(lfs.link("tree", world.project .. "/link", true))
    assert(lfs.link("tree/file", world.project .. "/short", true))
    assert_ok(machine{ "cp", "link", "box-1:link" })
    assert_ok(machine{ "cp", "short", "box-1:short" })
    assert_ok(machine{ "cp", "link/", "box-1:whole" })
    assert.equal("tree\ntree/file\nfile\n", assert_ok(machine{ "exec", "box-1", "--", "sh", "-c",
      "readlink link; readlink short; ls whole" }).stdout)
    assert_ok(machine{ "exec", "box-1", "--", "ln", "-s", "whole", "other" })
    assert_ok(machine{ "cp", "box-1:other", "one" })
    assert_ok(machine{ "cp", "box-1:other/", "two" })
    assert.equal("whole", lfs.symlinkattributes(world.project .. "/one", "target"))
    assert.equal("x\n", fs.read(world.project .. "/two/file"))
  end)

  it("holds neither output nor files whole", function()
    world:write("policy.lua", 'policy.api(1)\npolicy.set("http.response_limit", 65536)\n')
    local changes = { OS2_POLICY = "policy.lua" }
    local count = assert_ok(machine({ "exec", "box-1", "--", "sh", "-c",
      "head -c 1000000 /dev/zero | tr '\\0' x; head -c 500000 /dev/zero | tr '\\0' y >&2" }, changes))
    assert.same({ 1000000, 500000 }, { #count.stdout, #count.stderr })
    for _ = 1, 4 do
      world:control("POST", "entrypoint", { name = "box-1", stdout = ("z"):rep(50000) })
    end
    assert.equal(200000, #assert_ok(machine({ "logs", "box-1" }, changes)).stdout)
    world:write("tree/large.bin", ("\0\1\2\255"):rep(250000))
    for _, words in ipairs{ { "tree", "box-1:tree" }, { "tree/large.bin", "box-1:large.bin" },
      { "box-1:tree", "back" }, { "box-1:large.bin", "back/again.bin" } } do
      assert_ok(machine({ "cp", table.unpack(words) }, changes))
    end
    local sent = fs.read(world.project .. "/tree/large.bin")
    assert.is_true(sent == fs.read(world.project .. "/back/large.bin"))
    assert.is_true(sent == fs.read(world.project .. "/back/again.bin"))
  end)

  it("cp that breaks off leaves what is there as it was", function()
    world:write("tree/a", ("x"):rep(100000))
    assert_ok(machine{ "cp", "tree", "box-1:tree" })
    world:write("back/tree/a", "old\n")
    for _, path in ipairs{ "tree", "tree/a" } do
      fault({ method = "GET", path = "/files/download" }, { type = "truncated" })
      assert.not_equal(0, machine{ "cp", "box-1:" .. path, path == "tree" and "back" or "back/tree" }.code)
      assert.equal("old\n", fs.read(world.project .. "/back/tree/a"))
      assert.same({ "tree" }, fs.list(world.project .. "/back"))
      assert.same({ "a" }, fs.list(world.project .. "/back/tree"))
    end
  end)

  it("cp says what is missing", function()
    assert.equal(4, machine{ "cp", "nope", "box-1:x" }.code)
    assert.equal(4, machine{ "cp", "box-1:nope", "x" }.code)
    assert.equal(2, machine{ "cp", "a", "b" }.code)
    assert.equal(2, machine{ "cp", "box-1:a", "box-1:b" }.code)
  end)
end)
