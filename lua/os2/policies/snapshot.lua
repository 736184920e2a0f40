--- How a snapshot is made: its steps, its contents, and what happens when its name is taken.
local arguments = require("os2.policies.snapshot.arguments")
local builds = require("os2.base.builds")
local clock = require("os2.clock")
local images = require("os2.text.images")
local lists = require("os2.base.lists")
local policy = require("os2.policy")

---@class os2.policies.snapshot
local M = {}

local READY <const> = { active = true }
local UNDER_WAY <const> = { pending = true, pulling = true, building = true }
local ENDED <const> = { error = true, build_failed = true, inactive = true, removing = true }

local RENAMES <const> = 5

--- Classifies a snapshot that is waited for. An unknown state counts as waiting and is reported.
---@param facts {snapshot: table}
---@return "ready"|"waiting"|"failed" verdict, string? why
function M.progress(facts)
  local state, reason = facts.snapshot.state, facts.snapshot.errorReason
  if READY[state] then return "ready" end
  if ENDED[state] then
    return "failed", type(reason) == "string" and reason ~= "" and reason or "it is " .. state
  end
  if UNDER_WAY[state] then return "waiting" end
  return "waiting", ("state %q is new to this os2"):format(tostring(state))
end

local ON_VERDICT <const> = { ready = "use", waiting = "wait", failed = "fail" }

-- A run deletes its candidate at its end, so none is shared with a run of the same image; what is
-- being removed is of no use to anybody. After a lost answer it may be this run's own.
local function is_anothers(facts)
  return not facts.lost and (facts.candidate or facts.snapshot.state == "removing")
end

-- The same image in another region, or for machines of another size, is another snapshot: a CI may
-- register one image for several at the same time.
local function is_alike(facts)
  local snapshot, regions = facts.snapshot, facts.snapshot.regionIds
  local has_regions = facts.region ~= nil and type(regions) == "table" and #regions > 0
  if has_regions and not lists.has(regions, facts.region) then return false end
  for field, size in pairs(facts.sizes or {}) do
    if type(snapshot[field]) == "number" and snapshot[field] ~= size then return false end
  end
  return true
end

local function is_ours(facts)
  if facts.named then return true end
  if is_anothers(facts) or not is_alike(facts) then return false end
  return facts.ref ~= nil and facts.snapshot.imageName == facts.ref
    or facts.build ~= nil and builds.is_of(facts.snapshot, facts.build)
end

local function on_free_name(facts)
  -- 409, then 404: the name was being removed a moment ago and is free now
  return "retry", facts.lost and "the request did not arrive" or "the name has become free"
end

local function on_foreign_name(facts)
  if (facts.attempt or 1) > RENAMES then
    return "fail", ("%d names in a row are taken; run again"):format(facts.attempt)
  end
  return "rename", "another run has taken this second"
end

--- Decides what to do after a 409 or a lost answer, from one GET of the name. A snapshot is ours
--- when it was made from this run's image, in its region and with its sizes, or when the name was
--- given with --name. A candidate is ours only when a create of this run may have made it.
---@param facts {snapshot: table?, ref: string?, region: string?, sizes: table?, named: boolean?,
---  candidate: boolean?, lost: boolean?, attempt: integer?}
---@return "use"|"wait"|"retry"|"rename"|"fail" action, string? why
function M.on_conflict(facts)
  if not facts.snapshot then return on_free_name(facts) end
  if not is_ours(facts) then return on_foreign_name(facts) end
  local verdict, why = policy.ask("snapshot.progress", facts)
  return ON_VERDICT[verdict], why
end

local function created_of(snapshot)
  return type(snapshot.createdAt) == "string" and clock.parse_iso(snapshot.createdAt) or nil
end

-- A wrong clock may have put a later time into the name, so the registration is the upper bound.
local function time_of(snapshot, facts)
  local named = policy.ask("naming.parse", { name = snapshot.name, prefix = facts.prefix })
  local created = created_of(snapshot)
  return named and created and math.min(named, created) or named
end

-- Returns true when a snapshot has the name that is tried after another one's, and was registered
-- after that one.
local function may_have_moved_on(snapshot, other, facts)
  local about = { name = other.name, prefix = facts.prefix }
  local later, earlier = created_of(snapshot), created_of(other)
  return not other.general and later ~= nil and earlier ~= nil and earlier <= later
    and policy.ask("naming.parse", about) ~= nil
    and policy.ask("naming.next", about) == snapshot.name
end

-- A run whose name is taken moves on to the next second, so the time in its name is later than its
-- own. Returns the earliest time that a snapshot's run can have begun with.
local function earliest_of(snapshot, facts)
  local time = time_of(snapshot, facts)
  for _ = 1, RENAMES do
    local taken
    for _, other in ipairs(facts.listed or facts.snapshots) do
      if may_have_moved_on(snapshot, other, facts) then taken = other end
    end
    if not taken then break end
    snapshot, time = taken, math.min(time, time_of(taken, facts))
  end
  return time
end

-- Returns true when machines can be made from a snapshot, or soon can.
local function is_coming(snapshot, facts)
  if policy.ask("snapshot.progress", { snapshot = snapshot }) == "waiting" then
    -- it is asked about as what it will be: its region counts then, too
    snapshot = setmetatable({ state = "active" }, { __index = snapshot })
  end
  return (policy.ask("resolution.usable", { snapshot = snapshot, region = facts.region }))
end

--- Decides whether a newer snapshot of the prefix exists, by the times in the names: an older build
--- must not become the newest one because it was registered last. A name that may have moved on,
--- because the names before it were taken, counts with the time of the first of them: runs that
--- began in the same second do not supersede each other.
---@param facts {name: string, prefix: string, snapshots: table[], listed: table[]?,
---  allowed: boolean?, region: string?}
---@return boolean superseded, string? newer
function M.superseded(facts)
  if facts.allowed then return false end
  local own = policy.ask("naming.parse", facts)
  for _, snapshot in ipairs(facts.snapshots) do
    local time = not snapshot.general and time_of(snapshot, facts)
    if own and time and time > own and is_coming(snapshot, facts)
      and earliest_of(snapshot, facts) > own then
      return true, snapshot.name
    end
  end
  return false
end

local STAND_IN_LABEL <const> = "os2.stand-in"

--- Decides by its labels whether an image may be published: not when it is built on the base image
--- that stands in for one that could not be pulled.
---@param facts {labels: table<string, string>}
---@return boolean, string? why
function M.publishable(facts)
  if facts.labels[STAND_IN_LABEL] ~= "true" then return true end
  return false, ("it is built on a stand-in for its base image (label %s)"):format(STAND_IN_LABEL)
end

--- Decides what happens to a tree with uncommitted changes: what runs in production must be
--- reproducible from its commit.
---@param facts {environment: string?, git: table?, is_allowed: boolean}  git: nil when there is no
---  repository, or it cannot be read
---@return "refuse"|"take" action
function M.dirty(facts)
  return facts.environment == "prd" and not facts.is_allowed and "refuse" or "take"
end

local ARGUMENTS <const> = arguments.of_making{
  prefix = "string?: --prefix",
  environment = "string?: --environment",
  name = "string?: --name",
  pushed = "string?: --pushed",
  image = "string?: --image",
  is_push = "boolean?: --push",
  also = "string[]?: --also",
  dockerfile = "string?: --dockerfile",
  context = "string?: --context",
  context_from = "string?: --context-from, directory or git",
  build_args = "table<string, string>?: --build-arg, name -> value",
  labels = "table<string, string>?: --label, name -> value",
  target = "string?: --target",
  platform = "string?: --platform",
  is_uncached = "boolean?: --no-cache",
  is_base_pulled = "boolean?: --pull",
  cache_from = "string[]?: --cache-from",
  hosts = "string[]?: --add-host, HOST:IP",
  network = "string?: --network",
  secrets = "string[]?: --secret, id=ID[,env=NAME|,src=FILE]",
  ssh = "string[]?: --ssh, ID[=SOCKET]",
  gpu = "integer?: --gpu",
  gpu_type = "string?: --gpu-type",
  sandbox_class = "string?: --sandbox-class",
  entrypoint = "string[]?: --entrypoint",
  region = "string?: the first of regions, which has no option of its own",
  regions = "string[]?: --region, all",
  is_remote = "boolean?: --remote",
  is_older_allowed = "boolean?: --allow-older",
  on_newer = "string?: --on-newer, fail, skip or publish",
  is_if_changed = "boolean?: --if-changed",
  is_verify = "boolean?: --verify",
  is_candidate_kept = "boolean?: --keep-candidate",
  verify_env = "string[]?: --verify-env, KEY or KEY=VALUE",
  is_dirty_allowed = "boolean?: --allow-dirty",
  on_timeout = "string?: --on-timeout, leave or delete",
  run_key = "string?: --run-key",
  is_unkeyed = "boolean?: --no-run-key",
  is_list_context = "boolean?: --list-context",
}

policy.define("snapshot.steps", {
  ctx = {
    args = { "table: the arguments of `os2 snapshot`, with defaults", fields = ARGUMENTS },
    given = { "table: the arguments as they were given", fields = ARGUMENTS },
    ui = "os2.report.progress.ui: writes to stderr",
    provider = "table: os2.providers.daytona or os2.providers.docker",
    prefix = "string: the snapshot prefix",
    environment = "string?: the environment of the prefix",
    git = "os2.flows.snapshot.git?: the revision of the context's directory",
    name = "string: the snapshot's name",
    platform = "string: the platform to build for, such as linux/amd64",
    started = "number: start of the run, monotonic time in seconds",
    context = "os2.docker.context?: set from the step context on",
    dockerfile = "os2.docker.dockerfile?: set from the step build on",
    build_info = "table?: with --remote {dockerfileContent, contextHashes}; set from build on",
    uploaded = "table?: with --remote {hash, bytes, sent} of the context; set from push on",
    local_ref = "string?: the image's local tag",
    labels = "table<string, string>?: the image's labels",
    image = "docker.ImageInspect?: set from the step build on",
    built = "table?: {steps, cached, sent, bytes} of a build, set from the step build on",
    layers = "os2.flows.snapshot.layer[]?: the image's layers, set from the step build on",
    moved = "table?: {sent, pushed, exists} of a push, set from the step push on",
    content = "string?: the key of the image's content, set from the step compare on",
    listed = "table[]?: the newest snapshots of the prefix, as they were listed last",
    tag = "string?: the tag of the pushed image",
    ref = "string?: the pushed reference; set from push on, or by the run that this one resumes",
    digest = "string?: the digest of the pushed image",
    snapshot = "table?: the provider's record; set from register on, or when it existed before",
    secrets = "table<string, string>: id -> value, for RUN --mount=type=secret",
    agents = "table<string, string>: id -> socket, for RUN --mount=type=ssh",
    tags = "string[]: local references that are removed at the end",
    copies = "table[]?: what was pushed to other registries, set from the step also on",
    candidate = "table?: the snapshot by which the image was tried, set from the step gate on",
    registrations = "integer?: number of registrations, when there were several",
    run_key = "string?: the key of this run and of what it makes, 12 hexadecimal digits",
    regions = "table[]?: {region, name, id, state} of each region, where there are several",
    is_adopted = "boolean?: the snapshot of another run with this run key is the result",
    is_reused = "boolean?: the newest snapshot has the same content, and none is made",
    is_skipped = "boolean?: a newer snapshot is the result",
    is_resumed = "boolean?: the run resumes one that was stopped",
    is_pushed = "boolean?: the image is in the registry",
    is_create_sent = "boolean?: a create was sent and has no answer yet",
    has_verdict = "boolean?: an error raised now says what becomes of the snapshot",
    last_words = "os2.run.last_words?: what a second signal would leave",
  },
  doc = "The steps that make a snapshot.", type = "steps",
  default = {
    "preflight", "name", "image", "context", "build", "check", "compare", "push", "gate", "also",
    "register", "wait", "regions", "refresh",
  },
})

policy.define("snapshot.dirty", {
  facts = {
    is_allowed = "boolean: --allow-dirty is given",
  },
  doc = "What happens to a tree with uncommitted changes.", default = M.dirty,
  returns = { type = "string", values = { "refuse", "take" }, doc = "refuse or take" },
})

policy.define("snapshot.cpu", {
  doc = "How many CPUs a machine has that is started from the snapshot; fixed in the snapshot.",
  type = "integer", range = { 1, 1024 }, default = 2,
})

policy.define("snapshot.memory", {
  doc = "The memory of a machine that is started from the snapshot; fixed in the snapshot.",
  type = "integer", unit = "GB", range = { 1, 4096 }, default = 4,
})

policy.define("snapshot.disk", {
  doc = "The disk size of a machine that is started from the snapshot; fixed in the snapshot.",
  type = "integer", unit = "GB", range = { 1, 65536 }, default = 8,
})

local SIZES <const> = { cpu = true, memory = true, disk = true }

local function check_sizes(sizes)
  for key, value in pairs(sizes) do
    if not SIZES[key] or math.type(value) ~= "integer" or value < 1 then
      return nil, "it is {cpu = N, memory = N, disk = N}, each of them only where it is known"
    end
  end
  return true
end

policy.define("snapshot.largest", {
  doc = "The largest machine that the organization's plan allows, {cpu, memory, disk}, as far as "
    .. "it is known (the API does not tell). A larger request stops before the build.",
  type = "table", default = {}, check = check_sizes,
})

policy.define("snapshot.quota", {
  doc = "How many snapshots the organization may have in use; 0: not known (the API does not "
    .. "tell). When all are in use, a run stops before the build.",
  type = "integer", range = { 0, 1000000 }, default = 0,
})

policy.define("snapshot.permissions", {
  doc = "The permissions that an API key needs to publish. They are checked before the build.",
  type = "list", element = "string", default = { "write:snapshots" },
})

policy.define("snapshot.repository", {
  doc = "The repository under Daytona's registry project that images are pushed to.",
  type = "string", default = "os2", check = images.check_repository,
})

policy.define("snapshot.publishable", {
  facts = {
    labels = "table<string, string>: the image's labels",
  },
  doc = "Whether an image may be published, by its labels: not with a stand-in as base image.",
  default = M.publishable, returns = { type = "boolean", doc = "true, or false and why" },
})

policy.define("snapshot.progress", {
  facts = {
    snapshot = "table: the provider's current record",
  },
  doc = "Whether a registered snapshot is ready, is to be waited for, or has failed.",
  default = M.progress,
  returns = { type = "string", values = { "ready", "waiting", "failed" },
    doc = "ready, waiting or failed, and why" },
})

policy.define("snapshot.on_conflict", {
  facts = {
    snapshot = "table?: the snapshot that has the name",
    ref = "string?: the image of this run",
    build = "table?: {dockerfileContent, contextHashes} of this run, where Daytona builds",
    region = "string?: the region of this run",
    sizes = "table?: {cpu, mem, disk} of this run, as a snapshot has them",
    named = "boolean?: --name is given",
    candidate = "boolean?: the name is that of a candidate, which only this run may use",
    lost = "boolean?: a create of this name had no answer that tells its result",
    attempt = "integer?: number of attempts so far, from 1",
  },
  doc = "What to do when the name is taken (409) or the answer was lost, from one GET of the name.",
  default = M.on_conflict,
  returns = { type = "string", values = { "use", "wait", "retry", "rename", "fail" },
    doc = "use, wait, retry, rename (one second later) or fail, and why" },
})

policy.define("snapshot.superseded", {
  facts = {
    name = "string: the name of this run's snapshot",
    snapshots = "table[]: the newest ones of the prefix, without those that are this run's",
    listed = "table[]?: all of them, with this run's; snapshots, when absent",
    allowed = "boolean?: --allow-older is given",
    region = "string?: the region of the run",
  },
  doc = "Whether a newer snapshot of the prefix exists, so that this one comes too late. A name "
    .. "that may have moved on, because those before it were taken, has the time of the first.",
  default = M.superseded,
  returns = { type = "boolean", doc = "false, or true and the newer one's name" },
})

require("os2.policies.snapshot.build")
require("os2.policies.snapshot.gate")
require("os2.policies.snapshot.identity")
require("os2.policies.snapshot.image")
require("os2.policies.snapshot.promotion")
require("os2.policies.snapshot.rollback")
require("os2.policies.snapshot.registration")

return M
