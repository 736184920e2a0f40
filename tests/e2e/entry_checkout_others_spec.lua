--- Boots that find code which somebody has cloned, changed, damaged or locked, or of another repository.
local checkouts = require("tests.lib.checkouts")
local fs = require("os2.fs")
local git_server = require("tests.lib.git_server")
local json = require("os2.json")
local temporary = require("tests.lib.temporary")

local git = git_server.git

describe("entry: the code", function()
  local shared = checkouts.new()
  local server, boot, name

  setup(function() server = shared.start() end)
  teardown(shared.stop)
  before_each(function() boot, name = shared.open_boot() end)
  after_each(shared.close)

  local policy, open, content, count, booted, assert_fails =
    shared.policy, shared.open, shared.content, shared.count, shared.booted, shared.assert_fails

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
    assert.matches("/code was cloned from http.*, but http.*-other.git is wanted\n", booted().stderr)
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
    assert.matches("/code was cloned from http.*, but http.*-other.git is wanted\n", run.stderr)
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
end)
