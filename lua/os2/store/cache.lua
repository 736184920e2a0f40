--- Keeps answers on disk for all processes of a user: one process asks while the others wait.
---
--- An entry is one file. It holds the last answer and, for the waiters of a failed asker, the last
--- error. What cannot be read as an entry of this very key (torn, foreign, from the future) is a
--- miss.
local clock = require("os2.clock")
local env = require("os2.env")
local err = require("os2.err")
local fs = require("os2.fs")
local hash = require("os2.hash")
local json = require("os2.json")
local arguments = require("os2.base.arguments")
local policy = require("os2.policy")
local task = require("os2.task")

---@class os2.store.cache
local M = {}

local FORMAT <const> = 1
local ERROR_FIELDS <const> = { "kind", "op", "message", "exit", "status", "retryable",
  "retry_after", "hint" }

---@class os2.store.cache.facts
---@field refresh? boolean  ask anew, whatever is there
---@field fresh? boolean  ask anew, and never answer with anything older
---@field publish? boolean  the answer is for a publish, which needs the truth
---@field fits? fun(answer: table): boolean  what is kept and does not fit was written by somebody
---  else: it is a miss

---@class os2.store.cache.meta
---@field cached boolean  the answer was there already
---@field age number  seconds since it was asked for
---@field stale boolean
---@field failure? table  why a stale answer stands in

--- Returns the directory of the cache, or nil where the environment names no home.
---@return string?
function M.directory()
  local base = env.get("XDG_CACHE_HOME")
  if base and base:sub(1, 1) == "/" then return base .. "/os2" end
  local home = env.home()
  return home and home .. "/.cache/os2" or nil
end

--- Returns the key of everything that an answer depends on: a SHA-256 in hex. Nothing of the parts
--- (the API key is one) can be read back from it.
---@param parts (string|number|boolean|nil)[]  `n` fields, nil where a part is not set
---@return string
function M.key(parts)
  local words = {}
  for index = 1, parts.n or #parts do
    local part = parts[index]
    -- The length keeps ("ab", "c") and ("a", "bc") apart.
    words[index] = part == nil and "-" or ("%d:%s"):format(#tostring(part), tostring(part))
  end
  return hash.sha256(table.concat(words, ","))
end

-- Milliseconds: JSON keeps 14 digits, and a time rounded up would lie in the future.
local function now()
  return math.floor(clock.now() * 1000) / 1000
end

local function is_time(value, at)
  return value == nil or type(value) == "number" and value <= at
end

-- Whether err.new takes it: a kept failure of another kind or with other fields is nobody's here.
local function is_failure(value)
  if type(value) ~= "table" or type(value.message) ~= "string" then return false end
  local hint, status, pause = value.hint, value.status, value.retry_after
  local is_fine = (hint == nil or type(hint) == "string")
    and (status == nil or math.type(status) == "integer")
    and (pause == nil or type(pause) == "number" and pause >= 0)
  return is_fine and (pcall(err.new, value))
end

local function is_entry(value, store, at)
  return type(value) == "table" and value.format == FORMAT and value.key == store.key
    and is_time(value.answered_at, at) and is_time(value.failed_at, at)
    and (value.answered_at ~= nil) == (type(value.answer) == "table")
    and (value.answer == nil or store.fits == nil or store.fits(value.answer))
    and (value.failed_at ~= nil) == (value.failure ~= nil)
    and (value.failure == nil or is_failure(value.failure))
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

-- Changes an entry while no other process does. A cache that cannot be written must not fail the
-- answer: it is slower, not wrong.
local function update(store, change)
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

local function stored_failure(failure)
  local fields = {}
  for _, name in ipairs(ERROR_FIELDS) do fields[name] = failure[name] end
  return fields
end

-- Waiters may share an answer of the world, never an interrupt or a bug of another process.
local function is_shareable(failure)
  return err.is(failure) and failure.kind ~= "cancelled" and failure.kind ~= "internal"
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

-- With --refresh only what was asked for after this process began is new enough.
local function is_current(stored_at, failed, facts, since)
  if not stored_at then return false end
  if facts.refresh then return stored_at >= since end
  return policy.ask("cache.state", { stored_at = stored_at, failed = failed }) == "fresh"
end

-- Returns what the entry answers by itself, or nil when somebody has to ask.
local function recall(entry, facts, since)
  if facts.fresh then return nil end
  if is_current(entry.answered_at, false, facts, since) then
    return entry.answer, { cached = true, age = age_of(entry), stale = false }
  end
  if is_current(entry.failed_at, true, facts, since) then
    return stand_in(entry, facts, err.new(entry.failure))
  end
end

-- Whoever asked later knows better, in whatever order the answers come.
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
  if not is_shareable(failure) then return end
  update(store, function(entry)
    if is_newer(entry, asked_at) then return nil end
    entry.failed_at, entry.failure = now(), stored_failure(failure)
    return entry
  end)
end

local function ask_anew(store, facts, ask)
  local asked_at = now()
  local answer, failure = task.try(ask)
  if failure then
    -- Nobody waits for one who asks with --fresh.
    if not facts.fresh then keep_failure(store, asked_at, failure) end
    return stand_in(read(store), facts, failure)
  end
  local unwritten = keep_answer(store, asked_at, answer)
  return answer, { cached = false, age = 0, stale = false, unwritten = unwritten }
end

local function lock(store)
  local timeout = policy.ask("timeouts.lock")
  return task.try(function()
    fs.mkdir_p(store.directory, tonumber("700", 8))
    return fs.lock(store.path .. ".lock", { timeout = timeout })
  end)
end

local function in_vain(failure)
  return err.new{
    kind = "unavailable", op = "cache", cause = failure, is_sent = false, retryable = true,
    message = ("another process asks the same and has no answer after %g s"):format(
      policy.ask("timeouts.lock")),
    hint = "try again later; policy timeouts.lock says how long to wait, --fresh waits for nobody",
  }
end

--- Returns the answer kept under a key, or asks for it; of all processes that want the same, one
--- asks. Raises what `ask` raised, or `unavailable` when the one that asks takes too long, unless a
--- stale answer may stand in.
---@param key string  from `cache.key`
---@param facts os2.store.cache.facts
---@param ask fun(): table
---@return table answer
---@return os2.store.cache.meta
function M.fetch(key, facts, ask)
  arguments.check("cache.fetch", facts, {
    refresh = "boolean?", fresh = "boolean?", publish = "boolean?", fits = "function?",
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
  -- All who waited would ask at once, of an API that is slow already.
  if failure and failure.kind == "timeout" then return stand_in(entry, facts, in_vain(failure)) end
  -- Without any lock (no permission) asking oneself is slower, not wrong.
  return ask_anew(store, facts, ask)
end

--- Forgets what is kept under a key.
---@param key string
function M.forget(key)
  local store = open_store(key)
  if store then task.try(fs.remove, store.path) end
end

return M
