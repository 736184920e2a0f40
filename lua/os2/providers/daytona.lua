--- Snapshots in Daytona. All providers have the same functions; this one uses the API.
local clock = require("os2.clock")
local env = require("os2.env")
local err = require("os2.err")
local policy = require("os2.policy")
local retry = require("os2.client.retry")
local task = require("os2.task")

---@class os2.providers.daytona
local M = { name = "daytona", is_local = false }

-- Loaded at first use, so that a cached resolve loads neither libcurl nor the checks of answers.
local function api()
  return require("os2.daytona")
end

local function records()
  return require("os2.providers.daytona.records")
end

--- Returns true when DAYTONA_API_KEY is set.
---@return boolean
function M.is_available()
  return env.get("DAYTONA_API_KEY") ~= nil
end

--- Returns everything that an answer of this provider depends on, in a fixed order. It is for
--- hashing only, because the API key is part of it. The region is part of the question.
---@return table  a list with holes and its length `n`
function M.identity()
  return table.pack(M.name, env.get("DAYTONA_API_URL"), env.get("DAYTONA_API_KEY"),
    env.get("DAYTONA_ORGANIZATION_ID"))
end

-- Other processes wait for this answer for as long as timeouts.lock says, and the last attempt
-- takes its time.
local function due()
  local seconds = policy.ask("timeouts.lock") - policy.ask("timeouts.request")
  return seconds > 0 and clock.monotonic() + seconds or nil
end

-- Returns the items of a page of a list of snapshots, and the number of pages.
local function page_of(query, number, deadline)
  local body = retry.run(function()
    return (api().api.get_all_snapshots{
      name = query.name, sort = query.sort, order = query.order, limit = query.limit, page = number,
    })
  end, deadline)
  local page = records().page("daytona.get_all_snapshots", body)
  return page.items, page.totalPages
end

--- Returns a page of a list of snapshots, and whether it is the last one.
---@param query {name: string, sort: string, order: string, limit: integer}
---@param number integer  from 1
---@return table[]
---@return boolean
function M.page(query, number)
  local items, last = page_of(query, number, { due = due() })
  return items, number >= last
end

--- Returns an iterator over the pages of a list of snapshots; pages are requested as needed.
--- Source: GET /snapshots, `{items, total, page, totalPages}`; `name` is an unescaped ILIKE filter.
---@param query {name: string, sort: string, order: string, limit: integer}
---@return fun(): table[]?
function M.pages(query)
  local number, last, deadline = 0, 1, { due = due() }
  return function()
    if number >= last then return nil end
    number = number + 1
    local items
    items, last = page_of(query, number, deadline)
    return items
  end
end

--- Returns a stream of the changes of snapshots and machines; see `daytona.events`.
---@param options table
---@return os2.daytona.events.Stream
function M.events(options)
  return api().events(options)
end

--- Returns the snapshot with this id or exact name, or nil.
---@param id_or_name string
---@param is_single? boolean  asks once, for callers that poll themselves
---@return table?
function M.find_snapshot(id_or_name, is_single)
  local snapshot, failure = task.try(is_single and retry.once or retry.run, function()
    return api().snapshot(id_or_name)
  end)
  if failure and failure.kind ~= "not_found" then err.raise(failure) end
  return not failure and records().snapshot("daytona.snapshot", snapshot) or nil
end

--- Returns the record of the API key in use, {name, permissions, expiresAt, …}, and the server's
--- time when its answer has it. Source: GET /api-keys/current.
---@return table
---@return number? now
function M.key()
  local response
  local key = retry.run(function()
    local record, answer = api().key()
    response = answer
    return record
  end)
  local date = response and response.headers.date
  return records().key("daytona.key", key), date and clock.parse_http(date)
end

--- Returns the record of the API key in use, with one request and no retry.
---@return table
function M.key_at_once()
  return records().key("daytona.key", api().key())
end

--- Returns the regions in which machines can be made: shared ones and the organization's own.
--- Source: GET /regions.
---@return {id: string, name: string}[]
function M.regions()
  return records().regions("daytona.list_available_regions", retry.run(function()
    return (api().api.list_available_regions())
  end))
end

-- In this case the API's message is only "unexpected error".
local function explain_no_access(failure, region)
  if failure.status ~= 500 then return failure end
  failure.hint = region
    and ("check --region %s: this is Daytona's answer for an unknown region"):format(region)
    or "this is Daytona's answer when its registry gives no push access: ask its operator"
  return failure
end

--- Returns new credentials for Daytona's registry, valid for one hour: {registryUrl, project,
--- username, secret, expiresAt}. Source: GET /docker-registry/registry-push-access.
---@param region? string
---@return table
function M.push_access(region)
  local access, failure = task.try(retry.run, function()
    return api().push_access{ regionId = region }
  end)
  if failure then err.raise(explain_no_access(failure, region)) end
  return records().access("daytona.push_access", access)
end

--- Registers a snapshot with one request: the caller decides what a lost answer means, or an answer
--- that is not a snapshot (`protocol`). POST /snapshots.
---@param fields table  the API's own fields
---@return table snapshot
function M.create_snapshot(fields)
  return records().snapshot("daytona.create_snapshot", api().create_snapshot(fields))
end

--- Deletes a snapshot; it is gone some seconds later. DELETE /snapshots/{id}.
---@param id string
function M.delete_snapshot(id)
  retry.run(function() return api().delete_snapshot(id) or true end)
end

--- Opens the object storage of build contexts, with new access that is valid for one hour. Source:
--- GET /object-storage/push-access.
---@return os2.providers.daytona.storage
function M.context_storage()
  local access = retry.run(function() return (api().api.get_push_access()) end)
  return require("os2.providers.daytona.storage").open(
    records().storage("daytona.get_push_access", access))
end

--- Reads the log of a snapshot's build; see `daytona.build_log`. Asks once.
---@param id string
---@param is_followed boolean
---@return os2.client.rest.Transfer
function M.build_log(id, is_followed)
  return api().build_log(id, { follow = is_followed })
end

--- Returns true when an activation was refused because the snapshot was deactivated some minutes
--- ago.
---@param failure os2.Err
---@return boolean
function M.is_cooling(failure)
  return failure.status == 400
    and failure.message:find("deactivation is still in progress", 1, true) ~= nil
end

--- Activates an inactive snapshot. Raises `invalid` within ten minutes of its last change, and for
--- a snapshot that is active. POST /snapshots/{id}/activate.
---@param id string
---@return table snapshot
function M.activate_snapshot(id)
  return records().snapshot("daytona.activate_snapshot", api().activate_snapshot(id))
end

return M
