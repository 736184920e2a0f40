--- Boots and the Git servers: what is said of them, the token, and further repositories.
local checkouts = require("tests.lib.checkouts")
local fs = require("os2.fs")
local git_server = require("tests.lib.git_server")
local json = require("os2.json")
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")

describe("entry:", function()
  local shared = checkouts.new()
  local server, boot, name

  setup(function() server = shared.start() end)
  teardown(shared.stop)
  before_each(function() boot, name = shared.open_boot() end)
  after_each(shared.close)

  local policy, open, private, content, count, booted, assert_fails, assert_nothing_cloned =
    shared.policy, shared.open, shared.private, shared.content, shared.count, shared.booted,
    shared.assert_fails, shared.assert_nothing_cloned

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
      local files = proc.run({ "grep", "-rqF", "-e", text, boot.home }, { timeout = 120 })
      local lines = proc.run({ "sh", "-c", 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "' }, { timeout = 120 })
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
      local found = proc.run({ "grep", "-rlF", "-e", server.password, boot.home }, { timeout = 120 })
      assert.equal("", found.stdout)
      run:signal("TERM")
      run:finish()
      assert.not_matches(server.password, run.stdout .. run.stderr, 1, true)
    end)

    it("stands on no command line while a clone runs", function()
      policy(server:url("hang-refs-10", name), ('policy.set("entry.github", "http://127.0.0.1:%d")')
        :format(server.ports.http))
      -- A word of this run's own: another run looks for its token with a program whose command line has it.
      local token = "ghp_" .. temporary.unique()
      local run <close> = boot:start{ GITHUB_ACCESS_TOKEN = token }
      run:wait_for("(checkout: cloning)")
      assert.is_false(is_anywhere(token))
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
      server:seen()
      local run <close> = boot:start{ GITHUB_ACCESS_TOKEN = server.password, GITHUB_REPOS = list }
      server:wait_for(("/hang-pack-100/%s.git/git-upload-pack"):format(name))
      run:signal("TERM")
      assert_fails(run:finish(), 143, "^os2: task: interrupted by SIGTERM$")
      assert.same({}, fs.list(boot.home .. "/src/github.com/hang-pack-100"))
      assert.equal("one\n", content("code.txt"))
    end)
  end)
end)
