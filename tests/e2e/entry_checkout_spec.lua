--- scripts/entry.lua: the code, from a real git server to the checkout.
local boots = require("tests.lib.boot")
local fs = require("os2.fs")
local git_server = require("tests.lib.git_server")
local json = require("os2.json")
local proc = require("os2.proc")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

local git = git_server.git

-- Everything but the daemon: the steps end by themselves.
local WITHOUT_DAEMON <const> = 'policy.drop("entry.steps", "daemon")\n'

describe("entry", function()
  local server, boot, name

  setup(function() server = git_server.start() end)
  teardown(function() if server then server:stop() end end)
  before_each(function()
    boot, name = boots.open(), "repo-" .. temporary.unique()
    server:repository(name, { ["code.txt"] = "one\n", })
  end)
  after_each(function() boot:close() end)

  local function policy(url, text)
    boot:policy(('policy.set("entry.repository", %q)\n'):format(url) .. WITHOUT_DAEMON .. (text or ""))
  end

  local function open(text) policy(server:url("open", name), text) end

  local function private(text)
    policy(server:url("private", name), ([[
      policy.set("entry.github", "http://127.0.0.1:%d")
      policy.set("entry.token_user", "robot")
    ]]):format(server.ports.http) .. (text or ""))
  end

  local function content(path)
    return (task.try(fs.read, boot.path .. "/" .. path))
  end

  local function count(path)
    local _, lines = (content(path) or ""):gsub("\n", "")
    return lines
  end

  local function booted(changes)
    local run = boot:run(changes)
    assert.equal(0, run.code, run.stderr)
    return run
  end

  local function assert_fails(run, code, pattern)
    assert.equal(code, run.code, run.stderr)
    assert.matches(pattern, run:last_line())
  end

  -- Nothing but the home's own: no part of a clone, under whatever name.
  local function assert_nothing_cloned()
    assert.same({ ".gitconfig" }, fs.list(boot.home))
  end

  describe("the code", function()
    it("is cloned, and updated at the next boot; only a change is installed", function()
      open()
      assert.matches("cloned at %x+ in", booted().stderr)
      assert.same({ "one\n", 1, 1 }, { content("code.txt"), count("install.log"), count("build.log") })

      local again = booted()
      assert.matches("is up to date at %x+\n", again.stderr)
      assert.matches("install: not needed, the code has not changed\n", again.stderr)
      assert.same({ 1, 2 }, { count("install.log"), count("build.log") })

      local commit = server:commit(name, { ["code.txt"] = "two\n" })
      assert.matches("updated from %x+ to " .. commit:sub(1, 10), booted().stderr)
      assert.same({ "two\n", 2 }, { content("code.txt"), count("install.log") })
    end)

    it("that was not installed to the end is installed at the next boot", function()
      open("policy.set('entry.install', {'sh', '-c', 'mkdir -p node_modules; exit 1'})")
      assert_fails(boot:run(), 1, "^os2: entry.install: ")
      open()
      booted()
      assert.equal(1, count("install.log"))
    end)

    it("is served", function()
      boot:policy(('policy.set("entry.repository", %q)\n'):format(server:url("open", name)))
      local run <close> = boot:start()
      run:wait_for("(daemon: ready on port)")
      run:signal("TERM")
      assert.equal(3, run:finish().code)
    end)

    it("of a repository that was renamed comes all the same, and the new address is said", function()
      policy(server:url("moved", name))
      assert.matches("checkout: the repository has moved to " .. server:url("open", name), booted().stderr, 1, true)
      server:commit(name, { ["code.txt"] = "two\n" })
      assert.matches("updated from %x+ to", booted().stderr)
      assert.equal("two\n", content("code.txt"))
    end)

    it("of another branch comes when entry.branch names it", function()
      open()
      booted()
      local commit = server:commit(name, { ["code.txt"] = "other\n" }, "other")
      open("policy.set('entry.branch', 'other')")
      assert.matches("updated from %x+ to " .. commit:sub(1, 10), booted().stderr)
      assert.equal("other\n", content("code.txt"))
      assert.matches("up to date at", booted().stderr)
      assert.equal("## other...origin/other", git(boot.path, "status", "-sb", "-uno"))
      assert.equal(git(boot.path, "rev-parse", "other~1"), git(boot.path, "rev-parse", "main"))
      server:commit(name, { ["code.txt"] = "more\n" }, "main")
      open()
      booted()
      assert.equal("more\n", content("code.txt"))
      assert.equal("## main...origin/main", git(boot.path, "status", "-sb", "-uno"))
    end)

    it("of a branch that somebody has committed to stays off that", function()
      open()
      booted()
      local other = server:commit(name, { ["code.txt"] = "other\n" }, "other")
      git(boot.path, "branch", "other", git(boot.path, "commit-tree", "-m", "mine", "HEAD^{tree}"))
      open("policy.set('entry.branch', 'other')")
      assert.matches("stays at %x+: the local branch to go to has commits", booted().stderr)
      assert.is_not.equal(other, git(boot.path, "rev-parse", "other"))
    end)

    it("that somebody has put on another branch stays there", function()
      open()
      booted()
      git(boot.path, "switch", "-q", "-c", "mine")
      server:commit(name, { ["code.txt"] = "two\n" })
      assert.matches("stays at %x+: somebody has put it on another branch\n", booted().stderr)
      assert.equal("mine", git(boot.path, "branch", "--show-current"))
    end)

    it("that somebody changed stays as it is", function()
      open()
      booted()
      temporary.write(boot.path .. "/code.txt", "mine\n")
      server:commit(name, { ["code.txt"] = "two\n" })
      assert.matches("stays at %x+: it has changes that are not committed\n", booted().stderr)
      git(boot.path, "commit", "-q", "-a", "-m", "mine")
      assert.matches("stays at %x+: it has commits that the remote does not have\n", booted().stderr)
      assert.equal("mine\n", content("code.txt"))
    end)

    it("that is changed by its line ends alone is updated", function()
      server:commit(name, { ["born.bat"] = "a\r\nb\r\n" })
      local work = server.directory .. "/" .. name
      temporary.write(work .. "/.gitattributes", "*.bat text eol=crlf\n")
      git(work, "add", ".gitattributes")
      git(work, "commit", "-q", "-m", "attributes")
      git(work, "push", "-q", "origin", "HEAD:main")
      temporary.remove(work .. "/born.bat") -- or the next commit would mend it
      git(work, "update-index", "--assume-unchanged", "born.bat")
      open()
      booted()
      temporary.write(boot.path .. "/born.bat", "a\r\nb\r\n")
      assert.equal(" M born.bat", git(boot.path, "status", "--porcelain", "-uno"))
      server:commit(name, { ["code.txt"] = "two\n" })
      assert.matches("updated from %x+ to", booted().stderr)
      assert.same({ "two\n", "a\r\nb\r\n" }, { content("code.txt"), content("born.bat") })
      temporary.write(boot.path .. "/born.bat", "a\r\nmine\r\n")
      server:commit(name, { ["code.txt"] = "three\n" })
      assert.matches("stays at %x+: it has changes that are not committed\n", booted().stderr)
      assert.equal("a\r\nmine\r\n", content("born.bat"))
    end)

    it("whose files have other times and a filter is updated", function()
      server:commit(name, { [".gitattributes"] = "*.u working-tree-encoding=UTF-16LE\n", ["x.u"] = "a\0b\0\n\0" })
      open()
      booted()
      server:commit(name, { ["code.txt"] = "two\n" })
      temporary.write(boot.path .. "/code.txt", "one\n")
      temporary.write(boot.path .. "/x.u", "a\0b\0\n\0")
      assert.matches("updated from %x+ to", booted().stderr)
      assert.same({ "two\n", "a\0b\0\n\0" }, { content("code.txt"), content("x.u") })
    end)

    it("of a sparse checkout is updated, and stays sparse", function()
      server:commit(name, { ["near/n"] = "n\n", ["far/f"] = "f\n" })
      open()
      booted()
      git(boot.path, "sparse-checkout", "set", "--no-sparse-index", "near")
      server:commit(name, { ["near/n"] = "two\n", ["far/f"] = "two\n" })
      assert.matches("updated from %x+ to", booted().stderr)
      assert.same({ "two\n", nil }, { content("near/n"), content("far/f") })
      assert.equal("", git(boot.path, "status", "--porcelain", "-uno"))
    end)

    it("stays when an update would overwrite a file that another ignore file's exception names", function()
      server:commit(name, { [".gitignore"] = "*.log\n", ["d/.gitignore"] = "!imp.log\n" })
      open()
      booted()
      temporary.write(boot.path .. "/d/imp.log", "mine\n")
      server:commit(name, { ["d/imp.log"] = "theirs\n" })
      for _, program in ipairs{ "git", "" } do
        open(("policy.set('git.program', %q)"):format(program))
        assert.matches("stays at %x+: the update would overwrite d/imp.log, which is in no commit\n", booted().stderr)
        assert.equal("mine\n", content("d/imp.log"))
      end
    end)

    it("stays when an update would overwrite a file that is not git's", function()
      open()
      booted()
      temporary.write(boot.path .. "/new.txt", "mine\n")
      server:commit(name, { ["new.txt"] = "theirs\n" })
      assert.matches("stays at %x+: the update would overwrite new.txt, which is in no commit\n", booted().stderr)
      assert.equal("mine\n", content("new.txt"))
      fs.remove(boot.path .. "/new.txt")
      booted()
      assert.equal("theirs\n", content("new.txt"))
    end)

    it("with a submodule is updated, and what is in the submodule stays", function()
      local work, sub = server.directory .. "/" .. name, server.directory .. "/sub-" .. name
      local function submodule(tree, ...)
        git(tree, "-c", "protocol.file.allow=always", "submodule", "--quiet", ...)
      end
      server:repository("sub-" .. name, { ["sub.txt"] = "one\n" })
      submodule(work, "add", sub .. ".git", "vendor/sub")
      server:commit(name, {})
      open()
      booted()
      submodule(boot.path, "update", "--init")
      for _, word in ipairs{ "two\n", "three\n" } do
        server:commit("sub-" .. name, { ["sub.txt"] = word })
        git(work .. "/vendor/sub", "pull", "-q", "origin", "main")
        server:commit(name, { ["code.txt"] = word })
        assert.matches("updated from %x+ to", booted().stderr)
        assert.same({ word, "one\n" }, { content("code.txt"), content("vendor/sub/sub.txt") })
      end
      git(work, "rm", "-q", "vendor/sub")
      server:commit(name, { ["code.txt"] = "four\n" })
      temporary.write(boot.path .. "/vendor/sub/sub.txt", "mine\n")
      open("policy.set('git.program', '')") -- libgit2 would remove the directory
      assert.matches("stays at %x+: the update would overwrite vendor/sub, which is in no commit\n", booted().stderr)
      assert.equal("mine\n", content("vendor/sub/sub.txt"))
      open() -- git leaves it
      assert.matches("updated from %x+ to", booted().stderr)
      assert.same({ "four\n", "mine\n" }, { content("code.txt"), content("vendor/sub/sub.txt") })
    end)

    it("with a submodule that goes is updated without a git program once nothing is lost", function()
      local work, sub = server.directory .. "/" .. name, server.directory .. "/sub-" .. name
      server:repository("sub-" .. name, { ["sub.txt"] = "one\n" })
      git(work, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", sub .. ".git", "sub")
      server:commit(name, {})
      open("policy.set('git.program', '')")
      booted()
      git(boot.path, "-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init")
      git(work, "rm", "-q", "sub")
      server:commit(name, { ["code.txt"] = "two\n" })
      temporary.write(boot.path .. "/sub/sub.txt", "mine\n")
      assert.matches("stays at %x+: the update would overwrite sub, which is in no commit\n", booted().stderr)
      git(boot.path .. "/sub", "checkout", "-q", ".")
      assert.matches("updated from %x+ to", booted().stderr)
      assert.is_nil(content("sub/sub.txt"))
    end)

    it("goes on to be updated when what somebody committed was pushed", function()
      open()
      booted()
      temporary.write(boot.path .. "/code.txt", "mine\n")
      git(boot.path, "commit", "-q", "-a", "-m", "mine")
      git(boot.path, "push", "-q", ("%s/%s.git"):format(server.directory, name), "HEAD:main")
      git(("%s/%s"):format(server.directory, name), "pull", "-q", "origin", "main")
      server:commit(name, { ["more.txt"] = "two\n" })
      assert.matches("updated from %x+ to", booted().stderr)
      assert.same({ "mine\n", "two\n" }, { content("code.txt"), content("more.txt") })
    end)

    -- Checkouts that os2 has not made: in an image, on a volume, beside another one.
    local function theirs(make)
      fs.mkdir_p(boot.home)
      make()
      open()
    end

    local function clone_to(path)
      git(boot.home, "clone", "-q", server:url("open", name), path)
    end

    it("that somebody cloned is updated, unless it has a commit of its own", function()
      theirs(function() clone_to(boot.path) end)
      server:commit(name, { ["code.txt"] = "two\n" })
      assert.matches("updated from %x+ to", booted().stderr)
      temporary.write(boot.path .. "/code.txt", "mine\n")
      git(boot.path, "commit", "-q", "-a", "-m", "mine")
      server:commit(name, { ["code.txt"] = "three\n" })
      fs.remove(boot.path .. "/.git/os2-entry.json")
      assert.matches("stays at %x+: it has commits that the remote does not have\n", booted().stderr)
      assert.equal("mine\n", content("code.txt"))
    end)

    it("of a worktree is updated, and its commits stay", function()
      theirs(function()
        clone_to(boot.home .. "/base")
        git(boot.home .. "/base", "switch", "-q", "-c", "base")
        git(boot.home .. "/base", "worktree", "add", "-q", boot.path, "main")
      end)
      server:commit(name, { ["code.txt"] = "two\n" })
      assert.matches("updated from %x+ to", booted().stderr)
      assert.equal(git(boot.path, "rev-parse", "HEAD"),
        json.decode(fs.read(boot.home .. "/base/.git/worktrees/code/os2-entry.json")).installed)
      temporary.write(boot.path .. "/code.txt", "mine\n")
      git(boot.path, "commit", "-q", "-a", "-m", "mine")
      assert.matches("stays at %x+: it has commits that the remote does not have\n", booted().stderr)
      assert.equal("mine\n", content("code.txt"))
    end)

    it("of a worktree beside one on the same branch stays as it is", function()
      theirs(function()
        clone_to(boot.home .. "/base")
        git(boot.home .. "/base", "worktree", "add", "-q", "--detach", boot.path)
      end)
      server:commit(name, { ["code.txt"] = "two\n" })
      for _ = 1, 2 do
        assert.matches("stays at %x+: another worktree is on the local branch to go to\n", booted().stderr)
      end
      assert.equal("one\n", content("code.txt"))
    end)

    it("whose interrupted update somebody has gone past is left to them", function()
      open()
      booted()
      local old, new = git(boot.path, "rev-parse", "HEAD"), server:commit(name, { ["code.txt"] = "two\n" })
      git(boot.path, "fetch", "-q")
      temporary.write(boot.path .. "/code.txt", "mine\n")
      git(boot.path, "commit", "-q", "-a", "-m", "mine")
      fs.write_atomic(boot.path .. "/.git/os2-entry.json",
        json.encode{ commit = old, branch = "main", installed = old, updating = new })
      assert.matches("update to %x+ is given up: somebody has checked out another commit\n",
        booted().stderr)
      assert.equal("mine\n", content("code.txt"))
    end)

    -- Another repository, and a boot's policy that wants it.
    local function another()
      local other = name .. "-other"
      server:repository(other, { ["other.txt"] = "other\n" })
      policy(server:url("open", other))
      return other
    end

    it("of another repository than before replaces what os2 put there", function()
      open()
      booted()
      another()
      assert.matches("/code is of http.*, and http.*-other.git is wanted\n", booted().stderr)
      assert.same({ nil, "other\n", 2 }, { content("code.txt"), content("other.txt"), count("install.log") })
      assert.matches("-other.git$", git(boot.path, "remote", "get-url", "origin"))
      assert.equal("## main...origin/main", git(boot.path, "status", "-sb", "-uno"))
      assert.not_matches("is wanted", booted().stderr)
    end)

    it("of another repository whose update was interrupted may be of the old one again", function()
      open()
      booted()
      local other, state = another(), boot.path .. "/.git/os2-entry.json"
      local known = json.decode(fs.read(state))
      git(boot.path, "fetch", "-q", server:url("open", other), "main")
      git(boot.path, "remote", "set-url", "origin", server:url("open", other))
      known.updating, known.goes_to = git(boot.path, "rev-parse", "FETCH_HEAD"), server:url("open", other)
      fs.write_atomic(state, json.encode(known))
      open()
      assert.matches("finishing the interrupted update.*is wanted.*updated from %x+ to", booted().stderr)
      assert.same({ "one\n", nil }, { content("code.txt"), content("other.txt") })
    end)

    it("of another repository that cannot be had is not replaced by the old one", function()
      open()
      booted()
      policy("http://127.0.0.1:1/o/n.git")
      for _ = 1, 2 do assert_fails(boot:run(), 75, "^os2: entry.checkout: cannot update /.*/code: ") end
      assert.equal("one\n", content("code.txt"))
      server:commit(name, { ["code.txt"] = "two\n" })
      open()
      booted()
      assert.equal("two\n", content("code.txt"))
    end)

    it("of another repository leaves what somebody did where it is", function()
      open()
      booted()
      temporary.write(boot.path .. "/code.txt", "mine\n")
      git(boot.path, "commit", "-q", "-a", "-m", "mine")
      another()
      local run = booted()
      assert.matches("stays at %x+: it is of another repository, and is not as os2 left it\n", run.stderr)
      assert.matches("/code is of http.*, and http.*-other.git is wanted\n", run.stderr)
      assert.equal("mine\n", content("code.txt"))
    end)

    local ORIGINS <const> = { "git@127.0.0.1:o/n.git", "ssh://git@127.0.0.1/o/n.git", "/nowhere/n.git" }
    for _, origin in ipairs(ORIGINS) do
      it("whose origin somebody has set to " .. origin .. " is used as it is", function()
        open()
        booted()
        git(boot.path, "remote", "set-url", "origin", origin)
        assert.matches("stays at %x+: it is of another repository", booted().stderr)
        assert.equal(origin, git(boot.path, "remote", "get-url", "origin"))
      end)
    end

    it("whose origin has a password in it is used as it is, and the password is not shown", function()
      open()
      booted()
      local url = server:url("open", name):gsub("//", "//robot:hunter2@")
      git(boot.path, "remote", "set-url", "origin", url)
      server:commit(name, { ["code.txt"] = "two\n" })
      local run = booted()
      assert.matches("cannot be updated from http://127.0.0.1:%d+/open/.* and is used as it is, at %x+: ", run.stderr)
      assert.not_matches("hunter2", run.stdout .. run.stderr)
    end)

    it("that a killed git has locked is updated all the same, and that is said", function()
      open()
      booted()
      local commit = server:commit(name, { ["code.txt"] = "two\n" })
      local found = { "index.lock", "refs/remotes/origin/main.lock", "refs/heads/main.lock" }
      for _, lock in ipairs(found) do temporary.write(boot.path .. "/.git/" .. lock, "") end
      temporary.write(boot.home .. "/.gitconfig.lock", "")
      local run = booted()
      for _, lock in ipairs(found) do
        assert.matches("checkout: removed " .. boot.path .. "/.git/" .. lock .. ", which", run.stderr, 1, true)
      end
      assert.matches("identity: removed /.*/.gitconfig.lock, which a killed program left", run.stderr)
      assert.matches("updated from %x+ to " .. commit:sub(1, 10), run.stderr)
    end)

    it("that a running git has locked is waited for", function()
      open("policy.set('entry.lock_age', 60)")
      booted()
      server:commit(name, { ["code.txt"] = "two\n" })
      local lock = boot.path .. "/.git/index.lock"
      temporary.write(lock, "")
      local run <close> = boot:start()
      run:wait_for("(identity: iterate)")
      fs.remove(lock)
      assert.equal(0, run:finish().code)
      assert.not_matches("removed", run.stderr)
      assert.equal("two\n", content("code.txt"))
    end)

    local DAMAGED <const> = { ["index"] = "x", ["packed-refs"] = "x", ["refs/remotes/origin/main"] = "" }
    for file, garbage in pairs(DAMAGED) do
      it("that is damaged in " .. file .. " is used as it is", function()
        open()
        booted()
        server:commit(name, { ["code.txt"] = "two\n" })
        temporary.write(boot.path .. "/.git/" .. file, garbage)
        assert.matches("/code cannot be updated from http.* and is used as it is, at %x+: ", booted().stderr)
        assert.equal("one\n", content("code.txt"))
      end)
    end

    for file, garbage in pairs{ HEAD = "", ["refs/heads/main"] = "", config = "[" } do
      it("that is damaged in " .. file .. " stops the boot by name", function()
        open()
        booted()
        temporary.write(boot.path .. "/.git/" .. file, garbage)
        assert_fails(boot:run(), 1, "^os2: entry.checkout: cannot .*/code.*; move it away; then it is cloned again$")
      end)
    end

    it("of an empty repository stops the boot by name", function()
      open()
      git(boot.home, "init", "-q", boot.path)
      assert_fails(boot:run(), 6,
        "^os2: entry.checkout: /.*/code is a git repository without a commit; move it away; then it is cloned again$")
    end)

    it("whose update was interrupted is brought to its end", function()
      open()
      booted()
      local old, new = git(boot.path, "rev-parse", "HEAD"), server:commit(name, { ["code.txt"] = "two\n" })
      git(boot.path, "fetch", "-q")
      temporary.write(boot.path .. "/code.txt", "tw")
      fs.write_atomic(boot.path .. "/.git/os2-entry.json",
        json.encode{ commit = old, branch = "main", installed = old, updating = new })
      assert.matches("finishing the interrupted update to " .. new:sub(1, 10), booted().stderr)
      assert.same({ "two\n", 2 }, { content("code.txt"), count("install.log") })
      assert.matches("up to date at", booted().stderr)
    end)

    it("of a shallow clone is not updated", function()
      server:commit(name, { ["code.txt"] = "two\n" })
      open("policy.set('entry.depth', 1)")
      booted()
      assert.equal("1", git(boot.path, "rev-list", "--count", "HEAD"))
      assert.matches("stays at %x+: it is shallow", booted().stderr)
    end)

    it("is left alone with ITERATE_DEV", function()
      open()
      booted()
      server:commit(name, { ["code.txt"] = "two\n" })
      assert.matches("is left alone: ITERATE_DEV is set\n", booted{ ITERATE_DEV = "true" }.stderr)
      assert.equal("one\n", content("code.txt"))
    end)

    it("whose install was interrupted is installed again, also with ITERATE_DEV", function()
      open()
      booted()
      os.remove(boot.path .. "/node_modules")
      open("policy.set('entry.install', {'sh', '-c', 'mkdir node_modules; echo half; sleep 3600'})")
      local run <close> = boot:start{ ITERATE_DEV = "true" }
      run:wait_for("(half)\n")
      run:signal("TERM")
      run:finish()
      open()
      booted{ ITERATE_DEV = "true" }
      assert.equal(2, count("install.log"))
      assert.matches("install: not needed", booted{ ITERATE_DEV = "true" }.stderr)
    end)

    it("must be there with ITERATE_DEV", function()
      open()
      assert_fails(boot:run{ ITERATE_DEV = "true" }, 3,
        "^os2: entry.checkout: ITERATE_DEV is set, and there is no /.*; mount the checkout there")
    end)

    it("is not put over something else", function()
      open()
      temporary.write(boot.path .. "/precious", "x")
      assert_fails(boot:run(), 6, "^os2: entry.checkout: .*/code exists and is not a git checkout; move it away$")
      assert.equal("x", content("precious"))
    end)
  end)

  describe("a server", function()
    it("that is down is no hindrance to a checkout that is there, and that is said", function()
      local other = git_server.start()
      other:repository(name, { ["code.txt"] = "one\n" })
      policy(other:url("open", name))
      booted()
      other:stop()
      local run = booted()
      assert.matches("/code cannot be updated from http.* and is used as it is, at %x+: ", run.stderr)
      assert.equal(2, count("build.log"))
    end)

    it("that is down stops a first boot", function()
      policy("http://127.0.0.1:1/o/n.git")
      assert_fails(boot:run(), 75, "^os2: entry.checkout: cannot clone http://127.0.0.1:1/o/n.git: ")
      assert_nothing_cloned()
    end)

    it("that says nothing more is not waited for", function()
      policy(server:url("hang-pack-100", name), "policy.set('timeouts.git_idle', 1)")
      assert_fails(boot:run(), 5, "^os2: entry.checkout: cannot clone ")
      assert_nothing_cloned()
    end)

    it("that breaks off stops a first boot", function()
      policy(server:url("cut-pack-100", name))
      assert_fails(boot:run(), 75, "^os2: entry.checkout: cannot clone ")
      assert_nothing_cloned()
    end)

    it("without the repository or the branch is named", function()
      policy(server:url("status-404", name))
      assert_fails(boot:run(), 4, "^os2: entry.checkout: there is no repository http")
      open("policy.set('entry.branch', 'nowhere')")
      assert_fails(boot:run(), 4, "^os2: entry.checkout: .*nowhere")
      assert_nothing_cloned()
    end)

    it("that redirects to another host is not followed", function()
      private(('policy.set("entry.repository", %q)'):format(server:url("away", name)))
      server:seen()
      assert_fails(boot:run{ GITHUB_ACCESS_TOKEN = server.password }, 1, "^os2: entry.checkout: http.* redirects to ")
      for _, request in ipairs(server:seen()) do assert.equal("http", request.server) end
    end)
  end)

  describe("the token", function()
    -- Whether a text stands in a file of the home or on a command line.
    local function is_anywhere(text)
      local files = proc.run({ "grep", "-rqF", "-e", text, boot.home }, { timeout = 10 })
      local lines = proc.run({ "sh", "-c", 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "' }, { timeout = 10 })
      return files.code == 0 or lines.stdout:find(text, 1, true) ~= nil
    end

    it("opens a private repository and is written nowhere", function()
      boot:policy(([[
        policy.set("entry.repository", %q)
        policy.set("entry.github", "http://127.0.0.1:%d")
        policy.set("entry.token_user", "robot")
      ]]):format(server:url("private", name), server.ports.http))
      local run <close> = boot:start{ GITHUB_ACCESS_TOKEN = server.password }
      run:wait_for("(daemon: ready on port)")
      local found = proc.run({ "grep", "-rlF", "-e", server.password, boot.home }, { timeout = 10 })
      assert.equal("", found.stdout)
      run:signal("TERM")
      run:finish()
      assert.not_matches(server.password, run.stdout .. run.stderr, 1, true)
    end)

    it("stands on no command line while a clone runs", function()
      policy(server:url("hang-refs-10", name), ('policy.set("entry.github", "http://127.0.0.1:%d")')
        :format(server.ports.http))
      local run <close> = boot:start{ GITHUB_ACCESS_TOKEN = "ghp_nowhere" }
      run:wait_for("(checkout: cloning)")
      assert.is_false(is_anywhere("ghp_nowhere"))
      run:signal("TERM")
      run:finish()
    end)

    it("that is missing or wrong is said, and not shown", function()
      private()
      assert_fails(boot:run(), 7,
        "^os2: entry.checkout: http.* wants credentials %(HTTP 401%); GITHUB_ACCESS_TOKEN is not set$")
      local run = boot:run{ GITHUB_ACCESS_TOKEN = "ghp_wrong" }
      assert_fails(run, 7, "; GITHUB_ACCESS_TOKEN must be allowed to read it$")
      assert.not_matches("ghp_wrong", run.stderr)
      assert_nothing_cloned()
    end)

    it("goes to no other host", function()
      policy(server:url("open", name), 'policy.set("entry.github", "https://git.example")')
      server:seen()
      booted{ GITHUB_ACCESS_TOKEN = "ghp_elsewhere" }
      for _, request in ipairs(server:seen()) do assert.is_nil(request.authorization) end
    end)

    it("does not go over plain http to a host that entry.github names with https", function()
      local site = ("https://127.0.0.1:%d"):format(server.ports.http)
      policy(server:url("private", name), ('policy.set("entry.github", %q)'):format(site))
      server:seen()
      assert_fails(boot:run{ GITHUB_ACCESS_TOKEN = "ghp_open" }, 7,
        "; GITHUB_ACCESS_TOKEN goes to https://127.0.0.1:%d+ only %(entry.github%)$")
      for _, request in ipairs(server:seen()) do assert.is_nil(request.authorization) end
    end)

    it("is not blamed for a certificate that is not known", function()
      policy(server:url("open", name, "tls"))
      local run = boot:run{ GITHUB_ACCESS_TOKEN = "ghp_any", SSL_CERT_FILE = false, CURL_CA_BUNDLE = false }
      assert_fails(run, 7, "^os2: entry.checkout: ")
      assert.not_matches("GITHUB_ACCESS_TOKEN", run.stderr)
    end)
  end)

  describe("GITHUB_REPOS", function()
    local function repos(...)
      local list = {}
      for index, repository in ipairs{ ... } do
        list[index] = { owner = "private", name = repository, defaultBranch = "main" }
      end
      return json.encode(list)
    end

    local function src(repository)
      return boot.home .. "/src/github.com/private/" .. repository
    end

    it("names repositories that are cloned and updated too", function()
      private()
      local extra = name .. "-extra"
      server:repository(extra, { ["extra.txt"] = "one\n" })
      local variables = { GITHUB_ACCESS_TOKEN = server.password, GITHUB_REPOS = repos(extra) }
      booted(variables)
      assert.equal("one\n", fs.read(src(extra) .. "/extra.txt"))
      server:commit(extra, { ["extra.txt"] = "two\n" })
      booted(variables)
      assert.equal("two\n", fs.read(src(extra) .. "/extra.txt"))
    end)

    it("with one that cannot be had stops the boot only where the policy says so", function()
      private()
      local variables = { GITHUB_ACCESS_TOKEN = server.password, GITHUB_REPOS = repos("nowhere") }
      assert.matches("repositories: continuing without .*/private/nowhere: ", booted(variables).stderr)
      private("policy.set('entry.on_further_failure', 'fail')")
      assert_fails(boot:run(variables), 4, "^os2: entry.repositories: there is no repository .*/private/nowhere.git")
      assert.is_false(fs.exists(src("nowhere")))
    end)

    it("with one that SIGTERM interrupts leaves nothing of it", function()
      private()
      local list = json.encode{ { owner = "hang-pack-100", name = name } }
      local run <close> = boot:start{ GITHUB_ACCESS_TOKEN = server.password, GITHUB_REPOS = list }
      run:wait_for("(repositories: cloning)")
      task.sleep(0.3)
      run:signal("TERM")
      assert_fails(run:finish(), 143, "^os2: task: interrupted by SIGTERM$")
      assert.same({}, fs.list(boot.home .. "/src/github.com/hang-pack-100"))
      assert.equal("one\n", content("code.txt"))
    end)
  end)

  -- What cannot be compressed.
  local function noise(size)
    return proc.run({ "head", "-c", tostring(size), "/dev/urandom" }, { timeout = 10 }).stdout
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
      run:wait_for("(is wanted\n)")
      task.sleep(0.3)
      run:signal("TERM")
      assert_fails(run:finish(), 143, "^os2: task: interrupted by SIGTERM$")
      assert_whole("one\n")
      open()
      booted()
      assert_whole("two\n")
    end)

    it("that SIGTERM interrupts while files are written is finished at the next boot", function()
      open()
      booted()
      local files = { ["code.txt"] = "two\n" }
      for number = 1, 1000 do files[("d%d/f%d.txt"):format(number % 50, number)] = ("%d\n"):format(number) end
      server:commit(name, files)
      local run <close> = boot:start()
      local state = boot.path .. "/.git/os2-entry.json"
      boots.wait_until(function() return fs.read(state):find("updating", 1, true) end)
      run:signal("TERM")
      assert_fails(run:finish(), 143, "^os2: task: interrupted by SIGTERM$")
      booted()
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
      local run <close> = boot:start()
      run:wait_for("(checkout: cloning)")
      task.sleep(0.3)
      run:signal("TERM")
      assert_fails(run:finish(), 143, "^os2: task: interrupted by SIGTERM$")
      assert.is_true(run.seconds < 2, run.seconds)
      assert_nothing_cloned()
    end)

    it("that was killed is made anew", function()
      policy(server:url("hang-pack-100", name))
      local run <close> = boot:start()
      run:wait_for("(checkout: cloning)")
      task.sleep(0.3)
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
