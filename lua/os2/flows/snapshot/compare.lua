--- Snapshot step: compares the image's content with that of the newest snapshot.
local check = require("os2.base.check")
local docker = require("os2.docker")
local hash = require("os2.hash")
local images = require("os2.text.images")
local listed = require("os2.flows.snapshot.listed")
local policy = require("os2.policy")
local sizes = require("os2.flows.snapshot.sizes")

---@class os2.flows.snapshot.compare
local M = {}

local DIGITS <const> = 12

--- Returns the key of an image's content: 12 hexadecimal digits over what the policy
--- `snapshot.identity` returns.
---@param image table  ImageInspect
---@return string
function M.content_of(image)
  local identity = policy.ask("snapshot.identity", { image = image })
  return hash.sha256(check.write(identity)):sub(1, DIGITS)
end

--- Returns the key of a snapshot's content: the image of a local one is inspected, and for one of
--- Daytona the pushed tag has the key; nil where it tells none.
---@param ctx {provider: table}
---@param snapshot table
---@return string?
function M.content_of_snapshot(ctx, snapshot)
  if ctx.provider.is_local then return M.content_of(docker.image(snapshot.id)) end
  local tag = type(snapshot.imageName) == "string" and images.tag_of(snapshot.imageName)
  return tag and policy.ask("snapshot.read_tag", { tag = tag }).content
end

-- An image that was registered as it was (--image) has a tag of its own, but Daytona tells which
-- digest it has pulled.
local function has_digest(ctx, snapshot)
  if not (ctx.args.image and ctx.digest) or type(snapshot.ref) ~= "string" then return false end
  local hex = images.digest_of(snapshot.ref)
  return hex ~= nil and "sha256:" .. hex == ctx.digest
end

local function is_same(ctx, snapshot)
  return ctx.content and M.content_of_snapshot(ctx, snapshot) == ctx.content
    or has_digest(ctx, snapshot)
end

local function words_of(ctx)
  return ctx.content or ctx.digest:sub(1, 19)
end

-- The class of every snapshot that is registered without one.
local CONTAINER <const> = "container"

-- The API may tell the image's own command where none was given.
local function has_command(snapshot, wanted)
  return not wanted or check.write(snapshot.entrypoint) == check.write(wanted)
end

local function has_sizes(ctx, snapshot)
  local wanted = ctx.provider.is_local and sizes.of(ctx) or sizes.registered(ctx)
  return snapshot.cpu == wanted.cpu and snapshot.mem == wanted.memory
    and snapshot.disk == wanted.disk and (snapshot.gpu or 0) == (wanted.gpu or 0)
    and snapshot.sandboxClass == (wanted.sandbox_class or CONTAINER)
    and has_command(snapshot, wanted.entrypoint)
end

-- Returns true when a snapshot of the prefix is being made, which takes the newest one's place.
local function is_one_coming(list)
  for _, snapshot in ipairs(list) do
    if not snapshot.general and policy.ask("naming.parse", { name = snapshot.name })
      and policy.ask("snapshot.progress", { snapshot = snapshot }) == "waiting" then
      return true
    end
  end
  return false
end

-- Returns the snapshot that machines are made from now, by the rule of `os2 resolve`.
local function newest(ctx)
  local list = listed.list(ctx)
  if is_one_coming(list) then return nil end
  local snapshot = policy.ask("resolution.pick", {
    snapshots = list, region = ctx.args.region, is_local = ctx.provider.is_local,
  })
  return snapshot
end

local function reuse(ctx, snapshot)
  ctx.snapshot, ctx.name, ctx.is_reused = snapshot, snapshot.name, true
  ctx.ui:note(("%s has the same content (%s), so no other is made"):format(snapshot.name,
    words_of(ctx)))
end

--- Compares `ctx.content` with that of the newest snapshot. The snapshot is taken, or only named.
---@param ctx table
---@param has_same fun(snapshot: table): boolean?  whether a snapshot has the same content
function M.with_newest(ctx, has_same)
  local snapshot = newest(ctx)
  if not snapshot or not has_same(snapshot) then return end
  if not has_sizes(ctx, snapshot) then return end
  if ctx.args.is_if_changed then return reuse(ctx, snapshot) end
  ctx.ui:note(("%s has the same content (%s); --if-changed would make no other"):format(
    snapshot.name, words_of(ctx)))
end

--- Runs the step.
---@param ctx table
function M.run(ctx)
  -- of an image that is in a registry only, nothing but the digest is known
  ctx.content = ctx.image and M.content_of(ctx.image) or ctx.content
  if not ctx.content and not ctx.digest then
    if ctx.args.is_if_changed then
      ctx.ui:warn(("the digest of %s is not known here, so --if-changed cannot compare it, and a "
        .. "snapshot is made in any case"):format(ctx.args.image or ctx.ref or ctx.name))
    end
    return
  end
  M.with_newest(ctx, function(snapshot) return is_same(ctx, snapshot) end)
end

return M
