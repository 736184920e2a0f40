--- What the engine, or os2, does not support of a Dockerfile: refused before the build, reported as
--- a warning, or explained after the build.
local err = require("os2.err")
local nearest = require("os2.text.nearest")

---@class os2.docker.front_end
local M = {}

local SERVED <const> = { secret = true, ssh = true }

-- Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert_secrets.go and convert_ssh.go.
local function id_of(mount)
  if mount.type == "ssh" then return mount.id or "default" end
  return mount.source or mount.id or (mount.target or ""):match("([^/]+)/*$") or ""
end

local function option_of(mount)
  if mount.type == "ssh" then return "--ssh " .. id_of(mount) end
  return "--secret id=" .. id_of(mount)
end

local function mount_words(mount)
  return (mount.type == "ssh" and "SSH agent " or "secret ") .. id_of(mount)
end

-- As with the Docker command, a step runs without a mount that it does not require.
local function check_mount(list, mount)
  local words = ("line %d of the Dockerfile"):format(mount.line)
  if mount.is_required then
    err.raise(err.new{
      kind = "invalid", op = "docker.build", hint = "give it with " .. option_of(mount),
      message = ("%s requires the %s, which the build is not given"):format(words,
        mount_words(mount)),
    })
  end
  list[#list + 1] = ("%s runs without the %s: it is not given (%s)"):format(words,
    mount_words(mount), option_of(mount))
end

local function unused(given, used, words)
  local names = {}
  for id in pairs(given) do
    if not used[id] then names[#names + 1] = words:format(id) end
  end
  table.sort(names)
  return names
end

-- `given`: {secret = {id = …}, ssh = {id = …}}
local function check_mounts(list, dockerfile, given, is_known)
  local used = { secret = {}, ssh = {} }
  for _, mount in ipairs(dockerfile:mounts(SERVED)) do
    used[mount.type][id_of(mount)] = true
    if not given[mount.type][id_of(mount)] then check_mount(list, mount) end
  end
  if not is_known then return end
  for _, name in ipairs(unused(given.secret, used.secret, "secret %s")) do
    list[#list + 1] = ("no RUN of the Dockerfile mounts the %s"):format(name)
  end
  for _, name in ipairs(unused(given.ssh, used.ssh, "SSH agent %s")) do
    list[#list + 1] = ("no RUN of the Dockerfile mounts the %s"):format(name)
  end
end

-- The classic builder, and Podman's, ask their client nothing.
local function refuse_given(given)
  if next(given.secret) == nil and next(given.ssh) == nil then return end
  err.raise(err.new{
    kind = "invalid", op = "docker.build",
    message = "this builder takes neither secrets nor SSH agents: it is not BuildKit",
    hint = "build with an engine that has BuildKit",
  })
end

-- Podman builds images in OCI's format, which cannot store these instructions.
local PODMAN_LOSES <const> = { "HEALTHCHECK", "SHELL", "ONBUILD" }

local function add_podman_warning(list, dockerfile)
  local lost = dockerfile:having(PODMAN_LOSES)
  if #lost == 0 then return end
  list[#list + 1] = ("Podman keeps no %s in the image; build with Docker where it is needed")
    :format(table.concat(lost, ", "))
end

-- Arguments that every build knows without an ARG. Source: the Dockerfile reference, "Predefined
-- ARGs" and "BuildKit built-in build args".
local PREDEFINED <const> = {
  HTTP_PROXY = true, HTTPS_PROXY = true, FTP_PROXY = true, NO_PROXY = true, ALL_PROXY = true,
  SOURCE_DATE_EPOCH = true,
}

local function is_predefined(name)
  return PREDEFINED[name:upper()] or name:find("^BUILDKIT_") ~= nil
end

-- The classic builder reports an unknown argument itself; BuildKit does not, so that a misspelled
-- name would go unnoticed.
local function add_argument_warnings(list, dockerfile, args)
  local names = {}
  for name in pairs(args) do
    if not is_predefined(name) and not dockerfile:declares(name) then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    list[#list + 1] = ("no ARG of the Dockerfile declares the build argument %s: it has no effect")
      :format(name)
  end
end

local function check_target(dockerfile)
  if dockerfile:final_stage() then return end
  local names = dockerfile:stage_names()
  err.raise(err.new{
    kind = "invalid", op = "docker.build",
    message = ("the Dockerfile has no stage '%s'"):format(dockerfile.target),
    hint = nearest.hint(dockerfile.target, names, #names > 0
      and "its stages are " .. table.concat(names, ", ") or "name a stage: FROM image AS name"),
  })
end

--- Checks a Dockerfile before the build. Raises for what cannot be built; returns warnings about
--- what will differ from the Dockerfile.
---@param dockerfile os2.docker.dockerfile
---@param engine {builder: string, is_podman: boolean, args: table<string, string>, secrets: table?,
---  ssh: table?}  args: the build arguments; secrets, ssh: what is given, by id
---@return string[] warnings
function M.look(dockerfile, engine)
  local warnings, given = {}, { secret = engine.secrets or {}, ssh = engine.ssh or {} }
  local is_known = not dockerfile:has_foreign_front_end()
  if is_known then check_target(dockerfile) end
  if engine.builder == "2" and not engine.is_podman then
    check_mounts(warnings, dockerfile, given, is_known)
    if is_known then add_argument_warnings(warnings, dockerfile, engine.args) end
  end
  if engine.builder ~= "2" or engine.is_podman then refuse_given(given) end
  if engine.is_podman then add_podman_warning(warnings, dockerfile) end
  return warnings
end

-- Flags of newer front ends that the built-in front end of an older engine lacks.
local NEWER_FLAGS <const> = {
  link = true, parents = true, exclude = true, checksum = true, unpack = true, chmod = true,
  mount = true, network = true, security = true, device = true, ["keep-git-dir"] = true,
  ["start-interval"] = true,
}

local function is_newer(dockerfile, message)
  local flag = message:match("[Uu]nknown flag: %-*([%w-]+)")
  if flag then return NEWER_FLAGS[flag] or false end
  return message:find("unknown instruction", 1, true) ~= nil and dockerfile:has_documents()
end

--- Returns what to do when a build failed because the engine's own front end is older than the
--- Dockerfile; nil when that is not the reason.
---@param dockerfile os2.docker.dockerfile
---@param message string  the engine's message
---@return string?
function M.hint(dockerfile, message)
  if dockerfile.syntax or not is_newer(dockerfile, message) then return nil end
  return "the engine's own front end is too old for that: begin the Dockerfile with the line "
    .. "# syntax=docker/dockerfile:1"
end

return M
