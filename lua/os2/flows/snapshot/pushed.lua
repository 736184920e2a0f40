--- The image that an earlier run of a name has pushed (`--pushed`); it is neither built nor pushed
--- again.
local docker = require("os2.docker")
local err = require("os2.err")
local task = require("os2.task")

---@class os2.flows.snapshot.pushed
local M = {}

local function refuse(exit, message, hint)
  err.raise(err.new{
    kind = "invalid", exit = exit, op = "snapshot", message = message, hint = hint,
  })
end

--- Raises `invalid` (exit 2) when `--pushed` is used without the options it needs.
---@param args table  the command's arguments
---@param provider table
function M.check(args, provider)
  if not args.pushed then return end
  if not args.name then
    refuse("usage", "--pushed needs --name, the name of the snapshot",
      "run the command that the stopped run printed")
  elseif provider.is_local then
    refuse("usage", "--pushed refers to Daytona's registry, not to the local engine",
      "leave out --pushed or --provider docker")
  end
end

local function check_place(ref, access)
  local place = ("%s/%s/"):format(access.registryUrl, access.project)
  if ref:sub(1, #place) == place then return end
  refuse("config", ("the image %s is not in %s, where snapshots are pushed to"):format(ref, place),
    "give --pushed (and --region) as the stopped run printed it, or leave it out to push again")
end

-- Returns what the registry has under the reference; nil when it has nothing there any more.
local function find(ref, access)
  local auth = { username = access.username, password = access.secret }
  local found, failure = task.try(docker.distribution, ref, { auth = auth })
  if failure and failure.kind ~= "not_found" then err.raise(failure) end
  return found
end

--- Asks the registry for the image of `--pushed`. When it is gone, the run builds and pushes.
---@param ctx table
function M.recognise(ctx)
  local ref = ctx.args.pushed
  local access = ctx.provider.push_access(ctx.args.region)
  check_place(ref, access)
  local found = find(ref, access)
  if not found then
    return ctx.ui:note(("%s is not in the registry any more, it is built and pushed again")
      :format(ref))
  end
  ctx.ref, ctx.is_pushed, ctx.digest = ref, true, found.Descriptor.digest
  ctx.ui:note(("%s is in the registry already, neither built nor pushed again"):format(ref))
end

return M
