--- What git knows of a snapshot's context: the first line, a dirty tree, the files that are sent.
local err = require("os2.err")
local failure_of = require("tests.lib.failure_of")
local git_server = require("tests.lib.git_server")
local policy = require("os2.policy")
local program = require("tests.lib.program")
local revision = require("os2.flows.snapshot.revision")
local temporary = require("tests.lib.temporary")

local FILES <const> = {
  ["sandbox/Dockerfile"] = "FROM scratch\nCOPY . /\n", [".gitignore"] = "*.log\n", [".dockerignore"] = "secret\n",
  ["src/a.txt"] = "a\n", ["src/b.log"] = "noise\n", ["secret"] = "s\n",
}

describe("the commit of a snapshot", function()
  local directory

  before_each(function()
    policy.reset()
    directory = temporary.directory()
    for path, content in pairs(FILES) do temporary.write(directory .. "/" .. path, content) end
  end)
  after_each(function()
    temporary.remove(directory)
    policy.reset()
  end)

  local function commit()
    git_server.git(directory, "init", "-q", "-b", "main")
    git_server.git(directory, "add", "-A")
    git_server.git(directory, "commit", "-q", "-m", "first")
    return git_server.git(directory, "rev-parse", "HEAD")
  end

  local function list(...)
    local done = program.run({ "snapshot", "--list-context", ... }, { cwd = directory })
    assert.equal(0, done.code, done.stderr)
    local paths = {}
    for path in done.stdout:gmatch("[^\n]+") do paths[#paths + 1] = path end
    table.sort(paths)
    return paths
  end

  it("is shown short, with what was changed", function()
    local id = commit()
    assert.equal(id:sub(1, 10) .. ", clean", revision.words(revision.find(directory)))
    temporary.write(directory .. "/src/new.txt", "x")
    assert.equal(id:sub(1, 10) .. " and 1 change", revision.words(revision.find(directory)))
  end)

  it("comes from origin, where there is one", function()
    commit()
    assert.is_nil(revision.find(directory).source)
    git_server.git(directory, "remote", "add", "away", "https://b.example/a.git")
    assert.equal("https://b.example/a.git", revision.find(directory).source)
    git_server.git(directory, "remote", "add", "origin", "https://user:word@a.example/a.git")
    assert.equal("https://a.example/a.git", revision.find(directory).source)
  end)

  it("is not known where there is no repository, and that is no failure", function()
    local found, failure = revision.find(directory)
    assert.is_nil(found)
    assert.is_nil(failure)
  end)

  it("must hold everything in prd, unless that is said otherwise", function()
    commit()
    for number = 1, 5 do temporary.write(("%s/new%d.txt"):format(directory, number), "x") end
    local found = revision.find(directory)
    revision.check({}, found)
    policy.set_facts{ environment = "prd" }
    local failure = failure_of(revision.check, {}, found)
    assert.is_true(err.is(failure, "invalid"))
    assert.equal(3, err.exit_code(failure))
    assert.matches("5 changes without a commit: new1.txt, new2.txt, new3.txt, …;", tostring(failure), 1, true)
    revision.check({ is_dirty_allowed = true }, found)
  end)

  it("must be there in prd", function()
    policy.set_facts{ environment = "prd" }
    assert.matches("is not in a git repository, so it has no commit; .*%-%-allow%-dirty",
      failure_of(revision.check, { context = directory }, nil))
    revision.check({ context = directory, is_dirty_allowed = true }, nil)
    policy.set_facts{ environment = "dev" }
    revision.check({ context = directory }, nil)
  end)

  it("must be readable in prd: what cannot be looked at may be dirty", function()
    local failure = err.new{ kind = "denied", op = "git.head", message = "it belongs to another user" }
    revision.check({}, nil, failure)
    policy.set_facts{ environment = "prd" }
    assert.matches("has uncommitted changes: it belongs to another user; .*%-%-allow%-dirty",
      tostring(failure_of(revision.check, {}, nil, failure)))
    revision.check({ is_dirty_allowed = true }, nil, failure)
  end)

  it("that only git can read is told without one by its cause and the way on", function()
    git_server.git(directory, "init", "-q", "--object-format=sha256", "-b", "main")
    git_server.git(directory, "add", "-A")
    git_server.git(directory, "commit", "-q", "-m", "first")
    policy.set_facts{ environment = "prd" }
    revision.check({}, revision.find(directory))
    policy.set("git.program", "")
    local found, failure = revision.find(directory)
    assert.is_nil(found)
    local refused = failure_of(revision.check, {}, found, failure)
    assert.matches("unknown object format 'sha256'; install git: .*, or add %-%-allow%-dirty$", tostring(refused))
  end)

  it("is not clean where an exception of another ignore file names a file, and that is sent", function()
    temporary.write(directory .. "/src/.gitignore", "!b.log\n")
    git_server.git(directory, "init", "-q", "-b", "main")
    git_server.git(directory, "add", "src/a.txt", "src/.gitignore", ".gitignore", "sandbox", ".dockerignore", "secret")
    git_server.git(directory, "commit", "-q", "-m", "first")
    for _, git in ipairs{ "git", "" } do
      policy.set("git.program", git)
      assert.same({ { path = "src/b.log", state = "untracked" } }, revision.find(directory).changes)
    end
    local paths = table.concat(list("--context-from", "git"), "\n")
    assert.matches("src/b.log", paths, 1, true)
  end)

  it("stops a run in prd before an engine or the API is asked", function()
    commit()
    temporary.write(directory .. "/src/a.txt", "changed")
    local done = program.run({ "snapshot", "--provider", "docker", "--prefix", "iterate-sandbox-prd--" },
      { cwd = directory, env = { DOCKER_HOST = "unix:///nowhere", DAYTONA_SNAPSHOT_PREFIX = false } })
    assert.equal(3, done.code, done.stderr)
    assert.matches("src/a.txt; commit the changes, or add --allow-dirty", done.stderr, 1, true)
  end)

  it("limits a context from git to what git knows or would add", function()
    commit()
    temporary.write(directory .. "/src/new.txt", "x")
    assert.same({
      ".dockerignore", ".gitignore", "sandbox/", "sandbox/Dockerfile", "src/", "src/a.txt", "src/new.txt",
    }, list("--context-from", "git"))
    assert.same({ "a.txt", "new.txt" }, list("--context-from", "git", "--context", "src"))
  end)
end)
