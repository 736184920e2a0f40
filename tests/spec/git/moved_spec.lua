--- Git servers that redirect, and one that lists without end.
local failure_of = require("tests.lib.failure_of")
local fs = require("os2.fs")
local git = require("os2.git")
local git_server = require("tests.lib.git_server")
local policy = require("os2.policy")
local temporary = require("tests.lib.temporary")

describe("os2.git, a repository that was renamed,", function()
  local server, directory, tip

  setup(function()
    server = git_server.start()
    server:repository("one", { ["a.txt"] = "one\n" })
    tip = server:commit("one", { ["a.txt"] = "two\n" })
  end)
  teardown(function() server:stop() end)
  before_each(function()
    directory = temporary.directory()
    server:seen()
  end)
  after_each(function()
    policy.reset()
    temporary.remove(directory)
  end)

  local function clone(mode, port)
    return git.clone{
      url = server:url(mode, "one", port), path = directory .. "/clone", timeout = 30,
      credentials = server:credentials(),
    }:result()
  end

  it("is cloned from where it is now, with the credentials it had, and that is said", function()
    local head = clone("moved-private")
    assert.same({ tip, server:url("private", "one") }, { head.commit, head.moved_to })
    for _, request in ipairs(server:seen()) do assert.is_string(request.authorization) end
    assert.equal(server:url("moved-private", "one"), git.remotes(head.root)[1].url)
    local fetched = git.fetch{ path = head.root, credentials = server:credentials() }:result()
    assert.same({ tip, false, server:url("private", "one") },
      { fetched.commit, fetched.has_changed, fetched.moved_to })
    local names = {}
    for _, reference in ipairs(git.ls_remote{ url = server:url("moved", "one") }) do
      names[reference.name] = reference.commit
    end
    assert.equal(tip, names["refs/heads/main"])
  end)

  it("is followed over several addresses, but not for ever", function()
    assert.equal(server:url("open", "one"), clone("moved-moved").moved_to)
    temporary.remove(directory .. "/clone")
    server:seen()
    local failure = failure_of(clone, "around")
    assert.equal("protocol", failure.kind)
    assert.matches("redirects to http://127.0.0.1:%d+/around/one.git, which is not followed", failure.message)
    assert.equal(1 + policy.ask("git.redirects"), #server:seen())
  end)

  it("is not followed where git.redirects says none, or to another port", function()
    assert.equal("protocol", failure_of(clone, "beside").kind)
    policy.set("git.redirects", 0)
    assert.equal("protocol", failure_of(clone, "moved").kind)
    for _, request in ipairs(server:seen()) do assert.equal("http", request.server) end
    assert.is_false(fs.exists(directory .. "/clone"))
  end)

  it("is told without a place where nothing has moved", function()
    assert.is_nil(clone("open").moved_to)
  end)

  it("a list of references without end has a bound, which is named", function()
    policy.set("git.advertisement_limit", 1024 * 1024)
    for _, ask in ipairs{
      function() clone("endless") end,
      function() git.ls_remote{ url = server:url("endless", "one") } end,
    } do
      local failure = failure_of(ask)
      assert.equal("protocol", failure.kind)
      assert.matches("the list of references of .* is longer than 1048576 bytes", failure.message)
      assert.matches("git.advertisement_limit", failure.hint, 1, true)
    end
    assert.same({}, fs.list(directory))
  end)
end)
