--- What a resolve asks of its provider, as values: so another process can ask in its place.
---
--- A call is `{op = "page", page, name, sort, order, limit}`, `{op = "snapshot", name}` or
--- `{op = "regions"}`. Its answer is `{asked_at, text | failure}`, where text is JSON.
local cache = require("os2.store.cache")
local err = require("os2.err")
local json = require("os2.json")
local task = require("os2.task")

---@class os2.flows.resolve.calls
local M = {}

---@class os2.flows.resolve.calls.call
---@field op "page"|"snapshot"|"regions"

---@class os2.flows.resolve.calls.answer
---@field asked_at number  as `cache.now` tells it
---@field text string?  the JSON of what the provider has returned
---@field failure os2.Err?  what it has raised

local FIELDS <const> = {
  page = { "page", "name", "sort", "order", "limit" }, snapshot = { "name" }, regions = {},
}

local TYPES <const> = {
  page = "integer", limit = "integer", name = "string", sort = "string", order = "string",
}

-- The field without which a call asks nothing.
local NEEDED <const> = { page = "page", snapshot = "name" }

--- Returns true when a value, which another process has written, is a call.
---@param value any
---@return boolean
function M.is_call(value)
  local fields = type(value) == "table" and FIELDS[value.op]
  if not fields or NEEDED[value.op] and value[NEEDED[value.op]] == nil then return false end
  for _, field in ipairs(fields) do
    local found, wanted = value[field], TYPES[field]
    local is_fine = wanted == "integer" and math.type(found) == "integer" and found >= 1
      or type(found) == wanted
    if found ~= nil and not is_fine then return false end
  end
  return true
end

--- Returns the key of a call: calls with the same key ask the same.
---@param call os2.flows.resolve.calls.call
---@return string
function M.key(call)
  local parts = { call.op }
  for index, field in ipairs(FIELDS[call.op]) do parts[index + 1] = call[field] end
  parts.n = #FIELDS[call.op] + 1
  return cache.key(parts)
end

-- The text of a Dockerfile may hold what is no one's business on disk, and no resolve needs it.
local function without_build(snapshot)
  if type(snapshot) ~= "table" or snapshot.buildInfo == nil then return snapshot end
  local copy = {}
  for field, value in pairs(snapshot) do copy[field] = value end
  copy.buildInfo = nil
  return copy
end

local RUN <const> = {
  page = function(provider, call)
    local snapshots, is_last = provider.page(call, call.page)
    local items = {}
    for index, snapshot in ipairs(snapshots) do items[index] = without_build(snapshot) end
    return { items = items, is_last = is_last }
  end,
  snapshot = function(provider, call)
    return { snapshot = without_build(provider.find_snapshot(call.name)) }
  end,
  regions = function(provider) return { regions = provider.regions() } end,
}

--- Asks the provider. A bug and a cancellation are raised on.
---@param provider table
---@param call os2.flows.resolve.calls.call
---@return os2.flows.resolve.calls.answer
function M.answer(provider, call)
  local asked_at = cache.now()
  local text, failure = task.try(function() return json.encode(RUN[call.op](provider, call)) end)
  return { asked_at = asked_at, text = text, failure = failure }
end

local function pages(asked, query)
  local number, is_last = 0, false
  return function()
    if is_last then return nil end
    number = number + 1
    local page = asked{
      op = "page", page = number, name = query.name, sort = query.sort, order = query.order,
      limit = query.limit,
    }
    is_last = page.is_last
    return page.items
  end
end

--- Returns a provider whose calls `ask` answers. Its `asked_at` returns when the oldest of the
--- answers was asked for; nil when there was none.
---@param provider table
---@param ask fun(call: os2.flows.resolve.calls.call): os2.flows.resolve.calls.answer
---@return table
function M.through(provider, ask)
  local oldest
  local function asked(call)
    local answer = ask(call)
    oldest = math.min(oldest or answer.asked_at, answer.asked_at)
    if answer.failure then err.raise(answer.failure) end
    return json.decode(answer.text)
  end
  return setmetatable({
    asked_at = function() return oldest end,
    pages = function(query) return pages(asked, query or {}) end,
    find_snapshot = function(name) return asked{ op = "snapshot", name = name }.snapshot end,
    regions = function() return asked{ op = "regions" }.regions end,
  }, { __index = provider })
end

return M
