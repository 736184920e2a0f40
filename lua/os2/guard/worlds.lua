--- What a dry run has made, changed and removed at an API, so that later reads of the same run find
--- it.
---
--- A subject is what the first parameter of a path names, in the collection before it: the snapshot
--- X in /snapshots/{id}/activate.
local clock = require("os2.clock")

---@class os2.guard.worlds
local M = {}

---@class os2.guard.worlds.subject
---@field record? table  a made one, whole
---@field changes? table  fields of a real one that would have changed
---@field is_gone? boolean

local subjects = {} ---@type table<string, os2.guard.worlds.subject>
local made = {} ---@type table<string, table[]>  collection -> records, newest first
local ids = {} ---@type table<string, string>  collection and name -> id
local count = 0

local function place_of(api, collection, key)
  return ("%s %s%s"):format(api, collection, key)
end

--- Returns the collection of a path ("/snapshots/"), the name of its first parameter, and what
--- follows ("/activate"); nil when the path has no parameter.
---@param path string  of a row
---@return string?, string?, string?
function M.parts(path)
  return path:match("^(.-){(%w+)[:%l]*}(.*)$")
end

local function key_of(label)
  local collection, name = M.parts(label.row.path)
  local given = collection and label.params[name]
  if not given then return nil end
  return place_of(label.api, collection,
    ids[place_of(label.api, collection, tostring(given))] or tostring(given)), collection
end

--- Returns what is known of the subject of a request.
---@param label os2.guard.label
---@return os2.guard.worlds.subject?
function M.subject(label)
  local key = key_of(label)
  return key and subjects[key] or nil
end

local function name_known(api, collection, name, id)
  ids[place_of(api, collection, name)] = id
end

--- Gives a made record a name, whatever the run knew of that name before.
---@param api string
---@param collection string
---@param name string
---@param id string
function M.name(api, collection, name, id)
  name_known(api, collection, name, id)
  subjects[place_of(api, collection, name)] = nil
end

--- Returns a number that no record has yet.
---@return integer
function M.next_number()
  count = count + 1
  return count
end

--- Returns the time as the Daytona API writes it.
---@return string
function M.now()
  local t = clock.utc(clock.now() // 1)
  return ("%04d-%02d-%02dT%02d:%02d:%02d.000Z"):format(t.year, t.month, t.day, t.hour, t.min,
    t.sec // 1)
end

--- Adds a made record to a collection ("/snapshots/").
---@param api string
---@param collection string
---@param record table
---@param id string
function M.add(api, collection, record, id)
  subjects[place_of(api, collection, id)] = { record = record }
  made[api .. collection] = made[api .. collection] or {}
  table.insert(made[api .. collection], 1, record)
  local name = record.name or record.Name
  if name then M.name(api, collection, (name:gsub("^/", "")), id) end
end

--- Returns the made records of a collection that were not removed.
---@param api string
---@param collection string
---@return table[]
function M.made(api, collection)
  local list = {}
  for _, record in ipairs(made[api .. collection] or {}) do
    local subject = subjects[place_of(api, collection, record.id or record.Id)]
    if subject and not subject.is_gone then list[#list + 1] = record end
  end
  return list
end

local function merge(into, fields)
  for name, value in pairs(fields) do into[name] = value end
  return into
end

--- Changes fields of the subject of a request. Returns its record, as far as it is known.
---@param label os2.guard.label
---@param fields table
---@return table
function M.change(label, fields)
  local key = key_of(label)
  if not key then return fields end
  local subject = subjects[key] or {}
  subjects[key] = subject
  if subject.record then return merge(subject.record, fields) end
  subject.changes = merge(subject.changes or {}, fields)
  return subject.changes
end

--- Notes that the subject of a request would be removed.
---@param label os2.guard.label
function M.remove(label)
  local key = key_of(label)
  if key then subjects[key] = { is_gone = true } end
end

--- Notes that the name in a request would be removed, and its subject would stay.
---@param label os2.guard.label
function M.remove_name(label)
  local collection, parameter = M.parts(label.row.path)
  local name = place_of(label.api, collection, tostring(label.params[parameter]))
  ids[name] = nil
  subjects[name] = { is_gone = true }
end

--- Returns a real record as it would be after the run's changes; nil when it would be gone.
---@param api string
---@param collection string
---@param record table
---@return table?
function M.seen(api, collection, record)
  local id = record.id
  if type(id) ~= "string" then return record end
  if type(record.name) == "string" then name_known(api, collection, record.name, id) end
  local subject = subjects[place_of(api, collection, id)]
    or subjects[place_of(api, collection, tostring(record.name))]
  if not subject then return record end
  if subject.is_gone then return nil end
  return merge(record, subject.changes or {})
end

return M
