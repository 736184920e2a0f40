--- The steps of a snapshot that Daytona builds (`--remote`): the context goes to object storage,
--- the Dockerfile into the registration.
local builds = require("os2.base.builds")
local compare = require("os2.flows.snapshot.compare")
local context = require("os2.flows.snapshot.context")
local docker = require("os2.docker")
local entrypoint = require("os2.flows.snapshot.remote.entrypoint")
local err = require("os2.err")
local fs = require("os2.fs")
local hash = require("os2.hash")
local log = require("os2.flows.snapshot.remote.log")
local policy = require("os2.policy")
local refusals = require("os2.flows.snapshot.remote.refusals")
local sizes = require("os2.flows.snapshot.sizes")
local terminal = require("os2.text.terminal")
local upload = require("os2.flows.snapshot.remote.upload")

---@class os2.flows.snapshot.remote
local M = {}

local CONTENT_DIGITS <const> = 12

--- Raises `invalid` for what Daytona's builder cannot be given, before any request.
---@param args table  with defaults
---@param provider table
function M.check(args, provider)
  refusals.check(args, provider)
  if fs.exists(args.dockerfile) then refusals.check_length(fs.read(args.dockerfile)) end
end

--- Opens the context that the arguments describe.
---@param args table
---@return os2.docker.nested_context
function M.open(args)
  context.check(args)
  return docker.nested_context{
    path = args.context, dockerfile = args.dockerfile, only = context.files_of(args),
    platform = args.platform,
  }
end

--- Step `context`: lists what goes to Daytona.
---@param ctx table
function M.context(ctx)
  local phase <close> = ctx.ui:phase("context")
  local opened = M.open(ctx.args)
  ctx.context, ctx.dockerfile = opened, opened.dockerfile
  refusals.check_mounts(opened.dockerfile, function(words) ctx.ui:warn(words) end)
  phase:done(("%s, %s%s"):format(terminal.plural(opened.files, "file"),
    terminal.size(opened.bytes), context.ignored_words(opened, ctx.args)))
  for _, notice in ipairs(opened.notices) do ctx.ui:note(notice) end
end

-- Reads the whole context.
local function hash_of(ctx)
  if ctx.context.size == 0 then return nil end
  local phase <close> = ctx.ui:phase("hash")
  local name = ctx.context:digest(function(bytes) phase:bytes(bytes, ctx.context.size) end)
  phase:done("context " .. name:sub(1, CONTENT_DIGITS))
  return name
end

--- Step `build`: says what is to be built, by the Dockerfile's text and the context's hash.
---@param ctx table
function M.build(ctx)
  local opened, name = ctx.context, hash_of(ctx)
  ctx.build_info = {
    dockerfileContent = entrypoint.readable(opened.text, opened.dockerfile:entrypoint()),
    contextHashes = name and { name },
  }
  ctx.content = hash.sha256(builds.identity(ctx.build_info)):sub(1, CONTENT_DIGITS)
  local fields = sizes.of(ctx)
  fields.name, fields.buildInfo, fields.regionId = ctx.name, ctx.build_info, ctx.args.region
  refusals.check_body(fields)
end

--- Step `check`: what of the image the Dockerfile tells already.
---@param ctx table
function M.check_image(ctx)
  local file = ctx.dockerfile
  local words = file:entrypoint()
  local action, why = policy.ask("snapshot.command", {
    has_entrypoint = words ~= nil, has_cmd = file:writes("CMD"), provider = ctx.provider.name,
    is_cmd_written = file:writes("CMD"),
    is_shell_form = words ~= nil and #words == 3 and words[2] == "-c",
  })
  why = terminal.clean(type(why) == "string" and why or "policy snapshot.command says so")
  if action == "warn" then return ctx.ui:warn(why) end
  if action ~= "refuse" then return end
  err.raise(err.new{
    kind = "invalid", op = "snapshot.check", hint = "write the whole command as ENTRYPOINT",
    message = ("the image of %s is not used: %s"):format(ctx.name, why),
  })
end

--- Step `compare`: looks whether the newest snapshot is of the same build.
---@param ctx table
function M.compare(ctx)
  compare.with_newest(ctx, function(snapshot) return builds.is_of(snapshot, ctx.build_info) end)
end

--- Step `push`: uploads the context where the storage lacks it.
---@param ctx table
function M.push(ctx)
  upload.run(ctx)
end

--- Runs a step that waits for the build, and shows its log while its state decides.
---@param ctx table
---@param step fun(ctx: table)
function M.with_log(ctx, step)
  log.during(ctx, function() step(ctx) end)
end

return M
