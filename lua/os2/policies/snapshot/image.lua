--- What a built image must be like before it is pushed: its command, platform, size, and what of it
--- looks like a secret.
local names = require("os2.text.names")
local policy = require("os2.policy")

---@class os2.policies.snapshot.image
local M = {}

local GIB_BYTES <const> = 1024 ^ 3 -- Daytona's GB
local FREE_SHARE <const> = 0.1 -- of the disk

local function of_daytona(facts)
  if facts.is_shell_form then
    return "warn", "its ENTRYPOINT is a text, so a shell runs it and the program gets no signals: "
      .. "at Daytona the shell is not even PID 1; write it as a list"
  end
  if facts.has_entrypoint then return "take" end
  if facts.has_cmd and facts.is_cmd_written then
    return "refuse", "it has a CMD and no ENTRYPOINT, and Daytona drops CMD"
  end
  return "warn", "the image has no ENTRYPOINT, and Daytona runs nothing else of an image: its "
    .. "machines will run no program of their own"
end

--- Decides what happens to an image because of its command: Daytona runs a program of its own,
--- which starts the image's ENTRYPOINT, and drops its CMD. The local engine runs both as they are.
---@param facts {has_entrypoint: boolean, has_cmd: boolean, is_cmd_written: boolean,
---  is_shell_form: boolean?, provider: string}  is_cmd_written: by this Dockerfile, not by its base
---  image
---@return "take"|"warn"|"refuse" action, string? why
function M.command(facts)
  if facts.provider ~= "docker" then return of_daytona(facts) end
  if facts.has_entrypoint or facts.has_cmd then return "take" end
  return "warn", "the image has neither ENTRYPOINT nor CMD, so no machine can be started from it"
end

--- Decides what happens to an image because of its platform. The rule is the same on the local
--- engine, where the snapshot stands for the one at Daytona.
---@param facts {platform: string, wanted: string}  the image's, and that of --platform
---@return "take"|"warn"|"refuse" action, string? why
function M.image_platform(facts)
  -- engines do not report the variant (linux/amd64/v2) of every image
  if facts.platform == facts.wanted:match("^[^/]+/[^/]+") then return "take" end
  return "refuse", ("the image is for %s, sandboxes need %s"):format(facts.platform, facts.wanted)
end

--- Decides what happens to an image because of its size: a machine's disk holds the image, too. The
--- local engine limits no disk.
---@param facts {bytes: integer, disk: integer, provider: string}  disk: in GB
---@return "take"|"warn"|"refuse" action, string? why
function M.image_size(facts)
  local size, disk = facts.bytes / GIB_BYTES, facts.disk
  if facts.provider == "docker" or size <= disk * (1 - FREE_SHARE) then return "take" end
  if size > disk then
    return "refuse", ("it has %.1f GB, and the disk of a machine %d GB"):format(size, disk)
  end
  return "warn", ("the image has %.1f GB, which leaves little of a machine's disk of %d GB"):format(
    size, disk)
end

local is_key = names.matcher{ "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", ".git-credentials",
  ".netrc" }
local is_sample = names.matcher{ "*.example", "*.sample", "*.template", "*.dist", "*.pub" }

local WHERE <const> = {
  file = "the file %s looks like a secret and is in a layer (%s)",
  variable = "the variable %s looks like a secret and has a value in the image (%s)",
  argument = "the build argument %s looks like a secret, and docker history shows its value (%s)",
}

--- Decides what happens to an image because something in its history looks like a secret. A name is
--- only a hint, so most are warned of; the names of private keys are not ambiguous. What comes from
--- the base image is public already. On the local engine nothing leaves this machine.
---@param facts {kind: "file"|"variable"|"argument", name: string, instruction: string,
---  is_own: boolean?, provider: string}
---@return "take"|"warn"|"refuse" action, string? why
function M.exposed(facts)
  local base = facts.name:match("[^/]*$")
  if facts.is_own == false or is_sample(base) then return "take" end
  local why = WHERE[facts.kind]:format(facts.name, facts.instruction)
  local is_certain = facts.kind == "file" and is_key(base) and facts.provider ~= "docker"
  return is_certain and "refuse" or "warn", why
end

local ACTIONS <const> = {
  type = "string", values = { "take", "warn", "refuse" }, doc = "take, warn or refuse, and why",
}
local PROVIDER <const> = "string: daytona or docker"

policy.define("snapshot.command", {
  facts = {
    has_entrypoint = "boolean: the image has an ENTRYPOINT",
    has_cmd = "boolean: the image has a CMD",
    is_cmd_written = "boolean: the CMD comes from this Dockerfile and not from the base image",
    is_shell_form = "boolean?: the ENTRYPOINT is written as a text, which a shell runs",
    provider = PROVIDER,
  },
  doc = "Whether an image is taken with its command: Daytona runs ENTRYPOINT and drops CMD.",
  default = M.command, returns = ACTIONS,
})

policy.define("snapshot.image_platform", {
  facts = {
    platform = "string: the image's, such as linux/arm64",
    wanted = "string: that of --platform",
    provider = PROVIDER,
  },
  doc = "Whether an image is taken with its platform.",
  default = M.image_platform, returns = ACTIONS,
})

policy.define("snapshot.image_size", {
  facts = {
    bytes = "integer: the image's size on the engine's disk",
    disk = "integer: the disk of a machine, in GB",
    provider = PROVIDER,
  },
  doc = "Whether an image is taken with its size: a machine's disk must hold it.",
  default = M.image_size, returns = ACTIONS,
})

policy.define("snapshot.secret_files", {
  doc = "Names of files that look like secrets, for snapshot.exposed; \"*\" stands for any text, "
    .. "and case does not matter.",
  type = "list", element = "string", default = {
    "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks",
    ".env", ".env.*", ".npmrc", ".pypirc", ".netrc", ".git-credentials", ".dockercfg",
    "credentials.json", "service-account*.json", ".pgpass", ".htpasswd",
  },
})

policy.define("snapshot.exposed", {
  facts = {
    kind = "string: file (of COPY or ADD), variable (of ENV) or argument (of ARG)",
    name = "string: the file's path, or the name of the variable or argument",
    instruction = "string: the instruction, masked and cut",
    is_own = "boolean?: it is of this Dockerfile (true) or of the base image; nil: not known",
    provider = PROVIDER,
  },
  doc = "Whether an image is taken although something in its history looks like a secret.",
  default = M.exposed, returns = ACTIONS,
})

return M
