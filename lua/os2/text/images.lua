--- The rules for tags, repositories and platforms of images. Pure.

---@class os2.text.images
local M = {}

--- Returns true when Daytona accepts a tag, else nil and the rule.
---@param tag string
---@return boolean? ok, string? why
function M.check_tag(tag)
  if tag == "latest" then return nil, "the Daytona API takes no :latest" end
  if #tag <= 128 and tag:match("^[%w_][%w_.-]*$") then return true end
  return nil, "a tag is up to 128 letters, digits, underscores, dots and dashes"
end

--- Returns true when a registry accepts a repository's path, else nil and the rule.
---@param repository string
---@return boolean? ok, string? why
function M.check_repository(repository)
  for part in (repository .. "/"):gmatch("([^/]*)/") do
    if not part:match("^[a-z0-9]+[a-z0-9._-]*$") then
      return nil, "a repository is in lower case, with single slashes"
    end
  end
  return true
end

--- Returns true when a text is a platform, such as linux/amd64, else nil and the rule.
---@param platform string
---@return boolean? ok, string? why
function M.check_platform(platform)
  local variant = platform:match("^[a-z0-9]+/[a-z0-9_]+(.*)$")
  if variant and (variant == "" or variant:match("^/[a-z0-9]+$")) then return true end
  return nil, "a platform is os/architecture, such as linux/amd64"
end

local function is_ipv4(text)
  local parts = { text:match("^(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)$") }
  for _, part in ipairs(parts) do
    if tonumber(part) > 255 then return false end
  end
  return #parts == 4
end

local function is_ipv6(text)
  return text:find("^[%x:.]+$") ~= nil and text:find(":[^:]*:") ~= nil
end

--- Returns true when a text is the reference of an image, with or without tag and digest, else nil
--- and the rule.
---@param ref string
---@return boolean? ok, string? why
function M.check_reference(ref)
  local name, digest = ref:match("^([^@]*)@(.*)$")
  if digest and not digest:match("^sha256:" .. ("%x"):rep(64) .. "$") then
    return nil, "a digest is sha256: and 64 hexadecimal digits"
  end
  name = name or ref
  local path, tag = name:match("^(.+):([^:/]*)$")
  if tag and not (#tag <= 128 and tag:match("^[%w_][%w_.-]*$")) then
    return nil, "a tag is up to 128 letters, digits, underscores, dots and dashes"
  end
  path = path or name
  local host, rest = path:match("^([%w.-]+:%d+)/(.+)$")
  if M.check_repository(host and rest or path) then return true end
  return nil, "it is no image's reference: [HOST[:PORT]/]NAME[:TAG], the name in lower case"
end

--- Splits "localhost:5000/team/app:1" into "localhost:5000/team/app" and "1". Tag and digest
--- ("sha256:…") are nil when the reference has none.
---@param ref string
---@return string name
---@return string? tag
---@return string? digest
function M.split(ref)
  local name, digest = ref:match("^(.-)@(.+)$")
  name = name or ref
  local before, tag = name:match("^(.+):([^:/]+)$")
  return before or name, tag, digest
end

--- Returns the tag of a reference, nil when it has none.
---@param reference string  "host:5000/name:tag"
---@return string?
function M.tag_of(reference)
  return reference:match("^[^@]*:([%w_.-]+)$")
end

--- Returns the digest, 64 hexadecimal digits, in a reference that the provider has made of an
--- image: "host/project/daytona-HEX:daytona" at Daytona, "sha256:HEX" on the local engine.
---@param reference string
---@return string?
function M.digest_of(reference)
  local hex = reference:match("daytona%-(%x+):daytona$") or reference:match("^sha256:(%x+)$")
    or reference:match("^(%x+)$")
  return hex and #hex == 64 and hex or nil
end

--- Says whether a text is a name for the build's own hosts, HOST:IP as Docker's --add-host takes
--- it, or nil and the rule. The engine fills in host-gateway, and reads an IPv6 address to its end.
---@param text string
---@return boolean? ok, string? why
function M.check_host(text)
  local host, address = text:match("^([^:%s]+):(%S+)$")
  local is_known = host and (address == "host-gateway" or is_ipv4(address) or is_ipv6(address))
  if is_known then return true end
  return nil, "it is HOST:IP, or HOST:host-gateway"
end

return M
