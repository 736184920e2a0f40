--- Snapshot step: looks at the image before it is pushed: what Daytona would not run, or would
--- refuse after the push, and what nobody wants to publish.
local docker = require("os2.docker")
local err = require("os2.err")
local exposed = require("os2.flows.snapshot.exposed")
local native_json = require("host.json")
local policy = require("os2.policy")
local sizes = require("os2.flows.snapshot.sizes")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.check_image
local M = {}

local function refuse(ctx, why, hint)
  err.raise(err.new{
    kind = "invalid", op = "snapshot.check", hint = hint,
    message = ("the image of %s is not used: %s"):format(ctx.name, terminal.clean(why)),
  })
end

-- Asks one policy about the image: warns, or raises an error with the hint.
local function decide(ctx, name, facts, hint)
  facts.provider = ctx.provider.name
  local action, why = policy.ask(name, facts)
  why = type(why) == "string" and why or ("policy %s says so"):format(name)
  if action == "refuse" then refuse(ctx, why, hint) end
  if action == "warn" then ctx.ui:warn(why) end
end

local function is_list_with_words(value)
  return type(value) == "table" and #value > 0
end

local function is_shell_form(words)
  return is_list_with_words(words) and #words == 3 and words[2] == "-c"
    and (words[1] == "/bin/sh" or words[1] == "/bin/bash")
end

-- An image that an earlier run has built was checked by that run, with its Dockerfile.
local function is_cmd_written(ctx)
  return ctx.dockerfile ~= nil and ctx.dockerfile:writes("CMD")
end

-- What --entrypoint gives stands in place of the image's own.
local function entrypoint_of(ctx, config)
  local given = ctx.args.entrypoint
  return is_list_with_words(given) and given or config.Entrypoint
end

local function check_command(ctx, config)
  local entrypoint = entrypoint_of(ctx, config)
  local words = is_list_with_words(config.Cmd) and native_json.encode(config.Cmd) or '["program"]'
  decide(ctx, "snapshot.command", {
    has_entrypoint = is_list_with_words(entrypoint),
    has_cmd = is_list_with_words(config.Cmd), is_cmd_written = is_cmd_written(ctx),
    is_shell_form = is_shell_form(entrypoint),
  }, "write the whole command as ENTRYPOINT: "
    .. terminal.clean("ENTRYPOINT " .. words:gsub("\\/", "/")))
end

local function check_platform(ctx, image)
  decide(ctx, "snapshot.image_platform", {
    platform = ("%s/%s"):format(image.Os, image.Architecture), wanted = ctx.platform,
  }, "build FROM an image for that platform")
end

local function check_size(ctx, image)
  if math.type(image.Size) ~= "integer" then return end -- Podman does not always tell it
  decide(ctx, "snapshot.image_size", { bytes = image.Size, disk = sizes.of(ctx).disk },
    "ask for a larger --disk, or make the image smaller")
end

local function is_told_already(ctx, finding)
  return finding.kind == "argument" and (ctx.args.build_args or {})[finding.name] ~= nil
end

local function check_history(ctx, image)
  local history = task.try(docker.api.image_history, { name = image.Id })
  if type(history) ~= "table" then return end
  local own = ctx.dockerfile and ctx.dockerfile:kept_count()
  for _, finding in ipairs(exposed.find(history, own)) do
    if not is_told_already(ctx, finding) then
      decide(ctx, "snapshot.exposed", finding, "leave it out of the image (.dockerignore), and "
        .. "mount it where a step needs it: RUN --mount=type=secret,id=ID")
    end
  end
end

--- Runs the step.
---@param ctx table
function M.run(ctx)
  local image = ctx.image
  if not image then
    return ctx.ui:note(("the local engine does not have %s, so nothing but its digest is known")
      :format(ctx.ref))
  end
  check_platform(ctx, image)
  check_command(ctx, type(image.Config) == "table" and image.Config or {})
  check_size(ctx, image)
  check_history(ctx, image)
end

return M
