--- How a snapshot is registered: which run it belongs to, what is tried again, what is left.
local clock = require("os2.clock")
local policy = require("os2.policy")

---@class os2.policies.snapshot.registration
local M = {}

local function contains_any(text, list)
  local plain = text:lower()
  for _, words in ipairs(list) do
    if plain:find(words:lower(), 1, true) then return true end
  end
  return false
end

--- Decides whether a registration that ended in an error is repeated: where its reason passes, such
--- as another registration of the same image, of which Daytona pulls one at a time.
---@param facts {snapshot: table, attempt: integer}  attempt: registrations so far, from 1
---@return boolean
function M.again(facts)
  local snapshot = facts.snapshot
  return snapshot.state == "error" and type(snapshot.errorReason) == "string"
    and contains_any(snapshot.errorReason, policy.ask("snapshot.passing_reasons", facts))
    and facts.attempt < policy.ask("snapshot.registrations", facts)
end

local CONCURRENT <const> = {
  "blob unknown", "unknown blob", "blob upload unknown", "digest invalid",
}
local INTERNAL <const> = "unexpected HTTP status: 500"
local PUSHES <const> = 4

--- Decides whether a push that failed is repeated: once where the registry refuses the access,
--- which lasts an hour, and more often where another push of the same layers was in the way.
---@param facts {err: os2.Err, attempt: integer}  attempt: pushes so far, from 1
---@return boolean
function M.push_again(facts)
  if facts.err.kind == "denied" then return facts.attempt == 1 end
  -- some registries answer 500 where two pushes meet
  local is_passing = facts.err.message:find(INTERNAL, 1, true) ~= nil
    or contains_any(facts.err.message, CONCURRENT)
  return is_passing and facts.attempt < PUSHES
end

local function key_of(names, variables)
  local words = {}
  for name in names:gmatch("%S+") do
    if not variables[name] then return nil end
    words[#words + 1] = ("%s=%s"):format(name, variables[name])
  end
  return table.concat(words, " ")
end

--- Returns the key of a CI's job, which its reruns have too; nil outside of a CI.
---@param facts {variables: table<string, string>}  those of snapshot.run_key_variables that are set
---@return string?
function M.run_key(facts)
  for _, names in ipairs(policy.ask("snapshot.run_key_variables")) do
    local key = key_of(names, facts.variables)
    if key then return key end
  end
end

local ENDED <const> = { error = true, build_failed = true }

--- Decides whether a snapshot is what a run of os2 has left: it failed, or it has been under way
--- for longer than any run waits. Another program's snapshots are none of os2's.
---@param facts {snapshot: table, is_own: boolean, now: number}  is_own: os2 has made its tag
---@return boolean, string? why
function M.orphan(facts)
  local snapshot = facts.snapshot
  if snapshot.general or not facts.is_own then return false end
  local verdict, why = policy.ask("snapshot.progress", { snapshot = snapshot })
  if ENDED[snapshot.state] then return true, why end
  local created = type(snapshot.createdAt) == "string" and clock.parse_iso(snapshot.createdAt)
  local is_old = created and facts.now - created > policy.ask("snapshot.orphan_after")
  if verdict ~= "waiting" or not is_old then return false end
  return true, ("still %s"):format(tostring(snapshot.state))
end

policy.define("snapshot.push_again", {
  facts = {
    err = "os2.Err: the failure",
    attempt = "integer: number of pushes so far, from 1",
  },
  doc = "Whether a push that failed is repeated: with new access, or because another push of the "
    .. "same layers was in the way.",
  default = M.push_again, returns = { type = "boolean", doc = "true or false" },
})

policy.define("snapshot.gpu", {
  doc = "How many GPUs a machine has that is started from the snapshot; fixed in the snapshot.",
  type = "integer", range = { 0, 64 }, default = 0,
})

policy.define("snapshot.gpu_type", {
  doc = "The GPU's type, such as H100; Daytona's choice where this is empty.",
  type = "string", default = "",
})

policy.define("snapshot.sandbox_class", {
  doc = "The class of the machines, such as container or linux-vm; Daytona's default where this is "
    .. "empty.",
  type = "string", default = "",
})

policy.define("snapshot.entrypoint", {
  doc = "The command of the machines instead of the image's ENTRYPOINT; that one where this is "
    .. "empty.",
  type = "list", element = "string", default = {},
})

policy.define("snapshot.registrations", {
  doc = "How many times a snapshot is registered at most, when it fails for a reason that passes.",
  type = "integer", range = { 1, 100 }, default = 5,
})

policy.define("snapshot.passing_reasons", {
  doc = "Parts of a failed registration's reason that tell that the reason passes, in any case.",
  type = "list", element = "string", default = {
    "already in progress", "timeout processing snapshot", "timeout of 30000ms exceeded",
    "runner is restarting", "runner was restarted", "runner restarted", "no available runners",
    "socket hang up", "econnrefused", "econnreset", "connection refused", "connection reset",
    "unexpected http status: 5",
  },
})

policy.define("snapshot.again", {
  facts = {
    snapshot = "table: the provider's current record",
    attempt = "integer: number of registrations so far, from 1",
  },
  doc = "Whether a registration that ended in an error is repeated, because its reason passes.",
  default = M.again, returns = { type = "boolean", doc = "true or false" },
})

policy.define("snapshot.run_key_variables", {
  doc = "The variables by which CIs name a run and its job, those of one CI in one text. The first "
    .. "whose variables are all set counts. A rerun has the same values.",
  type = "list", element = "string", default = {
    "GITHUB_RUN_ID GITHUB_JOB", "CI_PIPELINE_ID CI_JOB_NAME",
    "BUILDKITE_BUILD_ID BUILDKITE_STEP_ID", "BUILDKITE_BUILD_ID BUILDKITE_STEP_KEY",
    "CIRCLE_WORKFLOW_ID CIRCLE_JOB", "JOB_NAME BUILD_NUMBER",
  },
})

policy.define("snapshot.run_key", {
  facts = {
    variables = "table<string, string>: those of snapshot.run_key_variables that are set",
  },
  doc = "The key of the run when --run-key gives none: a second run with it takes the snapshot of "
    .. "the first. Nil or an empty text: each run makes one of its own.",
  default = M.run_key,
  returns = { type = "string", optional = true, doc = "the key, or nil" },
})

policy.define("snapshot.on_timeout", {
  doc = "What happens to a registered snapshot that is not active in time: leave, and it may still "
    .. "become active, or delete.",
  type = "string", values = { "leave", "delete" }, default = "leave",
})

policy.define("snapshot.orphan", {
  facts = {
    snapshot = "table: the provider's record",
    is_own = "boolean: the tag of its image is one that os2 has made",
  },
  doc = "Whether a snapshot is what an earlier run has left, which is reported: it failed, or is "
    .. "under way for longer than any run waits.",
  default = M.orphan, returns = { type = "boolean", doc = "false, or true and why" },
})

policy.define("snapshot.orphan_after", {
  doc = "After how long a snapshot that is under way belongs to no run any more; Daytona gives up "
    .. "after an hour in one state.",
  type = "number", unit = "s", range = { 0, 604800 }, default = 3600,
})

return M
