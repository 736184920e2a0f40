--- The snapshots of Daytona, for commands that list and change them. All providers have the same
--- functions.
local daytona_provider = require("os2.providers.daytona")
local err = require("os2.err")
local records = require("os2.providers.daytona.records")
local retry = require("os2.client.retry")
local task = require("os2.task")

---@class os2.providers.daytona.snapshots
local M = {}

-- Loaded at first use, so that help and refused arguments do not load libcurl.
local function daytona()
  return require("os2.daytona")
end

local function ask_page(query, page)
  local body = retry.run(function()
    return (daytona().api.get_all_snapshots{
      name = query.name, sort = query.sort, order = query.order, limit = query.limit, page = page,
    })
  end)
  return records.page("daytona.get_all_snapshots", body)
end

--- Returns an iterator over the pages of a list; each is requested when it is asked for. Besides
--- the page it returns how many snapshots the whole list has now: a number that falls tells that
--- some were deleted meanwhile, and that the pages have skipped others. A page that fails for good
--- raises, so a list that ends was read to its end.
---@param query {name: string?, sort: string, order: string, limit: integer}  name: the API's filter
---@return fun(): table[]?, integer?
function M.list(query)
  local page, last = 0, 1
  return function()
    if page >= last then return nil end
    page = page + 1
    local body = ask_page(query, page)
    last = body.totalPages
    return body.items, math.type(body.total) == "integer" and body.total or nil
  end
end

--- Returns the snapshot with this id or exact name, or nil.
---@param name_or_id string
---@param is_single? boolean  asks once, for callers that poll themselves
---@return table?
function M.get(name_or_id, is_single)
  return daytona_provider.find_snapshot(name_or_id, is_single)
end

--- Deletes a snapshot; it is gone some seconds later. Machines that were made from it live on.
---@param snapshot {id: string}
function M.delete(snapshot)
  daytona_provider.delete_snapshot(snapshot.id)
end

--- Asks that a snapshot can be used again. Raises `invalid` within ten minutes of its last change.
---@param snapshot {id: string}
function M.activate(snapshot)
  daytona_provider.activate_snapshot(snapshot.id)
end

--- Asks that a snapshot cannot be used and does not count in the quota; it is kept. Source: POST
--- /snapshots/{id}/deactivate.
---@param snapshot {id: string}
function M.deactivate(snapshot)
  retry.run(function()
    return daytona().api.deactivate_snapshot{ id = snapshot.id } or true
  end)
end

--- Returns true when an activation was refused because the snapshot was changed a moment ago.
---@param failure os2.Err
---@return boolean
function M.is_cooling(failure)
  return daytona_provider.is_cooling(failure)
end

local function explain_no_log(failure, snapshot)
  if failure.kind ~= "not_found" then return failure end
  failure.message = ("Daytona has no build log of %s (%s)"):format(snapshot.name, failure.message)
  failure.hint = "Daytona keeps logs of the snapshots that it has built itself; a local build's "
    .. "log was written by the run that made it"
  return failure
end

--- Returns an iterator over the pieces of the log of a snapshot that Daytona has built. Raises
--- `not_found` for one that was built elsewhere. Source: GET /snapshots/{id}/build-logs.
---@param snapshot {id: string, name: string}
---@return fun(): string?
function M.logs(snapshot)
  local text, failure = task.try(retry.run, function()
    local body = daytona().api.get_snapshot_build_logs{ id = snapshot.id }
    return type(body) == "string" and body or "" -- an empty answer has no value
  end)
  if failure then err.raise(explain_no_log(failure, snapshot)) end
  return function()
    local piece = text
    text = nil
    return piece
  end
end

return M
