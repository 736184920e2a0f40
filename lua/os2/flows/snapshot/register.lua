--- Snapshot step: registers the pushed image as a snapshot; on the local engine it tags the built
--- image.
local leftovers = require("os2.flows.snapshot.leftovers")
local name = require("os2.flows.snapshot.name")
local news = require("os2.flows.news")
local newer = require("os2.flows.snapshot.newer")
local push = require("os2.flows.snapshot.push")
local registration = require("os2.flows.snapshot.registration")
local run_key = require("os2.flows.snapshot.run_key")
local sizes = require("os2.flows.snapshot.sizes")

---@class os2.flows.snapshot.register
local M = {}

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
    failure.hint = failure.hint or "free what nothing needs: os2 snapshot prune --yes; then go on: "
      .. leftovers.resume_command(ctx)
  end
  return failure
end

local function follow(ctx)
  return function(wish)
    ctx.name, ctx.local_ref = wish.name, wish.local_ref or ctx.local_ref
    ctx.snapshot, ctx.is_create_sent = wish.record, wish.is_sent
    ctx.has_verdict, ctx.registrations = wish.has_verdict, wish.registrations
    leftovers.remember(ctx)
  end
end

local function look_before(ctx)
  return function(wish)
    newer.check(ctx)
    wish.region = ctx.args.region
    return ctx.is_skipped or ctx.is_adopted
  end
end

local function look_after(ctx)
  return function(wish)
    if newer.check_again(ctx) then return "again" end
    wish.record, wish.name = ctx.snapshot, ctx.name
    return ctx.is_skipped
  end
end

local function explain(ctx)
  return function(failure)
    return failure.kind == "quota" and explain_quota(ctx, failure) or failure
  end
end

local function push_again(ctx)
  return function(wish)
    push.again(ctx, wish.phase or ctx.ui:phase("push"))
    wish.image = ctx.ref
  end
end

--- Returns what the run wants to have registered; changes to it are the run's, too.
---@param ctx table
---@return os2.flows.snapshot.registration.wish
function M.wish(ctx)
  local wish = sizes.registered(ctx)
  wish.provider, wish.ui = ctx.provider, ctx.ui
  wish.name, wish.is_named = ctx.name, ctx.args.name ~= nil
  wish.build = ctx.build_info
  wish.image, wish.region, wish.timeout = ctx.ref, ctx.args.region, ctx.args.timeout
  wish.record, wish.registrations = ctx.snapshot, ctx.registrations
  wish.on = {
    change = follow(ctx), before = look_before(ctx), after = look_after(ctx),
    again = push_again(ctx), explain = explain(ctx),
    is_same = function(found) return run_key.is_same(ctx, found) end,
  }
  return wish
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

--- Runs the step.
---@param ctx table
function M.run(ctx)
  if ctx.provider.is_local then return keep_here(ctx) end
  local phase <close> = ctx.ui:phase("register")
  news.prepare(ctx.provider)
  local snapshot = registration.create(M.wish(ctx))
  if not snapshot then
    return phase:done(ctx.is_create_sent == nil and "not registered" or "withdrawn")
  end
  phase:done(("%s cpu · %s GB memory · %s GB disk · id %s"):format(snapshot.cpu, snapshot.mem,
    snapshot.disk, snapshot.id))
end

return M
