--- Pushes an image again that Daytona's registry does not have any more: from a registry of one's
--- own, or from the local engine.
local borrowed = require("os2.flows.snapshot.borrowed")
local docker = require("os2.docker")
local docker_provider = require("os2.providers.docker")
local err = require("os2.err")
local images = require("os2.text.images")
local leftovers = require("os2.flows.snapshot.leftovers")
local push = require("os2.flows.snapshot.push")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.republish.restore
local M = {}

local function has_digest(image, digest)
  if image.Id == "sha256:" .. digest then return true end
  local known = type(image.RepoDigests) == "table" and image.RepoDigests or {}
  for _, shown in ipairs(known) do
    if type(shown) == "string" and shown:sub(-#digest) == digest then return true end
  end
  return false
end

local function digest_of(source)
  return type(source.ref) == "string" and images.digest_of(source.ref) or nil
end

-- Returns the local image with the digest of the snapshot.
local function find_here(ctx)
  local digest = digest_of(ctx.source)
  if not digest then return nil, "its digest is not known" end
  local image, failure = task.try(docker_provider.find_image, digest)
  if failure then return nil, "the local engine: " .. failure.message end
  if image then return docker.image(image.Id) end
  return nil, "the local engine has no image of this digest"
end

-- A reference without a tag has the tag that was pushed to Daytona.
local function with_tag(ref, source)
  if images.tag_of(ref) then return ref end
  return ("%s:%s"):format(ref, images.tag_of(source.imageName) or "latest")
end

-- What was not here before the run is not left here, and a tag of the user's stays where it was.
local function pull(ctx, own, ref)
  local loan <close> = borrowed.open(own, ref)
  local phase <close> = ctx.ui:phase("pull")
  phase:show(ref)
  docker.pull{ ref = ref, on_progress = function(event)
    if event.type == "bytes" and event.total then phase:bytes(event.current, event.total, ref) end
  end }
  phase:done(ref)
  local image = docker.image(ref)
  if loan then borrowed.hold(own, image) end
  return image
end

local function find_there(ctx, own)
  for _, given in ipairs(ctx.args.also) do
    local ref = with_tag(given, ctx.source)
    local image, failure = task.try(pull, ctx, own, ref)
    local digest = digest_of(ctx.source)
    if image and (not digest or has_digest(image, digest)) then return image end
    ctx.ui:note(("%s is passed over: %s"):format(ref,
      failure and failure.message or "it is another image"))
  end
end

local function refuse(ctx, why)
  local ref = terminal.clean(ctx.source.imageName)
  err.raise(err.new{
    kind = "not_found", op = "snapshot",
    message = ("the image of %s is gone: %s is not in the registry any more, and %s"):format(
      terminal.clean(ctx.source.name), ref, why),
    hint = "name a registry that has it (--also REF), run where it was built, or make a new "
      .. "snapshot: os2 snapshot",
  })
end

-- What the step push reads and sets.
local function pushing(ctx)
  return {
    args = { region = ctx.args.region }, given = {}, provider = ctx.provider, ui = ctx.ui,
    name = ctx.name, prefix = ctx.prefix, tags = {},
    tag = images.tag_of(ctx.source.imageName),
  }
end

--- Pushes the image of `ctx.source` to Daytona's registry again and returns its reference. Raises
--- `not_found` when the image is nowhere.
---@param ctx os2.flows.snapshot.republish.ctx
---@return string ref
function M.run(ctx)
  local own = pushing(ctx)
  local _ <close> = setmetatable({}, {
    __close = function(_, failure) leftovers.remove_tags(own, failure) end,
  })
  local why
  own.image = find_there(ctx, own)
  if not own.image then own.image, why = find_here(ctx) end
  if not own.image then refuse(ctx, why) end
  push.run(own)
  if own.digest and digest_of(ctx.source) and own.digest ~= "sha256:" .. digest_of(ctx.source) then
    ctx.ui:warn(("%s has the digest %s now: the layers were compressed anew"):format(own.ref,
      own.digest))
  end
  return own.ref
end

return M
