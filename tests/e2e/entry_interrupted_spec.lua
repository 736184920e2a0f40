--- Updates and clones of a boot that are interrupted, killed, or have no room on the disk.
local boots = require("tests.lib.boot")
local checkouts = require("tests.lib.checkouts")
local fs = require("os2.fs")
local git_server = require("tests.lib.git_server")
local proc = require("os2.proc")

local git = git_server.git

describe("entry:", function()
  local shared = checkouts.new()
  local server, boot, name

  setup(function() server = shared.start() end)
  teardown(shared.stop)
  before_each(function() boot, name = shared.open_boot() end)
  after_each(shared.close)

  local policy, open, content, booted, assert_fails, assert_nothing_cloned =
    shared.policy, shared.open, shared.content, shared.booted, shared.assert_fails,
    shared.assert_nothing_cloned

  -- What cannot be compressed.
  local function noise(size)
    return proc.run({ "head", "-c", tostring(size), "/dev/urandom" }, { timeout = 120 }).stdout
  end

  describe("an update", function()
    local function assert_whole(word)
      assert.equal(word, content("code.txt"))
      assert.equal("", git(boot.path, "status", "--porcelain", "-uno"))
      git(boot.path, "fsck")
    end

    it("that SIGTERM interrupts while it fetches leaves the checkout as it was", function()
      open()
      booted()
      server:commit(name, { ["code.txt"] = "two\n" })
      policy(server:url("hang-pack-100", name))
      server:seen()
      local run <close> = boot:start()
      server:wait_for("/git-upload-pack")
      run:signal("TERM")
      assert_fails(run:finish(), 143, "^os2: task: interrupted by SIGTERM$")
      assert_whole("one\n")
      open()
      booted()
      assert_whole("two\n")
    end)

    -- Commits a thousand files, boots, signals as soon as they are written, and returns whether the signal
    -- came before that was over. The install, which is next, does not end.
    local function is_interrupted(number)
      local files = { ["code.txt"] = "two\n" }
      for at = 1, 1000 do files[("d%d/f%d.txt"):format(at % 50, at)] = ("%d %d\n"):format(number, at) end
      server:commit(name, files)
      local state, is_over = boot.path .. "/.git/os2-entry.json", boot.home .. "/installs"
      open("policy.set('entry.install', {'sh', '-c', 'touch \"$HOME/installs\"; exec sleep 3600'})")
      local run <close> = boot:start()
      local function is_updating() return fs.read(state):find("updating", 1, true) ~= nil end
      boots.wait_until(function() return is_updating() or fs.exists(is_over) end)
      run:signal("TERM")
      assert_fails(run:finish(), 143, "^os2: task: interrupted by SIGTERM$")
      os.remove(is_over)
      return is_updating()
    end

    it("that SIGTERM interrupts while files are written is finished at the next boot", function()
      open()
      booted()
      local number = 1
      while not is_interrupted(number) do
        number = number + 1
        assert(number <= 50, "the files were written before each signal")
      end
      open()
      assert.matches("finishing the interrupted update to", booted().stderr)
      assert_whole("two\n")
    end)

    -- The first boot brings `main`, the second one wants `big`, on a disk of their own: it goes with
    -- its mount namespace, so what is there in the end is printed.
    local FULL <const> = [[mount -t tmpfs -o size=2m none "$HOME" && before=$1 after=$2 && shift 2 || exit 99
      cp "$before" "$POLICY"; "$@" || exit 98
      cp "$after" "$POLICY"; "$@"; code=$?
      cat "$HOME/code/code.txt"; find "$HOME/code/.git" -name '*pack_git2*'; exit $code]]

    local function run_on_full_disk(files)
      server:commit(name, files, "big")
      local before, after = boot.directory .. "/before.lua", boot.directory .. "/after.lua"
      for file, branch in pairs{ [before] = "main", [after] = "big" } do
        open(("policy.set('entry.branch', %q)"):format(branch))
        os.rename(boot.directory .. "/policy.lua", file)
      end
      local variables = { POLICY = boot.directory .. "/policy.lua" }
      return boot:run(variables, { "unshare", "--mount", "sh", "-c", FULL, "sh", before, after,
        table.unpack(boot:argv()) })
    end

    it("on a disk that is full while it fetches fails by name, and leaves the checkout", function()
      local run = run_on_full_disk{ ["code.txt"] = "two\n", ["big.bin"] = noise(4000000) }
      assert_fails(run, 1, "^os2: entry.checkout: cannot fetch origin: .*/code/.*: No space left on device$")
      assert.equal("one\n", run.stdout)
    end)

    it("on a disk that is full while files are written fails by name", function()
      local run = run_on_full_disk{ ["big.bin"] = ("x"):rep(4000000) }
      assert_fails(run, 1, "^os2: entry.checkout: cannot reset /.*/code")
    end)
  end)

  describe("a clone", function()
    it("that SIGTERM interrupts leaves nothing", function()
      policy(server:url("slow-2000", name))
      server:commit(name, { ["big.bin"] = noise(300000) })
      server:seen()
      local run <close> = boot:start()
      server:wait_for("/git-upload-pack")
      run:signal("TERM")
      assert_fails(run:finish(), 143, "^os2: task: interrupted by SIGTERM$")
      assert_nothing_cloned()
    end)

    it("that was killed is made anew", function()
      policy(server:url("hang-pack-100", name))
      server:seen()
      local run <close> = boot:start()
      server:wait_for("/git-upload-pack")
      run:signal("KILL")
      run:finish()
      open()
      booted()
      assert.equal("one\n", content("code.txt"))
    end)

    it("on a full disk fails by name", function()
      open()
      server:commit(name, { ["big.bin"] = noise(4000000) })
      -- A disk of the boot's own, which goes with its mount namespace.
      local mounted = 'mount -t tmpfs -o size=1m none "$HOME" && exec "$@"'
      local run = boot:run(nil,
        { "unshare", "--mount", "sh", "-c", mounted, "sh", table.unpack(boot:argv()) })
      assert_fails(run, 1, "^os2: entry.checkout: cannot clone .*")
    end)
  end)
end)
