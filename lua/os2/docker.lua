--- The Docker Engine: builds, images, registries. Everything here raises error objects.
local build = require("os2.docker.build")
local client = require("os2.docker.client")
local container = require("os2.docker.container")
local json = require("os2.json")
local native_docker = require("host.docker")
local arguments = require("os2.base.arguments")
local push = require("os2.docker.push")
local record = require("os2.client.record")
local reference = require("os2.docker.reference")

---@class os2.docker
local M = {}

local NO_ENGINE <const> = "check that a Docker engine answers there"

---@class os2.docker.engine
---@field api_version string  that is spoken
---@field builder_version "1"|"2"  classic or BuildKit
---@field engine_version string
---@field os string
---@field arch string
---@field place string  where it was asked, as DOCKER_HOST writes it

---@class os2.docker.build_options
---@field context os2.docker.context
---@field tags? string[]
---@field args? table<string, string>
---@field labels? table<string, string>
---@field target? string  stage
---@field platform? string  "linux/amd64"
---@field no_cache? boolean
---@field pull? boolean  ask the registry for newer base images
---@field cache_from? string[]
---@field builder? "1"|"2"  another builder than the engine's own: classic or BuildKit
---@field timeout? number  seconds
---@field on_progress? fun(event: table)  gets each event; not a stream but the result is returned

--- The Engine API, an operation a name: `docker.api.image_list{all = true}` returns the decoded
--- body and the answer. Parameters are the API's own; a list repeats its key, a map is sent as
--- JSON.
M.api = client.rest.api

--- The names of the operations.
M.operations = native_docker.operations

--- Sends any request to the engine, below its API version; returns the decoded body and the answer,
--- raises for a status that is no success. Waits.
---@param method string
---@param path string  "/containers/json"
---@param options? {query: table?, body: any, headers: table?, timeout: number?}
---@return any body
---@return table response
function M.request(method, path, options)
  return client.rest:request(method, path, options)
end

--- Asks the engine who it is. Raises `unavailable` when none answers. Waits.
---@return os2.docker.engine
---@see docker.api.system_ping
function M.ping()
  local link = client.connect()
  local version = record.check({ op = "docker.ping", what = "version", hint = NO_ENGINE },
    M.api.system_version(), { Version = "string?", Os = "string?", Arch = "string?" })
  return {
    api_version = link.version, builder_version = link.builder, engine_version = version.Version,
    os = version.Os, arch = version.Arch, place = link.place.name,
  }
end

--- Lists a build context: what would be sent, without sending it. Waits. With `only`, nothing else
--- is sent but these files, and of them not what the ignore rules leave out.
---@param options {path: string, dockerfile: string?, only: string[]?}  the Dockerfile as seen from
---  here, the files from `path`
---@return os2.docker.context
function M.context(options)
  arguments.check("docker.context", options, {
    path = "string", dockerfile = "string?", only = "table?",
  })
  return build.context(options.path, options.dockerfile, options.only)
end

--- Builds an image, with BuildKit where the engine has it. Returns a stream of events; its result
--- is {id = "sha256:…"}. Events:
---   {type="step", id, name, index?, total?, stage?, seconds?,
---    state="started"|"done"|"cached"|"error"}
---   {type="log", step, text}
---   {type="warning", text, url?}
---   {type="bytes", id, step?, current, total}: id is "context" while the context is sent
--- A failing step's last lines are in the error's `detail`. Closing the stream stops the build.
---@param options os2.docker.build_options
---@return os2.docker.stream
---@see docker.api.image_build
function M.build(options)
  return build.start(options)
end

--- Pushes an image under its reference. Returns a stream of {type="bytes", layer, current, total}
--- and {type="layer", layer, state="preparing"|"waiting"|"done"|"exists"}; its result is
--- {digest, size, tag}. Without `auth` the credentials are those of Docker's config.
---@param options {ref: string, auth: table?, timeout: number?, on_progress: function?}
---@return os2.docker.stream
---@see docker.api.image_push
function M.push(options)
  return push.start(options)
end

--- Pulls an image. Returns a stream of {type="bytes", layer, current, total}; its result is {ref}.
---@param options {ref: string, auth: table?, platform: string?, timeout: number?,
---  on_progress: function?}
---@return os2.docker.stream
---@see docker.api.image_create
function M.pull(options)
  return push.pull(options)
end

--- Returns an image's description (ImageInspect). Raises `not_found`. Waits.
---@param ref string  reference or id
---@return table
---@see docker.api.image_inspect
function M.image(ref)
  return client.ask("image_inspect", { name = ref })
end

local function label_list(labels)
  local list = {}
  for key, value in pairs(labels) do
    list[#list + 1] = math.type(key) and value or ("%s=%s"):format(key, value)
  end
  return json.array(list)
end

--- Returns the images here (ImageList) that fit: a reference with globs within its path segments,
--- and labels as a list of "key" and "key=value" or as a map. Waits.
---@param options? {reference: string?, labels: table?}
---@return table[]
---@see docker.api.image_list
function M.images(options)
  options = arguments.check("docker.images", options, { reference = "string?", labels = "table?" })
  local filters = {}
  if options.reference then filters.reference = json.array{ options.reference } end
  if options.labels then filters.label = label_list(options.labels) end
  return client.ask("image_list", { filters = filters })
end

--- Gives an image one more reference. Waits.
---@param image string  reference or id
---@param ref string  "registry/name:tag"
---@see docker.api.image_tag
function M.tag(image, ref)
  local name, tag = reference.split(ref)
  M.api.image_tag{ name = image, repo = name, tag = tag or "latest" }
end

--- Takes a reference away; an image without another one goes with it. Raises `not_found`. Waits.
---@param ref string
---@see docker.api.image_delete
function M.untag(ref)
  M.api.image_delete{ name = ref }
end

--- Asks a registry, through the engine, about an image without pulling it (DistributionInspect):
--- {Descriptor = {mediaType, digest, size}, Platforms}. Raises `not_found`, `denied`. Waits.
---@param ref string
---@param options? {auth: table?}
---@return table
---@see docker.api.distribution_inspect
function M.distribution(ref, options)
  options = arguments.check("docker.distribution", options, { auth = "table?" })
  return (M.api.distribution_inspect({ name = ref }, {
    headers = { ["X-Registry-Auth"] = push.auth_header(ref, options.auth) },
  }))
end

--- Runs a command in a container: a stream of {stream = "stdout"|"stderr", data} whose result is
--- {code}. Raises `not_found`, `conflict` when the container does not run.
---@param name string  or id
---@param argv string[]
---@param options? {cwd: string?, env: table<string, string>?, timeout: number?,
---  on_progress: function?}
---@return os2.docker.stream
---@see docker.api.container_exec
function M.exec(name, argv, options)
  return container.exec(name, argv, options)
end

--- Returns what a container has written so far, with `follow` also what it writes until it ends: a
--- stream of {stream, data}; `tail` gives the last lines only. Raises `not_found`.
---@param name string  or id
---@param options? {follow: boolean?, tail: integer?, timeout: number?, on_progress: function?}
---@return os2.docker.stream
---@see docker.api.container_logs
function M.logs(name, options)
  return container.logs(name, options)
end

return M
