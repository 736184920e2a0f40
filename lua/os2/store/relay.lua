--- One process asks for several: the leader holds a lock, and the members write down what they want
--- to know and read what the leader has learned.
---
--- All of it stands in a directory of this user's cache. A member's three files have one random
--- name: a lock that it holds as long as it lives, its calls, and the leader's answers. The locks
--- are the kernel's, so the end of a process, however it ends, frees its place.
local cache = require("os2.store.cache")
local err = require("os2.err")
local failures = require("os2.store.failures")
local fs = require("os2.fs")
local json = require("os2.json")
local lfs = require("lfs")
local random = require("os2.base.random")
local run_options = require("os2.run.options")
local safe_path = require("os2.run.safe_path")
local task = require("os2.task")

---@class os2.store.relay
local M = {}

--- The `op` of the errors that the functions here raise: with any of them, nothing is shared.
M.OP = "relay"

local FORMAT <const> = 1
local DIRECTORY_MODE <const>, FILE_MODE <const> = tonumber("700", 8), tonumber("600", 8)
local LONGEST_CALLS_BYTES <const> = 256 * 1024

---@class os2.store.relay.Relay
---@field directory string
---@field lock {close: fun(self)}?  of the leader
---@field known table<string, {content: string, calls: table[]}>  id -> what the member asked last
local Relay = {}
Relay.__index = Relay

---@class os2.store.relay.Member
---@field relay os2.store.relay.Relay
---@field id string
---@field lock {close: fun(self)}
---@field calls table[]
---@field content string?  of the answers that were read last
local Member = {}
Member.__index = Member

-- Calls a function whose errors are the relay's: of a kind that does not pass.
local function guarded(fn, ...)
  local value, failure = task.try(fn, ...)
  if not failure then return value end
  err.raise(err.new{
    kind = "denied", op = M.OP, message = failure.message, hint = failure.hint, cause = failure,
  })
end

-- What others may write into is not believed.
local function make(directory)
  fs.mkdir_p(directory, DIRECTORY_MODE)
  local why, hint = safe_path.fault(directory, 1)
  if why then err.raise(err.new{ kind = "denied", op = M.OP, message = why, hint = hint }) end
end

--- Opens what the processes with this key share. Returns nil where they share nothing, and why: no
--- directory can be made, or somebody else may write there.
---@param key string  from `cache.key`
---@return os2.store.relay.Relay?
---@return os2.Err?
function M.open(key)
  if run_options.guard then return nil end -- a file is a change
  local base = cache.directory()
  if not base then
    return nil, err.new{
      kind = "not_found", op = M.OP,
      message = "there is no directory for the cache: neither XDG_CACHE_HOME nor a home is set",
    }
  end
  local directory = ("%s/watch/%d-%s"):format(base, FORMAT, key)
  local relay = setmetatable({ directory = directory, known = {} }, Relay)
  local _, failure = task.try(make, directory)
  if failure then return nil, failure end
  return relay
end

function Relay:path(id, ending)
  return ("%s/%s.%s"):format(self.directory, id, ending)
end

-- Takes a lock, or returns nil when another process has it.
local function try_lock(path)
  local lock, failure = task.try(fs.lock, path, { timeout = 0 })
  if failure and failure.kind ~= "timeout" then err.raise(failure) end
  return lock
end

local function lock_of_leader(relay)
  local path = relay.directory .. "/leader"
  local lock, failure = task.try(try_lock, path)
  if not failure then return lock end
  make(relay.directory) -- the cache may have been removed
  return try_lock(path)
end

--- Tries to become the leader. Raises when no lock can be made.
---@return boolean
function Relay:lead()
  self.lock = self.lock or guarded(lock_of_leader, self)
  return self.lock ~= nil
end

--- Gives a sign of life, for the members.
function Relay:beat()
  lfs.touch(self.directory .. "/leader")
end

--- Returns a value that changes with each sign of life of the leader.
---@return any
function Relay:sign()
  return lfs.attributes(self.directory .. "/leader", "modification")
end

-- The lock goes last: a member whose lock is there has not been removed.
local function remove(relay, id)
  for _, ending in ipairs{ "calls", "answers", "member" } do
    task.try(fs.remove, relay:path(id, ending))
  end
end

-- Returns the calls that a member has written down; nil for what is not that.
local function calls_of(relay, id, is_call)
  local content = task.try(fs.read, relay:path(id, "calls"))
  local known = relay.known[id]
  if not content or #content > LONGEST_CALLS_BYTES then return nil end
  if known and known.content == content then return known.calls end
  local entry = task.try(json.decode, content)
  if type(entry) ~= "table" or entry.format ~= FORMAT or type(entry.calls) ~= "table" then
    return nil
  end
  for _, call in ipairs(entry.calls) do
    if not is_call(call) then return nil end
  end
  relay.known[id] = { content = content, calls = entry.calls }
  return entry.calls
end

--- For the leader: returns the members' calls by their ids.
---@param is_call fun(value: any): boolean  checks what a member has written
---@return table<string, table[]>
function Relay:members(is_call)
  local members = {}
  for _, name in ipairs(task.try(fs.list, self.directory) or {}) do
    local id = name:match("^(%x+)%.calls$")
    if id then members[id] = calls_of(self, id, is_call) end
  end
  return members
end

--- For the leader: removes what members have left that have ended.
function Relay:sweep()
  for _, name in ipairs(task.try(fs.list, self.directory) or {}) do
    local id = name:match("^(%x+)%.%w+")
    local lock <close> = id and task.try(try_lock, self:path(id, "member")) or nil
    if lock then
      task.try(fs.remove, self.directory .. "/" .. name) -- also a file that was being written
      remove(self, id)
      self.known[id] = nil
    end
  end
end

--- For the leader: tells a member what was answered. Returns false when that cannot be written.
---@param id string
---@param answers table<string, {asked_at: number, text: string?, failure: os2.Err?}>
---@param round integer  another one is news, even when no answer has changed
---@return boolean
function Relay:answer(id, answers, round)
  local list = {}
  for key, answer in pairs(answers) do
    list[key] = {
      asked_at = answer.asked_at, text = answer.text,
      failure = answer.failure and failures.fields(answer.failure),
    }
  end
  local _, failure = task.try(fs.write_atomic, self:path(id, "answers"),
    json.encode{ format = FORMAT, round = round, answers = list }, { mode = FILE_MODE })
  return failure == nil
end

--- Gives the place of the leader back.
function Relay:close()
  if self.lock then self.lock:close() end
  self.lock = nil
end

Relay.__close = Relay.close

-- A leader that sweeps may take the file of a new member away before that has its lock.
local function enter(member)
  repeat
    member.id = random.word()
    local path = member.relay:path(member.id, "member")
    member.lock = try_lock(path)
    if member.lock and not fs.exists(path) then
      member.lock:close()
      member.lock = nil
    end
  until member.lock
end

local function write_calls(member, calls)
  member.calls = calls
  fs.write_atomic(member.relay:path(member.id, "calls"),
    json.encode{ format = FORMAT, calls = json.array(calls) }, { mode = FILE_MODE })
end

--- Becomes a member that asks nothing yet. `close` and the end of the process end that.
---@return os2.store.relay.Member
function Relay:join()
  local member = setmetatable({ relay = self }, Member)
  guarded(enter, member)
  member:ask({})
  return member
end

--- Writes down what this member wants to know, now and whenever there is news.
---@param calls table[]
function Member:ask(calls)
  guarded(write_calls, self, calls)
end

local function stay(member)
  if fs.exists(member.relay:path(member.id, "member")) then return end
  member.lock:close()
  make(member.relay.directory)
  enter(member)
  write_calls(member, member.calls)
end

--- Enters again when somebody has removed the cache. To be called now and then.
function Member:check()
  guarded(stay, self)
end

local function is_answer(value, at)
  return type(value) == "table" and type(value.asked_at) == "number" and value.asked_at <= at
    and (value.text == nil) ~= (value.failure == nil)
    and (value.text == nil or type(value.text) == "string")
    and (value.failure == nil or failures.fits(value.failure))
end

-- An answer that is none, or one from the future, is left out.
local function answers_of(content)
  local entry = task.try(json.decode, content)
  if type(entry) ~= "table" or entry.format ~= FORMAT then return nil end
  local answers, at = {}, cache.now()
  for key, value in pairs(type(entry.answers) == "table" and entry.answers or {}) do
    answers[key] = is_answer(value, at) and value or nil
  end
  return answers
end

--- Returns the leader's answers when they are not those that were returned last; else nil.
---@return table<string, {asked_at: number, text: string?, failure: os2.Err?}>?
function Member:news()
  local content = task.try(fs.read, self.relay:path(self.id, "answers"))
  if not content or content == self.content then return nil end
  self.content = content
  return answers_of(content)
end

--- Leaves.
function Member:close()
  remove(self.relay, self.id)
  self.lock:close()
end

return M
