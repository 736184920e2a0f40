--- Registers the image of a snapshot under another name: nothing is built, and nothing is pushed
--- while the registry has the image.
local also = require("os2.flows.snapshot.also")
local env = require("os2.env")
local err = require("os2.err")
local images = require("os2.text.images")
local last_words = require("os2.run.last_words")
local name = require("os2.flows.snapshot.name")
local policy = require("os2.policy")
local registration = require("os2.flows.snapshot.registration")
local restore = require("os2.flows.snapshot.republish.restore")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.republish
local M = {}

---@class os2.flows.snapshot.republish.ctx  of a flow that registers an image again
---@field args table  cpu, memory, disk, region, timeout and also, each only where it is given
---@field ui os2.report.progress.ui
---@field provider table
---@field source table  the record whose image is registered
---@field name string  of the new snapshot
---@field prefix string
---@field wish table?  os2.flows.snapshot.registration.wish
---@field snapshot table?  the new record
---@field last_words os2.run.last_words?
---@field is_restored boolean?  the image was pushed again
---@field ref string?  the reference of the image that was pushed again

local function text(value)
  return type(value) == "string" and value ~= "" and value or nil
end

--- Returns what Daytona has built a snapshot of, nil for any other: it finds the image again by the
--- same Dockerfile and context.
---@param source table
---@return {dockerfileContent: string, contextHashes: string[]?}?
function M.build_of(source)
  local info = source.buildInfo
  if type(info) ~= "table" or not text(info.dockerfileContent) then return nil end
  local hashes = info.contextHashes
  return {
    dockerfileContent = info.dockerfileContent,
    contextHashes = type(hashes) == "table" and hashes or nil,
  }
end

--- Returns the arguments with their defaults. Raises `invalid` (exit 2) for a reference of --also
--- that cannot be one.
---@param given table
---@param defaults table<string, any>  besides those of every registration
---@return table
function M.arguments(given, defaults)
  local args = { region = env.get("DAYTONA_TARGET"), also = policy.ask("snapshot.also") }
  for key, value in pairs(defaults) do args[key] = value end
  for key, value in pairs(given) do
    if key ~= "also" or #value > 0 then args[key] = value end
  end
  also.check(args.also)
  return args
end

--- Raises `invalid` for a snapshot whose image cannot be registered by its record alone.
---@param source table
---@param is_local boolean
function M.check(source, is_local)
  local is_registrable, why = policy.ask("snapshot.registrable", {
    snapshot = source, is_local = is_local,
  })
  if is_registrable then return end
  err.raise(err.new{
    kind = "invalid", op = "snapshot",
    message = ("the snapshot %s cannot be registered again: %s"):format(terminal.clean(source.name),
      type(why) == "string" and terminal.clean(why) or "policy snapshot.registrable refuses it"),
    hint = "make one from a Dockerfile: os2 snapshot",
  })
end

local function left_words(ctx, wish)
  if wish.has_verdict then return nil end
  if wish.record then
    return ("%s goes on at Daytona without us (id %s, state %s) and is the newest of %s then; the "
      .. "same command goes on"):format(wish.name, wish.record.id, wish.record.state, ctx.prefix)
  elseif wish.is_sent then
    return ("%s may have been registered; the same command finds out and goes on"):format(wish.name)
  end
end

-- The record holds its name, and nobody needs it.
local function withdraw(ctx, record)
  local _, failure = task.try(ctx.provider.delete_snapshot, record.id)
  if failure and failure.kind ~= "not_found" then
    local shown = terminal.clean(record.name)
    ctx.ui:warn(("the snapshot %s stays in state %s (%s); delete it: os2 snapshot delete %s")
      :format(shown, terminal.clean(record.state), failure.message, shown))
  end
end

local function digest_of(record)
  return text(record.ref) and images.digest_of(record.ref)
end

-- A tag may have moved: then this is not the image of the source.
local function check_image(ctx, record)
  local digest, wanted = digest_of(record), digest_of(ctx.source)
  if ctx.is_restored or not (digest and wanted) or digest == wanted then return end
  withdraw(ctx, record)
  ctx.wish.has_verdict, ctx.snapshot = true, nil
  err.raise(err.new{
    kind = "conflict", op = "snapshot",
    message = ("%s has another image now than %s was made from"):format(
      terminal.clean(ctx.source.imageName), terminal.clean(ctx.source.name)),
    hint = "nothing is left registered; make a new snapshot, or take an image whose tag stays",
  })
end

local function follow(ctx)
  return function(wish)
    ctx.name, ctx.snapshot = wish.name, wish.record
    if wish.record and not wish.has_verdict then check_image(ctx, wish.record) end
    if ctx.last_words then ctx.last_words:set(ctx, left_words(ctx, wish)) end
  end
end

local function explain(failure)
  if failure.kind == "quota" then
    failure.hint = failure.hint
      or "deactivate what is not used (os2 snapshot prune), then run the same command again"
  end
  return failure
end

local function late(ctx)
  return function(wish, seconds)
    local record = wish.record or { id = "none", state = "not registered" }
    err.raise(err.new{
      kind = "timeout", op = "snapshot.wait",
      message = ("snapshot %s (id %s) is still %s after %g s"):format(ctx.name, record.id,
        terminal.clean(record.state), seconds),
      hint = "it may still finish; the same command goes on waiting",
    })
  end
end

local function first(list)
  return type(list) == "table" and list[1] or nil
end

local function positive(value)
  return type(value) == "number" and value > 0 and value or nil
end

-- The class of every snapshot that names none.
local CONTAINER <const> = "container"

-- Returns what the record of the source says, where the arguments say nothing.
local function fields_of(ctx)
  local args, source = ctx.args, ctx.source
  local class = text(source.sandboxClass)
  return {
    cpu = args.cpu or source.cpu, memory = args.memory or source.mem,
    disk = args.disk or source.disk, gpu = positive(source.gpu),
    sandbox_class = class ~= CONTAINER and class or nil,
    entrypoint = first(source.entrypoint) and source.entrypoint or nil,
    region = args.region or first(source.regionIds),
  }
end

local function wish_of(ctx)
  local wish, build = fields_of(ctx), M.build_of(ctx.source)
  wish.provider, wish.ui, wish.name, wish.timeout = ctx.provider, ctx.ui, ctx.name, ctx.args.timeout
  wish.build, wish.image = build, not build and (ctx.ref or ctx.source.imageName) or nil
  -- Daytona takes the entrypoint of its own build from the Dockerfile
  if build then wish.entrypoint = nil end
  wish.record = ctx.snapshot
  wish.on = { change = follow(ctx), explain = explain, late = late(ctx) }
  return wish
end

--- Returns the last words of the run; `<close>` it at the run's end.
---@param ctx os2.flows.snapshot.republish.ctx
---@return os2.run.last_words
function M.open_words(ctx)
  ctx.last_words = last_words.open()
  return ctx.last_words
end

--- Returns a value to be closed: a run that an error ends reports what it leaves on the server.
---@param ctx os2.flows.snapshot.republish.ctx
---@return any closing
function M.tell_on_failure(ctx)
  return setmetatable({}, { __close = function(_, failure)
    local words = failure and ctx.wish and left_words(ctx, ctx.wish)
    if words then ctx.ui:left(words) end
  end })
end

-- On the local engine a name is a tag, and tagging takes it away from another run's snapshot.
local function register_here(ctx)
  local wish = { name = ctx.name, prefix = ctx.prefix, ui = ctx.ui, provider = ctx.provider }
  local found = ctx.provider.find_snapshot(wish.name)
  if found and found.id ~= ctx.source.id then name.take_free(wish) end
  ctx.name = wish.name
  ctx.snapshot = ctx.provider.create_snapshot{ name = wish.name, image = ctx.source.id }
end

--- Registers the image, and does not wait. Sets `ctx.snapshot`, and `ctx.name` to the name that it
--- got.
---@param ctx os2.flows.snapshot.republish.ctx
function M.register(ctx)
  if ctx.provider.is_local then return register_here(ctx) end
  local phase <close> = ctx.ui:phase("register")
  ctx.wish = wish_of(ctx)
  local record = registration.create(ctx.wish)
  phase:done(("%s · id %s"):format(ctx.wish.image or "Daytona's own build", record.id))
end

local function is_gone(ctx)
  local record = ctx.wish.record
  return record ~= nil and ctx.wish.image ~= nil
    and (policy.ask("snapshot.reference_gone", { snapshot = record }))
end

-- The failed record keeps its name for some seconds, so the next second's name is taken.
local function await(ctx, phase)
  ctx.wish.phase = phase
  local record, failure = task.try(registration.await, ctx.wish)
  if record then return record end
  if ctx.is_restored or not is_gone(ctx) then err.raise(failure) end
  phase:done("the registry does not have the image any more")
  withdraw(ctx, ctx.wish.record)
  return nil
end

local function wait(ctx)
  local phase <close> = ctx.ui:phase("activate")
  local record = await(ctx, phase)
  if record then phase:done(table.concat(ctx.wish.states, " → ")) end
  return record
end

--- Pushes the image again and sets `ctx.ref`, its reference. Raises `not_found` when the image is
--- nowhere.
---@param ctx os2.flows.snapshot.republish.ctx
function M.restore(ctx)
  ctx.ref = restore.run(ctx)
  ctx.is_restored = true
end

local function publish_restored(ctx)
  M.restore(ctx)
  ctx.wish.image = ctx.ref
  ctx.wish.record, ctx.snapshot = nil, nil
  local phase <close> = ctx.ui:phase("activate")
  ctx.wish.phase = phase
  local record = registration.publish(ctx.wish)
  phase:done(table.concat(ctx.wish.states, " → "))
  return record
end

--- Waits until the new snapshot is active. When the registry does not have the image any more, it
--- is pushed again from where it still is, and registered again.
---@param ctx os2.flows.snapshot.republish.ctx
function M.wait(ctx)
  if ctx.provider.is_local then return end
  ctx.wish = ctx.wish or wish_of(ctx)
  local record = wait(ctx) or publish_restored(ctx)
  check_image(ctx, record)
  ctx.snapshot, ctx.name = record, record.name
end

return M
