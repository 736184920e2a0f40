--- os2.git.reset: what it keeps, and what it refuses, with the git program and without one.
local failure_of = require("tests.lib.failure_of")
local fs = require("os2.fs")
local git = require("os2.git")
local git_server = require("tests.lib.git_server")
local policy = require("os2.policy")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local temporary = require("tests.lib.temporary")

local run = git_server.git

describe("os2.git.reset", function()
  local directory, root, old

  before_each(function()
    directory = temporary.directory()
    root = directory .. "/tree"
    run(directory, "init", "-q", "-b", "main", "tree")
    for path, text in pairs{ [".gitignore"] = "*.log\n", ["d/.gitignore"] = "!imp.log\n", ["a.txt"] = "one\n" } do
      temporary.write(root .. "/" .. path, text)
    end
    run(root, "add", "-A")
    run(root, "commit", "-q", "-m", "first")
    old = run(root, "rev-parse", "HEAD")
  end)
  after_each(function()
    policy.reset()
    temporary.remove(directory)
  end)

  -- Commits files on a branch "next" and returns to what was there.
  local function next_commit(files)
    for path, text in pairs(files) do temporary.write(root .. "/" .. path, text) end
    run(root, "add", "-Af")
    run(root, "commit", "-q", "-m", "next")
    local commit = run(root, "rev-parse", "HEAD")
    run(root, "branch", "-f", "next")
    run(root, "reset", "-q", "--hard", old)
    return commit
  end

  local function each_way(check)
    check()
    policy.set("git.program", "")
    check()
  end

  it("refuses what would overwrite an untracked file, and changes nothing", function()
    local commit = next_commit{ ["d/imp.log"] = "theirs\n", ["a.txt"] = "two\n" }
    temporary.write(root .. "/d/imp.log", "mine\n")
    each_way(function()
      assert.same({ "d/imp.log" }, git.overwritten{ path = root, to = commit })
      local failure = failure_of(git.reset, { path = root, to = commit })
      assert.equal("conflict", failure.kind)
      assert.matches("would overwrite d/imp.log, which is in no commit", failure.message)
      assert.same({ "mine\n", "one\n", old }, {
        fs.read(root .. "/d/imp.log"), fs.read(root .. "/a.txt"), git.head(root).commit,
      })
    end)
  end)

  it("overwrites it where that is said", function()
    local commit = next_commit{ ["d/imp.log"] = "theirs\n" }
    each_way(function()
      run(root, "reset", "-q", "--hard", old)
      temporary.write(root .. "/d/imp.log", "mine\n")
      assert.equal(commit, git.reset{ path = root, to = commit, overwrite = true }.commit)
      assert.equal("theirs\n", fs.read(root .. "/d/imp.log"))
    end)
  end)

  it("leaves what is not in the way, and what was never committed to", function()
    local commit = next_commit{ ["b.txt"] = "two\n" }
    each_way(function()
      run(root, "reset", "-q", "--hard", old)
      temporary.write(root .. "/mine/x", "mine\n")
      temporary.write(root .. "/a.txt", "lost\n")
      local head = git.reset{ path = root, to = "next" }
      assert.same({ commit, "main", root .. "/" }, { head.commit, head.branch, head.root })
      assert.same({ "mine\n", "one\n" }, { fs.read(root .. "/mine/x"), fs.read(root .. "/a.txt") })
    end)
  end)

  it("goes to a branch, and to none", function()
    local commit = next_commit{ ["b.txt"] = "two\n" }
    each_way(function()
      run(root, "checkout", "-q", "--detach", old)
      assert.same({ commit = commit, root = root .. "/" }, git.reset{ path = root, to = commit })
      assert.equal("side", git.reset{ path = root, to = old, branch = "side" }.branch)
      assert.equal("", run(root, "status", "--porcelain"))
    end)
  end)

  it("does not go to the branch of another worktree", function()
    local commit = next_commit{ ["b.txt"] = "two\n" }
    run(root, "worktree", "add", "-q", "-b", "side", directory .. "/beside", old)
    each_way(function()
      local failure = failure_of(git.reset, { path = root, to = commit, branch = "side" })
      assert.equal("conflict", failure.kind)
      assert.equal(old, run(root, "rev-parse", "side"))
    end)
  end)

  it("leaves a sparse checkout sparse; without a git program it is refused", function()
    next_commit{ ["near/n"] = "n\n", ["far/f"] = "f\n" }
    run(root, "reset", "-q", "--hard", "next")
    run(root, "sparse-checkout", "set", "--no-sparse-index", "near")
    assert.equal(old, git.reset{ path = root, to = old }.commit)
    assert.is_true(git.reset{ path = root, to = "next" } ~= nil and fs.exists(root .. "/near/n"))
    assert.is_false(fs.exists(root .. "/far"))
    policy.set("git.program", "")
    local failure = failure_of(git.reset, { path = root, to = old })
    assert.matches("is a sparse checkout, which needs a git program", failure.message)
    assert.matches("install git", failure.hint)
    assert.is_true(git.status(root).is_clean)
  end)

  it("runs the filters of a file", function()
    temporary.write(root .. "/.gitattributes", "*.u working-tree-encoding=UTF-16LE\n")
    local commit = next_commit{ ["x.u"] = "a\0b\0\n\0" }
    assert.equal(commit, git.reset{ path = root, to = commit }.commit)
    assert.equal("a\0b\0\n\0", fs.read(root .. "/x.u"))
    assert.is_true(git.status(root).is_clean)
  end)

  it("runs no hook and no monitor, and gives them nothing of ours", function()
    local commit = next_commit{ ["b.txt"] = "two\n" }
    local script = "#!/bin/sh\nenv >" .. directory .. "/ran\n"
    for _, name in ipairs{ "post-checkout", "post-index-change", "reference-transaction" } do
      temporary.write(root .. "/.git/hooks/" .. name, script)
      proc.run({ "chmod", "+x", root .. "/.git/hooks/" .. name }, { timeout = 10 })
    end
    run(root, "config", "core.fsmonitor", root .. "/.git/hooks/post-checkout")
    git.reset{ path = root, to = commit }
    git.status(root)
    assert.is_false(fs.exists(directory .. "/ran"))
  end)

  it("gives the git program no secret, and no repository of ours", function()
    local fake = directory .. "/bin/git"
    temporary.write(fake, "#!/bin/sh\nenv >" .. directory .. "/environment\nexec /usr/bin/env -i false\n")
    proc.run({ "chmod", "+x", fake }, { timeout = 10 })
    local done = program.eval("os2.git.status(arg[1])", {
      env = {
        PATH = directory .. "/bin:/usr/bin:/bin", DAYTONA_API_KEY = "dtn_secret",
        GITHUB_ACCESS_TOKEN = "ghp_secret", GIT_DIR = "/elsewhere", GIT_TRACE = "1",
      },
    }, { root })
    assert.equal(1, done.code, done.stderr)
    local environment = fs.read(directory .. "/environment")
    assert.not_matches("secret", environment)
    assert.not_matches("GIT_DIR", environment)
    assert.not_matches("GIT_TRACE", environment)
    assert.matches("GIT_OPTIONAL_LOCKS=0", environment)
    assert.matches("GIT_TERMINAL_PROMPT=0", environment)
  end)

  it("takes a bounded answer, in time", function()
    local fake = directory .. "/bin/git"
    temporary.write(fake, "#!/bin/sh\nexec yes\n")
    proc.run({ "chmod", "+x", fake }, { timeout = 10 })
    policy.set("git.program", fake)
    policy.set("git.output_limit", 1024 * 1024)
    local failure = failure_of(git.status, root)
    assert.equal("quota", failure.kind)
    assert.matches("git.output_limit", failure.message, 1, true)
    temporary.write(fake, "#!/bin/sh\nexec sleep 60\n")
    policy.set("timeouts.git", 0.2)
    assert.equal("timeout", failure_of(git.status, root).kind)
    assert.equal("timeout", failure_of(git.reset, { path = root, to = "HEAD", timeout = 0.2 }).kind)
  end)

  it("that is stopped leaves no lock", function()
    local commit = next_commit{ ["big.u"] = "x" }
    run(root, "config", "filter.slow.smudge", "sleep 30")
    temporary.write(root .. "/.git/info/attributes", "*.u filter=slow\n")
    local failure = failure_of(git.reset, { path = root, to = commit, timeout = 1 })
    assert.equal("timeout", failure.kind)
    assert.is_false(fs.exists(root .. "/.git/index.lock"))
  end)

  it("says what a newer git would be needed for", function()
    run(root, "config", "core.repositoryFormatVersion", "1")
    run(root, "config", "extensions.refStorage", "reftable")
    local failure = failure_of(git.status, root)
    assert.equal("invalid", failure.kind)
    assert.matches("refstorage", failure.message:lower())
    assert.matches("newer git", failure.hint)
    policy.set("git.program", "")
    assert.matches("install git", failure_of(git.status, root).hint)
  end)
end)
