--- Looking at a git repository here: head, status, files, remotes, configuration.
local docker = require("os2.docker")
local failure_of = require("tests.lib.failure_of")
local fs = require("os2.fs")
local git = require("os2.git")
local git_server = require("tests.lib.git_server")
local policy = require("os2.policy")
local program = require("tests.lib.program")
local temporary = require("tests.lib.temporary")

local FILES <const> = {
  ["README.md"] = "hello\n", ["src/main.lua"] = "print(1)\n", ["src/deep/er/x.txt"] = "x\n",
}

describe("os2.git, looking at a tree,", function()
  local directory, root, tip

  before_each(function()
    directory = temporary.directory()
    root = directory .. "/tree"
    git_server.git(directory, "init", "-q", "-b", "main", "tree")
    for path, content in pairs(FILES) do temporary.write(root .. "/" .. path, content) end
    git_server.git(root, "add", "-A")
    git_server.git(root, "commit", "-q", "-m", "first")
    tip = git_server.git(root, "rev-parse", "HEAD")
  end)
  after_each(function()
    policy.reset()
    temporary.remove(directory)
  end)

  it("tells what has changed", function()
    assert.same({ is_clean = true, changes = {} }, git.status(root))
    temporary.write(root .. "/README.md", "other")
    temporary.write(root .. "/added.txt", "x")
    git_server.git(root, "add", "added.txt")
    temporary.write(root .. "/new.txt", "x")
    os.remove(root .. "/src/main.lua")
    local states = {}
    for _, change in ipairs(git.status(root).changes) do states[change.path] = change.state end
    assert.same({
      ["README.md"] = "modified", ["added.txt"] = "added", ["new.txt"] = "untracked",
      ["src/main.lua"] = "deleted",
    }, states)
    assert.is_false(git.status(root .. "/src").is_clean)
  end)

  it("lists what git knows or would add, below the directory asked for", function()
    temporary.write(root .. "/.gitignore", "*.log\nnode_modules\n")
    temporary.write(root .. "/src/new.txt", "x")
    temporary.write(root .. "/src/noise.log", "x")
    temporary.write(root .. "/node_modules/a/b.js", "x")
    local names = git.files(root)
    table.sort(names)
    assert.same({
      ".gitignore", "README.md", "src/deep/er/x.txt", "src/main.lua", "src/new.txt",
    }, names)
    names = git.files(root .. "/src/")
    table.sort(names)
    assert.same({ "deep/er/x.txt", "main.lua", "new.txt" }, names)
  end)

  local function files()
    local names = git.files(root)
    table.sort(names)
    return names
  end

  it("lists a file in conflict once, whatever its sides", function()
    git_server.git(root, "checkout", "-q", "-b", "side")
    for branch, content in pairs{ side = "side", main = "main" } do
      git_server.git(root, "checkout", "-q", branch)
      temporary.write(root .. "/both.txt", content)
      temporary.write(root .. "/README.md", content)
      git_server.git(root, "add", "-A")
      git_server.git(root, "commit", "-q", "-m", branch)
    end
    git_server.git(root, "checkout", "-q", "main")
    assert.is_false(pcall(git_server.git, root, "merge", "-q", "side"))
    assert.same({ "README.md", "both.txt", "src/deep/er/x.txt", "src/main.lua" }, files())
  end)

  it("lists the files of repositories in it", function()
    local function repository(path, file)
      git_server.git(directory, "init", "-q", "-b", "main", path)
      temporary.write(path .. "/" .. file, "x")
      git_server.git(path, "add", "-A")
      git_server.git(path, "commit", "-q", "-m", "first")
    end
    repository(directory .. "/inner", "in.txt")
    repository(directory .. "/sub", "sub.txt")
    local function submodule(tree, ...)
      git_server.git(tree, "-c", "protocol.file.allow=always", "submodule", "--quiet", ...)
    end
    submodule(directory .. "/sub", "add", directory .. "/inner", "in")
    git_server.git(directory .. "/sub", "commit", "-q", "-m", "second")
    for _, path in ipairs{ "vendor/sub", "absent" } do
      submodule(root, "add", directory .. "/sub", path)
    end
    submodule(root .. "/vendor/sub", "update", "--init")
    submodule(root, "deinit", "-f", "absent")
    repository(root .. "/nested", "nested.txt")
    temporary.write(root .. "/nested/new.txt", "x")
    temporary.write(root .. "/vendor/sub/new.txt", "x")
    assert.same({
      ".gitmodules", "README.md", "absent", "nested/nested.txt", "nested/new.txt", "src/deep/er/x.txt",
      "src/main.lua", "vendor/sub/.gitmodules", "vendor/sub/in/in.txt", "vendor/sub/new.txt", "vendor/sub/sub.txt",
    }, files())
    local below = git.files(root .. "/vendor")
    table.sort(below)
    assert.same({ "sub/.gitmodules", "sub/in/in.txt", "sub/new.txt", "sub/sub.txt" }, below)
  end)

  it("lists the directory of a submodule that was not brought, and a context has it", function()
    temporary.write(root .. "/Dockerfile", "FROM scratch\nCOPY sub /x\n")
    git_server.git(root, "update-index", "--add", "--cacheinfo", "160000," .. tip .. ",sub")
    fs.mkdir_p(root .. "/sub")
    for _, name in ipairs{ "git", "" } do
      policy.set("git.program", name)
      local context = docker.context{ path = root, only = git.files(root) }
      local is_listed = false
      for _, path in ipairs(context:paths()) do is_listed = is_listed or path == "sub/" end
      assert.is_true(is_listed)
    end
  end)

  it("looks at submodules, or does not", function()
    git_server.git(directory, "init", "-q", "-b", "main", "sub")
    git_server.git(directory .. "/sub", "commit", "-q", "--allow-empty", "-m", "first")
    git_server.git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", directory .. "/sub", "sub")
    git_server.git(root, "commit", "-q", "-m", "second")
    git_server.git(root .. "/sub", "commit", "-q", "--allow-empty", "-m", "another")
    assert.same({ { path = "sub", state = "modified" } }, git.status(root).changes)
    assert.is_true(git.status(root, { without_submodules = true }).is_clean)
  end)

  it("asks no server for contents that a partial clone lacks", function()
    temporary.write(root .. "/old.txt", ("line\n"):rep(100))
    git_server.git(root, "add", "-A")
    git_server.git(root, "commit", "-q", "-m", "second")
    git_server.git(root, "config", "uploadpack.allowFilter", "true")
    local clone = directory .. "/clone"
    git_server.git(directory, "clone", "-q", "-n", "--filter=blob:none", "file://" .. root, clone)
    git_server.git(clone, "reset", "-q")
    git_server.git(clone, "rm", "-q", "--cached", "old.txt")
    temporary.write(clone .. "/new.txt", ("line\n"):rep(101))
    git_server.git(clone, "add", "new.txt")
    local states = {}
    for _, change in ipairs(git.status(clone).changes) do states[change.path] = change.state end
    assert.same({ "deleted", "added" }, { states["old.txt"], states["new.txt"] })
    assert.is_true(git.is_changed(clone))
    assert.matches("?%x+", git_server.git(clone, "rev-list", "--objects", "--missing=print", "HEAD"))
  end)

  it("tells what somebody changed from what only looks so", function()
    temporary.write(root .. "/born.bat", "a\r\nb\r\n")
    git_server.git(root, "add", "born.bat")
    temporary.write(root .. "/.gitattributes", "*.bat text eol=crlf\n")
    git_server.git(root, "add", ".gitattributes")
    git_server.git(root, "commit", "-q", "-m", "line ends")
    temporary.write(root .. "/born.bat", "a\r\nb\r\n") -- with another time
    temporary.write(root .. "/untracked", "x")
    assert.is_false(git.status(root).is_clean)
    assert.is_false(git.is_changed(root))
    for _, change in ipairs{
      function() temporary.write(root .. "/born.bat", "a\r\nc\r\n") end,
      function() git_server.git(root, "add", "--renormalize", "born.bat") end,
      function() temporary.write(root .. "/README.md", "mine\n") end,
      function() os.remove(root .. "/README.md") end,
      function() git_server.git(root, "mv", "README.md", "LEER") end,
    } do
      change()
      assert.is_true(git.is_changed(root))
      git_server.git(root, "reset", "-q", "--hard")
      temporary.write(root .. "/born.bat", "a\r\nb\r\n")
      assert.is_false(git.is_changed(root))
    end
  end)

  it("lists names of odd bytes as they are", function()
    local odd = { " a", "\"q\"", "\255\254", "a\nb", "a\tb", "a\\b", "\xc3\xa4" }
    for _, name in ipairs(odd) do temporary.write(root .. "/odd/" .. name, "x") end
    git_server.git(root, "add", "-A", "odd")
    temporary.write(root .. "/odd/\127new", "x")
    odd[#odd + 1] = "\127new"
    local names = git.files(root .. "/odd")
    table.sort(names)
    table.sort(odd)
    assert.same(odd, names)
    temporary.write(root .. "/odd/Dockerfile", "FROM scratch\n")
    assert.equal(#odd, docker.context{ path = root .. "/odd", only = names }.files)
  end)

  it("tells where it stands: on a branch, on none, before the first commit", function()
    assert.same({
      commit = tip, branch = "main", root = root .. "/", directory = root .. "/.git/", is_shallow = false,
    }, git.head(root .. "/src"))
    git_server.git(root, "checkout", "-q", "--detach")
    assert.is_nil(git.head(root).branch)
    git_server.git(directory, "init", "-q", "-b", "first", "bare")
    local unborn = git.head(directory .. "/bare")
    assert.same({ nil, "first", directory .. "/bare/" }, { unborn.commit, unborn.branch, unborn.root })
    assert.is_true(git.status(directory .. "/bare").is_clean)
  end)

  it("knows a tree from one beside it whose name only begins alike", function()
    git_server.git(root, "config", "core.worktree", root .. "/src")
    temporary.write(root .. "/src-other/x.txt", "x")
    local failure = failure_of(git.files, root .. "/src-other")
    assert.matches("is not in the working tree", failure.message)
  end)

  it("tells where git's own directory is, and a shallow history, in a worktree too", function()
    local shallow = directory .. "/shallow"
    git_server.git(root, "commit", "-q", "--allow-empty", "-m", "second")
    git_server.git(directory, "clone", "-q", "--depth", "1", "file://" .. root, shallow)
    git_server.git(shallow, "worktree", "add", "-q", "--detach", directory .. "/beside")
    local head = git.head(directory .. "/beside")
    assert.same({ shallow .. "/.git/worktrees/beside/", true }, { head.directory, head.is_shallow })
    assert.is_true(git.head(shallow).is_shallow)
    assert.equal("invalid", failure_of(function() git.fetch{ path = directory .. "/beside" }:result() end).kind)
  end)

  it("tells where a branch is, and that another worktree is on it", function()
    git_server.git(root, "branch", "side")
    git_server.git(root, "worktree", "add", "-q", "--detach", directory .. "/beside")
    assert.is_nil(git.branch(root, "gone"))
    assert.same({ commit = tip, is_elsewhere = false }, git.branch(root, "main"))
    assert.same({ commit = tip, is_elsewhere = false }, git.branch(directory .. "/beside", "side"))
    assert.same({ commit = tip, is_elsewhere = true }, git.branch(directory .. "/beside", "main"))
  end)

  it("says whether one commit leads to another", function()
    git_server.git(root, "commit", "-q", "--allow-empty", "-m", "second")
    git_server.git(root, "branch", "side", tip)
    local function is_ancestor(commit, of)
      return git.is_ancestor{ path = root, commit = commit, of = of }
    end
    assert.same({ true, false, true }, {
      is_ancestor(tip, "main"), is_ancestor("main", "refs/heads/side"), is_ancestor("side", tip),
    })
    assert.equal("not_found", failure_of(is_ancestor, "gone", "main").kind)
  end)

  it("tells of files in the place of a submodule that goes, brought or not", function()
    local modules = '[submodule "sub"]\n\tpath = sub\n\turl = ../sub\n'
    temporary.write(root .. "/.gitmodules", modules)
    git_server.git(root, "update-index", "--add", "--cacheinfo", "160000," .. tip .. ",sub")
    git_server.git(root, "add", ".gitmodules")
    git_server.git(root, "commit", "-q", "-m", "with a submodule")
    assert(require("lfs").mkdir(root .. "/sub"))
    policy.set("git.program", "") -- git itself leaves the directory
    assert.same({}, git.overwritten{ path = root, to = tip })
    temporary.write(root .. "/sub/notes", "mine")
    assert.same({ "sub" }, git.overwritten{ path = root, to = tip })
    policy.reset()
    assert.same({}, git.overwritten{ path = root, to = tip })
    assert.equal(tip, git.reset{ path = root, to = tip }.commit)
    assert.equal("mine", fs.read(root .. "/sub/notes"))
  end)

  it("tells which untracked files a reset would overwrite", function()
    for _, path in ipairs{ "new.txt", "file/in.txt", "noise.log", "dir" } do
      temporary.write(root .. "/" .. path, "x")
    end
    git_server.git(root, "add", "-Af")
    git_server.git(root, "commit", "-q", "-m", "second")
    local second = git_server.git(root, "rev-parse", "HEAD")
    git_server.git(root, "reset", "-q", "--hard", tip)
    temporary.write(root .. "/.git/info/exclude", "*.log\n")
    local function overwritten()
      local names = git.overwritten{ path = root, to = second }
      table.sort(names)
      return names
    end
    assert.same({}, overwritten())
    for _, path in ipairs{ "new.txt", "file", "noise.log", "dir/mine.txt", "other.txt" } do
      temporary.write(root .. "/" .. path, "mine")
    end
    assert.same({ "dir", "file", "new.txt" }, overwritten())
    policy.set("git.program", "")
    assert.same({ "dir", "file", "new.txt" }, overwritten())
    assert.equal("mine", fs.read(root .. "/new.txt"))
    assert.equal("not_found", failure_of(git.overwritten, { path = root, to = "gone" }).kind)
  end)

  it("reads and writes the repository's own configuration", function()
    assert.is_nil(git.config_get(root, "user.name"))
    git.config_set(root, "user.name", "iterate-bot")
    assert.equal("iterate-bot", git.config_get(root, "user.name"))
    git.config_set(root, "user.name", nil)
    git.config_set(root, "user.name", nil)
    assert.is_nil(git.config_get(root, "user.name"))
    assert.equal("invalid", failure_of(git.config_set, root, "no-dot", "x").kind)
  end)

  it("is not found where there is no repository", function()
    for _, verb in ipairs{ "head", "status", "files", "remotes" } do
      local failure = failure_of(git[verb], directory)
      assert.equal("not_found", failure.kind)
      assert.matches(directory, failure.message, 1, true)
    end
  end)

  it("of another user below a trusted directory is read, as git 2.46 does", function()
    if fs.stat("/proc/self").uid ~= 0 then return pending("needs root") end
    require("os2.proc").run({ "chown", "-R", "12345", root }, { timeout = 10 })
    local function head_with(setting)
      temporary.write(directory .. "/home/.gitconfig", "[safe]\n\tdirectory = " .. setting .. "\n")
      return program.eval("print(os2.git.head(arg[1]).commit)", {
        env = { HOME = directory .. "/home", PATH = "/nonexistent", GIT_CONFIG_NOSYSTEM = "1" },
      }, { root })
    end
    assert.equal(tip .. "\n", head_with(directory .. "/*").stdout)
    for _, setting in ipairs{ directory .. "/other/*", directory .. "/tre*", directory .. "/*\n\tdirectory =" } do
      assert.equal(7, head_with(setting).code)
    end
  end)

  it("of another user is denied, with the way on", function()
    if fs.stat("/proc/self").uid ~= 0 then return pending("needs root") end
    require("os2.proc").run({ "chown", "-R", "12345", root }, { timeout = 10 })
    for _, path in ipairs{ root, root .. "/src/..", root .. "/src/deep" } do
      local failure = failure_of(git.head, path)
      assert.equal("denied", failure.kind)
      assert.matches("--add safe.directory " .. root .. ", if you trust it", failure.message, 1, true)
    end
  end)
end)
