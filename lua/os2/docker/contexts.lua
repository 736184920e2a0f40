--- Docker's contexts: named engines, which `docker context create` stores beside Docker's
--- configuration.
local fs = require("os2.fs")
local hash = require("os2.hash")
local native_json = require("host.json")
local nearest = require("os2.text.nearest")
local refusal = require("os2.base.refusal")

---@class os2.docker.contexts
local M = {}

local refuse = refusal.of("docker.context", "config")

local function meta_file(directory, id)
  return ("%s/contexts/meta/%s/meta.json"):format(directory, id)
end

local function read_meta(directory, id)
  local file = meta_file(directory, id)
  local meta = fs.exists(file) and native_json.decode(fs.read(file))
  return type(meta) == "table" and meta or nil
end

-- Returns the names of all contexts; those that cannot be read are skipped.
local function names(directory)
  local list = { "default" }
  local root = directory .. "/contexts/meta"
  for _, id in ipairs(fs.exists(root) and fs.list(root) or {}) do
    local meta = read_meta(directory, id)
    if meta and type(meta.Name) == "string" then list[#list + 1] = meta.Name end
  end
  return list
end

local function refuse_name(name, source, directory)
  local all = names(directory)
  refuse(("%s names the Docker context %s, and there is none in %s"):format(source, name,
    directory), nearest.hint(name, all, "there are " .. table.concat(all, ", ")))
end

local function endpoint_of(meta, name)
  local endpoints = type(meta.Endpoints) == "table" and meta.Endpoints or {}
  if type(endpoints.docker) == "table" then return endpoints.docker end
  refuse(("the Docker context %s has no endpoint for Docker"):format(name),
    ("make it again: docker context rm %s; docker context create %s --docker host=…"):format(name,
      name))
end

-- Returns the certificates of a context; nil when it has none and requires none.
local function tls_of(directory, id, endpoint)
  local root = ("%s/contexts/tls/%s/docker/"):format(directory, id)
  local function file(name)
    return fs.exists(root .. name) and root .. name or nil
  end
  local tls = {
    ca_file = file("ca.pem"), cert_file = file("cert.pem"), key_file = file("key.pem"),
    unverified = endpoint.SkipTLSVerify == true or nil,
  }
  return next(tls) and tls or nil
end

--- Returns the engine of a context: the host in the form of DOCKER_HOST (nil: the default place)
--- and the certificates. Raises `invalid` (exit 3) when there is no such context.
---@param name string
---@param source string  the option or variable that names it: "DOCKER_CONTEXT"
---@param directory string  the directory of Docker's configuration
---@return string? host
---@return table? tls  {ca_file=?, cert_file=?, key_file=?, unverified=?}
function M.read(name, source, directory)
  local id = hash.sha256(name)
  local meta = read_meta(directory, id)
  if not meta then refuse_name(name, source, directory) end
  local endpoint = endpoint_of(meta, name)
  local host = type(endpoint.Host) == "string" and endpoint.Host ~= "" and endpoint.Host or nil
  return host, tls_of(directory, id, endpoint)
end

return M
