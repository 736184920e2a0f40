--- What the specs of a boot whose code is there already share.
local assert = require("luassert")
local boots = require("tests.lib.boot")
local fs = require("os2.fs")
local task = require("os2.task")

---@class tests.lib.entries
local M = {}

--- Returns the functions of one spec: `open`, which returns a boot, and `close` for the hooks of
--- busted, and what tests ask of it.
---@return table
function M.new()
  local boot

  local function open()
    boot = boots.open()
    fs.mkdir_p(boot.path)
    boot:policy(boots.WITHOUT_GIT)
    return boot
  end

  local function close() boot:close() end

  local function policy(text)
    boot:policy(boots.WITHOUT_GIT .. text)
  end

  local function daemon(script)
    policy(("policy.set('entry.daemon', {'sh', '-c', %q})\n"):format(script))
  end

  local function ready(changes)
    local run = boot:start(changes)
    run:wait_for("(daemon: ready on port)")
    return run
  end

  local function content(name)
    return (task.try(fs.read, boot.path .. "/" .. name))
  end

  local function assert_ends(run, code, pattern)
    assert.equal(code, run.code, run.stderr)
    assert.matches(pattern, run:last_line())
    assert.is_nil(boot:ask("/api/health"))
  end

  return {
    open = open, close = close, policy = policy, daemon = daemon, ready = ready, content = content,
    assert_ends = assert_ends,
  }
end

return M
