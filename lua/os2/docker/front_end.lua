--- What the engine, or os2, does not support of a Dockerfile: refused before the build, reported as
--- a warning, or explained after the build.
local err = require("os2.err")
local nearest = require("os2.text.nearest")

---@class os2.docker.front_end
local M = {}

local UNSERVED <const> = { secret = true, ssh = true }

local MOUNT_HINTS <const> = {
  ssh = "clone before the build and COPY, or build that image with docker build",
  secret = "fetch what needs the secret before the build and COPY it, or build that image with "
    .. "docker build",
}

local function mount_words(mount)
  local name = mount.id or mount.target
  if mount.type == "ssh" then return "ssh agent" end
  return name and ("%s %s"):format(mount.type, name) or mount.type
end

local function refuse_mount(mount)
  err.raise(err.new{
    kind = "invalid", op = "docker.build", hint = MOUNT_HINTS[mount.type],
    message = ("line %d of the Dockerfile requires the %s, which os2 does not serve"):format(
      mount.line, mount_words(mount)),
  })
end

-- As with the Docker command, a step runs without a mount that it does not require.
local function add_mount_warnings(list, dockerfile)
  for _, mount in ipairs(dockerfile:mounts(UNSERVED)) do
    if mount.is_required then refuse_mount(mount) end
    list[#list + 1] = ("line %d of the Dockerfile runs without the %s: os2 gives none"):format(
      mount.line, mount_words(mount))
  end
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
---@param engine {builder: string, is_podman: boolean, args: table<string, string>}  args: the build
---  arguments
---@return string[] warnings
function M.look(dockerfile, engine)
  local warnings = {}
  local is_known = not dockerfile:has_foreign_front_end()
  if is_known then check_target(dockerfile) end
  if engine.builder == "2" then
    add_mount_warnings(warnings, dockerfile)
    if is_known then add_argument_warnings(warnings, dockerfile, engine.args) end
  end
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
