--- Files: whole writes, locks between processes, directories.
local failure_of = require("tests.lib.failure_of")
local fs = require("os2.fs")
local host = require("host.fs")
local lfs = require("lfs")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

describe("os2.fs", function()
  local directory

  local function path(name) return directory .. "/" .. name end

  before_each(function() directory = temporary.directory() end)
  after_each(function() temporary.remove(directory) end)

  it("reads what it wrote, byte for byte", function()
    for _, data in ipairs{ "", "a\0b\r\n", ("x"):rep(3 * 1024 * 1024) } do
      fs.write_atomic(path("file"), data)
      assert.is_true(fs.read(path("file")) == data)
    end
    assert.same({ "file" }, fs.list(directory))
  end)

  it("gives a file the mode that was asked for, whatever the umask", function()
    fs.write_atomic(path("file"), "x")
    assert.equal("rw-r--r--", fs.stat(path("file")).permissions)
    for text, mode in pairs{ ["rw-------"] = "600", ["rwxrwxrwx"] = "777" } do
      fs.write_atomic(path("file"), "x", { mode = tonumber(mode, 8) })
      assert.equal(text, fs.stat(path("file")).permissions)
    end
  end)

  it("leaves the old content and nothing else when a write fails", function()
    local script = [[
      local directory = arg[1]
      fs.write_atomic(directory .. "/file", "old")
      local _, failure = os2.try(fs.write_atomic, directory .. "/file", ("x"):rep(4 * 1024 * 1024))
      print(failure.kind, fs.read(directory .. "/file"), #fs.list(directory))]]
    local mount = 'mount -t tmpfs -o size=1m none "$0" && exec "$@"'
    local ran = proc.run({
      "unshare", "--mount", "sh", "-c", mount, directory,
      program.path, "--isolated", "-e", script, directory,
    }, { timeout = 30 })
    assert.equal("invalid\told\t1\n", ran.stdout, ran.stderr)
  end)

  it("says why a file cannot be read or written", function()
    fs.mkdir_p(path("directory"))
    fs.write_atomic(path("file"), "x")
    local cases = {
      { fs.read, "not_found", path("none") },
      { fs.read, "not_found", path("file/below") },
      { fs.read, "invalid", path("directory") },
      { fs.write_atomic, "not_found", path("none/file"), "x" },
      { fs.write_atomic, "invalid", path("directory"), "x" },
      { fs.write_atomic, "invalid", path(("n"):rep(300)), "x" },
      { fs.list, "not_found", path("none") },
      { fs.list, "invalid", path("file") },
      { fs.realpath, "not_found", path("none") },
      { fs.mkdir_p, "exists", path("file") },
      { fs.remove, "invalid", directory },
      { fs.lock, "not_found", path("none/lock"), { timeout = 1 } },
    }
    for _, case in ipairs(cases) do
      local fn, kind, name = table.unpack(case)
      local failure = failure_of(fn, table.unpack(case, 3))
      assert.equal(kind, failure.kind, tostring(failure))
      assert.matches(name, failure.message, 1, true)
    end
    assert.equal("exists", failure_of(fs.mkdir_p, path("file/below")).kind)
    assert.same({ "directory", "file" }, fs.list(directory))
  end)

  it("refuses what is no path or no mode, at the caller's line", function()
    local lock = { timeout = 1 }
    local names = { "read", "write_atomic", "lock", "stat", "exists", "remove", "list", "realpath", "mkdir_p" }
    for _, name in ipairs(names) do
      local message = failure_of(function() fs[name](path("a\0b"), name == "lock" and lock or "x") end)
      assert.matches("fs_spec.lua:%d+: fs.%a+_?%a*: the path holds a zero byte", message)
    end
    for _, mode in ipairs{ -1, 4096, 1 << 32 } do
      assert.matches("fs_spec.lua:%d+: fs.mkdir_p: the mode", failure_of(function() fs.mkdir_p(path("x"), mode) end))
      assert.matches("fs_spec.lua:%d+: fs.write_atomic: the mode", failure_of(function()
        fs.write_atomic(path("x"), "", { mode = mode })
      end))
      assert.matches("no mode of a file", failure_of(host.mkdir, path("x"), mode))
    end
    for _, name in ipairs{ "mkdir", "realpath", "try_lock", "write_atomic" } do
      assert.matches("zero byte", failure_of(host[name], path("a\0b"), "", 448))
    end
    assert.same({}, fs.list(directory))
  end)

  it("makes directories with what is missing above, twice too", function()
    fs.mkdir_p(path("a/b//c/"), 448)
    fs.mkdir_p(path("a/b/c"))
    assert.equal("rwx------", fs.stat(path("a/b/c")).permissions)
    assert.is_true(lfs.link(path("a"), path("link"), true))
    fs.mkdir_p(path("link/b/d"))
    assert.same({ "c", "d" }, fs.list(path("a/b")))
  end)

  it("lists names in order, hidden ones too", function()
    for _, name in ipairs{ "b", ".a", "c d", "ü" } do fs.write_atomic(path(name), "") end
    assert.same({ ".a", "b", "c d", "ü" }, fs.list(directory))
  end)

  it("tells what is there", function()
    fs.write_atomic(path("file"), "12345")
    assert.same({ 5, "file" }, { fs.stat(path("file")).size, fs.stat(path("file")).mode })
    assert.is_nil(fs.stat(path("none")))
    assert.same({ true, false }, { fs.exists(path("file")), fs.exists(path("none")) })
    fs.remove(path("file"))
    fs.remove(path("file"))
    assert.is_false(fs.exists(path("file")))
  end)

  it("finds the real path", function()
    fs.mkdir_p(path("a"))
    assert.is_true(lfs.link(path("a"), path("link"), true))
    assert.equal(fs.realpath(path("a")), fs.realpath(path("link/../link/.")))
  end)

  describe("lock", function()
    it("is one's own until it is closed", function()
      local lock = fs.lock(path("lock"), { timeout = 1 })
      local failure = failure_of(fs.lock, path("lock"), { timeout = 0.05 })
      assert.same({ "timeout", "fs.lock" }, { failure.kind, failure.op })
      lock:close()
      lock:close()
      local again <close> = fs.lock(path("lock"), { timeout = 0 })
      assert.is_truthy(again)
      assert.equal("rw-------", fs.stat(path("lock")).permissions)
    end)

    it("passes from task to task", function()
      local inside, most = 0, 0
      task.map({ 1, 2, 3, 4, 5 }, function()
        local _ <close> = fs.lock(path("lock"), { timeout = 20 })
        inside = inside + 1
        most = math.max(most, inside)
        task.sleep(0.005)
        inside = inside - 1
      end)
      assert.equal(1, most)
    end)

    it("is freed with the process that held it, however that ended", function()
      local holder <close> = program.start(([[
        lock = fs.lock(%q, { timeout = 5 })
        io.stdout:write("held") io.stdout:flush()
        task.sleep(30)]]):format(path("lock")))
      assert.equal("timeout", failure_of(fs.lock, path("lock"), { timeout = 0.05 }).kind)
      holder:kill(proc.signals.KILL)
      holder:result()
      local lock <close> = fs.lock(path("lock"), { timeout = 5 })
      assert.is_truthy(lock)
    end)

    it("is not inherited by programs that are started", function()
      local lock = fs.lock(path("lock"), { timeout = 1 })
      local child <close> = proc.spawn({ "sleep", "30" }, { stdin = "null" })
      lock:close()
      local again <close> = fs.lock(path("lock"), { timeout = 5 })
      assert.is_truthy(again)
      assert.is_truthy(child)
    end)
  end)
end)
