--- Snapshot step: takes the image of `--image`, which exists already, in place of a build.
---
--- At Daytona, an image is registered by its tag: the API takes a digest and cannot read it. What
--- the registry says of the tag is recorded, and compared with what Daytona has pulled.
local build = require("os2.flows.snapshot.build")
local docker = require("os2.docker")
local err = require("os2.err")
local fs = require("os2.fs")
local images = require("os2.text.images")
local leftovers = require("os2.flows.snapshot.leftovers")
local layers = require("os2.flows.snapshot.layers")
local policy = require("os2.policy")
local random = require("os2.base.random")
local refusal = require("os2.base.refusal")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.existing
local M = {}

local OWNER_ONLY <const> = tonumber("700", 8)

local refuse_usage = refusal.of("snapshot", "usage")

-- Arguments that say how to build; an empty list was not given.
local OF_BUILDS <const> = {
  dockerfile = "--dockerfile", context = "--context", context_from = "--context-from",
  build_args = "--build-arg", labels = "--label", target = "--target", is_uncached = "--no-cache",
  is_base_pulled = "--pull", cache_from = "--cache-from", hosts = "--add-host",
  network = "--network", secrets = "--secret", ssh = "--ssh",
}

local function is_given(value)
  return value ~= nil and not (type(value) == "table" and next(value) == nil)
end

local function check_no_build(given)
  for key, option in pairs(OF_BUILDS) do
    if is_given(given[key]) then
      refuse_usage(("%s is for a build, and --image builds nothing"):format(option),
        "leave out one of them")
    end
  end
end

-- Returns why Daytona cannot be given a reference; nil when it can.
local function fault_of(ref)
  local _, tag, digest = images.split(ref)
  if tag == "latest" then
    return "Daytona refuses :latest, because what it names changes; name a tag that stays"
  end
  if tag then return nil end
  if digest then
    return "Daytona takes a digest without a tag and cannot read it; name a tag too: NAME:TAG@"
      .. digest
  end
  return "it has no tag, which means :latest, and Daytona refuses that; name a tag that stays"
end

--- Raises `invalid` (exit 2) when `--image` and `--push` do not fit the other arguments.
---@param given table  the arguments of the command, as they were given
---@param provider table
function M.check(given, provider)
  local ref = given.image
  if not ref then
    if given.is_push then
      refuse_usage("--push needs --image: what is built is pushed anyway", "leave out --push")
    end
    return
  end
  check_no_build(given)
  local ok, why = images.check_reference(ref)
  if not ok then refuse_usage(("--image %s: %s"):format(terminal.clean(ref), why)) end
  if provider.is_local and given.is_push then
    refuse_usage("--push is for Daytona's registry; --provider docker takes the image as it is",
      "leave out --push; --also REF pushes to a registry of your own")
  end
  local fault = not (provider.is_local or given.is_push) and fault_of(ref)
  if fault then
    refuse_usage(("--image %s is not taken: %s"):format(ref, fault),
      "--push takes the image of the local engine, whatever its tag, and pushes it first")
  end
end

local function in_engine(ref)
  local image, failure = task.try(docker.image, ref)
  if not failure then return image end
  return nil, failure
end

local function has_digest(image, digest)
  for _, shown in ipairs(type(image.RepoDigests) == "table" and image.RepoDigests or {}) do
    if shown:match("@(.+)$") == digest then return true end
  end
  return false
end

local function fail(kind, message, hint)
  err.raise(err.new{ kind = kind, op = "snapshot.image", message = message, hint = hint })
end

-- A registry that refuses this machine may still answer Daytona, which has credentials of its own.
local function after_no_answer(ctx, ref, failure)
  local image = in_engine(ref)
  local is_here_only = image and #(image.RepoDigests or {}) == 0
  if is_here_only or image and failure.kind == "not_found" then
    fail("not_found", ("%s is in the local engine, and in no registry: %s"):format(ref,
      failure.message), "push it with the run: --push")
  elseif failure.kind == "not_found" then
    fail("not_found", ("there is no image %s: %s"):format(ref, failure.message),
      "check its name and tag")
  end
  ctx.ui:note(("the digest of %s is not known here (%s); Daytona asks the registry itself"):format(
    ref, failure.message))
end

local function by_tag(ref)
  local name, tag = images.split(ref)
  return ("%s:%s"):format(name, tag)
end

local function check_pinned(ref, wanted, found)
  if not wanted or wanted == found then return end
  fail("conflict", ("%s has the digest %s, and not %s"):format(by_tag(ref), found, wanted),
    "the tag was moved; name the one that has this digest")
end

local function take_from_registry(ctx, ref)
  local _, _, pinned = images.split(ref)
  ctx.ref, ctx.is_pushed = by_tag(ref), true
  local found, failure = task.try(docker.distribution, ctx.ref)
  if not found then
    after_no_answer(ctx, ctx.ref, failure)
    ctx.digest = pinned
    return "the registry is asked by Daytona"
  end
  ctx.digest = found.Descriptor.digest
  check_pinned(ref, pinned, ctx.digest)
  local image = in_engine(ctx.ref)
  ctx.image = image and has_digest(image, ctx.digest) and image or nil
  return ctx.digest:sub(1, 19)
end

local function take_from_engine(ctx, ref)
  local image, failure = in_engine(ref)
  if failure and failure.kind == "not_found" then
    fail("not_found", ("the local engine has no image %s"):format(ref),
      ctx.provider.is_local and "check its name and tag" or "docker pull it, or leave out --push")
  end
  ctx.image = image or err.raise(failure)
  return ctx.image.Id:sub(8, 19)
end

local function pull(ref, phase)
  phase:show("pulling " .. ref)
  docker.pull{ ref = ref, on_progress = function(event)
    if event.type == "bytes" then phase:bytes(event.current, event.total) end
  end }
end

local function make_directory()
  local path = ("%s/os2-image-%s"):format(os.getenv("TMPDIR") or "/tmp", random.word())
  fs.mkdir_p(path, OWNER_ONLY)
  return path, path .. "/Dockerfile"
end

-- A local snapshot is an image with labels of its own: they are added by a build that runs nothing.
local function label(ctx)
  local source = ctx.image
  local path, dockerfile = make_directory()
  local _ <close> = task.defer(function()
    fs.remove(dockerfile)
    fs.remove(path)
  end)
  docker.tag(source.Id, ctx.local_ref)
  fs.write_atomic(dockerfile, ("FROM %s\n"):format(ctx.local_ref))
  ctx.image, ctx.context = nil, docker.context{ path = path, dockerfile = dockerfile }
  build.run(ctx)
  ctx.dockerfile, ctx.built = nil, nil -- they say nothing of how the image was made
end

local function take_here(ctx, ref, phase)
  local image, failure = in_engine(ref)
  if failure and failure.kind ~= "not_found" then err.raise(failure) end
  if not image then
    if ctx.args.is_dry_run then return "would be pulled" end
    pull(ref, phase)
    leftovers.add_tag(ctx, ref)
    image = docker.image(ref)
  end
  ctx.image = image
  return image.Id:sub(8, 19)
end

local REVISION <const> = "org.opencontainers.image.revision"

-- The commit is that of the image, and not of the directory in which os2 runs.
local function read_revision(ctx)
  local labels = ctx.image and type(ctx.image.Config) == "table" and ctx.image.Config.Labels
  local text = type(labels) == "table" and labels[REVISION]
  local commit, rest = tostring(text or ""):match("^(%x+)(.*)$")
  if not commit or #commit < 7 then return end
  ctx.git = { commit = commit, is_clean = rest == "", changes = {} }
  policy.set_facts{ git = ctx.git }
  if ctx.git.is_clean then return end
  local verdict = policy.ask("snapshot.dirty", { is_allowed = ctx.args.is_dirty_allowed or false })
  if verdict == "refuse" then
    err.raise(err.new{ kind = "invalid", exit = "config", op = "snapshot.image",
      message = ("%s was built from a tree with uncommitted changes (%s)"):format(ctx.args.image,
        terminal.clean(text)), hint = "build it from a commit, or add --allow-dirty" })
  end
end

local function take(ctx, phase)
  local ref = ctx.args.image
  if ctx.provider.is_local then return take_here(ctx, ref, phase) end
  return ctx.args.is_push and take_from_engine(ctx, ref) or take_from_registry(ctx, ref)
end

--- Runs the step.
---@param ctx table
function M.run(ctx)
  local words
  do
    local phase <close> = ctx.ui:phase("image")
    words = take(ctx, phase)
    phase:done(("%s · %s"):format(ctx.args.image, words))
  end
  read_revision(ctx)
  if not ctx.image then return end
  if ctx.provider.is_local and not ctx.args.is_dry_run then label(ctx) end
  ctx.layers = ctx.layers or layers.of(ctx.image)
end

--- Returns the digest that Daytona tells of a snapshot's image; nil where it tells none, as for one
--- that it has built.
---@param snapshot table  the API's record
---@return string?
function M.digest_of(snapshot)
  if type(snapshot.ref) ~= "string" or type(snapshot.buildInfo) == "table" then return nil end
  local hex = images.digest_of(snapshot.ref)
  return hex and "sha256:" .. hex
end

local function moved_words(ctx, pulled)
  return ("%s was moved meanwhile: Daytona has pulled %s, and not %s"):format(ctx.ref, pulled,
    ctx.digest)
end

local function is_pinned(ctx)
  return select(3, images.split(ctx.args.image)) ~= nil and not ctx.args.is_push
end

--- Compares the digest that was given with what Daytona has pulled for the candidate, before
--- anything of the prefix is registered. Another one raises `conflict`.
---@param ctx table
---@param candidate table  the API's record
function M.verify_candidate(ctx, candidate)
  local pulled = M.digest_of(candidate)
  if not pulled or not ctx.digest or pulled == ctx.digest or not is_pinned(ctx) then return end
  fail("conflict", moved_words(ctx, pulled),
    "nothing is registered; name the tag that has the digest")
end

--- Compares the digest that the registry has told with what Daytona has pulled. Where the digest
--- was given, another one raises `conflict`; otherwise it is a warning, because the tag was moved
--- meanwhile.
---@param ctx table
function M.verify(ctx)
  local pulled = M.digest_of(ctx.snapshot)
  ctx.digest = ctx.digest or pulled
  if not pulled or pulled == ctx.digest then return end
  local words = moved_words(ctx, pulled)
  ctx.digest = pulled
  if not is_pinned(ctx) then return ctx.ui:warn(words) end
  local _, failure = task.try(ctx.provider.delete_snapshot, ctx.snapshot.id)
  ctx.has_verdict = true
  fail("conflict", words, failure and "delete it: " .. leftovers.delete_command(ctx.name)
    or "the snapshot is deleted; name the tag that has the digest")
end

return M
