--- Snapshot step: registers the pushed image as a snapshot; on the local engine it tags the built
--- image.
---
--- POST /snapshots is never repeated blindly: after a 409 or a lost answer one GET tells whether
--- the snapshot exists.
local err = require("os2.err")
local leftovers = require("os2.flows.snapshot.leftovers")
local name = require("os2.flows.snapshot.name")
local newer = require("os2.flows.snapshot.newer")
local policy = require("os2.policy")
local retry = require("os2.client.retry")
local sizes = require("os2.flows.snapshot.sizes")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.register
local M = {}

local function create(ctx)
  ctx.is_create_sent = true
  leftovers.remember(ctx)
  local fields = sizes.of(ctx)
  fields.name, fields.imageName, fields.regionId = ctx.name, ctx.ref, ctx.args.region
  return ctx.provider.create_snapshot(fields)
end

-- Errors after which it is not known whether the request had an effect.
local UNCLEAR <const> = { network = true, timeout = true, unavailable = true, protocol = true }

-- The word by which an error names the size that exceeds the limit, and the option for it.
local OPTIONS <const> = { CPU = "cpu", Memory = "memory", Disk = "disk" }

local function ask_for_less(ctx, option, most)
  local given = {}
  for key, value in pairs(ctx.given) do given[key] = value end
  given[option] = most
  -- used by whoever resumes: with the refused size the request would be refused again
  ctx.given = given
  return ("ask for at most %d with --%s (policy snapshot.largest finds that out before the build); "
    .. "go on: %s"):format(most, option, leftovers.resume_command(ctx))
end

-- Adds what to do, because the API names only the limit.
local function explain_quota(ctx, failure)
  local word, most = failure.message:match("(%a+) request .- exceeds maximum allowed .-%((%d+)")
  if OPTIONS[word] then
    failure.hint = ask_for_less(ctx, OPTIONS[word], math.tointeger(tonumber(most)) or 1)
  else
    failure.hint = failure.hint or "delete or deactivate snapshots; then go on: "
      .. leftovers.resume_command(ctx)
  end
  return failure
end

local function pause_for_name(ctx, failure, attempt)
  if attempt >= policy.ask("retry.attempts") then name.refuse(ctx, nil, failure.message) end
  task.sleep(policy.ask("poll.interval", { attempt = attempt }))
end

-- Waits before a retry; the create had no effect, so it may be sent again.
local function pause_for_server(ctx, failure, attempt)
  local delay = retry.delay(failure, { attempt = attempt })
  if failure.retry_after then
    ctx.ui:note(("%s; registering again in %s"):format(failure.message, terminal.duration(delay)))
  end
  task.sleep(delay)
end

-- Returns true for a request that the server refused before it acted, or that was not sent.
local function is_undone(failure)
  return failure.status == 429 or failure.is_sent == false
end

-- Decides what to do after a create without a snapshot. Returns the snapshot when it exists after
-- all.
local function after_failure(ctx, failure, attempt)
  if is_undone(failure) then
    ctx.is_create_sent = false
    return pause_for_server(ctx, failure, attempt)
  end
  local found = ctx.provider.find_snapshot(ctx.name)
  ctx.is_create_sent = false
  local action, why = policy.ask("snapshot.on_conflict", {
    snapshot = found, ref = ctx.ref, named = ctx.args.name ~= nil,
    lost = UNCLEAR[failure.kind] or false,
    attempt = attempt,
  })
  if action == "use" or action == "wait" then
    if found then return found end
    policy.refuse("snapshot.on_conflict",
      ("the answer is %s, but there is no snapshot %s; answer retry, rename or fail"):format(action,
        ctx.name))
  end
  if action == "fail" then name.refuse(ctx, found, why) end
  if action == "rename" then return name.move_on(ctx) end
  if retry.is_taken(failure) then return pause_for_name(ctx, failure, attempt) end
  pause_for_server(ctx, failure, attempt)
end

local function register(ctx)
  local attempt = 0
  while true do
    attempt = attempt + 1
    local snapshot, failure = task.try(create, ctx)
    if failure and not (retry.is_taken(failure) or UNCLEAR[failure.kind]) then
      ctx.is_create_sent = false
      err.raise(failure.kind == "quota" and explain_quota(ctx, failure) or failure)
    end
    snapshot = snapshot or after_failure(ctx, failure, attempt)
    if snapshot then return snapshot end
  end
end

-- Podman writes an id sometimes with its algorithm and sometimes without.
local function bare(id)
  return (id:gsub("^sha256:", ""))
end

-- Tags the image as a snapshot. Until now only the run's own tag refers to the image.
local function keep_here(ctx)
  local found = ctx.provider.find_snapshot(ctx.name)
  if found and bare(found.id) ~= bare(ctx.image.Id) then
    name.refuse(ctx, found, "another run has made it in the meantime")
  end
  ctx.snapshot = ctx.provider.create_snapshot{ name = ctx.name, image = ctx.image.Id }
end

--- Registers the run's image again, after an earlier registration has failed.
---@param ctx table
function M.again(ctx)
  newer.check(ctx)
  if ctx.is_skipped then return end
  ctx.snapshot = register(ctx)
  leftovers.remember(ctx)
  newer.check_again(ctx)
end

--- Runs the step.
---@param ctx table
function M.run(ctx)
  if ctx.provider.is_local then return keep_here(ctx) end
  local phase <close> = ctx.ui:phase("register")
  newer.check(ctx)
  if ctx.is_skipped then return phase:done("not registered") end
  local snapshot = register(ctx)
  ctx.snapshot = snapshot
  leftovers.remember(ctx)
  newer.check_again(ctx)
  if ctx.is_skipped then return phase:done("withdrawn") end
  phase:done(("%s cpu · %s GB memory · %s GB disk · id %s"):format(snapshot.cpu, snapshot.mem,
    snapshot.disk, snapshot.id))
end

return M
