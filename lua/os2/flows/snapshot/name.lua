--- Snapshot step: chooses the name, and recognises what exists under it.
local clock = require("os2.clock")
local docker = require("os2.docker")
local docker_provider = require("os2.providers.docker")
local err = require("os2.err")
local leftovers = require("os2.flows.snapshot.leftovers")
local listed = require("os2.flows.snapshot.listed")
local policy = require("os2.policy")
local pushed = require("os2.flows.snapshot.pushed")
local task = require("os2.task")
local terminal = require("os2.text.terminal")
local verdict = require("os2.flows.snapshot.verdict")

---@class os2.flows.snapshot.name
local M = {}

local BUILD_TAG <const> = "build"
local DAY <const> = 24 * 3600

local function set(ctx, name)
  ctx.name = name
  ctx.local_ref = docker_provider.reference(name, BUILD_TAG)
end

--- Proposes the run's name: the one given with --name, else one made from the prefix and the time.
--- Raises `invalid` (exit 3) when the rules for names refuse it.
---@param ctx table
function M.propose(ctx)
  local name = ctx.args.name or policy.ask("naming.format")
  local ok, failure = policy.ask("naming.check", { name = name })
  if err.is(failure) then err.raise(failure) end
  if not ok then policy.refuse("naming.check", ("the name %s is refused"):format(name)) end
  set(ctx, name)
end

local function span(seconds)
  if seconds < 2 * DAY then return terminal.duration(seconds) end
  return terminal.plural(seconds // DAY, "day")
end

--- Refuses a name whose time is in the future by the clock of the server that keeps the snapshots
--- (exit 3): it would be the newest until then, whatever else is made.
---@param ctx table
---@param now number?  the time by that clock; nil when it is not known
function M.check_time(ctx, now)
  local time = now and policy.ask("naming.parse", { name = ctx.name })
  if not time or time - now <= policy.ask("naming.ahead") then return end
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "snapshot.name",
    message = ("the name %s has a time in the future: it is %s ahead of %s, which says %s"):format(
      ctx.name, span(time - now), ctx.provider.is_local and "this machine's clock" or "Daytona",
      clock.iso(math.floor(now))),
    hint = ctx.args.name and "give a name with an earlier time, or leave out --name"
      or "set this machine's clock",
  })
end

--- Replaces the name by that of the next second.
---@param ctx table
function M.take_next(ctx)
  set(ctx, policy.ask("naming.next", { name = ctx.name, prefix = ctx.prefix }))
end

--- Replaces a taken name by that of the next second, and reports it.
---@param ctx table
function M.move_on(ctx)
  local taken = ctx.name
  M.take_next(ctx)
  ctx.ui:note(("the name %s is taken, using %s"):format(taken, ctx.name))
end

local function image_of(ref)
  local image, failure = task.try(docker.image, ref)
  if failure and failure.kind ~= "not_found" then err.raise(failure) end
  return image
end

-- Records the tags that a run which was killed has left on its image: the name's, and its own.
local function take_over_tags(ctx, image)
  local name = ctx.local_ref:match("^(.*):[^:]*$")
  leftovers.add_tag(ctx, ctx.local_ref)
  for _, ref in ipairs(type(image.RepoTags) == "table" and image.RepoTags or {}) do
    if ref:match("^(.*):run%-%x+") == name then leftovers.add_tag(ctx, ref) end
  end
end

-- An earlier run of this name may have left its image: it was killed (then this run removes the
-- tag), or it ran with --provider docker.
local function recognise_image(ctx)
  local image = image_of(ctx.local_ref)
  if image and not ctx.args.is_dry_run then take_over_tags(ctx, image) end
  -- an image that was meant for Daytona lacks the labels of a local snapshot
  local is_fit = image and (not ctx.provider.is_local or ctx.provider.is_made_for(image, ctx.name))
  ctx.image = is_fit and image or nil
  if ctx.image or ctx.provider.is_local then return end
  ctx.image = image_of(docker_provider.snapshot_reference(ctx.name))
end

--- Recognises what an earlier run of a given name has done. Raises when its snapshot cannot be
--- used.
---@param ctx table
function M.recognise(ctx)
  local found = ctx.provider.find_snapshot(ctx.name)
  -- a shared snapshot of this name belongs to somebody else; the organization's own may exist
  -- beside it
  if not found or found.general then return end
  ctx.snapshot, ctx.has_verdict = found, true
  verdict.is_ready(ctx.snapshot)
  ctx.has_verdict = false
  ctx.is_resumed = true
  ctx.ui:note(("%s is registered already (id %s, state %s), going on from there"):format(ctx.name,
    ctx.snapshot.id, ctx.snapshot.state))
end

--- Raises `conflict` for a name that another snapshot has.
---@param ctx table
---@param found table?  the other snapshot
---@param why string
function M.refuse(ctx, found, why)
  why = type(why) == "string" and why or "the policy snapshot.on_conflict refuses it"
  err.raise(err.new{
    kind = "conflict", op = "snapshot.name",
    message = ("the name %s is taken%s: %s"):format(ctx.name,
      found and " by snapshot " .. terminal.clean(found.id) or "", terminal.clean(why)),
    hint = "run again for a new name, or give another one with --name",
  })
end

--- Moves on until no snapshot has the name. Raises `conflict` where the policy
--- snapshot.on_conflict does not answer with rename.
---@param ctx table  or a wish, of a candidate
---@param is_candidate? boolean
function M.take_free(ctx, is_candidate)
  local attempt = 0
  while true do
    if listed.is_free(ctx, ctx.name) then return end
    local found = ctx.provider.find_snapshot(ctx.name)
    if not found then return end
    attempt = attempt + 1
    local action, why = policy.ask("snapshot.on_conflict", {
      snapshot = found, candidate = is_candidate or false, attempt = attempt,
    })
    if action ~= "rename" then M.refuse(ctx, found, why or action) end
    M.move_on(ctx)
  end
end

--- Runs the step: a generated name must be free; a given name continues from what exists.
---@param ctx table
function M.run(ctx)
  if ctx.is_skipped or ctx.is_adopted then return end
  if not ctx.args.name then
    M.take_free(ctx)
  elseif not ctx.snapshot then
    if ctx.args.pushed then pushed.recognise(ctx) end
    if not (ctx.is_pushed or ctx.args.is_remote) then recognise_image(ctx) end
  end
end

return M
