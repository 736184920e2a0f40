--- os2.git against git's own server over HTTP: clones, credentials, redirects, updates.
local err = require("os2.err")
local failure_of = require("tests.lib.failure_of")
local fs = require("os2.fs")
local git = require("os2.git")
local git_server = require("tests.lib.git_server")
local program = require("tests.lib.program")
local temporary = require("tests.lib.temporary")

local FILES <const> = {
  ["README.md"] = "hello\n", ["src/main.lua"] = "print(1)\n", ["src/deep/er/x.txt"] = ("x"):rep(9000),
}

local function is_root()
  return fs.stat("/proc/self").uid == 0
end

describe("os2.git", function()
  local server, directory, tip

  setup(function()
    server = git_server.start()
    server:repository("one", FILES)
    tip = server:commit("one", { ["README.md"] = "hello again\n" })
    server:commit("one", { ["side.txt"] = "side\n" }, "side/way")
    git_server.git(server.directory .. "/one", "reset", "-q", "--hard", tip)
  end)
  teardown(function() server:stop() end)

  before_each(function()
    directory = temporary.directory()
    server:seen()
  end)
  after_each(function() temporary.remove(directory) end)

  local function clone(options)
    local request = { url = server:url("open", "one"), path = directory .. "/clone", timeout = 30 }
    for key, value in pairs(options or {}) do request[key] = value end
    return git.clone(request):result()
  end

  local function failed(options)
    local failure = failure_of(clone, options)
    assert.is_true(err.is(failure), tostring(failure))
    return failure
  end

  -- What lies beside the clone, the temporary directory included.
  local function left()
    return fs.list(directory)
  end

  describe("clone", function()
    it("brings the default branch, its history and its files", function()
      local head = clone()
      assert.same({ commit = tip, branch = "main", root = directory .. "/clone" }, head)
      assert.equal("hello again\n", fs.read(directory .. "/clone/README.md"))
      assert.equal("2", git_server.git(head.root, "rev-list", "--count", "HEAD"))
      assert.equal("", git_server.git(head.root, "status", "--porcelain"))
      assert.equal("## main...origin/main", git_server.git(head.root, "status", "-sb"))
      git_server.git(head.root, "fsck", "--strict")
      assert.same({ "clone" }, left())
    end)

    it("can be updated by git itself", function()
      local head = clone()
      git_server.git(head.root, "pull", "-q")
      assert.equal("refs/remotes/origin/main",
        git_server.git(head.root, "symbolic-ref", "refs/remotes/origin/HEAD"))
    end)

    it("tells its progress", function()
      local phases, last = {}, nil
      local head = git.clone{
        url = server:url("slow-2000", "one"), path = directory .. "/clone", timeout = 30,
        on_progress = function(event)
          assert.equal("progress", event.type)
          phases[event.phase], last = true, event
        end,
      }
      assert.equal(tip, head.commit)
      assert.is_true(phases.receive)
      assert.is_number(last.total)
    end)

    it("brings another branch, slashes included", function()
      local head = clone{ branch = "side/way" }
      assert.equal("side/way", head.branch)
      assert.equal("side\n", fs.read(head.root .. "/side.txt"))
      assert.equal("refs/remotes/origin/side/way",
        git_server.git(head.root, "for-each-ref", "--format=%(refname)", "refs/remotes/origin/side"))
    end)

    it("refuses a branch that is not there before anything is transferred", function()
      local failure = failed{ branch = "gone" }
      assert.equal("not_found", failure.kind)
      assert.matches("has no branch gone", failure.message)
      for _, request in ipairs(server:seen()) do assert.equal("GET", request.method) end
      assert.same({}, left())
    end)

    it("brings one commit with depth 1, which cannot be updated", function()
      local head = clone{ depth = 1 }
      assert.equal("1", git_server.git(head.root, "rev-list", "--count", "HEAD"))
      assert.equal("", git_server.git(head.root, "status", "--porcelain"))
      git_server.git(head.root, "fsck", "--strict")
      local failure = failure_of(function() return git.fetch{ path = head.root }:result() end)
      assert.equal("invalid", failure.kind)
      assert.matches("shallow", failure.message)
    end)

    it("takes an empty directory, and no other", function()
      assert(require("lfs").mkdir(directory .. "/clone"))
      clone{ path = directory .. "/clone/" }
      local failure = failed()
      assert.equal("exists", failure.kind)
      temporary.write(directory .. "/file", "x")
      assert.equal("exists", failed{ path = directory .. "/file" }.kind)
      assert.equal("x", fs.read(directory .. "/file"))
    end)

    it("makes the directories above", function()
      assert.equal(directory .. "/a/b/c", clone{ path = directory .. "/a/b/c" }.root)
    end)

    it("says so of an empty repository", function()
      git_server.git(server.directory, "init", "-q", "--bare", "empty.git")
      local failure = failed{ url = server:url("open", "empty") }
      assert.equal("not_found", failure.kind)
      assert.matches("no default branch", failure.message)
      assert.same({}, left())
    end)

    it("follows .gitattributes", function()
      server:repository("lines", { [".gitattributes"] = "*.bat eol=crlf\n", ["a.bat"] = "one\ntwo\n" })
      local head = clone{ url = server:url("open", "lines") }
      assert.equal("one\r\ntwo\r\n", fs.read(head.root .. "/a.bat"))
    end)

    it("removes nothing through a link, and nothing of another user", function()
      temporary.write(directory .. "/kept/file", "x")
      temporary.write(directory .. "/.clone.os2-clone-0badc0de/.git/HEAD", "x")
      local proc = require("os2.proc")
      proc.run({ "ln", "-s", directory .. "/kept", directory .. "/.clone.os2-clone-0badc0de/link" }, { timeout = 10 })
      proc.run({ "ln", "-s", directory .. "/kept", directory .. "/.clone.os2-clone-1badc0de" }, { timeout = 10 })
      temporary.write(directory .. "/.clone.os2-clone-2badc0de/file", "x")
      proc.run({ "sh", "-c", "for _ in $(seq 200); do mkdir d && cd d; done; touch file" },
        { cwd = directory .. "/.clone.os2-clone-0badc0de", timeout = 10 })
      local is_theirs = proc.run({ "chown", "-R", "65534", directory .. "/.clone.os2-clone-2badc0de" },
        { timeout = 10 }).code == 0 -- only root can
      clone()
      assert.is_true(fs.exists(directory .. "/kept/file"))
      assert.is_false(fs.exists(directory .. "/.clone.os2-clone-0badc0de"))
      assert.equal(is_theirs, fs.exists(directory .. "/.clone.os2-clone-2badc0de/file"))
    end)

    it("removes what a killed clone to the same path left, and nothing else", function()
      for _, name in ipairs{ ".clone.os2-clone-0badc0de", ".other.os2-clone-0badc0de" } do
        temporary.write(("%s/%s/.git/HEAD"):format(directory, name), "x")
      end
      clone()
      local names = left()
      table.sort(names)
      assert.same({ ".other.os2-clone-0badc0de", "clone" }, names)
    end)
  end)

  describe("credentials", function()
    it("let into a private repository, and stay out of it", function()
      local head = clone{ url = server:url("private", "one"), credentials = server:credentials() }
      assert.equal(tip, head.commit)
      local found = require("os2.proc").run({ "grep", "-rlE", server.password .. "|robot", head.root },
        { timeout = 10 })
      assert.equal("", found.stdout)
      for _, request in ipairs(server:seen()) do assert.is_string(request.authorization) end
    end)

    it("are asked for", function()
      local failure = failed{ url = server:url("private", "one") }
      assert.equal("denied", failure.kind)
      assert.equal(401, failure.status)
      assert.matches("wants credentials", failure.message)
      assert.same({}, left())
    end)

    it("are tried once", function()
      local failure = failed{
        url = server:url("private", "one"), credentials = server:credentials("wrong-one"),
      }
      assert.equal("denied", failure.kind)
      assert.matches("refuses the credentials", failure.message)
      assert.is_nil(tostring(failure):find("wrong-one", 1, true))
      assert.equal(1, #server:seen())
    end)

    it("that stop being enough are an error", function()
      assert.equal("denied", failed{ url = server:url("fickle", "one") }.kind)
      assert.same({}, left())
    end)

    it("are for their scheme, host and port only", function()
      local port = server.ports.other
      for _, host in ipairs{
        "http://127.0.0.1", "http://localhost:" .. port, "http://127.0.0.1:" .. port + 1,
        "127.0.0.1:" .. port, "https://127.0.0.1:" .. port,
      } do
        clone{
          url = server:url("open", "one", "other"), path = directory .. "/" .. host:gsub("%W", ""),
          credentials = { [host] = { username = "robot", password = server.password } },
        }
      end
      for _, request in ipairs(server:seen()) do assert.is_nil(request.authorization) end
    end)

    it("do not belong into a URL", function()
      local url = server:url("open", "one"):gsub("//", "//robot:hunter2@")
      local failure = failed{ url = url }
      assert.equal("invalid", failure.kind)
      assert.is_nil(tostring(failure):find("hunter2", 1, true))
      assert.same({}, server:seen())
    end)
  end)

  describe("a server", function()
    it("that redirects is not followed, to another host, or where it says who we are", function()
      for _, mode in ipairs{ "away", "inside" } do
        local failure = failed{ url = server:url(mode, "one"), credentials = server:credentials() }
        assert.equal("protocol", failure.kind)
        assert.matches("redirects to http://127.0.0.1:%d+/open/one.git,", failure.message)
        assert.is_nil(failure.message:find("robot", 1, true))
      end
      for _, request in ipairs(server:seen()) do assert.equal("http", request.server) end
      assert.same({}, left())
    end)

    it("that says no is told by its kind", function()
      local kinds = {
        ["status-404"] = "not_found", ["status-403"] = "denied", ["status-500"] = "unavailable",
        ["status-429"] = "unavailable", ["status-418"] = "protocol", html = "protocol",
      }
      for mode, kind in pairs(kinds) do
        assert.equal(kind, failed{ url = server:url(mode, "one") }.kind, mode)
      end
      assert.equal("not_found", failed{ url = server:url("open", "none") }.kind)
      assert.equal("unavailable", failed{ url = "http://127.0.0.1:1/x.git" }.kind)
      assert.equal("invalid", failed{ url = "ssh://git@127.0.0.1/x.git" }.kind)
      assert.same({}, left())
    end)

    it("with TLS 1.3 and a certificate of its own works with SSL_CERT_FILE", function()
      local chunk = ("print(os2.git.ls_remote{url=%q}[1].name)"):format(server:url("open", "one", "tls"))
      local good = program.eval(chunk, { env = { SSL_CERT_FILE = server.certificate } })
      assert.equal("HEAD\n", good.stdout, good.stderr)
      local bad = program.eval(chunk, { env = { SSL_CERT_FILE = false, CURL_CA_BUNDLE = false } })
      assert.equal(7, bad.code, bad.stderr)
    end)

    it("is reached through a proxy of the environment", function()
      local proxy = ("http://127.0.0.1:%d"):format(server.ports.other)
      local done = program.eval("print(os2.git.ls_remote{url='http://nowhere.invalid/open/one.git'}[1].name)",
        { env = { http_proxy = proxy, no_proxy = false, NO_PROXY = false } })
      assert.equal("HEAD\n", done.stdout, done.stderr)
    end)

    it("lists its references", function()
      local names = {}
      for _, reference in ipairs(git.ls_remote{ url = server:url("open", "one") }) do
        names[reference.name] = reference.commit
      end
      assert.equal(tip, names["refs/heads/main"])
      assert.equal(40, #names["refs/heads/side/way"])
    end)
  end)

  describe("fetch and reset", function()
    local function fetch(options)
      local request = { path = directory .. "/clone", timeout = 30 }
      for key, value in pairs(options or {}) do request[key] = value end
      return git.fetch(request):result()
    end

    it("bring a clone up to date, also after a forced push", function()
      server:repository("moving", FILES)
      local root = clone{ url = server:url("open", "moving") }.root
      assert.is_false(fetch().has_changed)
      local second = server:commit("moving", { ["new.txt"] = "new\n" })
      assert.same({ commit = second, has_changed = true }, fetch{ branch = "main" })
      temporary.write(root .. "/mine.txt", "mine")
      temporary.write(root .. "/README.md", "changed")
      assert.equal(second, git.reset{ path = root, to = "origin/main" }.commit)
      assert.equal("hello\n", fs.read(root .. "/README.md"))
      assert.equal("mine", fs.read(root .. "/mine.txt"))
      local work = server.directory .. "/moving"
      git_server.git(work, "commit", "-q", "--amend", "-m", "other")
      git_server.git(work, "push", "-q", "-f", "origin", "HEAD:main")
      local third = git_server.git(work, "rev-parse", "HEAD")
      assert.same({ commit = third, has_changed = true }, fetch())
      assert.same({ commit = third, branch = "main", root = root .. "/" },
        git.reset{ path = root, to = third })
    end)

    it("bring a branch that was not cloned", function()
      clone()
      local side = fetch{ branch = "side/way" }
      assert.equal(side.commit, git.reset{ path = directory .. "/clone", to = "origin/side/way" }.commit)
    end)

    it("go to a branch of its own, which follows the remote's, and leave the other as it is", function()
      local root = clone().root
      local side = fetch{ branch = "side/way" }.commit
      local head = git.reset{ path = root, to = side, branch = "side/way" }
      assert.same({ side, "side/way" }, { head.commit, head.branch })
      assert.equal("## side/way...origin/side/way", git_server.git(root, "status", "-sb"))
      assert.equal(tip, git_server.git(root, "rev-parse", "main"))
      assert.equal(tip, git.reset{ path = root, to = "origin/main", branch = "main" }.commit)
      assert.equal("## main...origin/main", git_server.git(root, "status", "-sb"))
      git_server.git(root, "pull", "-q")
    end)

    it("say which branch, remote or revision is not there", function()
      local root = clone().root
      assert.equal("not_found", failure_of(fetch, { branch = "gone" }).kind)
      assert.equal("not_found", failure_of(fetch, { remote = "nobody" }).kind)
      assert.equal("not_found", failure_of(git.reset, { path = root, to = "origin/gone" }).kind)
      assert.equal("not_found", failure_of(fetch, { path = directory }).kind)
    end)

    it("do not show a password that stands in a remote's URL", function()
      local root = clone().root
      git_server.git(root, "remote", "set-url", "origin", "http://robot:hunter2@127.0.0.1:1/x.git")
      local failure = failure_of(fetch)
      assert.equal("invalid", failure.kind)
      assert.is_nil(tostring(failure):find("hunter2", 1, true))
      assert.same({ { name = "origin", url = "http://127.0.0.1:1/x.git" } }, git.remotes(root))
    end)

    it("report a repository that another git has locked", function()
      server:repository("locked", FILES)
      local root = clone{ url = server:url("open", "locked") }.root
      temporary.write(root .. "/.git/index.lock", "")
      assert.equal("conflict", failure_of(git.reset, { path = root, to = "HEAD" }).kind)
      server:commit("locked", { ["later.txt"] = "x" })
      temporary.write(root .. "/.git/refs/remotes/origin/main.lock", "")
      assert.equal("conflict", failure_of(fetch).kind)
    end)

    it("report a repository that is damaged", function()
      local root = clone().root
      temporary.write(root .. "/.git/refs/remotes/origin/main", "")
      assert.equal("invalid", failure_of(fetch).kind)
      for file, verb in pairs{ index = "status", HEAD = "head", config = "remotes" } do
        temporary.write(root .. "/.git/" .. file, "[")
        assert.equal("invalid", failure_of(git[verb], root).kind, file)
      end
    end)
  end)

  it("a full disk is told as such, and leaves nothing", function()
    if not is_root() then return pending("needs root") end
    local chunk = ("os2.git.clone{url=%q, path=%q}:result()"):format(server:url("open", "one"),
      directory .. "/small/clone")
    local script = ([[mkdir %q/small && mount -t tmpfs -o size=48k none %q/small &&
      { %q --isolated -e '%s'; code=$?; ls -A %q/small; exit $code; }]]):format(directory, directory,
      program.path, chunk, directory)
    local done = require("os2.proc").run({ "unshare", "--mount", "sh", "-c", script }, { timeout = 30 })
    assert.equal(1, done.code, done.stderr)
    assert.matches("No space left on device", done.stderr)
    assert.equal("", done.stdout)
  end)

  it("a mount point is refused before anything is asked for", function()
    if not is_root() then return pending("needs root") end
    local path = directory .. "/mounted"
    local chunk = ("os2.git.clone{url=%q, path=%q}:result()"):format(server:url("open", "one"), path)
    for _, mount in ipairs{ "mount -t tmpfs none", "mount --bind " .. directory .. "/other" } do
      local script = ("mkdir -p %q/other %q && %s %q && %q --isolated -e '%s'"):format(directory, path, mount, path,
        program.path, chunk)
      local done = require("os2.proc").run({ "unshare", "--mount", "sh", "-c", script }, { timeout = 30 })
      assert.equal(6, done.code, done.stderr)
      assert.matches("/mounted is a mount point: clone into a directory below it", done.stderr)
      assert.same({}, server:seen())
    end
  end)

  it("misuse is the caller's", function()
    for _, options in ipairs{
      {}, { url = "x" }, { url = "x", path = "y", depth = 0 }, { url = "x", path = "y", what = 1 },
      { url = "x", path = "y", credentials = { host = "token" } },
      { url = "x", path = "y", credentials = { ["ssh://h"] = { username = "u", password = "p" } } },
      { url = "x", path = "y", credentials = { ["u@h"] = { username = "u", password = "p" } } },
    } do
      assert.matches("git_spec.lua:%d+: git.clone: ", failure_of(function() git.clone(options) end))
    end
    assert.matches("git_spec.lua:%d+: git.head: ", failure_of(function() git.head() end))
  end)
end)
