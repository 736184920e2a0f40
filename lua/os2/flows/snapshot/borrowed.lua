--- Local tags that a run borrows: the engine pushes and pulls an image under the local tag of the
--- same name, and that tag may be the user's. Afterwards it is what it was before.
local docker = require("os2.docker")
local err = require("os2.err")
local leftovers = require("os2.flows.snapshot.leftovers")
local random = require("os2.base.random")
local task = require("os2.task")

---@class os2.flows.snapshot.borrowed
local M = {}

local REPOSITORY <const> = "os2-kept"

local function image_of(ref)
  local image, failure = task.try(docker.image, ref)
  if failure and failure.kind ~= "not_found" then err.raise(failure) end
  return image
end

--- Gives an image a tag of the run's own, which is removed at its end: without any tag, the image
--- would stay with the engine.
---@param ctx table  of the run, with `tags`
---@param image {Id: string}
---@return string ref
function M.hold(ctx, image)
  local ref = ("%s:%s"):format(REPOSITORY, random.word())
  leftovers.add_tag(ctx, ref)
  docker.tag(image.Id, ref)
  return ref
end

-- Tags an image of the user's, so that nobody removes it as one without a tag meanwhile.
local function keep(ctx, image, ref)
  local kept = M.hold(ctx, image)
  if ctx.last_words then
    ctx.last_words:set(kept, ("the local tag %s may be of the run's image; give it back: docker "
      .. "tag %s %s && docker rmi %s"):format(ref, kept, ref, kept))
  end
  return kept
end

local function give_back(ctx, ref, kept)
  local _, failure = task.try(docker.tag, kept, ref)
  if not failure then return end
  for index, own in ipairs(ctx.tags) do
    if own == kept then table.remove(ctx.tags, index) end
  end
  ctx.ui:warn(("the local tag %s may be of the run's image (%s); give it back: docker tag %s %s && "
    .. "docker rmi %s"):format(ref, failure.message, kept, ref, kept))
end

--- Borrows a tag until the returned value is closed. A tag that is not there is the run's own, and
--- is removed at the run's end. Waits.
---@param ctx table  of the run, with `tags` and `ui`
---@param ref string
---@param id? string  of the image that the tag gets, where it is known
---@return any closing  nil where nothing is to be given back
function M.open(ctx, ref, id)
  local before = image_of(ref)
  if not before then leftovers.add_tag(ctx, ref) end
  if not before or before.Id == id then return nil end
  local kept = keep(ctx, before, ref)
  return task.defer(function() give_back(ctx, ref, kept) end)
end

return M
