--- Snapshots at either provider: Daytona's, or tagged images of the local engine.
---
--- Every function takes `provider` ("daytona" or "docker") among its options, by default as the
--- commands do. Commands and these functions stand on the same flows: they retry, wait, and ask the
--- same policies. Nothing is shown of their progress but warnings, unless --progress or
--- OS2_PROGRESS asks for it.
local arguments = require("os2.base.arguments")
local display = require("os2.flows.display")
local err = require("os2.err")
local paged = require("os2.base.paged")

---@class os2.snapshots
local M = {}

---@class os2.snapshot
---@field id string
---@field name string
---@field prefix string?  nil for one that os2 did not name
---@field state string  "active", "inactive", "building", …: Daytona's words
---@field error string?  why it is in this state
---@field created_at string  UTC, ISO 8601
---@field updated_at string?
---@field age integer?  seconds since its creation
---@field commit string?  the commit that its image was built from
---@field dirty boolean?  the tree had uncommitted changes
---@field content string?  the key of the image's content, 12 hexadecimal digits
---@field size number?  GB
---@field regions string[]
---@field marks string[]?  "latest", "pinned", "inactive", …
---@field machines integer?  how many machines name it

-- Loaded at first use: most scripts need some of them.
local function flow(name)
  return require("os2.flows." .. name)
end

local function name_of(caller, snapshot)
  local name = type(snapshot) == "table" and snapshot.name or snapshot
  if type(name) == "string" and name ~= "" then return name end
  arguments.misuse(caller .. ": the snapshot must be a name, an id or a record")
end

local function context(options)
  return flow("snapshots.open").context{ provider = options.provider, ui = display.of_script() }
end

local LIST <const> = {
  provider = "string?", prefix = "string?", all_prefixes = "boolean?", machines = "boolean?",
}

--- Iterates over the snapshots of a prefix, the newest first, or of all with `all_prefixes`; a page
--- is requested when it is reached. A page that fails raises, so a list that ends is complete. With
--- `machines` each record says how many machines name it, for which their list is read first.
---@param options? {provider: string?, prefix: string?, all_prefixes: boolean?, machines: boolean?}
---@return fun(): os2.snapshot?
function M.list(options)
  local given = arguments.check("snapshots.list", options, LIST)
  local ctx = context(given)
  local prefix = flow("snapshots.pages").prefix_of{
    prefix = given.prefix, is_all_prefixes = given.all_prefixes,
  }
  local counts = given.machines and flow("snapshots.use").by_snapshot(ctx.provider) or nil
  return paged.items(flow("snapshots.list").pages(ctx, prefix, counts))
end

--- Returns all about a snapshot: the fields of a list, and `image`, `ref`, `cpu`, `memory`, `disk`,
--- `machines`, `marks`. Raises `not_found`.
---@param snapshot string|os2.snapshot  its name or id, or its record
---@param options? {provider: string?}
---@return os2.snapshot
function M.get(snapshot, options)
  local given = arguments.check("snapshots.get", options, { provider = "string?" })
  return flow("snapshots.look").get({
    snapshot = name_of("snapshots.get", snapshot), provider = given.provider,
    ui = display.of_script(),
  }).snapshot
end

local NEWEST <const> = {
  provider = "string?", prefix = "string?", region = "string?", fresh = "boolean?",
  refresh = "boolean?",
}

--- Returns what `os2 resolve` answers: the newest usable snapshot of the prefix, {name, id, state,
--- prefix, created_at, cached, age, stale, pinned}. The answer may come from the cache; `refresh`
--- asks anew, and `fresh` also refuses an old answer while the API is unavailable. Raises
--- `not_found` when there is none.
---@param options? {provider: string?, prefix: string?, region: string?, fresh: boolean?,
---  refresh: boolean?}
---@return {name: string, id: string, state: string, prefix: string, created_at: string,
---  cached: boolean, age: number, stale: boolean, pinned: boolean}
function M.newest(options)
  local given = arguments.check("snapshots.newest", options, NEWEST)
  return (flow("resolve").run({
    provider = given.provider, prefix = given.prefix, region = given.region,
    is_fresh = given.fresh, is_refresh = given.refresh,
  }, display.of_script()))
end

-- The options of `make`, and the arguments of the flow that they become.
local MAKE <const> = {
  provider = "provider", prefix = "prefix", name = "name", dockerfile = "dockerfile",
  context = "context", context_from = "context_from", build_args = "build_args", labels = "labels",
  target = "target", platform = "platform", no_cache = "is_uncached", pull = "is_base_pulled",
  remote = "is_remote", cpu = "cpu", memory = "memory", disk = "disk", gpu = "gpu",
  entrypoint = "entrypoint", regions = "regions", image = "image", push = "is_push", also = "also",
  verify = "is_verify", timeout = "timeout", on_newer = "on_newer", on_timeout = "on_timeout",
  if_changed = "is_if_changed", allow_dirty = "is_dirty_allowed", run_key = "run_key",
  dry_run = "is_dry_run",
}

local MAKE_TYPES <const> = {
  provider = "string?", prefix = "string?", name = "string?", dockerfile = "string?",
  context = "string?", context_from = "string?", build_args = "table?", labels = "table?",
  target = "string?", platform = "string?", no_cache = "boolean?", pull = "boolean?",
  remote = "boolean?", cpu = "integer?", memory = "integer?", disk = "integer?", gpu = "integer?",
  entrypoint = "table?", regions = "table?", image = "string?", push = "boolean?", also = "table?",
  verify = "boolean?", timeout = "number?", on_newer = "string?", on_timeout = "string?",
  if_changed = "boolean?", allow_dirty = "boolean?", run_key = "string?", dry_run = "boolean?",
}

--- Makes a snapshot as `os2 snapshot` does, by default from sandbox/Dockerfile, and returns its
--- document: {name, id, state, image, digest, content, commit, reused, skipped, …}. The options are
--- those of the command, with underscores; `build_args` and `labels` are tables.
---@param options? {provider: string?, prefix: string?, name: string?, dockerfile: string?,
---  context: string?, context_from: string?, build_args: table<string, string>?,
---  labels: table<string, string>?, target: string?, platform: string?, no_cache: boolean?,
---  pull: boolean?, remote: boolean?, cpu: integer?, memory: integer?, disk: integer?,
---  gpu: integer?, entrypoint: string[]?, regions: string[]?, image: string?, push: boolean?,
---  also: string[]?, verify: boolean?, timeout: number?, on_newer: string?, on_timeout: string?,
---  if_changed: boolean?, allow_dirty: boolean?, run_key: string?, dry_run: boolean?}
---@return {name: string, id: string?, state: string?, [string]: any}
function M.make(options)
  local given = arguments.check("snapshots.make", options, MAKE_TYPES)
  local args = { build_args = {}, labels = {}, ui = display.of_script() }
  for option, value in pairs(given) do args[MAKE[option]] = value end
  return (flow("snapshot").run(args))
end

local REPUBLISH <const> = {
  provider = "string?", to = "string?", cpu = "integer?", memory = "integer?", disk = "integer?",
  region = "string?", timeout = "number?", also = "table?", dry_run = "boolean?",
}

local function republish_types(more)
  for option, kind in pairs(REPUBLISH) do more[option] = more[option] or kind end
  return more
end

local function republish_arguments(given)
  return {
    provider = given.provider, to = given.to, cpu = given.cpu, memory = given.memory,
    disk = given.disk, region = given.region, timeout = given.timeout, also = given.also,
    is_dry_run = given.dry_run, ui = display.of_script(),
  }
end

--- Registers a snapshot's image under the prefix of another environment, as `os2 snapshot promote`
--- does, and returns its document: {name, id, state, source, reused, skipped, …}. `to` is an
--- environment, such as "stg", or a prefix.
---@param snapshot string|os2.snapshot  its name or id, or its record
---@param options {to: string, provider: string?, on_newer: string?, verify: boolean?,
---  allow_dirty: boolean?, cpu: integer?, memory: integer?, disk: integer?, region: string?,
---  timeout: number?, also: string[]?, dry_run: boolean?}
---@return {name: string, id: string?, state: string?, source: string, [string]: any}
function M.promote(snapshot, options)
  local given = arguments.check("snapshots.promote", options, republish_types{
    to = "string", on_newer = "string?", verify = "boolean?", allow_dirty = "boolean?",
  })
  local args = republish_arguments(given)
  args.snapshot = name_of("snapshots.promote", snapshot)
  args.on_newer, args.is_verify = given.on_newer, given.verify
  args.is_dirty_allowed = given.allow_dirty
  return (flow("snapshot.promote").run(args))
end

--- Goes back to an image that was good, as `os2 snapshot rollback` does, and returns its document:
--- {name, good, bad, deactivated, already, …}. `to` names the good snapshot.
---@param options? {to: string?, prefix: string?, provider: string?, allow_unhealthy: boolean?,
---  cpu: integer?, memory: integer?, disk: integer?, region: string?, timeout: number?,
---  also: string[]?, dry_run: boolean?}
---@return {name: string, good: string, bad: string?, [string]: any}
function M.rollback(options)
  local given = arguments.check("snapshots.rollback", options, republish_types{
    prefix = "string?", allow_unhealthy = "boolean?",
  })
  local args = republish_arguments(given)
  args.prefix, args.is_unhealthy_allowed = given.prefix, given.allow_unhealthy
  return (flow("snapshot.rollback").run(args))
end

local function change(verb, snapshot, options)
  local caller = "snapshots." .. verb
  local given = arguments.check(caller, options, { provider = "string?", force = "boolean?" })
  local fields, _, failure = flow("snapshots.named").run{
    action = verb, names = { name_of(caller, snapshot) }, provider = given.provider,
    is_forced = given.force, ui = display.of_script(),
  }
  if failure then err.raise(failure) end
  return fields.snapshots[1]
end

--- Makes an inactive snapshot usable again, and waits until it is active.
---@param snapshot string|os2.snapshot  its name or id, or its record
---@param options? {provider: string?}
---@return os2.snapshot
function M.activate(snapshot, options)
  return change("activate", snapshot, options)
end

--- Keeps a snapshot, and lets nothing be made from it. Raises `conflict` for one that is protected
--- (the newest usable one, a pin, one in use, …), unless `force` is given.
---@param snapshot string|os2.snapshot  its name or id, or its record
---@param options? {provider: string?, force: boolean?}
---@return os2.snapshot
function M.deactivate(snapshot, options)
  return change("deactivate", snapshot, options)
end

--- Deletes a snapshot and waits until it is gone. Raises `conflict` for one that is protected,
--- unless `force` is given.
---@param snapshot string|os2.snapshot  its name or id, or its record
---@param options? {provider: string?, force: boolean?}
---@return os2.snapshot  its last record, with the state "deleted"
function M.delete(snapshot, options)
  return change("delete", snapshot, options)
end

--- Returns the log of a snapshot that Daytona has built, up to `machine.output_limit` bytes of its
--- end. Raises `not_found` for one that was built elsewhere.
---@param snapshot string|os2.snapshot  its name or id, or its record
---@param options? {provider: string?}
---@return string
function M.logs(snapshot, options)
  local given = arguments.check("snapshots.logs", options, { provider = "string?" })
  return flow("snapshots.look").logs({
    snapshot = name_of("snapshots.logs", snapshot), provider = given.provider,
    ui = display.of_script(),
  }).log
end

return M
