--- One process asks for several: who leads, what members see, and what of others is not believed.
local cache = require("os2.store.cache")
local env = require("os2.env")
local err = require("os2.err")
local fs = require("os2.fs")
local json = require("os2.json")
local lfs = require("lfs")
local relay = require("os2.store.relay")
local temporary = require("tests.lib.temporary")

local KEY <const> = cache.key{ "account" }

local function is_call(value) return type(value) == "table" and value.op ~= nil end

describe("os2.store.relay", function()
  local directory, real_get, leader, member

  before_each(function()
    directory = temporary.directory()
    real_get = env.get
    env.get = function(name)
      if name == "XDG_CACHE_HOME" then return directory end
      return real_get(name)
    end
    leader = assert(relay.open(KEY))
    assert.is_true(leader:lead())
    member = assert(relay.open(KEY)):join()
  end)

  after_each(function()
    env.get = real_get
    member:close()
    leader:close()
    temporary.remove(directory)
  end)

  local function place(name) return ("%s/%s"):format(leader.directory, name) end

  local function calls()
    local _, list = next(leader:members(is_call))
    return list
  end

  it("has one leader, and another one when that ends", function()
    assert.is_false(member.relay:lead())
    leader:close()
    assert.is_true(member.relay:lead())
    assert.is_false(leader:lead())
    member.relay:close()
  end)

  it("passes calls to the leader, and answers back, each once", function()
    assert.same({}, calls())
    member:ask{ { op = "regions" } }
    assert.same({ { op = "regions" } }, calls())
    assert.is_nil(member:news())
    leader:answer(member.id, { a = { asked_at = 1, text = "{}" } }, 1)
    assert.same({ a = { asked_at = 1, text = "{}" } }, member:news())
    assert.is_nil(member:news())
    leader:answer(member.id, { a = { asked_at = 1, text = "{}" } }, 2)
    assert.is_table(member:news())
  end)

  it("says when a member cannot be told", function()
    fs.mkdir_p(place(member.id .. ".answers"))
    assert.is_false(leader:answer(member.id, {}, 1))
    lfs.rmdir(place(member.id .. ".answers"))
    assert.is_true(leader:answer(member.id, {}, 1))
  end)

  it("passes on what is to be told of a failure", function()
    local failure = err.new{
      kind = "unavailable", op = "test", message = "down", status = 503, cause = { secret = 1 },
    }
    leader:answer(member.id, { a = { asked_at = 1, failure = failure } }, 1)
    local told = member:news().a.failure
    assert.same({ kind = "unavailable", op = "test", message = "down", status = 503 }, told)
  end)

  it("leaves out what is no call and no answer", function()
    for _, bytes in ipairs{ "", "{", "[]", "{\"format\":1}", "{\"format\":1,\"calls\":[5]}",
      json.encode{ format = 0, calls = { { op = "regions" } } }, ("x"):rep(300000) } do
      fs.write_atomic(place(member.id .. ".calls"), bytes)
      assert.is_nil(calls())
      fs.write_atomic(place(member.id .. ".answers"), bytes)
      assert.is_nil(next(member:news() or {}))
    end
    for _, answer in ipairs{ {}, { asked_at = "1", text = "" }, { asked_at = 2 ^ 50, text = "" },
      { asked_at = 1 }, { asked_at = 1, text = 5 }, { asked_at = 1, failure = { kind = "x" } } } do
      leader:answer(member.id, {}, 1)
      fs.write_atomic(place(member.id .. ".answers"), json.encode{ format = 1, answers = { a = answer } })
      assert.same({}, member:news())
    end
  end)

  it("removes what an ended member has left, and nothing of one that lives", function()
    member:ask{ { op = "regions" } }
    local id = member.id
    fs.write_atomic(place("00ff.calls.Xy12ab"), "")
    leader:sweep()
    assert.same({ id .. ".calls", id .. ".member", "leader" }, fs.list(leader.directory))
    member.lock:close() -- as the end of its process does
    leader:sweep()
    assert.same({ "leader" }, fs.list(leader.directory))
    member:check() -- it enters again, and asks the same
    assert.is_true(id ~= member.id)
    assert.same({ { op = "regions" } }, calls())
  end)

  it("begins anew where the cache was removed", function()
    member:ask{ { op = "regions" } }
    temporary.remove(directory .. "/os2")
    assert.is_true(member.relay:lead())
    member:check()
    assert.same({ { op = "regions" } }, member.relay:members(is_call)[member.id])
    member.relay:close()
  end)

  it("gives signs of life", function()
    local before = leader:sign()
    lfs.touch(place("leader"), 1)
    assert.equal(1, member.relay:sign())
    leader:beat()
    assert.is_true(member.relay:sign() >= before)
  end)

  it("belongs to its user alone", function()
    assert.equal("rwx------", fs.stat(leader.directory).permissions)
    member:ask{ { op = "regions" } }
    leader:answer(member.id, {}, 1)
    for _, ending in ipairs{ ".calls", ".answers", ".member" } do
      assert.equal("rw-------", fs.stat(place(member.id .. ending)).permissions)
    end
    for _, path in ipairs{ directory .. "/os2", directory .. "/os2/watch", leader.directory } do
      fs.chmod(path, tonumber("770", 8))
      local none, failure = relay.open(KEY)
      assert.is_nil(none)
      assert.same({ "denied", relay.OP }, { failure.kind, failure.op })
      assert.matches("may be written by others", failure.message, 1, true)
      fs.chmod(path, tonumber("700", 8))
    end
  end)

  it("says where no directory can be made", function()
    env.get = function(name)
      if name == "XDG_CACHE_HOME" then return directory .. "/file" end
      return real_get(name)
    end
    fs.write_atomic(directory .. "/file", "")
    local none, failure = relay.open(KEY)
    assert.is_nil(none)
    assert.equal("exists", failure.kind)
  end)
end)
