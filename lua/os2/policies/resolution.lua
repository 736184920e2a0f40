--- Which snapshot is "the newest": what to request, what to pass over, what to take.
local check = require("os2.base.check")
local clock = require("os2.clock")
local err = require("os2.err")
local naming = require("os2.policies.naming")
local policy = require("os2.policy")

---@class os2.policies.resolution
local M = {}

-- Checks a pin; the message quotes the rule.
local function check_pin(pin)
  local fault = naming.fault(pin)
  if not fault then return true end
  return nil, ("%s; a pin is a snapshot's name, or nil for none"):format(fault)
end

--- Returns the pin: a name that is used unchanged, without any request.
---@param facts {env: table<string, string>}
---@return string? pin, table? err
function M.pin(facts)
  local pin = facts.env.DAYTONA_SNAPSHOT_PIN
  if not pin or pin == "" then return nil end
  local ok, why = check_pin(pin)
  if ok then return pin end
  return nil, err.new{
    kind = "invalid", exit = "config", op = "resolution",
    message = ("DAYTONA_SNAPSHOT_PIN is %s: %s"):format(check.show(pin), why),
    hint = "set it to a snapshot's name, or unset it",
  }
end

--- Returns the prefixes to look under, in order. The first one that has a usable snapshot decides.
---@param facts {prefix: string}
---@return string[]
function M.prefixes(facts)
  return { facts.prefix }
end

--- Returns the query of GET /snapshots for one prefix: newest first.
---@param facts {prefix: string}
---@return {name: string, sort: string, order: string, limit: integer}
function M.query(facts)
  return {
    name = policy.ask("naming.filter", facts),
    sort = policy.ask("resolution.sort", facts),
    order = policy.ask("resolution.order", facts),
    limit = policy.ask("resolution.limit", facts),
  }
end

-- A snapshot without a list of regions is treated as available in every region.
local function is_in(snapshot, region)
  local regions = snapshot.regionIds
  if region == nil or type(regions) ~= "table" or #regions == 0 then return true end
  for _, id in ipairs(regions) do
    if id == region then return true end
  end
  return false
end

--- Decides whether machines can start from a snapshot now, in the region of the run.
---@param facts {snapshot: table, region: string?, refused: table<string, string>?}  refused: name
---  -> reason, the snapshots that the API has refused to this run
---@return boolean, string? why
function M.usable(facts)
  local snapshot = facts.snapshot
  if snapshot.state ~= "active" then return false, "state " .. tostring(snapshot.state) end
  if not is_in(snapshot, facts.region) then return false, "not in region " .. facts.region end
  local refusal = facts.refused and facts.refused[snapshot.name]
  if refusal then return false, "refused by the API" end
  return true
end

-- Returns the facts for the policies about one snapshot.
local function named(snapshot, facts)
  return { name = snapshot.name, prefix = facts.prefix, env = facts.env, now = facts.now }
end

local function about(snapshot, facts)
  return {
    snapshot = snapshot, prefix = facts.prefix, env = facts.env, now = facts.now,
    region = facts.region, refused = facts.refused, is_local = facts.is_local,
  }
end

-- On the local engine this machine's clock has made the time in the name: a time in the future
-- would be the newest for ever. For Daytona's snapshots its registration time is known.
local function is_ahead(time, facts)
  return facts.is_local and time > facts.now + policy.ask("naming.ahead", facts)
end

-- Returns the time in the snapshot's name, or nil and why it is not a candidate.
local function time_of(snapshot, facts)
  if snapshot.general then return nil, "shared" end
  local time, why = policy.ask("naming.parse", named(snapshot, facts))
  if not time then return nil, why end
  local ok, reason = policy.ask("resolution.usable", about(snapshot, facts))
  if not ok then return nil, reason end
  if is_ahead(time, facts) then return nil, "of the future" end
  return time
end

local function candidates_of(facts)
  local candidates, passed = {}, {}
  for _, snapshot in ipairs(facts.snapshots) do
    local time, why = time_of(snapshot, facts)
    if time then
      candidates[#candidates + 1] = { snapshot = snapshot, time = time }
    else
      why = type(why) == "string" and why or "not usable"
      passed[why] = (passed[why] or 0) + 1
    end
  end
  return candidates, passed
end

local function created_at(candidate)
  local text = candidate.snapshot.createdAt
  return type(text) == "string" and clock.parse_iso(text) or 0
end

-- The list has the newest snapshot first. Only among snapshots of the same second its order is not
-- relied on.
local function newest_of(candidates)
  local newest = candidates[1]
  for index = 2, #candidates do
    local other = candidates[index]
    if other.time == newest.time and created_at(other) > created_at(newest) then newest = other end
  end
  return newest
end

local function disagreement(candidates, newest)
  for _, other in ipairs(candidates) do
    if other.time > newest.time then
      return ("%s was created later (%s), but the name %s (created %s) is the newer one; took the "
        .. "one created later"):format(newest.snapshot.name, newest.snapshot.createdAt,
        other.snapshot.name, other.snapshot.createdAt)
    end
  end
end

-- Returns true when a snapshot was in use before and is not now: it is inactive, or is being
-- activated again.
local function is_resting(snapshot, facts)
  if snapshot.general or not is_in(snapshot, facts.region) then return false end
  local is_off = snapshot.state == "inactive"
  return (is_off or policy.ask("resolution.reviving", { snapshot = snapshot }))
    and policy.ask("naming.parse", named(snapshot, facts)) ~= nil
end

-- Returns the inactive snapshots that are newer than the chosen one.
local function inactive_before(newest, facts)
  local names = {}
  for _, snapshot in ipairs(facts.snapshots) do
    if newest and snapshot == newest.snapshot then break end
    if is_resting(snapshot, facts) then names[#names + 1] = snapshot.name end
  end
  return names
end

local UNDER_WAY <const> = { pending = true, pulling = true }

--- Decides whether a deactivated snapshot is being activated again: it was used before. A snapshot
--- that is registered for the first time was not.
---@param facts {snapshot: table}
---@return boolean
function M.reviving(facts)
  local snapshot = facts.snapshot
  return UNDER_WAY[snapshot.state] == true and type(snapshot.lastUsedAt) == "string"
end

---@class os2.policies.resolution.details
---@field passed table<string, integer>  reason -> how many snapshots were passed over for it
---@field newer_inactive string[]  the names of newer snapshots that are inactive or are being
---  activated again, newest first
---@field warning? string  the order by name and the order by createdAt differ

--- Returns the first snapshot of the list (newest first) that is the organization's own, has
--- exactly this prefix and a real UTC time in its name, and is usable. Of two snapshots with the
--- same second it takes the one created later.
---@param facts {snapshots: table[], prefix: string, now: number, region: string?,
---  refused: table<string, string>?, is_local: boolean?}
---@return table? snapshot, os2.policies.resolution.details
function M.pick(facts)
  local candidates, passed = candidates_of(facts)
  local newest = newest_of(candidates)
  local details = { passed = passed, newer_inactive = inactive_before(newest, facts) }
  if not newest then return nil, details end
  details.warning = disagreement(candidates, newest)
  return newest.snapshot, details
end

local function check_prefixes(prefixes)
  if #prefixes > 0 then return true end
  return nil, "there must be at least one"
end

local function check_pick(snapshot, facts)
  for _, offered in ipairs(facts.snapshots) do
    if snapshot == offered then return true end
  end
  return nil, "it is not one of facts.snapshots; answer one of them, or nil for none"
end

policy.define("resolution.steps", {
  ctx = {
    args = { "table: the arguments of `os2 resolve`, as they were given", fields = {
      prefix = "string?: --prefix",
      provider = "string?: --provider",
      region = "string?: --region",
      is_unchecked = "boolean?: --no-check",
      is_watch = "boolean?: --watch",
      environment = "string?: --environment",
      refused = "table<string, string>?: name -> reason, refused by the API in this run; no option",
      is_refresh = "boolean?: --refresh",
      is_fresh = "boolean?: --fresh",
      json = "boolean?: --json",
      result = "string?: --result",
    } },
    ui = "os2.report.progress.ui: writes to stderr",
    answer = "table?: {name, id, state, prefix, created_at, passed, …}; when set, nothing is asked",
    meta = "os2.store.cache.meta?: set for a cached answer",
    is_pinned = "boolean?: the answer is a pin",
    environment = "string?: the environment of the prefix",
    provider = "string?: the name of the provider",
  },
  doc = "The steps that find the newest snapshot.", type = "steps",
  default = { "pin", "answer" },
})

-- The cache keeps the answer of the resolution, so people look for its TTL here, too.
policy.alias("resolution.ttl", "cache.ttl")

policy.define("resolution.pin", {
  doc = "The name of a snapshot that is the answer without any request, when set.",
  default = M.pin,
  returns = { type = "string", optional = true, check = check_pin,
    doc = "a name, or nil for no pin" },
})

policy.define("resolution.prefixes", {
  doc = "The prefixes to look under, in order. The first one that has a usable snapshot decides.",
  default = M.prefixes,
  returns = { type = "list", element = "string", check = check_prefixes,
    doc = "a list of prefixes" },
})

policy.define("resolution.sort", {
  doc = "The sort field of GET /snapshots. The API takes name, state, lastUsedAt and createdAt, "
    .. "and answers 400 to createdTime.",
  type = "string", default = "createdAt",
})

policy.define("resolution.order", {
  doc = "The sort order of GET /snapshots: newest first.",
  type = "string", values = { "asc", "desc" }, default = "desc",
})

policy.define("resolution.limit", {
  doc = "How many snapshots are requested per page.",
  type = "integer", range = { 1, 200 }, default = 100,
})

policy.define("resolution.query", {
  doc = "The query of GET /snapshots for one prefix, made of sort, order and limit.",
  default = M.query, returns = { type = "table", doc = "{name, sort, order, limit}" },
})

policy.define("resolution.reviving", {
  facts = {
    snapshot = "table: the provider's record, with the fields of daytona.SnapshotDto",
  },
  doc = "Whether a deactivated snapshot is being activated again: its state is changing and it "
    .. "was used before.",
  default = M.reviving, returns = { type = "boolean", doc = "true or false" },
})

policy.define("resolution.usable", {
  facts = {
    snapshot = "table: the provider's record, with the fields of daytona.SnapshotDto",
    region = "string?: the region of the run",
    is_local = "boolean?: the snapshot is an image on the local engine",
    refused = "table<string, string>?: name -> reason, snapshots that the API refused to this run",
  },
  doc = "Whether machines can start from a snapshot: it is active, and available in the run's "
    .. "region when there is one (--region, DAYTONA_TARGET).",
  default = M.usable, returns = { type = "boolean", doc = "true, or false and why" },
})

policy.define("resolution.pick", {
  facts = {
    snapshots = "table[]: one page of the provider's, newest first",
    region = "string?: the region of the run",
    refused = "table<string, string>?: name -> reason, snapshots that the API refused to this run",
    is_local = "boolean?: the snapshots are images on the local engine",
  },
  doc = "The snapshot that is taken from a page: the first one of the organization's own with "
    .. "this prefix and a real UTC time that is usable; of two with the same second the one "
    .. "created later.",
  default = M.pick,
  returns = { type = "table", optional = true, check = check_pick,
    doc = "one of facts.snapshots or nil, and {passed, newer_inactive, warning}" },
})

return M
