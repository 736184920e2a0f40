--- Which files of a directory are built, and with which options of the builder.
local clock = require("os2.clock")
local images = require("os2.text.images")
local policy = require("os2.policy")
local rules = require("os2.base.rules")

---@class os2.policies.snapshot.build
local M = {}

local OCI <const> = "org.opencontainers.image."

--- Returns the labels that record an image's origin: OCI's source, revision and created, where
--- known. A build argument of that name (SOURCE, …) takes precedence over the label. Source: the
--- OCI image specification, annotations.
---@param facts {git: table?, now: number, build_args: table<string, string>}
---@return table<string, string>
function M.labels(facts)
  local git = facts.git or {}
  local known = {
    source = git.source, created = clock.iso(math.floor(facts.now)),
    revision = git.commit and git.commit .. (git.is_clean and "" or "-dirty"),
  }
  local labels = {}
  for name, value in pairs(known) do
    if not facts.build_args[name:upper()] then labels[OCI .. name] = value end
  end
  return labels
end

-- What the engine says where an image was removed while it built. Either it is the one that the
-- build has made and not yet tagged: two runs of the same content make one image, and the first
-- one's end takes it away. Or the classic builder looked for a cached step among all images, and
-- one of them went meanwhile.
local REMOVED <const> = {
  "failed to get digest sha256:", "no such image: sha256:", "layer does not exist",
  'unable to find image "sha256:',
  -- of a push: the image went with the last tag of another run, and this run's tags with it
  "tag does not exist: ", "image does not exist locally with the tag: ",
}
local BUILDS <const> = 4

--- Decides whether a build is repeated after it has failed, or after its push has: where another
--- run removed an image that the engine came to. The steps come from the cache then.
---@param facts {err: os2.Err, attempt: integer}  attempt: builds so far, from 1
---@return boolean
function M.again(facts)
  if facts.attempt >= BUILDS then return false end
  local message = facts.err.message:lower()
  for _, words in ipairs(REMOVED) do
    if message:find(words, 1, true) then return true end
  end
  return false
end

local function check_labels(labels)
  for key, value in pairs(labels) do
    if type(key) ~= "string" or type(value) ~= "string" then
      return nil, "a label's name and value are strings"
    end
  end
  return true
end

local function check_each(check)
  return function(list)
    for _, text in ipairs(list) do
      local ok, why = check(text)
      if not ok then return nil, why end
    end
    return true
  end
end

policy.define("snapshot.build_again", {
  facts = {
    err = "os2.Err: the failure",
    attempt = "integer: number of builds so far, from 1",
  },
  doc = "Whether a build is repeated after it, or its push, has failed, because another run "
    .. "removed an image while the engine looked at it.",
  default = M.again, returns = { type = "boolean", doc = "true or false" },
})

policy.define("snapshot.dockerfile", {
  doc = "The Dockerfile, relative to the current directory.",
  type = "string", default = "sandbox/Dockerfile", check = rules.not_empty,
})

policy.define("snapshot.context", {
  doc = "The directory that is sent to the build, relative to the current directory.",
  type = "string", default = ".", check = rules.not_empty,
})

policy.define("snapshot.context_from", {
  doc = "Which files of the directory are sent: all, or those that are tracked by git or would be "
    .. "added; without what the ignore rules exclude.",
  type = "string", values = { "directory", "git" }, default = "directory",
})

policy.define("snapshot.labels", {
  facts = {
    build_args = "table<string, string>: the values of --build-arg",
  },
  doc = "The labels of an image that record its origin: repository, commit and time.",
  default = M.labels, returns = { type = "table", check = check_labels, doc = "key -> value" },
})

policy.define("snapshot.platform", {
  doc = "The platform to build for; Daytona's runners are linux/amd64.",
  type = "string", default = "linux/amd64", check = images.check_platform,
})

policy.define("snapshot.target", {
  doc = "The stage of the Dockerfile that becomes the image; the last one where this is empty.",
  type = "string", default = "",
})

policy.define("snapshot.no_cache", {
  doc = "Whether each step is run anew, whatever the engine's build cache holds.",
  type = "boolean", default = false,
})

policy.define("snapshot.pull", {
  doc = "Whether the registries are asked for newer base images than those that are here.",
  type = "boolean", default = false,
})

policy.define("snapshot.cache_from", {
  doc = "Images whose layers the build may take as its cache.",
  type = "list", element = "string", default = {}, check = check_each(rules.not_empty),
})

policy.define("snapshot.hosts", {
  doc = "Names that RUN steps know besides those of the network, each HOST:IP or "
    .. "HOST:host-gateway.",
  type = "list", element = "string", default = {}, check = check_each(images.check_host),
})

policy.define("snapshot.network", {
  doc = "The network that RUN steps have: the engine's default, none, or the engine's own host.",
  type = "string", values = { "default", "none", "host" }, default = "default",
})

policy.define("snapshot.secrets", {
  doc = "The secrets that RUN --mount=type=secret gets, each id=ID[,env=NAME|,src=FILE] as with "
    .. "--secret; the values stay out of image, output and arguments.",
  type = "list", element = "string", default = {}, check = check_each(rules.not_empty),
})

policy.define("snapshot.also", {
  doc = "References that the image is pushed to besides Daytona's registry, with Docker's "
    .. "credentials; one without a tag gets the tag of the pushed image.",
  type = "list", element = "string", default = {}, check = check_each(images.check_reference),
})

policy.define("snapshot.ssh", {
  doc = "The SSH agents that RUN --mount=type=ssh gets, each ID[=SOCKET] as with --ssh.",
  type = "list", element = "string", default = {}, check = check_each(rules.not_empty),
})

return M
