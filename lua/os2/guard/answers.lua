--- The answers of a dry run: to requests that change something, and to reads of what it has made,
--- changed or removed.
local json = require("os2.json")
local names = require("os2.text.names")
local operation = require("os2.guard.operation")
local records = require("os2.guard.records")
local worlds = require("os2.guard.worlds")

---@class os2.guard.answers
local M = {}

local function response(status, value)
  return {
    status = status, headers = { ["content-type"] = "application/json" }, elapsed = 0,
    bytes_sent = 0, body = value == nil and "" or json.encode(value),
  }
end

local function is_list(label)
  local types = require("os2.help.types." .. label.api)[label.row.name]
  return types ~= nil and types.returns:find("%[%]$") ~= nil
end

-- An operation without an answer of its own, or with lines, is answered with nothing.
local function has_record(row)
  return row.result == "json"
end

--- Returns the answer to a request that changes something.
---@param label? os2.guard.label  of an operation; nil for other requests
---@return table
function M.of(label)
  if not label or not label.api then return response(200, {}) end
  local record = records.of(label)
  if not has_record(label.row) then return response(label.row.result == "none" and 204 or 200) end
  if is_list(label) then return response(200, json.array{}) end
  return response(200, record or {})
end

local LINES <const> = {}

function LINES.image_push(label)
  return { { json.encode{ aux = { Tag = label.params.tag, Digest = records.DIGEST, Size = 0 } } } }
end

--- Returns the operation that stands for a request that changes something.
---@param label? os2.guard.label
---@return os2.guard.operation
function M.operation(label)
  local answer = M.of(label)
  local lines = label and LINES[label.row.name]
  -- a stream's success is 200
  local head = { status = answer.status == 204 and 200 or answer.status, headers = answer.headers }
  local events = lines and lines(label) or answer.body ~= "" and { { answer.body } } or {}
  return operation.new({ status = head.status, headers = head.headers, body = "" }, events, head)
end

--- Returns the operation that stands for a build.
---@param options {tags: string[], labels: string?}  labels: JSON
---@return os2.guard.operation
function M.build(options)
  local id = records.image(options.tags, json.decode(options.labels or "{}"))
  local line = { type = "line", text = json.encode{ aux = { ID = id } } }
  return operation.new({ status = 200, bytes_sent = 0, files_sent = 0 }, { { line } })
end

local function not_found(label)
  return response(404, {
    statusCode = 404, message = ("%s: the dry run has removed it"):format(label.op),
    error = "Not Found",
  })
end

local function of_made(label, record)
  local _, _, rest = worlds.parts(label.row.path)
  if rest == "" or rest == "/json" then return response(200, record) end
  local part = records.part(label)
  if part then return response(200, part) end
  if not has_record(label.row) then return response(200) end
  return response(200, is_list(label) and json.array{} or {})
end

local function begins_with(url, beginning)
  return tostring(url):sub(1, #beginning) == beginning
end

--- Returns true for a URL of a made machine's toolbox, or of a made session.
---@param url any
---@return boolean
function M.is_made(url)
  return begins_with(url, records.TOOLBOX_URL) or records.is_session(url)
end

--- Returns true for a request to a port of a made machine.
---@param request any
---@return boolean
function M.is_made_page(request)
  if type(request) ~= "table" then return false end
  return begins_with(request.url, records.PREVIEW_URL)
    or begins_with(request.url, records.LOCAL_URL)
end

--- Returns the answer to a read of what only the dry run has made or removed; nil when the server
--- is to be asked.
---@param label os2.guard.label
---@param url string
---@return table?
function M.read(label, url)
  if label.api == "toolbox" then return M.is_made(url) and M.of(label) or nil end
  local subject = worlds.subject(label)
  if not subject then return nil end
  if subject.is_gone then return not_found(label) end
  return subject.record and of_made(label, subject.record) or nil
end

-- ---- what the server has answered ----

local function has_labels(record, labels)
  if type(labels) == "string" then labels = json.decode(labels) end
  for name, value in pairs(labels or {}) do
    if (record.labels or {})[name] ~= value then return false end
  end
  return true
end

local function is_asked_for(record, params)
  local name = params.name and tostring(params.name):lower()
  if name and not record.name:lower():find(name, 1, true) then return false end
  return has_labels(record, params.labels)
end

local function is_first_page(params)
  return not params.cursor and (not params.page or tonumber(params.page) == 1)
end

local function list_as_changed(label, items)
  local collection, list = label.row.path .. "/", {}
  local made = is_first_page(label.params) and worlds.made(label.api, collection) or {}
  for _, record in ipairs(made) do
    if is_asked_for(record, label.params) then list[#list + 1] = record end
  end
  for _, record in ipairs(items) do
    list[#list + 1] = type(record) ~= "table" and record
      or worlds.seen(label.api, collection, record)
  end
  return json.array(list)
end

local function has_own_labels(record, wanted)
  for _, word in ipairs(wanted or {}) do
    local name, value = word:match("^([^=]*)=(.*)$")
    local found = (record.Config.Labels or {})[name or word]
    if found == nil or name and found ~= value then return false end
  end
  return true
end

local function filters_of(label)
  local filters = label.params.filters or {}
  return type(filters) == "string" and json.decode(filters) or filters
end

-- What the run has made and is asked for stands before what the engine has.
local function with_made(label, collection, summary_of, listed)
  local filters, list = filters_of(label), {}
  for _, record in ipairs(worlds.made("docker", collection)) do
    local summary = has_own_labels(record, filters.label) and summary_of(record, filters)
    if summary then list[#list + 1] = summary end
  end
  return json.array(table.move(listed, 1, #listed, #list + 1, list))
end

local DOCKER_LISTS <const> = {}

DOCKER_LISTS["docker.image_list"] = function(label, images)
  return with_made(label, "/images/", function(image, filters)
    return records.image_summary(image, names.matcher(filters.reference or { "*" }))
  end, images)
end

DOCKER_LISTS["docker.container_list"] = function(label, containers)
  return with_made(label, "/containers/", records.container_summary, containers)
end

local function as_changed(label, value)
  local collection, _, rest = worlds.parts(label.row.path)
  if collection then return rest == "" and worlds.seen(label.api, collection, value) or value end
  if value.items then
    value.items = list_as_changed(label, value.items)
    return value
  end
  return #value > 0 and list_as_changed(label, value) or value
end

--- Returns the server's answer to a read as it would be after the changes of the dry run.
---@param label os2.guard.label
---@param answer table
---@return table
function M.as_changed(label, answer)
  local change = label.api == "daytona" and as_changed or DOCKER_LISTS[label.op]
  if not change or answer.status ~= 200 then return answer end
  local value = require("host.json").decode(answer.body)
  if type(value) ~= "table" then return answer end
  local copy = {}
  for name, field in pairs(answer) do copy[name] = field end
  copy.body = json.encode(change(label, value))
  return copy
end

return M
