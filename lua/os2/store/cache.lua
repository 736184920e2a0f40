--- Caches answers on disk for all processes of a user: one process asks while the others wait.
---
--- An entry is one file. It contains the last answer and, for processes that waited for a request
--- that failed, the last error. A file that is not a valid entry for its key (incomplete, written
--- by another program, from the future) is a miss.
local clock = require("os2.clock")
local env = require("os2.env")
local err = require("os2.err")
local failures = require("os2.store.failures")
local fs = require("os2.fs")
local hash = require("os2.hash")
local json = require("os2.json")
local arguments = require("os2.base.arguments")
local policy = require("os2.policy")
local run_options = require("os2.run.options")
local task = require("os2.task")

---@class os2.store.cache
local M = {}

local FORMAT <const> = 1

---@class os2.store.cache.facts
---@field refresh? boolean  ask again, whatever is cached
---@field fresh? boolean  ask again, and never use an older answer
---@field publish? boolean  the answer is for a publish, so an old answer may not be used
---@field fits? fun(answer: table): boolean  checks a cached answer; one that does not fit was
---  written by another program and is a miss
---@field asked_at? fun(): number?  when the API was asked for what `ask` has returned, where
---  another process has asked; by default just before `ask`

---@class os2.store.cache.meta
---@field cached boolean  the answer was in the cache
---@field age number  seconds since the API was asked
---@field stale boolean
---@field failure? table  the error because of which a stale answer is used

--- Returns the directory of the cache; nil when the environment names no home.
---@return string?
function M.directory()
  local base = env.get("XDG_CACHE_HOME")
  if base and base:sub(1, 1) == "/" then return base .. "/os2" end
  local home = env.home()
  return home and home .. "/.cache/os2" or nil
end

--- Returns the key for everything that an answer depends on: a SHA-256 digest in hexadecimal. The
--- parts, among them the API key, cannot be recovered from it.
---@param parts (string|number|boolean|nil)[]  `n` fields; nil for a part that is not set
---@return string
function M.key(parts)
  local words = {}
  for index = 1, parts.n or #parts do
    local part = parts[index]
    -- the length distinguishes ("ab", "c") from ("a", "bc")
    words[index] = part == nil and "-" or ("%d:%s"):format(#tostring(part), tostring(part))
  end
  return hash.sha256(table.concat(words, ","))
end

--- Returns the time as entries have it. Whole milliseconds: JSON keeps 14 digits, and a time that
--- was rounded up would be in the future.
---@return number
function M.now()
  return math.floor(clock.now() * 1000) / 1000
end

local now = M.now

local function is_time(value, at)
  return value == nil or type(value) == "number" and value <= at
end

local function is_entry(value, store, at)
  return type(value) == "table" and value.format == FORMAT and value.key == store.key
    and is_time(value.answered_at, at) and is_time(value.failed_at, at)
    and (value.answered_at ~= nil) == (type(value.answer) == "table")
    and (value.answer == nil or store.fits == nil or store.fits(value.answer))
    and (value.failed_at ~= nil) == (value.failure ~= nil)
    and (value.failure == nil or failures.fits(value.failure))
end

local function open_store(key, fits)
  local directory = M.directory()
  if not directory then return nil end
  return {
    key = key, directory = directory, path = directory .. "/" .. key .. ".json", fits = fits,
  }
end

local function read(store)
  local entry = task.try(function() return json.decode(fs.read(store.path)) end)
  return is_entry(entry, store, now()) and entry or { format = FORMAT, key = store.key }
end

-- Changes an entry while no other process does. An error here must not fail the answer: without a
-- cache a run is only slower.
local function update(store, change)
  if run_options.guard then return nil end
  local _, failure = task.try(function()
    fs.mkdir_p(store.directory, tonumber("700", 8))
    local _ <close> = fs.lock(store.path .. ".write", { timeout = policy.ask("timeouts.lock") })
    local entry = change(read(store))
    if entry then
      fs.write_atomic(store.path, json.encode(entry), { mode = tonumber("600", 8) })
    end
  end)
  return failure
end

local function age_of(entry)
  return math.floor((now() - entry.answered_at) * 1000 + 0.5) / 1000
end

local function stand_in(entry, facts, failure)
  local stored_at = entry.answered_at
  if stored_at and policy.ask("cache.may_stand_in", {
    err = failure, publish = facts.publish, fresh = facts.fresh, stored_at = stored_at,
  }) then
    return entry.answer, { cached = true, age = age_of(entry), stale = true, failure = failure }
  end
  err.raise(failure)
end

-- With --refresh only an answer that was requested after this process started is new enough.
local function is_current(stored_at, failed, facts, since)
  if not stored_at then return false end
  if facts.refresh then return stored_at >= since end
  return policy.ask("cache.state", { stored_at = stored_at, failed = failed }) == "fresh"
end

-- Returns the cached answer, or nil when somebody has to ask.
local function recall(entry, facts, since)
  if facts.fresh then return nil end
  if is_current(entry.answered_at, false, facts, since) then
    return entry.answer, { cached = true, age = age_of(entry), stale = false }
  end
  if is_current(entry.failed_at, true, facts, since) then
    return stand_in(entry, facts, err.new(entry.failure))
  end
end

-- Of two answers the one that was requested later is kept, in whatever order they arrive.
local function is_newer(entry, asked_at)
  return entry.answered_at ~= nil and entry.answered_at > asked_at
end

local function keep_answer(store, asked_at, answer)
  return update(store, function(entry)
    if is_newer(entry, asked_at) then return nil end
    return { format = FORMAT, key = store.key, answered_at = asked_at, answer = answer }
  end)
end

local function keep_failure(store, asked_at, failure)
  if not failures.is_shareable(failure) then return end
  update(store, function(entry)
    if is_newer(entry, asked_at) then return nil end
    entry.failed_at, entry.failure = now(), failures.fields(failure)
    return entry
  end)
end

local function ask_anew(store, facts, ask)
  local asked_at = now()
  local answer, failure = task.try(ask)
  asked_at = facts.asked_at and facts.asked_at() or asked_at
  if failure then
    -- nobody waits for a process with --fresh
    if not facts.fresh then keep_failure(store, asked_at, failure) end
    return stand_in(read(store), facts, failure)
  end
  local unwritten = keep_answer(store, asked_at, answer)
  return answer, { cached = false, age = 0, stale = false, unwritten = unwritten }
end

local function lock(store)
  if run_options.guard then return nil end -- a lock is a file, too
  local timeout = policy.ask("timeouts.lock")
  return task.try(function()
    fs.mkdir_p(store.directory, tonumber("700", 8))
    return fs.lock(store.path .. ".lock", { timeout = timeout })
  end)
end

local function in_vain(failure)
  return err.new{
    kind = "unavailable", op = "cache", cause = failure, is_sent = false, retryable = true,
    message = ("another process makes the same request and has no answer after %g s"):format(
      policy.ask("timeouts.lock")),
    hint = "try again later; policy timeouts.lock says how long to wait, --fresh does not wait",
  }
end

--- Returns the answer cached under a key, or asks for it; of all processes that need the same
--- answer, one asks. Raises what `ask` raised, or `unavailable` when the process that asks takes
--- too long, unless a stale answer may be used.
---@param key string  from `cache.key`
---@param facts os2.store.cache.facts
---@param ask fun(): table
---@return table answer
---@return os2.store.cache.meta
function M.fetch(key, facts, ask)
  arguments.check("cache.fetch", facts, {
    refresh = "boolean?", fresh = "boolean?", publish = "boolean?", fits = "function?",
    asked_at = "function?",
  })
  local store = open_store(key, facts.fits)
  if not store then return ask(), { cached = false, age = 0, stale = false } end
  local since = now()
  local answer, meta = recall(read(store), facts, since)
  if answer then return answer, meta end
  local held, failure
  if not facts.fresh then held, failure = lock(store) end
  local _ <close> = held
  local entry = read(store)
  answer, meta = recall(entry, facts, since)
  if answer then return answer, meta end
  -- otherwise all waiting processes would ask at the same time, although the API is slow already
  if failure and failure.kind == "timeout" then return stand_in(entry, facts, in_vain(failure)) end
  -- when the lock cannot be made (no permission), this process asks itself: slower, but correct
  return ask_anew(store, facts, ask)
end

--- Forgets what is cached under a key.
---@param key string
---@param since? number  an answer that was asked for later stays
function M.forget(key, since)
  local store = open_store(key)
  if not store or run_options.guard then return end
  task.try(function()
    local _ <close> = fs.lock(store.path .. ".write", { timeout = policy.ask("timeouts.lock") })
    if not since or not is_newer(read(store), since) then fs.remove(store.path) end
  end)
end

---@class os2.store.cache.entry
---@field key string
---@field answer table?
---@field answered_at number?
---@field age number?  seconds

local function entry_of(store)
  local entry = read(store)
  if not entry.answer then return nil end
  return {
    key = store.key, answer = entry.answer, answered_at = entry.answered_at,
    age = age_of(entry),
  }
end

--- Returns the answer that is cached under a key; nil when there is none.
---@param key string
---@return os2.store.cache.entry?
function M.entry(key)
  local store = open_store(key)
  return store and entry_of(store)
end

--- Returns the answers that are cached, of all keys.
---@return os2.store.cache.entry[]
function M.entries()
  local entries, directory = {}, M.directory()
  for _, name in ipairs(directory and task.try(fs.list, directory) or {}) do
    local key = name:match("^(%x+)%.json$")
    local entry = key and entry_of{
      key = key, directory = directory, path = directory .. "/" .. name,
    }
    if entry then entries[#entries + 1] = entry end
  end
  return entries
end

return M
