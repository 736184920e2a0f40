--- The Docker Engine: builds, images, registries. Every verb raises error objects.
local build = require("os2.docker.build")
local client = require("os2.docker.client")
local container = require("os2.docker.container")
local errors = require("os2.docker.errors")
local json = require("os2.json")
local native_docker = require("host.docker")
local arguments = require("os2.base.arguments")
local policy = require("os2.policy")
local push = require("os2.docker.push")
local record = require("os2.client.record")
local reference = require("os2.docker.reference")
local step_output = require("os2.docker.step_output")

---@class os2.docker
local M = {}

local NO_ENGINE <const> = "check that a Docker engine answers there"

---@class os2.docker.engine
---@field api_version string  the version in use
---@field builder_version "1"|"2"  the engine's default builder: classic or BuildKit
---@field engine_version string
---@field os string
---@field arch string
---@field place string  the engine's address, in the form of DOCKER_HOST

---@class os2.docker.build_options
---@field context os2.docker.context
---@field tags? string[]
---@field args? table<string, string>
---@field labels? table<string, string>
---@field target? string  name of the stage
---@field platform? string  "linux/amd64"
---@field no_cache? boolean
---@field pull? boolean  asks the registry for newer base images
---@field cache_from? string[]
---@field secrets? table<string, string>  id -> value, for RUN --mount=type=secret (BuildKit)
---@field ssh? table<string, string>  id -> socket of an agent, for RUN --mount=type=ssh (BuildKit)
---@field builder? "1"|"2"  the builder, classic or BuildKit; by default the engine's own
---@field timeout? number  seconds for the whole build
---@field on_progress? fun(event: table)  gets each event; the verb then waits and returns the
---  result instead of a stream
---@field hosts? string[]  more names that RUN steps know, "HOST:IP"
---@field network? string  of RUN steps: "default", "none" or "host"

--- Calls an operation of the Engine API by its name: `docker.api.image_list{all = true}` returns
--- the decoded body and the response. The parameters are the API's own; a list repeats its key, a
--- map is sent as JSON.
M.api = client.rest.api

--- Returns the names of all operations.
M.operations = native_docker.operations

--- Sends any request to the engine; the path is below the API version. Returns the decoded body and
--- the response. Raises for a status other than 2xx. Waits.
---@param method string
---@param path string  "/containers/json"
---@param options? {query: table?, body: any, headers: table?, timeout: number?}
---@return any body
---@return table response
function M.request(method, path, options)
  return client.rest:request(method, path, options)
end

--- Returns the engine's versions and platform. Raises `unavailable` when no engine answers. Waits.
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
---@param options {path: string, dockerfile: string?, only: string[]?, args: table?,
---  platform: string?, target: string?}  the Dockerfile as seen from here, the files from `path`;
---  args, platform and target: those of the build, for what it takes of them
---@return os2.docker.context
function M.context(options)
  arguments.check("docker.context", options, {
    path = "string", dockerfile = "string?", only = "table?", args = "table?", platform = "string?",
    target = "string?",
  })
  return build.context(options)
end

--- Builds an image, with BuildKit where the engine has it. Returns a stream of events; its result
--- is {id = "sha256:…", bytes_sent, files_sent}: of the context, files_sent where the engine asks
--- for files (policy `docker.context_transport`) and not for a tar. Events:
---   {type="step", id, name, index?, total?, stage?, seconds?,
---    state="started"|"done"|"cached"|"error"}
---   {type="log", step, text}
---   {type="warning", text, url?}
---   {type="bytes", id, step?, current, total?}: id is "context" while the context is sent, with
---     a total where it is a tar
--- A failing step's last lines are in the error's `detail`. Closing the stream stops the build.
---@param options os2.docker.build_options
---@return os2.docker.stream
---@see docker.api.image_build
function M.build(options)
  return build.start(options)
end

--- Opens what a build elsewhere takes of a directory: see `os2.docker.nested_context`.
---@param options {path: string, dockerfile: string, only: string[]?, platform: string?}
---@return os2.docker.nested_context
function M.nested_context(options)
  arguments.check("docker.nested_context", options, {
    path = "string", dockerfile = "string", only = "table?", platform = "string?",
  })
  return require("os2.docker.nested_context").open(options) -- few runs need it
end

--- Returns the error of a build that another engine made and whose log was read.
---@param message string  the engine's
---@param step table?  {name, index, total}: the one that failed
---@param tail string?  the last lines of the log
---@return os2.Err
function M.build_failure(message, step, tail)
  local code = math.tointeger(tonumber(message:match("exit code: (%d+)")))
  return errors.of_build({ message = message, code = code }, step, tail)
end

--- Returns what keeps the last lines of a log (policy `limits.step_output`).
---@return os2.docker.step_output
function M.kept_output()
  return step_output.new(policy.ask("limits.step_output"))
end

--- Pushes an image to the registry of its reference. Returns a stream of {type="bytes", layer,
--- current, total} and {type="layer", layer, state="preparing"|"waiting"|"done"|"exists"}; its
--- result is {digest, size, tag}. Without `auth` the credentials are those of Docker's
--- configuration. `timeout` in seconds.
---@param options {ref: string, auth: table?, timeout: number?, on_progress: function?}
---@return os2.docker.stream
---@see docker.api.image_push
function M.push(options)
  return push.start(options)
end

--- Pulls an image. Returns a stream of {type="bytes", layer, current, total}; its result is {ref}.
--- `auth` and `timeout` as in `docker.push`.
---@param options {ref: string, auth: table?, platform: string?, timeout: number?,
---  on_progress: function?}
---@return os2.docker.stream
---@see docker.api.image_create
function M.pull(options)
  return push.pull(options)
end

--- Returns the description of an image (ImageInspect). Raises `not_found`. Waits.
---@param ref string  a reference or an id
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

--- Returns the engine's images (ImageList) that match: `reference` may have globs inside its path
--- segments, `labels` is a list of "key" and "key=value", or a map. Waits.
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

--- Adds a reference to an image. Waits.
---@param image string  a reference or an id
---@param ref string  "registry/name:tag"
---@see docker.api.image_tag
function M.tag(image, ref)
  local name, tag = reference.split(ref)
  M.api.image_tag{ name = image, repo = name, tag = tag or "latest" }
end

--- Removes a reference. When it was the last one, the image is deleted. Raises `not_found`. Waits.
---@param ref string
---@see docker.api.image_delete
function M.untag(ref)
  M.api.image_delete{ name = ref }
end

--- Returns a registry's description of an image, which the engine requests without pulling the
--- image (DistributionInspect): {Descriptor = {mediaType, digest, size}, Platforms}. Raises
--- `not_found`, `denied`. Waits.
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

--- Runs a command in a container. Returns a stream of {stream = "stdout"|"stderr", data}; its
--- result is {code}. `timeout` in seconds. Raises `not_found`, and `conflict` when the container
--- does not run.
---@param name string  the container's name or id
---@param argv string[]
---@param options? {cwd: string?, env: table<string, string>?, timeout: number?,
---  on_progress: function?}
---@return os2.docker.stream
---@see docker.api.container_exec
function M.exec(name, argv, options)
  return container.exec(name, argv, options)
end

--- Returns the output of a container as a stream of {stream, data}: what it has written so far, and
--- with `follow` also what it writes until it ends. `tail` limits it to the last lines. `timeout`
--- in seconds. Raises `not_found`.
---@param name string  the container's name or id
---@param options? {follow: boolean?, tail: integer?, since: number?, timeout: number?, on_progress:
---  function?}  since: seconds since the epoch
---@return os2.docker.stream
---@see docker.api.container_logs
function M.logs(name, options)
  return container.logs(name, options)
end

return M
