--- `os2 add`: packs of scripts from a real git server, whose content is run only while it is the one
--- that the user trusts.
local fs = require("os2.fs")
local git_server = require("tests.lib.git_server")
local json = require("os2.json")
local lfs = require("lfs")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local temporary = require("tests.lib.temporary")

describe("os2 add", function()
  local server, directory, config, data, url, first, second

  local FILES <const> = {
    ["scripts/greet.lua"] = "--- Greets.\nprint('hello 1', arg[0])",
    ["scripts/greet_test.lua"] = "test('x', function() end)",
    ["README.md"] = "A pack.\n",
  }

  setup(function()
    server = git_server.start()
    server:repository("pack", FILES)
    first = git_server.git(server.directory .. "/pack", "rev-parse", "HEAD")
    second = server:commit("pack", { ["scripts/greet.lua"] = "print('hello 2')",
      ["scripts/wave.lua"] = "print('bye')" })
    url = server:url("open", "pack")
  end)
  teardown(function() if server then server:stop() end end)

  before_each(function()
    directory = temporary.directory()
    config, data = directory .. "/config", directory .. "/data"
    for _, path in ipairs{ config, data } do fs.mkdir_p(path) end
  end)
  after_each(function() temporary.remove(directory) end)

  local function variables()
    return { XDG_CONFIG_HOME = config, XDG_DATA_HOME = data, USER = "me" }
  end

  local function run(...)
    return proc.run({ program.path, ... }, { timeout = 60, env = variables() })
  end

  -- Runs it on a terminal, where a person types this line.
  local function type_into(line, ...)
    local words = table.concat({ program.path, ... }, " ")
    return proc.run({ "script", "-qec", words, "/dev/null" },
      { timeout = 60, env = variables(), input = line .. "\n" })
  end

  local function hash_of(commit)
    local ran = run("add", url .. "@" .. commit)
    assert.equal(7, ran.code, ran.stderr)
    return ran.stderr:match("%-%-trust (%x+)\n")
  end

  local function add(commit)
    local ran = run("add", url .. "@" .. commit, "--trust", hash_of(commit), "--json")
    assert.equal(0, ran.code, ran.stderr)
    return json.decode(ran.stdout)
  end

  local function listed() return json.decode(run("add", "--list", "--json").stdout).packs end

  local function assert_nothing_kept()
    assert.is_false(fs.exists(config .. "/os2/packs.lock"))
    for _, name in ipairs(fs.exists(data .. "/os2/packs") and fs.list(data .. "/os2/packs") or {}) do
      assert.equal(".lock", name)
    end
  end

  it("shows files and hash, and adds nothing without trust", function()
    local ran = run("add", url .. "@" .. first)
    assert.equal(7, ran.code)
    assert.matches("^pack  " .. url:gsub("%p", "%%%0") .. "@" .. first .. "\n%+       8  README.md\n"
      .. "%+ +%d+  scripts/greet.lua\n%+ +%d+  scripts/greet_test.lua\nhash %x+\n", ran.stderr)
    assert.matches("os2: add: the content of pack is not trusted; read the files", ran.stderr)
    assert_nothing_kept()
    ran = run("add", url .. "@" .. first, "--trust", ("0"):rep(64))
    assert.equal(7, ran.code)
    assert.matches("the hash of the content is " .. hash_of(first) .. ", not 0000", ran.stderr)
    assert_nothing_kept()
  end)

  it("adds what is trusted: its scripts are commands, of the commit that was named", function()
    local added = add(first)
    assert.same({ "pack", url, first, { "greet" } }, { added.name, added.url, added.commit, added.commands })
    assert.equal("hello 1\tgreet\n", run("greet").stdout)
    assert.matches("packs %(os2 add %-%-list%):\n  greet +Greets%.\n", run("--help").stdout)
    assert.matches("greet\tGreets", run("completion", "--", "gr").stdout)
    assert.equal(2, run("--isolated", "greet").code)
    local entry = json.decode(fs.read(config .. "/os2/packs.lock")).packs.pack
    assert.same({ url, first, added.hash }, { entry.url, entry.commit, entry.hash })
    assert.is_true(listed()[1].ok)
    -- the same content is trusted already
    local again = run("add", url .. "@" .. first, "--json")
    assert.equal(added.hash, json.decode(again.stdout).hash)
    assert.equal("", again.stderr)
  end)

  it("asks for trust again when the commit has other content, and shows what differs", function()
    add(first)
    local ran = run("add", url .. "@" .. second)
    assert.equal(7, ran.code)
    assert.matches("\n= +8  README.md\n~ +%d+  scripts/greet.lua\n", ran.stderr)
    assert.matches("\n%+ +%d+  scripts/wave.lua\n", ran.stderr)
    assert.equal("hello 1\tgreet\n", run("greet").stdout)
    assert.same({ "greet", "wave" }, add(second).commands)
    assert.equal("hello 2\n", run("greet").stdout)
    assert.same({ second }, fs.list(data .. "/os2/packs/pack"))
    assert.equal(7, run("add", url .. "@" .. first).code)
  end)

  it("asks on a terminal, and takes yes alone", function()
    local ran = type_into("no", "add", url .. "@" .. first)
    assert.equal(7, ran.code)
    assert.matches("scripts/greet.lua.*Run these scripts as me from now on%? Type yes to trust this content: ",
      ran.stdout)
    assert_nothing_kept()
    ran = type_into("yes", "add", url .. "@" .. first)
    assert.equal(0, ran.code, ran.stdout)
    assert.equal("hello 1\tgreet\n", run("greet").stdout)
  end)

  it("runs nothing whose content was changed, until it is added again", function()
    add(first)
    local script = ("%s/os2/packs/pack/%s/scripts/greet.lua"):format(data, first)
    local content = fs.read(script)
    local function assert_refused(why)
      local ran = run("greet")
      assert.equal(3, ran.code, ran.stdout)
      assert.equal("", ran.stdout)
      assert.matches("scripts/greet.lua is not run: .*" .. why, ran.stderr)
      assert.is_nil(run("--help").stdout:find("Greets", 1, true))
    end
    fs.write_atomic(script, (content:gsub("hello", "hullo")))
    assert_refused("of the pack pack, its content is not what was trusted; os2 add http")
    assert.is_false(listed()[1].ok)
    fs.write_atomic(script, content)
    assert.equal(0, run("greet").code)
    temporary.write(("%s/os2/packs/pack/%s/more.lua"):format(data, first), "")
    assert_refused("its content is not what was trusted")
    fs.remove(("%s/os2/packs/pack/%s/more.lua"):format(data, first))
    lfs.link("/etc/passwd", ("%s/os2/packs/pack/%s/link"):format(data, first), true)
    assert_refused("link is a link")
    assert.equal(0, run("add", url .. "@" .. first).code)
    assert.equal(0, run("greet").code)
    fs.chmod(config .. "/os2/packs.lock", tonumber("666", 8))
    assert_refused("packs.lock may be written by others")
    fs.chmod(config .. "/os2/packs.lock", tonumber("644", 8))
    fs.chmod(data .. "/os2/packs", tonumber("777", 8))
    assert_refused("packs may be written by others")
  end)

  it("runs nothing of a lock file that names what is not here", function()
    add(first)
    local lock = config .. "/os2/packs.lock"
    fs.write_atomic(lock, (fs.read(lock):gsub(first, second)))
    assert.equal(2, run("greet").code)
    assert.equal("it is not installed", listed()[1].why)
    fs.write_atomic(lock, "{")
    assert.equal(2, run("greet").code)
    local ran = run("add", url .. "@" .. first)
    assert.equal(3, ran.code)
    assert.matches("packs.lock is no lock file", ran.stderr)
    assert.equal("{", fs.read(lock))
  end)

  it("removes a pack, and finds its own commands and the user's first", function()
    add(first)
    temporary.write(config .. "/os2/scripts/greet.lua", "print('mine')")
    for _, path in ipairs{ "/os2/scripts/greet.lua", "/os2/scripts", "/os2", "" } do
      fs.chmod(config .. path, tonumber("755", 8))
    end
    assert.equal("mine\n", run("greet").stdout)
    assert.matches("warning: the script %S+/packs/pack/%x+/scripts/greet.lua is not reached: "
      .. "greet is %S+/os2/scripts/greet.lua\n", run("--help").stderr)
    assert.equal(4, run("add", "--remove", "other").code)
    assert.equal(0, run("add", "--remove", "pack").code)
    assert.same({}, listed())
    assert.is_false(fs.exists(data .. "/os2/packs/pack"))
  end)

  it("refuses what is no pack, and what does not name one commit", function()
    local function refused(code, words, ...)
      local ran = run("add", ...)
      assert.equal(code, ran.code, ran.stderr)
      assert.matches(words, ran.stderr)
      assert_nothing_kept()
    end
    refused(2, "is not URL@COMMIT with a whole commit hash", url)
    refused(2, "is not URL@COMMIT", url .. "@main")
    refused(2, "is not URL@COMMIT", url .. "@" .. first:sub(1, 12))
    refused(2, "has a user or a password", "https://me:secret@x.test/p.git@" .. first)
    refused(2, "'%.x' is no name of a pack", url .. "@" .. first, "--name", ".x")
    refused(2, "one of URL@COMMIT", "--list", "--remove", "x")
    refused(4, "has no commit", url .. "@" .. ("a"):rep(40))
    refused(4, "", server:url("open", "none") .. "@" .. first)
    server:repository("empty", { ["x_test.lua"] = "", ["a/b.lua"] = "" })
    local commit = git_server.git(server.directory .. "/empty", "rev-parse", "HEAD")
    refused(1, "has no scripts", server:url("open", "empty") .. "@" .. commit)
    server:repository("linked", { ["x.lua"] = "" })
    lfs.link("/etc/passwd", server.directory .. "/linked/y.lua", true)
    commit = server:commit("linked", {})
    refused(1, "y.lua is a link, and a pack has files only", server:url("open", "linked") .. "@" .. commit)
    server:repository("large", { ["x.lua"] = ("-"):rep(5000) })
    commit = git_server.git(server.directory .. "/large", "rev-parse", "HEAD")
    temporary.write(directory .. "/p.lua", 'policy.api(1)\npolicy.set("limits.pack", 4999)')
    refused(1, "have 5000 bytes, more than 4999; policy limits.pack", server:url("open", "large") .. "@" .. commit,
      "--policy", directory .. "/p.lua")
  end)

  it("finds a commit of another branch where it is named", function()
    local commit = server:commit("pack", { ["scripts/side.lua"] = "" }, "side")
    git_server.git(server.directory .. "/pack", "reset", "-q", "--hard", second)
    local source = url .. "@" .. commit
    assert.equal(4, run("add", source).code)
    assert.equal(7, run("add", source, "--branch", "side").code)
  end)
end)
