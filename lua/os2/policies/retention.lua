--- Which snapshots are kept: what `os2 snapshot prune` never touches, and why.
local clock = require("os2.clock")
local policy = require("os2.policy")

---@class os2.policies.retention
local M = {}

local DAY <const> = 24 * 3600

---@class os2.policies.retention.facts
---@field snapshot table  the provider's record
---@field prefix string  of its name
---@field is_named boolean  os2 has made its name
---@field newer integer  how many usable ones of its prefix are newer
---@field is_newest boolean  the newest usable one of its prefix, in one of its regions
---@field is_orphan boolean  no run waits for it any more
---@field is_pinned boolean
---@field machines integer  how many machines name it
---@field sharing string?  the newest usable one of another prefix that has the same image
---@field action "deactivate"|"delete"
---@field is_local boolean
---@field is_whole boolean  the list was read to its end
---@field keep integer?  of --keep
---@field younger number?  seconds, of --older-than

--- Decides whether a snapshot is a candidate: an image that a run verifies before it gives it the
--- name of its prefix.
---@param facts {prefix: string?}
---@return boolean
function M.candidate(facts)
  return facts.prefix ~= nil and facts.prefix:find("%-candidate%-%-$") ~= nil
end

local function age_of(facts)
  local created = facts.snapshot.createdAt
  local time = type(created) == "string" and clock.parse_iso(created)
  return time and facts.now - time or nil
end

--- Protects what os2 did not name: it belongs to somebody else.
---@param facts os2.policies.retention.facts
---@return boolean, string? why
function M.foreign(facts)
  if facts.snapshot.general then return true, "it is Daytona's" end
  if not facts.is_named then return true, "its name is not one of os2's" end
  return false
end

--- Protects the newest usable snapshot of a prefix, from which machines are made.
---@param facts os2.policies.retention.facts
---@return boolean, string? why
function M.newest(facts)
  if facts.is_newest then return true, "it is the newest usable one of " .. facts.prefix end
  return false
end

--- Protects a pin.
---@param facts os2.policies.retention.facts
---@return boolean, string? why
function M.pinned(facts)
  if facts.is_pinned then return true, "it is pinned" end
  return false
end

--- Protects what is being registered or activated.
---@param facts os2.policies.retention.facts
---@return boolean, string? why
function M.in_flight(facts)
  local verdict = policy.ask("snapshot.progress", { snapshot = facts.snapshot })
  if verdict ~= "waiting" then return false end
  if facts.is_orphan then return false end
  return true, ("it is in flight (%s)"):format(facts.snapshot.state)
end

--- Protects a candidate for as long as its run may verify it.
---@param facts os2.policies.retention.facts
---@return boolean, string? why
function M.verified(facts)
  local is_candidate = policy.ask("retention.candidate", { prefix = facts.prefix })
  local age = age_of(facts)
  if is_candidate and (not age or age < policy.ask("retention.candidate_for")) then
    return true, "it is a candidate that is being verified"
  end
  return false
end

--- Protects what a machine names.
---@param facts os2.policies.retention.facts
---@return boolean, string? why
function M.used(facts)
  if facts.machines == 0 then return false end
  return true, facts.machines == 1 and "a machine uses it"
    or ("%d machines use it"):format(facts.machines)
end

--- Protects an image that the newest snapshot of another prefix needs: Daytona removes it with the
--- snapshot that is deleted. The local engine counts an image's names itself.
---@param facts os2.policies.retention.facts
---@return boolean, string? why
function M.shared(facts)
  if facts.action ~= "delete" or facts.is_local or not facts.sharing then return false end
  return true, ("%s has the same image"):format(facts.sharing)
end

--- Protects everything when a part of the list is not known.
---@param facts os2.policies.retention.facts
---@return boolean, string? why
function M.unread(facts)
  if facts.is_whole then return false end
  return true, "the list was not read to its end"
end

--- Keeps what is younger than `retention.younger`, and what does not tell its age.
---@param facts os2.policies.retention.facts
---@return boolean, string? why
function M.young(facts)
  local age, least = age_of(facts), facts.younger or policy.ask("retention.younger")
  if not age then return true, "it does not say when it was made" end
  if age >= least then return false end
  return true, ("it is younger than %g days"):format(least / DAY)
end

--- Keeps the newest `retention.keep` usable ones of a prefix, and what stands between them.
---@param facts os2.policies.retention.facts
---@return boolean, string? why
function M.recent(facts)
  if policy.ask("retention.candidate", { prefix = facts.prefix }) then return false end
  local keep = facts.keep or policy.ask("retention.keep")
  if facts.newer >= keep then return false end
  return true, ("it is one of the newest %d of %s"):format(keep, facts.prefix)
end

--- Protects what the action would not change.
---@param facts os2.policies.retention.facts
---@return boolean, string? why
function M.settled(facts)
  local state = facts.snapshot.state
  if state == "removing" then return true, "it is being removed" end
  if facts.action == "deactivate" and state ~= "active" then return true, "it is " .. state end
  return false
end

local FACTS <const> = {
  snapshot = "table: the provider's record, with the fields of daytona.SnapshotDto",
  is_named = "boolean: os2 has made its name, so that the name has a prefix",
  newer = "integer: how many usable ones of its prefix are newer",
  is_newest = "boolean: it is the newest usable one of its prefix, in one of its regions",
  is_orphan = "boolean: no run waits for it any more, as snapshot.orphan says",
  is_pinned = "boolean: it is the pin of the run's policies",
  machines = "integer: how many machines name it",
  sharing = "string?: the newest usable one of another prefix that has the same image",
  action = "string: deactivate or delete",
  is_local = "boolean: the snapshots are images on the local engine",
  is_whole = "boolean: the list was read to its end",
  keep = "integer?: how many of the newest are kept, with --keep",
  younger = "number?: seconds, up to which age a snapshot is kept, with --older-than",
}

local verdict = { type = "boolean", doc = "true and why, or false" }

-- In the order in which their reasons are told.
local RULES <const> = {
  { "foreign", "Whether a snapshot is none of the organization's own that os2 has named." },
  { "unread", "Whether nothing is changed because a part of the list is not known." },
  { "newest", "Whether a snapshot is protected because it is the newest usable one." },
  { "pinned", "Whether a snapshot is protected because it is pinned." },
  { "in_flight", "Whether a snapshot is protected because it is being registered or activated." },
  { "verified", "Whether a snapshot is protected because a run verifies it." },
  { "used", "Whether a snapshot is protected because machines name it." },
  { "shared", "Whether a snapshot is protected because its deletion would remove the image of "
    .. "another prefix's newest one." },
  { "settled", "Whether a snapshot is left alone because there is nothing to change." },
  { "young", "Whether a snapshot is kept because of its age." },
  { "recent", "Whether a snapshot is kept because it is one of the newest of its prefix." },
}

for _, rule in ipairs(RULES) do
  policy.define("retention." .. rule[1], {
    facts = FACTS, doc = rule[2], default = M[rule[1]], returns = verdict,
  })
end

policy.define("retention.keep", {
  doc = "How many of the newest usable snapshots of a prefix prune keeps.",
  type = "integer", range = { 1, 100000 }, default = 5,
})

policy.define("retention.limit", {
  doc = "How many snapshots prune changes at the same time.",
  type = "integer", range = { 1, 100 }, default = 4,
})

policy.define("retention.younger", {
  doc = "Prune keeps what is younger.",
  type = "number", unit = "s", range = { 0, 3650 * DAY }, default = 7 * DAY,
})

policy.define("retention.candidate_for", {
  doc = "For how long a candidate counts as being verified.",
  type = "number", unit = "s", range = { 0, 3650 * DAY }, default = DAY,
})

policy.define("retention.candidate", {
  doc = "Whether a prefix is that of candidates, which a run verifies before they get their name.",
  default = M.candidate, returns = { type = "boolean", doc = "true or false" },
})

return M
