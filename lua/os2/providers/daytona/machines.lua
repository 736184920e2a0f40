--- Machines at Daytona: sandboxes. A machine has the same fields at every provider.
local err = require("os2.err")
local paged = require("os2.base.paged")
local pages = require("os2.client.pages")
local provider_machine = require("os2.providers.machine")
local records = require("os2.providers.daytona.records")
local retry = require("os2.client.retry")
local task = require("os2.task")

---@class os2.providers.daytona.machines
local M = {}

---@class os2.machine
---@field id string
---@field name string
---@field state string  "started", "stopped", "error", …: Daytona's words
---@field desired_state string?  the state it is to reach; nil when the provider does not tell
---@field error string?  why it is in this state
---@field snapshot string?  the name of the snapshot from which it was made
---@field labels table<string, string>
---@field public boolean
---@field region string?
---@field env string[]?  names of the variables only; nil when a list does not tell
---@field cpu number?
---@field memory number?  GB
---@field disk number?  GB
---@field auto_stop integer?  minutes without use after which it is stopped; 0: never
---@field created_at string  UTC, ISO 8601
---@field toolboxProxyUrl string?

-- What is decoded of an answer, which has twice as much.
local RECORD <const> = { fields = records.SANDBOX_FIELDS }
local PAGE <const> = { fields = { items = records.SANDBOX_FIELDS, nextCursor = true } }

-- Loaded at first use, so that help and refused arguments do not load libcurl.
local function daytona()
  return require("os2.daytona")
end

local function to_machine(op, sandbox)
  return records.machine("daytona." .. op, sandbox)
end

---@class os2.machine.fields
---@field name string
---@field snapshot {name: string, id: string?}
---@field env table<string, string>
---@field labels table<string, string>
---@field public boolean
---@field auto_stop integer
---@field auto_delete integer?  minutes after its stop until it is deleted; 0: at once, nil: never
---@field region string?
---@field port integer
---@field timeout number  seconds

local function known_regions()
  local regions = task.try(require("os2.providers.daytona").regions)
  local ids = {}
  for index, region in ipairs(regions or {}) do ids[index] = region.id end
  table.sort(ids)
  return #ids > 0 and "; there are " .. table.concat(ids, ", ") or ""
end

-- Names DAYTONA_TARGET, because the variable is easily forgotten.
local function explain_region(failure, region)
  if region and failure.status == 404 and failure.message:find("Region", 1, true) then
    failure.exit = "config"
    failure.hint = ("the region is %s, from --region or DAYTONA_TARGET%s"):format(region,
      known_regions())
  end
  return failure
end

local function send_create(fields, is_later)
  return daytona().api.create_sandbox({
    name = fields.name, snapshot = fields.snapshot.name, env = fields.env, labels = fields.labels,
    public = fields.public, autoStopInterval = fields.auto_stop, target = fields.region,
    autoDeleteInterval = fields.auto_delete,
  }, { timeout = fields.timeout, fields = records.SANDBOX_FIELDS, is_later = is_later })
end

local function created(region, sandbox, failure)
  if failure then err.raise(explain_region(failure, region)) end
  return to_machine("create_sandbox", sandbox)
end

--- Requests a machine with one request: the caller decides what a lost answer means. The request
--- lasts until the machine has started (30 s at most), and still its answer has a state from
--- before. Source: POST /sandbox.
---@param fields os2.machine.fields
---@return os2.machine
function M.create(fields)
  return created(fields.region, task.try(send_create, fields))
end

--- Requests a machine as `create` does, and does not wait.
---@param fields os2.machine.fields
---@return userdata op  has news once the answer is there
---@return table later  for `take_create`
function M.begin_create(fields)
  return send_create(fields, true)
end

--- Returns or raises what `create` would, once the answer to `begin_create` is there.
---@param later table
---@param region string?  that was asked for
---@return os2.machine
function M.take_create(later, region)
  return created(region, task.try(later.take, later))
end

--- Calls a function with the headers of every answer, which report the rate limits.
---@param fn fun(headers: table<string, string>)
function M.observe(fn)
  daytona().observe(fn)
end

--- Returns true when a create was refused because of its snapshot.
---@param failure os2.Err
---@param name string  the snapshot's name
---@return boolean
function M.is_snapshot_refused(failure, name)
  return failure.status == 400 and failure.message:find("400 Snapshot " .. name, 1, true) == 1
end

--- Returns the region for which a create was refused, when its snapshot is not available there.
---@param failure os2.Err
---@return string?
function M.region_of_refusal(failure)
  return failure.message:match("is not available in region ([%w_.-]+)")
end

--- Returns the machine with this name or id, or nil. Waits, also between attempts.
---@param name_or_id string
---@param is_single? boolean  asks once, for callers that poll themselves
---@return os2.machine?
function M.find(name_or_id, is_single)
  local sandbox, failure = task.try(is_single and retry.once or retry.run, function()
    return (daytona().api.get_sandbox({ sandboxIdOrName = name_or_id }, RECORD))
  end)
  if failure and failure.kind ~= "not_found" then err.raise(failure) end
  if failure then return nil end
  return to_machine("get_sandbox", sandbox)
end

-- Requests one page; retries after a temporary error.
local function page_of(query, options)
  return retry.run(function() return (daytona().api.list_sandboxes(query, options)) end)
end

-- What is decoded of a page: all its machines, or those whose ids are wanted.
local function page_options(wanted)
  if not wanted then return PAGE end
  local fields = { wanted, id = "wanted" }
  for name in pairs(records.SANDBOX_FIELDS) do fields[name] = fields[name] or true end
  return { fields = { items = fields, nextCursor = true } }
end

--- Returns an iterator over the pages of machines with these labels, oldest first; each is
--- requested when it is asked for. A page that fails for good raises, so a list that ends is
--- complete. A new machine may be missing for a moment, because the list is eventually consistent.
---@param labels table<string, string>
---@param is_all? boolean  also those whose deletion failed
---@param snapshots? string[]  only machines that were made from one of these
---@param wanted? table<string, any>  has a value for the ids of the machines that are wanted; it
---  may change between two pages
---@return fun(): os2.machine[]?
function M.pages(labels, is_all, snapshots, wanted)
  local options = page_options(wanted)
  local next_page = pages.each("daytona.list_sandboxes", { paging = "cursor" }, {
    labels = next(labels) and labels or nil, limit = 200, sort = "createdAt", order = "asc",
    includeErroredDeleted = is_all or nil, snapshots = snapshots,
  }, function(query) return page_of(query, options) end)
  return function()
    local page = next_page()
    return page and records.machines("daytona.list_sandboxes", page)
  end
end

--- Returns an iterator over the machines of all pages.
---@param labels table<string, string>
---@param is_all? boolean
---@param snapshots? string[]
---@return fun(): os2.machine?
function M.list(labels, is_all, snapshots)
  return paged.items(M.pages(labels, is_all, snapshots))
end

-- Requests a change whose answer is the machine's record.
local function change(operation, machine)
  local sandbox = daytona().api[operation]({ sandboxIdOrName = machine.id }, RECORD)
  return type(sandbox) == "table" and to_machine(operation, sandbox) or machine
end

--- Starts a stopped or archived machine. The state in the answer may be the old one.
---@param machine os2.machine
---@return os2.machine
function M.start(machine)
  return change("start_sandbox", machine)
end

--- Stops a machine. Raises `conflict` while another change is in progress, `invalid` when the
--- machine does not run.
---@param machine os2.machine
---@return os2.machine
function M.stop(machine)
  return change("stop_sandbox", machine)
end

--- Moves a stopped machine to object storage, where it does not count in the quota.
---@param machine os2.machine
---@return os2.machine
function M.archive(machine)
  return change("archive_sandbox", machine)
end

--- Deletes a machine; its name is free at once. Raises `not_found`, and `conflict` while another
--- change is in progress.
---@param machine {id: string}
---@return os2.machine
function M.delete(machine)
  return change("delete_sandbox", machine)
end

--- Returns the URL of a machine's port, and the headers that a private port requires.
---@param machine os2.machine
---@param port integer
---@param seconds? number  makes a URL that works for this time for anybody, without a header
---@return {url: string, token: string?, headers: table<string, string>}
function M.preview(machine, port, seconds)
  local operation = seconds and "get_signed_port_preview_url" or "get_port_preview_url"
  local preview = retry.run(function()
    return (daytona().api[operation]{
      sandboxIdOrName = machine.id, port = port, expiresInSeconds = seconds,
    })
  end)
  records.preview("daytona." .. operation, preview, not seconds)
  local headers = { ["X-Daytona-Skip-Preview-Warning"] = "true" }
  if seconds then return { url = preview.url, headers = headers } end
  if not machine.public then headers["X-Daytona-Preview-Token"] = preview.token end
  return { url = preview.url, token = preview.token, headers = headers }
end

return provider_machine.with_parts(M, "daytona")
