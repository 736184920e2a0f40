--- What an image is, as the tag that is pushed tells for ever: time, commit and content.
local clock = require("os2.clock")
local images = require("os2.text.images")
local policy = require("os2.policy")

---@class os2.policies.snapshot.identity
local M = {}

local COMMIT_DIGITS <const> = 10
local CONTENT_DIGITS <const> = 12
local CONTENT <const> = "%-c(" .. ("%x"):rep(CONTENT_DIGITS) .. ")%f[^%x]"
local KEY_DIGITS <const> = 12
local KEY <const> = "%-k(" .. ("%x"):rep(KEY_DIGITS) .. ")%-%x+$"
local FORM <const> = "^%d%d%d%d%d%d%d%d%-%d%d%d%d%d%d%-.*%f[%x]" .. ("%x"):rep(8) .. "$"

-- Of an image's configuration what its machines can notice.
local CONFIG <const> = {
  "User", "ExposedPorts", "Env", "Cmd", "Healthcheck", "Volumes", "WorkingDir", "Entrypoint",
  "OnBuild", "StopSignal", "StopTimeout", "Shell",
}

-- They change with every run or with every commit, also where nothing in the image does.
local VOLATILE <const> = {
  ["org.opencontainers.image.created"] = true, ["org.opencontainers.image.revision"] = true,
  ["org.opencontainers.image.version"] = true,
}

local function lasting(labels)
  local kept = {}
  for key, value in pairs(labels) do
    if not VOLATILE[key] and not key:find("^os2%.") then kept[key] = value end
  end
  return kept
end

--- Returns what identifies an image's content: platform, layers, and its configuration without the
--- labels that change with every run. Two images of the same content are the same snapshot.
---@param facts {image: table}  ImageInspect
---@return table
function M.identity(facts)
  local image = facts.image
  local config = type(image.Config) == "table" and image.Config or {}
  local kept = {}
  for _, field in ipairs(CONFIG) do kept[field] = config[field] end
  if type(config.Labels) == "table" then kept.Labels = lasting(config.Labels) end
  local layers = type(image.RootFS) == "table" and image.RootFS.Layers
  return {
    platform = ("%s/%s"):format(image.Os, image.Architecture), config = kept,
    -- without layers only the image itself tells its content
    layers = type(layers) == "table" and #layers > 0 and layers or { image.Id },
  }
end

local function commit_words(git)
  if not git or not git.commit then return "" end
  return ("-g%s%s"):format(git.commit:sub(1, COMMIT_DIGITS), git.is_clean and "" or "-dirty")
end

--- Returns the tag of the pushed image: TIME[-gCOMMIT[-dirty]][-cCONTENT][-kRUNKEY]-RANDOM. It is
--- unique to the run, because several registrations of one image at a time fail; and it is no
--- digest, which the API accepts and cannot read.
---@param facts {now: number, random: number, git: table?, content: string?, run_key: string?}
---  random: in [0, 1); content: the key of the image's content, hexadecimal; run_key: of the run
---@return string
function M.tag(facts)
  local at = clock.utc(math.floor(facts.now))
  local content = facts.content and "-c" .. facts.content:sub(1, CONTENT_DIGITS) or ""
  local key = facts.run_key and "-k" .. facts.run_key:sub(1, KEY_DIGITS) or ""
  return ("%04d%02d%02d-%02d%02d%02d%s%s%s-%08x"):format(at.year, at.month, at.day, at.hour, at.min,
    at.sec, commit_words(facts.git), content, key, math.floor(facts.random * 0x100000000))
end

--- Reads what `snapshot.tag` has written. A tag of another form tells nothing.
---@param facts {tag: string}
---@return {commit: string?, is_dirty: boolean, content: string?, run_key: string?, is_own: boolean}
---  is_own: the tag has the form of snapshot.tag
function M.read_tag(facts)
  local commit, rest = facts.tag:match("^%d+%-%d+%-g(%x+)(.*)$")
  return {
    commit = commit, content = facts.tag:match(CONTENT),
    is_dirty = rest ~= nil and rest:find("^%-dirty") ~= nil,
    run_key = facts.tag:match(KEY), is_own = facts.tag:find(FORM) ~= nil,
  }
end

policy.define("snapshot.identity", {
  facts = {
    image = "table: what the engine tells of the image, ImageInspect",
  },
  doc = "What of an image makes its content: platform, layers, and the configuration without the "
    .. "labels that change with every run.",
  default = M.identity, returns = { type = "table", doc = "all that tells two contents apart" },
})

policy.define("snapshot.tag", {
  facts = {
    random = "number: in [0, 1)",
    content = "string?: the key of the image's content, hexadecimal",
    run_key = "string?: the key of the run, hexadecimal",
  },
  doc = "The tag of the pushed image: unique to the run, with time, commit, content and run key.",
  default = M.tag, returns = { type = "string", check = images.check_tag, doc = "a tag" },
})

policy.define("snapshot.read_tag", {
  facts = {
    tag = "string: of a pushed image",
  },
  doc = "What the tag of a pushed image tells: the inverse of snapshot.tag.",
  default = M.read_tag,
  returns = { type = "table", doc = "{commit, is_dirty, content, run_key, is_own}, each only where "
    .. "it is told" },
})

policy.define("snapshot.reuse", {
  doc = "Whether no snapshot is made when the newest usable one of the prefix has the same content "
    .. "and size; as --if-changed.",
  type = "boolean", default = false,
})

policy.define("snapshot.on_newer", {
  doc = "What a run does when a newer snapshot of the prefix exists or is being made: fail, skip "
    .. "(that one is the result), or publish its own older one all the same.",
  type = "string", values = { "fail", "skip", "publish" }, default = "fail",
})

return M
