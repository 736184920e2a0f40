--- Back to an image that was good: which one that is, and the steps of it.
local arguments = require("os2.policies.snapshot.arguments")
local policy = require("os2.policy")

---@class os2.policies.snapshot.rollback
local M = {}

--- Decides whether a snapshot was healthy once: machines can start from it now, or Daytona has
--- recorded a use, which it does when a snapshot becomes active.
---@param facts {snapshot: table}
---@return boolean, string? why
function M.healthy(facts)
  local snapshot = facts.snapshot
  if snapshot.state == "active" or type(snapshot.lastUsedAt) == "string" then return true end
  return false, ("it never was active (state %s)"):format(tostring(snapshot.state))
end

-- Returns true when a snapshot has another content than the one that is left.
local function differs(snapshot, facts)
  local one, other = facts.contents[snapshot.id], facts.contents[facts.latest.id]
  if one and other then return one ~= other end
  return not policy.ask("snapshot.same_image", { one = snapshot, other = facts.latest })
end

local function may_be_target(snapshot, facts)
  return not snapshot.general
    and policy.ask("naming.parse", { name = snapshot.name, prefix = facts.prefix }) ~= nil
    and policy.ask("resolution.usable", {
      snapshot = snapshot, region = facts.region, is_local = facts.is_local,
    })
    and policy.ask("snapshot.registrable", { snapshot = snapshot, is_local = facts.is_local })
end

--- Returns the snapshot that a rollback goes back to: the newest usable one that is older than the
--- latest, has another content, and has an image that can be registered again.
---@param facts {snapshots: table[], latest: table, contents: table<string, string>,
---  region: string?, prefix: string, is_local: boolean?}
---@return table?
function M.rollback_target(facts)
  local is_older = false
  for _, snapshot in ipairs(facts.snapshots) do
    if is_older and may_be_target(snapshot, facts) and differs(snapshot, facts) then
      return snapshot
    end
    is_older = is_older or snapshot.id == facts.latest.id -- a replay has copies
  end
end

local function check_target(snapshot, facts)
  for _, offered in ipairs(facts.snapshots) do
    if snapshot.id == offered.id then return true end
  end
  return nil, "it is not one of facts.snapshots; answer one of them, or nil for none"
end

policy.define("snapshot.healthy", {
  facts = {
    snapshot = "table: the provider's current record",
  },
  doc = "Whether a snapshot was healthy once, so that a rollback may go to it: it is active, or "
    .. "was used.",
  default = M.healthy, returns = { type = "boolean", doc = "true, or false and why" },
})

policy.define("snapshot.rollback_target", {
  facts = {
    snapshots = "table[]: those of the prefix, newest first",
    latest = "table: the one that is to be left",
    contents = "table<string, string>: id -> the key of the content, where it is known",
    region = "string?: the region of the run",
    is_local = "boolean?: the snapshots are images on the local engine",
  },
  doc = "The snapshot that a rollback goes back to without --to: the newest usable one that is "
    .. "older than the latest, has another content, and can be registered again.",
  default = M.rollback_target,
  returns = { type = "table", optional = true, check = check_target,
    doc = "one of facts.snapshots, or nil for none" },
})

policy.define("snapshot.rollback_memory", {
  doc = "How long a rollback that was stopped is remembered on this machine, so that the same "
    .. "command goes on with it.",
  type = "number", unit = "s", range = { 0, 604800 }, default = 86400,
})

local ARGUMENTS <const> = arguments.of_republishing{
  prefix = "string?: --prefix",
  to = "string?: --to",
  is_unhealthy_allowed = "boolean?: --allow-unhealthy",
}

policy.define("snapshot.rollback_steps", {
  ctx = {
    args = { "table: the arguments of `os2 snapshot rollback`", fields = ARGUMENTS },
    ui = "os2.report.progress.ui: writes to stderr",
    provider = "table: os2.providers.daytona or os2.providers.docker",
    snapshots = "table: its snapshots, with deactivate",
    prefix = "string: the snapshot prefix",
    environment = "string?: the environment of the prefix",
    started = "number: start of the run, monotonic time in seconds",
    everywhere = "table[]?: the snapshots of the prefix, newest first, set from the step look on",
    listed = "table[]?: those of them that are in the region of the run",
    memory = "table?: what a run that was stopped had begun",
    source = "table?: the good snapshot, whose image is registered; set from plan on",
    bad = "table?: the snapshot that is to be deactivated; set from plan on",
    name = "string?: the name of the result, set from plan on",
    snapshot = "table?: the record of the result, set from register on, or where it was there",
    ref = "string?: the reference of the image, when it was pushed again",
    wish = "table?: what is registered, set from the step register on",
    is_finished_before = "boolean?: all is done already",
    is_resumed = "boolean?: the run goes on with a rollback that was stopped",
    is_restored = "boolean?: the image was pushed again",
    is_deactivated = "boolean?: the bad snapshot is inactive",
    last_words = "os2.run.last_words?: what a second signal would leave",
  },
  doc = "The steps that go back to an image that was good.", type = "steps",
  default = { "look", "plan", "register", "wait", "deactivate", "refresh" },
})

return M
