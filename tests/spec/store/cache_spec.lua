--- Answers shared on disk: who asks, who waits, what is a miss.
local cache = require("os2.store.cache")
local clock = require("os2.clock")
local env = require("os2.env")
local err = require("os2.err")
local fs = require("os2.fs")
local json = require("os2.json")
local policy = require("os2.policy")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

local KEY <const> = cache.key{ "https://api.example", "key", n = 2 }

local function unavailable()
  err.raise(err.new{ kind = "unavailable", op = "test", message = "down", status = 503 })
end

local function never()
  error("asked, though the answer was there")
end

describe("os2.store.cache", function()
  local directory, real_get, real_now, shift

  before_each(function()
    directory = temporary.directory()
    real_get, real_now, shift = env.get, clock.now, 0
    env.get = function(name)
      if name == "XDG_CACHE_HOME" then return directory end
      return real_get(name)
    end
    local began, asked = real_now(), 0
    clock.now = function() -- a moment passes with each look, and not while the machine stands still
      asked = asked + 1
      return began + asked / 1000 + shift
    end
  end)

  after_each(function()
    env.get, clock.now = real_get, real_now
    temporary.remove(directory)
  end)

  local function path()
    return directory .. "/os2/" .. KEY .. ".json"
  end

  local function fill(answer)
    return cache.fetch(KEY, {}, function() return answer end)
  end

  it("asks once and then answers from disk", function()
    local answer, meta = fill{ name = "one" }
    assert.same({ name = "one" }, answer)
    assert.is_false(meta.cached)
    answer, meta = cache.fetch(KEY, {}, never)
    assert.same({ name = "one" }, answer)
    assert.is_true(meta.cached)
    assert.is_false(meta.stale)
  end)

  it("asks again once the answer is old", function()
    fill{ name = "one" }
    shift = 301
    assert.equal("two", fill{ name = "two" }.name)
  end)

  it("takes an entry from the future for a miss", function()
    shift = 100
    fill{ name = "one" }
    shift = 0
    assert.equal("two", fill{ name = "two" }.name)
  end)

  it("takes torn and foreign files for a miss", function()
    for _, bytes in ipairs{
      "", "{\"format\":1,\"ke", "[]", "null", "\0\0\0", json.encode{ format = 1, key = "other" },
      json.encode{ format = 1, key = KEY, answered_at = "now", answer = { name = "x" } },
      json.encode{ format = 2, key = KEY, answered_at = 1, answer = { name = "x" } },
    } do
      fs.mkdir_p(directory .. "/os2", tonumber("700", 8))
      fs.write_atomic(path(), bytes)
      assert.equal("asked", fill{ name = "asked" }.name)
      fs.remove(path())
    end
  end)

  it("takes an entry with fields that nobody here writes for a miss", function()
    local function fits(answer) return type(answer.name) == "string" end
    local at = clock.now()
    for _, entry in ipairs{
      { answered_at = at, answer = { name = 5 } }, { answered_at = at, answer = {} },
      { failed_at = at, failure = { kind = "nosuch", message = "m" } },
      { failed_at = at, failure = { kind = "unavailable" } },
      { failed_at = at, failure = { kind = "unavailable", message = "m", hint = 5 } },
      { failed_at = at, failure = { kind = "unavailable", message = "m", retry_after = -5 } },
      { failed_at = at, failure = { kind = "unavailable", message = "m", other = 1 } },
    } do
      entry.key, entry.format = KEY, 1
      fs.mkdir_p(directory .. "/os2")
      fs.write_atomic(path(), json.encode(entry))
      local answer = cache.fetch(KEY, { fits = fits }, function() return { name = "asked" } end)
      assert.equal("asked", answer.name)
    end
  end)

  it("keeps its files to the user", function()
    fill{ name = "one" }
    assert.equal("rw-------", fs.stat(path()).permissions)
    assert.equal("rwx------", fs.stat(directory .. "/os2").permissions)
  end)

  it("raises what the asker raised, and keeps it for those who wait", function()
    local _, failure = task.try(cache.fetch, KEY, {}, unavailable)
    assert.equal("unavailable", failure.kind)
    local _, again = task.try(cache.fetch, KEY, {}, never)
    assert.equal("down", again.message)
    assert.equal(503, again.status)
    shift = 3
    assert.equal("up", fill{ name = "up" }.name)
  end)

  it("never stands in for a publish", function()
    fill{ name = "one" }
    shift = 400
    assert.is_nil((task.try(cache.fetch, KEY, { publish = true }, unavailable)))
  end)

  it("keeps an answer as long as the policy says", function()
    policy.set("cache.ttl", 10)
    fill{ name = "one" }
    shift = 11
    assert.equal("two", fill{ name = "two" }.name)
    policy.reset()
  end)

  it("keeps no bug for others", function()
    assert.has_error(function()
      cache.fetch(KEY, {}, function() error("a bug") end)
    end)
    assert.equal("asked", fill{ name = "asked" }.name)
  end)

  it("lets a stale answer stand in when the API is away, not longer than allowed", function()
    fill{ name = "one" }
    shift = 3000
    local answer, meta = cache.fetch(KEY, {}, unavailable)
    assert.equal("one", answer.name)
    assert.is_true(meta.stale)
    assert.equal("down", meta.failure.message)
    shift = 4000
    assert.is_nil((task.try(cache.fetch, KEY, {}, unavailable)))
  end)

  it("lets nothing stand in for other errors", function()
    fill{ name = "one" }
    shift = 400
    local _, failure = task.try(cache.fetch, KEY, {}, function()
      err.raise(err.new{ kind = "denied", op = "test", message = "no", status = 401 })
    end)
    assert.equal("denied", failure.kind)
  end)

  it("asks anew on refresh, but may still stand in", function()
    fill{ name = "one" }
    shift = 1
    local answer = cache.fetch(KEY, { refresh = true }, function()
      return { name = "two" }
    end)
    assert.equal("two", answer.name)
    assert.equal("two", cache.fetch(KEY, {}, never).name)
    shift = 2
    local _, meta = cache.fetch(KEY, { refresh = true }, unavailable)
    assert.is_true(meta.stale)
  end)

  it("answers a fresh question with nothing older", function()
    fill{ name = "one" }
    shift = 1
    local _, failure = task.try(cache.fetch, KEY, { fresh = true }, unavailable)
    assert.equal("unavailable", failure.kind)
    local answer = cache.fetch(KEY, { fresh = true }, function()
      return { name = "two" }
    end)
    assert.equal("two", answer.name)
  end)

  it("keeps the answer of whoever asked last, in whatever order they come", function()
    cache.fetch(KEY, { fresh = true }, function()
      task.sleep(0.01)
      cache.fetch(KEY, { fresh = true }, function() return { name = "later" } end)
      return { name = "earlier" }
    end)
    assert.equal("later", cache.fetch(KEY, {}, never).name)
  end)

  it("loses no good answer to a fresh question that failed", function()
    fill{ name = "one" }
    assert.is_nil((task.try(cache.fetch, KEY, { fresh = true }, function()
      cache.fetch(KEY, { refresh = true }, function() return { name = "two" } end)
      unavailable()
    end)))
    local answer, meta = cache.fetch(KEY, {}, never)
    assert.equal("two", answer.name)
    assert.is_false(meta.stale)
  end)

  describe("with another one that asks and does not come back", function()
    local held

    before_each(function()
      policy.set("timeouts.lock", 0.05)
      fs.mkdir_p(directory .. "/os2", tonumber("700", 8))
      held = fs.lock(path() .. ".lock", { timeout = 1 })
    end)
    after_each(function()
      held:close()
      policy.reset()
    end)

    it("asks not as well: it is unavailable", function()
      local _, failure = task.try(cache.fetch, KEY, {}, never)
      assert.equal("unavailable", failure.kind)
      assert.truthy(failure.hint:find("timeouts.lock", 1, true))
    end)

    it("takes a stale answer", function()
      cache.fetch(KEY, { fresh = true }, function() return { name = "one" } end)
      shift = 400
      local answer, meta = cache.fetch(KEY, {}, never)
      assert.equal("one", answer.name)
      assert.is_true(meta.stale)
    end)
  end)

  it("asks without a cache where none can be written", function()
    fs.write_atomic(directory .. "/os2", "a file in the way")
    assert.equal("one", fill{ name = "one" }.name)
    fs.remove(directory .. "/os2")
  end)

  it("forgets", function()
    fill{ name = "one" }
    cache.forget(KEY)
    assert.equal("two", fill{ name = "two" }.name)
  end)

  it("keys apart what differs, in any part", function()
    local seen = {}
    for _, parts in ipairs{
      { "ab", "c", n = 2 }, { "a", "bc", n = 2 }, { "abc", n = 2 }, { nil, "abc", n = 2 },
      { "abc", "", n = 2 },
    } do
      local key = cache.key(parts)
      assert.truthy(key:match("^%x+$"))
      assert.equal(64, #key)
      assert.is_nil(seen[key])
      seen[key] = true
    end
  end)
end)
