--- Where policy files are found, and how they are loaded.
local err = require("os2.err")
local fs = require("os2.fs")
local policy = require("os2.policy")
local sources = require("os2.policy.sources")

local PATH <const> = "/home/ops/policy.lua"

local function load_text(text, path)
  sources.load_text(policy, path or PATH, text)
end

local function refused(text, path)
  local ok, failure = pcall(load_text, text, path)
  assert.is_false(ok)
  assert.is_true(err.is(failure, "invalid"), tostring(failure))
  assert.are.equal("config", failure.exit)
  return failure.message
end

local function has(text, part)
  assert.is_truthy(text:find(part, 1, true), text)
end

describe("os2.policy.sources", function()
  local real_get, real_read = os.getenv, fs.read
  local variables, files

  before_each(function()
    policy.reset()
    variables, files = {}, {}
    os.getenv = function(name) return variables[name] end -- luacheck: ignore 122
    fs.read = function(path)
      if files[path] then return files[path] end
      err.raise(err.new{ kind = "not_found", op = "fs.read", message = path .. ": No such file" })
    end
  end)

  after_each(function()
    os.getenv, fs.read = real_get, real_read -- luacheck: ignore 122
    policy.reset()
  end)

  describe("files", function()
    local SYSTEM <const> = "/etc/os2/policy.lua"
    local rows = {
      { "the system's and the user's", { HOME = "/home/ops" }, {},
        { SYSTEM, "/home/ops/.config/os2/policy.lua" } },
      { "XDG_CONFIG_HOME before HOME", { HOME = "/home/ops", XDG_CONFIG_HOME = "/conf" }, {},
        { SYSTEM, "/conf/os2/policy.lua" } },
      { "never below the current directory", { HOME = "/home/ops", XDG_CONFIG_HOME = "conf" }, {},
        { SYSTEM, "/home/ops/.config/os2/policy.lua" } },
      { "no home", {}, {}, { SYSTEM } },
      { "OS2_POLICY last", { HOME = "/h", OS2_POLICY = "mine.lua" }, {},
        { SYSTEM, "/h/.config/os2/policy.lua", "mine.lua" } },
      { "--policy instead of OS2_POLICY", { HOME = "/h", OS2_POLICY = "mine.lua" },
        { file = "p.lua" }, { SYSTEM, "/h/.config/os2/policy.lua", "p.lua" } },
      { "--isolated", { HOME = "/h", OS2_POLICY = "mine.lua" }, { isolated = true }, {} },
      { "--isolated --policy", { HOME = "/h", OS2_POLICY = "mine.lua" },
        { isolated = true, file = "p.lua" }, { "p.lua" } },
    }
    for _, row in ipairs(rows) do
      it("are: " .. row[1], function()
        variables = row[2]
        local paths = {}
        for index, file in ipairs(require("os2.run.policy_files").list(row[3])) do paths[index] = file.path end
        assert.are.same(row[4], paths)
      end)
    end
  end)

  describe("load_sources", function()
    it("lets the last one win and records each", function()
      variables = { HOME = "/h" }
      files["/etc/os2/policy.lua"] = 'policy.api(1)\npolicy.set("cache.ttl", 1)'
      files["/h/.config/os2/policy.lua"] = 'policy.api(1)\npolicy.set("cache.ttl", 2)'
      files["p.lua"] = 'policy.api(1)\n\npolicy.set("cache.ttl", 3, {why = "test"})'
      assert.are.same({ "/etc/os2/policy.lua", "/h/.config/os2/policy.lua", "p.lua" },
        policy.load_sources{ file = "p.lua" })
      assert.are.equal(3, policy.ask("cache.ttl"))
      local changes = policy.explain("cache.ttl").changes
      assert.are.equal("/etc/os2/policy.lua:2", changes[1].place)
      assert.are.equal("p.lua:3", changes[3].place)
      assert.are.equal("p.lua", changes[3].source)
      assert.are.equal("test", changes[3].why)
    end)

    it("does without the files that nobody named", function()
      variables = { HOME = "/h" }
      assert.are.same({}, policy.load_sources())
    end)

    for from, setup in pairs{
      ["--policy"] = { { file = "gone.lua" }, {} },
      ["OS2_POLICY"] = { {}, { OS2_POLICY = "gone.lua" } },
    } do
      it("misses the file that was named by " .. from, function()
        variables = setup[2]
        local ok, failure = pcall(policy.load_sources, setup[1])
        assert.is_false(ok)
        assert.are.equal("config", failure.exit)
        assert.are.equal(("policy file gone.lua (named by %s) does not exist"):format(from), failure.message)
        assert.equal("give the path of a file that is there, or run without " .. from
          .. (from == "OS2_POLICY" and ": --isolated" or ""), failure.hint)
      end)
    end

    it("does not pass over a file that is there but cannot be read", function()
      fs.read = function() err.raise(err.new{ kind = "denied", op = "fs.read", message = "no" }) end
      local ok, failure = pcall(policy.load_sources)
      assert.is_false(ok)
      assert.are.equal("config", failure.exit)
      has(failure.message, "policy file /etc/os2/policy.lua cannot be read: no")
    end)

    it("does not blame a file that could not be read for want of memory", function()
      fs.read = function()
        err.raise(err.new{ kind = "unavailable", op = "fs.read", message = "no memory" })
      end
      local _, failure = pcall(policy.load_sources)
      assert.are.equal(75, err.exit_code(failure))
      assert.is_nil(failure.hint)
      has(failure.message, "policy file /etc/os2/policy.lua cannot be read: no memory")
    end)
  end)

  describe("a policy file", function()
    it("begins with its api", function()
      has(refused('policy.set("cache.ttl", 1)'), PATH .. ":1: a policy file begins with policy.api(1)")
      assert.are.equal(300, policy.ask("cache.ttl"))
    end)

    it("may be of another api: refused", function()
      has(refused("policy.api(2)"), PATH .. ":1: policy.api(2): this os2 knows policy api 1")
      has(refused("policy.api()"), "policy.api(nil)")
    end)

    local faults = {
      { "policy.api(1)\npolicy.set(", PATH .. ":2: unexpected symbol near <eof>" },
      { "policy.api(1)\nlocal x = nil\nx.y = 1", PATH .. ":3: attempt to index" },
      { 'policy.api(1)\npolicy.set("cache.ttl", "5m")',
        PATH .. ':2: policy.set: cache.ttl: "5m" (a string) is refused; it takes a number of seconds' },
      { 'policy.api(1)\npolicy.set("cache.tll", 5)', "did you mean cache.ttl" },
      { 'policy.api(1)\nreturn policy.set("cache.ttl", -1)', PATH .. ": policy.set: cache.ttl: -1" },
      { 'policy.api(1)\nerror("no")', PATH .. ":2: no" },
      { 'policy.api(1)\nerror("no", 0)', PATH .. ":2: no" },
      { "policy.api(1)\nerror({})", PATH .. ":2: table" },
      { 'policy.api(1)\nos.execute("x")', PATH .. ':2: a policy file has no global "os"' },
      { 'policy.api(1)\nprint("x")', 'has no global "print"' },
      { 'policy.api(1)\nrequire("socket")', PATH .. ":2: a policy file may require os2.* only" },
      { 'policy.api(1)\nrequire("os2x")', "may require os2.* only" },
      { 'policy.api(1)\nrequire("host.fs")', "may require os2.* only" },
      { "policy.api(1)\npolicy.reset()", PATH .. ":2: policy.reset is not for policy files" },
      { "policy.api(1)\npolicy.set = nil", PATH .. ":2: policy's own functions cannot be replaced" },
      { 'policy.api(1)\npolicy.define("cache.mine", {doc = "x", type = "integer", default = 1})',
        'the group "cache" is os2\'s own; name yours after your team, as in acme.mine' },
      { "\27Lua", "attempt to load" },
    }
    for _, row in ipairs(faults) do
      it("with a fault names it: " .. row[2], function()
        has(refused(row[1]), row[2])
      end)
    end

    it("is named whole, however long its path is", function()
      local path = "/" .. ("very-long-directory-name/"):rep(8) .. "policy.lua"
      has(refused("policy.api(1)\npolicy.set(", path), path .. ":2: unexpected symbol")
      has(refused('policy.api(1)\npolicy.set("cache.ttl", -1)', path), path .. ":2: policy.set")
    end)

    it("may not wait", function()
      local real_wait = package.loaded["os2.wait_for_test"]
      package.loaded["os2.wait_for_test"] = coroutine.yield
      has(refused('policy.api(1)\nrequire("os2.wait_for_test")()'), "a policy file may not wait")
      package.loaded["os2.wait_for_test"] = real_wait
    end)

    it("has Lua's own functions, os2 and nobody else's globals", function()
      load_text([[
        policy.api(1)
        mine = ("x"):rep(3) .. table.concat({ 1, 2 }) .. math.max(1, 2) .. utf8.char(65)
        string.format = nil
        assert(require("os2.policy") == policy and require("os2.err").new)
        local again = require("os2.policy")
        again.set("cache.ttl", 60)
        policy.define("acme.note", { doc = "x", type = "string", default = mine })
      ]])
      assert.are.equal("xxx122A", policy.ask("acme.note"))
      assert.is_nil(rawget(_G, "mine"))
      assert.are.equal("function", type(string.format))
      assert.are.equal(60, policy.ask("cache.ttl"))
    end)

    it("is known as the source even when a tail call loses the line", function()
      load_text('policy.api(1)\nreturn policy.override("cache.ttl", function() return 9 end)')
      local change = policy.changes()[1]
      assert.are.equal(PATH, change.file)
      assert.is_nil(change.line)
      assert.are.equal(PATH, policy.explain("cache.ttl").changes[1].place)
      assert.are.equal(9, policy.ask("cache.ttl"))
    end)

    it("can name the time only through its facts", function()
      load_text('policy.api(1)\npolicy.override("cache.ttl", function() return os.time() end)')
      local ok, failure = pcall(policy.ask, "cache.ttl")
      assert.is_false(ok)
      assert.are.equal("config", failure.exit)
      has(failure.message, "the time is facts.now, variables are facts.env")
    end)

    it("counts in the fingerprint with its text", function()
      local override = 'policy.api(1)\npolicy.override("resolution.usable", function() %s end)'
      load_text(override:format("local least = 1 return least > 0"))
      local one = policy.fingerprint("resolution")
      policy.reset()
      load_text(override:format("local least = 2 return least > 0"))
      assert.are_not.equal(one, policy.fingerprint("resolution"))
    end)

    it("is not the source of what a script sets later", function()
      load_text("policy.api(1)")
      policy.set("cache.ttl", 1)
      assert.is_nil(policy.changes()[1].source)
    end)
  end)
end)
