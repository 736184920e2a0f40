--- What a boot does before the daemon: install, build, and steps that a policy changes.
local boots = require("tests.lib.boot")
local entries = require("tests.lib.entries")
local env = require("os2.env")
local fs = require("os2.fs")
local json = require("os2.json")
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")

local STAMP <const> = "%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ "

describe("entry:", function()
  local shared, boot = entries.new(), nil

  before_each(function() boot = shared.open() end)
  after_each(shared.close)

  local policy, daemon, content, assert_ends =
    shared.policy, shared.daemon, shared.content, shared.assert_ends

  describe("install and build", function()
    local COMMANDS <const> = { "install", "build" }

    for _, step in ipairs(COMMANDS) do
      local function set(script)
        policy(("policy.set('entry.%s', {'sh', '-c', %q})\n"):format(step, script))
      end

      it(step .. " that fails stops the boot", function()
        set("echo no such package >&2; exit 9")
        local run = boot:run()
        assert_ends(run, 1, "^os2: entry." .. step .. ": `sh .*` ended with code 9 in /")
        assert.matches("no such package\n", run.stderr)
      end)

      it(step .. " that takes too long is ended", function()
        policy(("policy.set('entry.%s', {'sleep', '3600'}) policy.set('entry.%s_timeout', 1)"):format(step, step))
        assert_ends(boot:run(), 5, "^os2: entry." .. step .. ": `sleep 3600` was not done within 1 s$")
      end)

      it(step .. " is ended by SIGTERM, with the time to end by itself", function()
        set("trap 'echo tidied; exit 0' TERM; echo pid $$; while :; do sleep 0.05; done")
        local run <close> = boot:start()
        local pid = run:wait_for("pid (%d+)")
        run:signal("TERM")
        assert_ends(run:finish(), 143, "^os2: task: interrupted by SIGTERM$")
        assert.matches("tidied\n", run.stdout)
        assert.is_true(boots.is_gone(pid))
      end)

      it(step .. " has that time also when SIGTERM arrives twice", function()
        set("trap 'sleep 0.3; echo tidied; exit 0' TERM; echo pid $$; while :; do sleep 0.05; done")
        local run <close> = boot:start()
        run:wait_for("pid (%d+)")
        -- Without a pause: one that comes half a second later is a second one, which is not waited for.
        run:signal("TERM", 10)
        assert_ends(run:finish(), 143, "^os2: task: interrupted by SIGTERM$")
        assert.matches("tidied\n", run.stdout)
      end)

      it(step .. " does not outlive os2", function()
        set("trap '' TERM; echo pid $$; while :; do sleep 0.05; done")
        local run <close> = boot:start()
        local pid = run:wait_for("pid (%d+)")
        run:signal("KILL")
        assert.is_true(boots.is_gone(pid))
      end)

      it(step .. " on a full disk fails by name", function()
        set("echo much >/dev/full")
        assert_ends(boot:run(), 1, "^os2: entry." .. step .. ": `sh .*` ended with code [12] in")
      end)
    end

    it("say what helps where there is nothing to run", function()
      policy("policy.set('entry.install', {}) policy.set('entry.build', {'npm', 'run', 'build'})")
      assert_ends(boot:run(), 1,
        "there is no .*/package.json; the policy entry.build says which command is run, {} is none$")
      temporary.write(boot.path .. "/package.json", '{"scripts": {"start": "x"}}')
      assert_ends(boot:run(), 1, '`npm run build` ended with code %d+ in .*; .*/package.json has no script "build"; '
        .. "the policy entry.build says")
      temporary.write(boot.path .. "/package.json", '{"scripts": {"build": "exit 3"}}')
      assert_ends(boot:run(), 1, "`npm run build` ended with code 3 in [^;]*$")
    end)

    it("install only where the modules are missing, when the code is left alone", function()
      boot:policy("policy.drop('entry.steps', 'repositories') policy.drop('entry.steps', 'daemon')")
      for _ = 1, 2 do assert.equal(0, boot:run({ ITERATE_DEV = "true" }).code) end
      assert.same({ "installed\n", "built\nbuilt\n" }, { content("install.log"), content("build.log") })
    end)

    it("go on where nothing can be noted of code that is left alone", function()
      boot:policy("policy.drop('entry.steps', 'repositories') policy.drop('entry.steps', 'daemon')")
      temporary.write(boot.path .. "/.git/os2-entry.json/x", "")
      local run = boot:run{ ITERATE_DEV = "true" }
      assert.equal(0, run.code, run.stderr)
      assert.matches("install: cannot be recorded: ", run.stderr)
    end)

    it("do nothing without a command", function()
      policy("policy.set('entry.install', {}) policy.set('entry.build', {}) policy.drop('entry.steps', 'daemon')")
      assert.equal(0, boot:run().code)
      assert.is_nil(content("install.log"))
    end)
  end)

  describe("the steps", function()
    it("name who commits", function()
      policy("policy.drop('entry.steps', 'daemon')")
      local run = boot:run()
      assert.equal(0, run.code, run.stderr)
      local known = fs.read(boot.home .. "/.gitconfig")
      assert.matches("name = iterate%-bot\n", known)
      assert.matches("email = iterate%-bot@users.noreply.github.com\n", known)
    end)

    it("end when SIGTERM comes while who commits is written down", function()
      local program = boot.home .. "/bin/git"
      temporary.write(program, '#!/bin/sh\necho $$ >"$HOME/pid.new"; mv "$HOME/pid.new" "$HOME/pid"; exec sleep 3600\n')
      proc.run({ "chmod", "+x", program }, { timeout = 120 })
      local run <close> = boot:start{ PATH = boot.home .. "/bin:" .. env.get("PATH") }
      boots.wait_until(function() return fs.exists(boot.home .. "/pid") end)
      run:signal("TERM")
      assert_ends(run:finish(), 143, "^os2: task: interrupted by SIGTERM$")
      assert.is_true(boots.is_gone(fs.read(boot.home .. "/pid"):match("%d+")))
    end)

    it("go on where who commits cannot be written down", function()
      policy("policy.drop('entry.steps', 'daemon')")
      fs.mkdir_p(boot.home .. "/.gitconfig")
      local run = boot:run()
      assert.equal(0, run.code, run.stderr)
      assert.matches("identity: continuing without it: entry.identity: git config .* ended", run.stderr)
    end)

    it("can be put in, replaced and dropped", function()
      policy([[
        policy.insert_after("entry.steps", "install", { name = "migrate", run = function(ctx)
          require("os2.fs").write_atomic(ctx.path .. "/migrated", "yes")
        end })
        policy.replace("entry.steps", "daemon", { name = "say", run = function(ctx)
          require("os2.fs").write_atomic(ctx.path .. "/said", "booted")
        end })
        policy.drop("entry.steps", "build")
      ]])
      local run = boot:run()
      assert.equal(0, run.code, run.stderr)
      assert.same({ "yes", "booted", nil }, { content("migrated"), content("said"), content("build.log") })
    end)

    it("end in a line of the log, with its time and the step", function()
      policy("policy.set('entry.build', {'sh', '-c', 'exit 9'})")
      assert.matches("\n" .. STAMP .. "build: `sh %-c exit 9` ended with code 9 in /[^\n]*\nos2: entry.build: ",
        boot:run().stderr)
      policy("policy.set('entry.build', {'sh', '-c', 'echo here; sleep 3600'})")
      local run <close> = boot:start()
      run:wait_for("(here)\n")
      run:signal("TERM")
      assert.matches("\n" .. STAMP .. "entry: interrupted by SIGTERM\nos2: task: ", run:finish().stderr)
    end)

    it("are named by what a verb of theirs could not do", function()
      boot:policy(boots.WITHOUT_GIT)
      temporary.write(boot.path .. "/.git/os2-entry.json/x", "")
      assert_ends(boot:run(), 1, "^os2: entry.install: ")
    end)

    it("say with --json what became of them", function()
      daemon("exit 7")
      local document = json.decode(boot:run(nil, boot:argv("--json")).stdout)
      assert.same({ false, "entry.daemon", "unavailable", 7 },
        { document.ok, document.error.op, document.error.kind, document.error.exit })
    end)

    it("refuse a GITHUB_REPOS that is no list of repositories", function()
      boot:policy("policy.drop('entry.steps', 'checkout')")
      assert_ends(boot:run{ GITHUB_REPOS = "[{" }, 3, "^os2: entry.repositories: GITHUB_REPOS: it is no JSON; ")
    end)
  end)
end)
