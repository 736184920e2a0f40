--- What the specs of a boot that clones and updates code share: a Git server, a repository on it
--- for each test, and a boot that ends before the daemon.
local assert = require("luassert")
local boots = require("tests.lib.boot")
local fs = require("os2.fs")
local git_server = require("tests.lib.git_server")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

---@class tests.lib.checkouts
local M = {}

-- Everything but the daemon: the steps end by themselves.
local WITHOUT_DAEMON <const> = 'policy.drop("entry.steps", "daemon")\n'

--- Returns the functions of one spec: `start`, which returns the server, `stop`, `open_boot`, which
--- returns a boot and the name of its repository, and `close` for the hooks of busted, and what
--- tests ask.
---@return table
function M.new()
  local server, boot, name

  local function start()
    server = git_server.start()
    return server
  end

  local function stop()
    if server then server:stop() end
  end

  local function open_boot()
    boot, name = boots.open(), "repo-" .. temporary.unique()
    server:repository(name, { ["code.txt"] = "one\n", })
    return boot, name
  end

  local function close() boot:close() end

  local function policy(url, text)
    boot:policy(('policy.set("entry.repository", %q)\n'):format(url)
      .. WITHOUT_DAEMON .. (text or ""))
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

  return {
    start = start, stop = stop, open_boot = open_boot, close = close, policy = policy, open = open,
    private = private, content = content, count = count, booted = booted,
    assert_fails = assert_fails, assert_nothing_cloned = assert_nothing_cloned,
  }
end

return M
