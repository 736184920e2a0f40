--- What a snapshot run leaves behind: nothing on this machine, and on the server only what it
--- reports.
local check = require("os2.base.check")
local docker = require("os2.docker")
local err = require("os2.err")
local last_words = require("os2.run.last_words")
local lists = require("os2.base.lists")
local native_json = require("host.json")
local options = require("os2.run.options")
local policy = require("os2.policy")
local sorted = require("os2.base.sorted")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.leftovers
local M = {}

--- Records a local tag that the run has made for itself, so that it is removed at the end. A tag
--- that is recorded already stays so.
---@param ctx table
---@param ref string
function M.add_tag(ctx, ref)
  if lists.has(ctx.tags, ref) then return end
  table.insert(ctx.tags, ref)
  if ctx.last_words then
    ctx.last_words:set(ref, ("the local tag %s; remove it: docker rmi %s"):format(ref, ref))
  end
end

-- Shares of the clean-up's time: for removing, and for each look (whose tag it is, whether it has
-- gone). The rest of the time is for the report of what is left.
local SHARE <const>, LOOK_SHARE <const> = 0.6, 0.15

local function share(timeout, part)
  return timeout and math.max(timeout * part, 0.01)
end

-- An engine that is slow, or that removed the image with another tag, may have removed it already.
local function is_gone(ref, timeout)
  local _, failure = task.try(docker.api.image_inspect, { name = ref }, { timeout = timeout })
  return failure ~= nil and failure.kind == "not_found"
end

-- Two runs that start in the same second have the same name, and the later build has taken the tag.
local function is_anothers(ctx, ref, timeout)
  if ref ~= ctx.local_ref or not ctx.image then return false end
  local image = task.try(docker.api.image_inspect, { name = ref },
    { timeout = share(timeout, LOOK_SHARE) })
  return type(image) == "table" and image.Id ~= ctx.image.Id
end

local function untag(ctx, ref, timeout)
  if is_anothers(ctx, ref, timeout) then return end
  local _, failure = task.try(docker.api.image_delete, { name = ref },
    { timeout = share(timeout, SHARE) })
  if failure and failure.kind ~= "not_found" and not is_gone(ref, share(timeout, LOOK_SHARE)) then
    ctx.ui:warn(("the local tag %s stays (%s); remove it: docker rmi %s"):format(ref,
      failure.message, ref))
  end
end

--- Removes the run's own tags, all at the same time, because an interrupted run has little time.
---@param ctx table
---@param failure? table  the error that ended the run
function M.remove_tags(ctx, failure)
  local timeout = err.is(failure, "cancelled") and policy.ask("timeouts.cleanup") or nil
  local tags = ctx.tags
  ctx.tags = {}
  task.map(tags, function(ref)
    untag(ctx, ref, timeout)
    if ctx.last_words then ctx.last_words:set(ref, nil) end
  end)
end

local function quoted(word)
  if word:match("^[%w_./:=@,-]+$") then return word end
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

-- The arguments of the run, as they were given: all of them are needed to make the same snapshot.
local BEFORE <const> = { { "context", "docker_context" }, { "policy", "policy_file" } }
local GIVEN <const> = {
  { "prefix" }, { "provider" }, { "remote", "is_remote" }, { "image" }, { "push", "is_push" },
  { "also" },
  { "dockerfile" }, { "context" },
  { "context-from", "context_from" }, { "target" }, { "platform" }, { "no-cache", "is_uncached" },
  { "pull", "is_base_pulled" }, { "cache-from", "cache_from" }, { "add-host", "hosts" },
  { "network" }, { "secret", "secrets" }, { "ssh" }, { "cpu" }, { "memory" }, { "disk" },
  { "gpu" }, { "gpu-type", "gpu_type" }, { "sandbox-class", "sandbox_class" },
  { "region", "regions" }, { "timeout" }, { "allow-older", "is_older_allowed" },
  { "on-newer", "on_newer" }, { "on-timeout", "on_timeout" },
  { "if-changed", "is_if_changed" }, { "verify", "is_verify" },
  { "keep-candidate", "is_candidate_kept" }, { "allow-dirty", "is_dirty_allowed" },
}

-- Without it, the commands would have no key where --environment has loaded that.
local OF_RUN <const> = { { "environment" } }

local function text_of(value)
  return quoted(type(value) == "number" and check.number(value) or value)
end

local function add_option(words, name, value)
  if type(value) == "table" then
    for _, element in ipairs(value) do add_option(words, name, element) end
  elseif value == true then
    words[#words + 1] = "--" .. name
  elseif value then
    words[#words + 1] = ("--%s %s"):format(name, text_of(value))
  end
end

local function add(words, list, values)
  for _, option in ipairs(list) do
    add_option(words, option[1], values[option[2] or option[1]])
  end
end

-- Adds the names of variables, and to the needed ones those whose values were given.
local function add_variables(words, list, needed)
  for _, word in ipairs(list) do
    local key, value = word:match("^([^=]*)(.*)$")
    words[#words + 1] = "--verify-env " .. quoted(key)
    if value ~= "" then needed[#needed + 1] = key end
  end
end

--- Returns true when the image is in Daytona's registry because a run has pushed it there, and not
--- in another registry (--image).
---@param ctx table
---@return boolean
function M.is_own_push(ctx)
  local args = ctx.given
  return ctx.is_pushed ~= nil and ctx.is_pushed and not (args.image and not args.is_push)
end

--- Returns the command that resumes a run, with all its arguments. It contains the names of build
--- arguments only, because a value may be secret, and says that the environment must have the
--- values.
---@param ctx table
---@return string
function M.resume_command(ctx)
  local words, keys = { "os2" }, sorted.keys(ctx.given.build_args)
  if options.isolated then words[2] = "--isolated" end
  add(words, BEFORE, options)
  words[#words + 1] = "snapshot --name " .. quoted(ctx.name)
  add(words, GIVEN, ctx.given)
  add(words, OF_RUN, options)
  if M.is_own_push(ctx) and not ctx.snapshot then
    words[#words + 1] = "--pushed " .. quoted(ctx.ref)
  end
  if ctx.given.entrypoint then
    local list = native_json.encode(ctx.given.entrypoint):gsub("\\/", "/")
    words[#words + 1] = "--entrypoint " .. quoted(list)
  end
  for _, key in ipairs(sorted.keys(ctx.given.labels)) do
    words[#words + 1] = "--label " .. quoted(key .. "=" .. ctx.given.labels[key])
  end
  for _, key in ipairs(keys) do words[#words + 1] = "--build-arg " .. quoted(key) end
  add_variables(words, ctx.given.verify_env or {}, keys)
  local command = table.concat(words, " ")
  if #keys == 0 then return command end
  return ("%s (with the values of %s in the environment)"):format(command,
    table.concat(keys, ", "))
end

--- Returns the command that deletes a snapshot, also one that is live or under way.
---@param ... string  names, or ids
---@return string
function M.delete_command(...)
  local words = { "os2 snapshot delete --force" }
  for _, name in ipairs{ ... } do words[#words + 1] = quoted(terminal.clean(name)) end
  add(words, OF_RUN, options)
  return table.concat(words, " ")
end

local GOES_ON <const> = "%s goes on at Daytona without us (id %s, state %s) and becomes live by "
  .. "itself; wait for it: %s; remove it: %s"
local MAY_BE <const> = "%s may have been registered, and then becomes live by itself; find out and "
  .. "wait for it: %s; remove it: %s"
local PUSHED <const> = "the pushed image %s stays in the registry, nothing is registered, so "
  .. "nothing becomes live; go on: %s"

local function registered_words(ctx, snapshot)
  if snapshot.state == "active" then
    return ("%s is live (id %s); remove it: %s"):format(ctx.name, snapshot.id,
      M.delete_command(ctx.name))
  end
  return GOES_ON:format(ctx.name, snapshot.id, terminal.clean(snapshot.state),
    M.resume_command(ctx), M.delete_command(ctx.name))
end

local function on_server(ctx, is_interrupted)
  if ctx.provider.is_local or ctx.has_verdict then
    return nil
  elseif ctx.snapshot then
    return registered_words(ctx, ctx.snapshot)
  elseif ctx.is_create_sent then
    return MAY_BE:format(ctx.name, M.resume_command(ctx), M.delete_command(ctx.name))
  elseif M.is_own_push(ctx) then
    return PUSHED:format(ctx.ref, M.resume_command(ctx))
  elseif is_interrupted then
    return "nothing at Daytona"
  end
end

--- Returns the last words of the run, which a second signal would write; `<close>` it at the run's
--- end.
---@param ctx table
---@return os2.run.last_words
function M.open_words(ctx)
  ctx.last_words = last_words.open()
  return ctx.last_words
end

--- Updates the last words with what a second signal would leave on the server. Call it whenever
--- that changes.
---@param ctx table
function M.remember(ctx)
  if ctx.last_words then ctx.last_words:set(ctx, on_server(ctx, false)) end
end

--- Reports on stderr what a failed run leaves on the server.
---@param ctx table
---@param failure table
function M.tell(ctx, failure)
  local words = on_server(ctx, err.is(failure, "cancelled"))
  if words then ctx.ui:left(words) end
end

return M
