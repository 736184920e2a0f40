--- How an image that is registered already comes under another name: promoted to the next
--- environment, or registered again because it was good.
local arguments = require("os2.policies.snapshot.arguments")
local builds = require("os2.base.builds")
local err = require("os2.err")
local images = require("os2.text.images")
local policy = require("os2.policy")
local sorted = require("os2.base.sorted")

---@class os2.policies.snapshot.promotion
local M = {}

local function refuse_target(facts, environments)
  local known = table.concat(sorted.keys(environments), ", ")
  return nil, err.new{
    kind = "invalid", exit = "usage", op = "snapshot.promote",
    message = ("--to '%s' is neither an environment (%s) nor a prefix, which ends with \"--\"")
      :format(facts.to, known),
    hint = require("os2.text.nearest").hint(facts.to, sorted.keys(environments),
      "name one of them, or a prefix such as dev-jonas--"),
  }
end

--- Returns the prefix that a snapshot is promoted to: that of an environment, or one of one's own.
---@param facts {to: string, env: table<string, string>}
---@return string? prefix, table? err
function M.prefix(facts)
  local environments = policy.ask("environment.table", facts)
  if environments[facts.to] then return environments[facts.to].prefix end
  if facts.to:sub(-2) ~= "--" then return refuse_target(facts, environments) end
  local ok, refused = policy.ask("naming.check_prefix", { prefix = facts.to, env = facts.env })
  if not ok then return nil, refused end
  return facts.to
end

-- Returns the time in a name of any prefix.
local function time_of_any(name)
  local prefix = policy.ask("naming.prefix", { name = name })
  return prefix and policy.ask("naming.parse", { name = name, prefix = prefix }) or nil
end

local function is_taken(name, snapshots)
  for _, snapshot in ipairs(snapshots) do
    if not snapshot.general and snapshot.name == name then return true end
  end
  return false
end

--- Returns the name of a promoted snapshot: the time of the source, unless the target has a newer
--- snapshot, or another one of this time. The later registration is the newest one whatever its
--- name, so the name then has the time of the registration, and both orders agree.
---@param facts {name: string, prefix: string, snapshots: table[], region: string?, now: number}
---@return string
function M.name(facts)
  local time = time_of_any(facts.name)
  local name = time and policy.ask("naming.format", { prefix = facts.prefix, now = time })
  local is_late = name and policy.ask("snapshot.superseded", {
    name = name, prefix = facts.prefix, snapshots = facts.snapshots, region = facts.region,
  })
  if name and not is_late and not is_taken(name, facts.snapshots) then return name end
  return (policy.ask("snapshot.renewed_name", {
    prefix = facts.prefix, snapshots = facts.snapshots, now = facts.now,
  }))
end

--- Returns a name that is newer than all of the prefix: that of now, or of the second after the
--- newest one where this is not too far ahead.
---@param facts {prefix: string, snapshots: table[], now: number}
---@return string
function M.renewed_name(facts)
  local time = facts.now
  local last = facts.now + policy.ask("naming.ahead")
  for _, snapshot in ipairs(facts.snapshots) do
    local named = not snapshot.general
      and policy.ask("naming.parse", { name = snapshot.name, prefix = facts.prefix })
    if named and named + 1 > time and named + 1 <= last then time = named + 1 end
  end
  return (policy.ask("naming.format", { prefix = facts.prefix, now = time }))
end

local function text(value)
  return type(value) == "string" and value ~= "" and value or nil
end

--- Decides whether two snapshots were made from one image: Daytona's own reference has the digest,
--- and before it is known the registered reference, or what Daytona has built, is compared.
---@param facts {one: table, other: table}
---@return boolean
function M.same_image(facts)
  local one, other = facts.one, facts.other
  local digest = text(one.ref) and images.digest_of(one.ref)
  local second = text(other.ref) and images.digest_of(other.ref)
  if digest and second then return digest == second end
  local build = builds.identity(one.buildInfo)
  if build then return build == builds.identity(other.buildInfo) end
  return text(one.imageName) ~= nil and one.imageName == other.imageName
end

--- Decides whether the image of a snapshot can be registered again by its record alone: the record
--- names the image, or what Daytona has built it from.
---@param facts {snapshot: table, is_local: boolean?}
---@return boolean, string? why
function M.registrable(facts)
  local snapshot = facts.snapshot
  if facts.is_local or text(snapshot.imageName) then return true end
  if builds.identity(snapshot.buildInfo) then return true end
  return false, "it was made from a machine, so it has no image to register again"
end

local GONE <const> = {
  "manifest unknown", "name unknown", "not found", "repository does not exist",
}

--- Decides whether a registration ended in an error because its image is not in the registry any
--- more: Daytona may remove what was pushed once it has pulled it.
---@param facts {snapshot: table}
---@return boolean
function M.reference_gone(facts)
  local reason = text(facts.snapshot.errorReason)
  if facts.snapshot.state ~= "error" or not reason then return false end
  if not reason:find("failed to inspect in registry", 1, true) then return false end
  for _, words in ipairs(GONE) do
    if reason:find(words, 1, true) then return true end
  end
  return false
end

policy.define("snapshot.promote_prefix", {
  facts = {
    to = "string: --to",
  },
  doc = "The prefix that a snapshot is promoted to: that of an environment, or the given one.",
  default = M.prefix,
  returns = { type = "string", doc = "the prefix, or nil and an error that says the rule" },
})

policy.define("snapshot.promote_name", {
  facts = {
    name = "string: the name of the source",
    snapshots = "table[]: the newest ones of the target's prefix",
    region = "string?: the region of the run",
  },
  doc = "The name of a promoted snapshot: the time of the source, unless the target has a newer "
    .. "one; then the time of the promotion.",
  default = M.name, returns = { type = "string", doc = "the name" },
})

policy.define("snapshot.renewed_name", {
  facts = {
    snapshots = "table[]: the newest ones of the prefix",
  },
  doc = "The name under which an image is registered again, newer than all of the prefix.",
  default = M.renewed_name, returns = { type = "string", doc = "the name" },
})

policy.define("snapshot.same_image", {
  facts = {
    one = "table: a record of the provider's",
    other = "table: another one",
  },
  doc = "Whether two snapshots were made from one image: by the digest in Daytona's reference, "
    .. "else by the registered reference.",
  default = M.same_image, returns = { type = "boolean", doc = "true or false" },
})

policy.define("snapshot.registrable", {
  facts = {
    snapshot = "table: the provider's record",
    is_local = "boolean?: the snapshot is an image on the local engine",
  },
  doc = "Whether the image of a snapshot can be registered again, by a promotion or a rollback: "
    .. "its record names the image, or what Daytona has built it from.",
  default = M.registrable, returns = { type = "boolean", doc = "true, or false and why" },
})

policy.define("snapshot.promote_on_newer", {
  doc = "What a promotion does when the target's prefix has a newer snapshot: fail, skip (that one "
    .. "is the result), or publish the promoted one as the newest.",
  type = "string", values = { "fail", "skip", "publish" }, default = "publish",
})

policy.define("snapshot.reference_gone", {
  facts = {
    snapshot = "table: the provider's current record",
  },
  doc = "Whether a registration failed because the registry does not have the image any more.",
  default = M.reference_gone, returns = { type = "boolean", doc = "true or false" },
})

local ARGUMENTS <const> = arguments.of_republishing{
  snapshot = "string: the name or id of the source",
  to = "string: --to",
  on_newer = "string?: --on-newer, fail, skip or publish",
  is_dirty_allowed = "boolean?: --allow-dirty",
  is_verify = "boolean?: --verify",
  is_candidate_kept = "boolean?: --keep-candidate",
}

policy.define("snapshot.promote_steps", {
  ctx = {
    args = { "table: the arguments of `os2 snapshot promote`, with defaults", fields = ARGUMENTS },
    ui = "os2.report.progress.ui: writes to stderr",
    provider = "table: os2.providers.daytona or os2.providers.docker",
    prefix = "string: the prefix of the target",
    environment = "string?: the environment of the target",
    started = "number: start of the run, monotonic time in seconds",
    source = "table?: the record of the source, set from the step look on",
    listed = "table[]?: the newest snapshots of the target, set from the step look on",
    name = "string?: the name of the result, set from the step plan on",
    snapshot = "table?: the record of the result, set from register on, or where it was there",
    verified = "table?: a ctx of snapshot.steps, by which the image is tried; set from gate on",
    ref = "string?: the reference of the image, when it was pushed again",
    wish = "table?: what is registered, set from the step register on",
    is_reused = "boolean?: the newest snapshot of the target has this image already",
    is_skipped = "boolean?: a newer snapshot of the target is the result",
    is_resumed = "boolean?: the run goes on with a registration that is under way",
    is_restored = "boolean?: the image was pushed again",
    last_words = "os2.run.last_words?: what a second signal would leave",
  },
  doc = "The steps that promote a snapshot.", type = "steps",
  default = { "look", "plan", "gate", "register", "wait", "refresh" },
})

return M
