--- Image builds: the request, the engine's questions, the events and the result.
local answer_lines = require("os2.docker.answer_lines")
local client = require("os2.docker.client")
local clock = require("os2.clock")
local context_state = require("os2.docker.context_state")
local dockerfile = require("os2.docker.dockerfile")
local err = require("os2.err")
local errors = require("os2.docker.errors")
local foreign = require("os2.text.foreign")
local front_end = require("os2.docker.front_end")
local fs = require("os2.fs")
local native_docker = require("host.docker")
local native_json = require("host.json")
local arguments = require("os2.base.arguments")
local policy = require("os2.policy")
local build_events = require("os2.docker.build_events")
local registries = require("os2.docker.registries")
local stream = require("os2.docker.stream")

---@class os2.docker.build
local M = {}

local TRACE_LINE <const> = "moby.buildkit.trace"
local CLASSIC <const>, BUILDKIT <const> = "1", "2"

---@class os2.docker.context
---@field files integer  files and links, without directories
---@field bytes integer  contents of the files
---@field ignored integer  left out by ignore rules
---@field taken {files: integer, bytes: integer}?  of both what the Dockerfile takes: no more is
---  sent by a session
---@field notices string[]  one line for each thing that was skipped
---@field package handle userdata
---@field package path string
---@field package is_synced boolean
---@field package text string  the Dockerfile
local Context = {}
Context.__index = Context

--- Returns the paths that are sent, directories with a slash at their end: by a session those that
--- the Dockerfile takes, by a tar (policy `docker.context_transport`) all.
---@return string[]
function Context:paths()
  return self.is_synced and self.handle:taken_paths() or self.handle:paths()
end

--- Frees the context, without waiting for the garbage collector.
function Context:close()
  self.handle:close()
end

Context.__close = Context.close

--- Reads the context's Dockerfile; see `os2.docker.dockerfile`.
---@param options? {args: table<string, string>?, platform: string?, target: string?}  those of the
---  build
---@return os2.docker.dockerfile
function Context:read_dockerfile(options)
  return dockerfile.read(self.text, options)
end

local function find_dockerfile(path, given)
  if given then return given end
  local usual = path .. "/Dockerfile"
  return fs.exists(usual) and usual or path .. "/dockerfile"
end

-- What of the context the build takes, as its Dockerfile tells; nil: everything.
local function sources_of(text, options)
  local file = dockerfile.read(text, options)
  if file:has_foreign_front_end() then return nil end
  return file:sources(options.target)
end

-- What is listed for a session, beside what is listed for a tar.
local function for_session(path, text, options)
  local state_path, state_limit = context_state.place_of(path)
  return {
    is_unread_listed = true, state_path = state_path, state_limit = state_limit,
    is_selected = text ~= nil, sources = text and sources_of(text, options),
  }
end

--- Opens a build context: lists what is sent. Which ignore file holds is BuildKit's rule:
--- `<Dockerfile>.dockerignore` beside the Dockerfile alone, else `.dockerignore` in the context.
---@param options {path: string, dockerfile: string?, only: string[]?, args: table<string, string>?}
---@return os2.docker.context
function M.context(options)
  local path, is_synced = options.path, policy.ask("docker.context_transport") ~= "tar"
  local file = find_dockerfile(path, options.dockerfile)
  local text = is_synced and fs.exists(file) and fs.read(file) or nil
  local asked = is_synced and for_session(path, text, options) or {}
  asked.path, asked.dockerfile, asked.only = path, options.dockerfile, options.only
  asked.timeout = policy.ask("timeouts.build")
  local handle = err.check(native_docker.context(asked))
  local counted = handle:count()
  return setmetatable({
    files = counted.files, bytes = counted.bytes, ignored = counted.ignored,
    taken = is_synced and { files = counted.taken_files, bytes = counted.taken_bytes } or nil,
    notices = handle:notices(), size = counted.tar_size, handle = handle, path = path,
    is_synced = is_synced, text = fs.read(file),
  }, Context)
end

local BUILD_OPTIONS <const> = {
  context = "table", tags = "table?", args = "table?", labels = "table?", target = "string?",
  platform = "string?", no_cache = "boolean?", pull = "boolean?", cache_from = "table?",
  hosts = "table?", network = "string?", secrets = "table?", ssh = "table?",
  builder = "string?", timeout = "number?", on_progress = "function?",
}

local function check_context(context)
  if getmetatable(context) == Context then return end
  arguments.misuse("docker.build: option 'context' must be what docker.context returns")
end

local function check_builder(builder)
  if builder == nil or builder == CLASSIC or builder == BUILDKIT then return end
  local message = "docker.build: option 'builder' must be '1' (classic) or '2' (BuildKit), not %q"
  arguments.misuse(message:format(builder))
end

local function check_options(options)
  arguments.check("docker.build", options, BUILD_OPTIONS)
  check_context(options.context)
  check_builder(options.builder)
end

local IS_TEXT <const> = { string = true, number = true, boolean = true }

-- Returns build arguments and labels as text, as the engine expects them.
local function texts(map, option)
  local copy = {}
  for key, value in pairs(map or {}) do
    if not IS_TEXT[type(value)] then
      local message = "docker.build: %s.%s must be a string, not %s"
      arguments.misuse(message:format(option, tostring(key), type(value)))
    end
    copy[tostring(key)] = tostring(value)
  end
  return copy
end

local function list_text(list)
  return native_json.encode(native_json.array(list))
end

-- Without forcerm the classic builder keeps the container of a failed step.
local function query_of(options, planned, session)
  local handle = options.context.handle
  return {
    version = planned.builder, session = session,
    remote = planned.shared_key and "client-session" or nil,
    dockerfile = planned.shared_key and handle:dockerfile_name() or handle:dockerfile(),
    t = options.tags, buildargs = native_json.encode(planned.args),
    labels = native_json.encode(texts(options.labels, "labels")), target = options.target,
    platform = options.platform, nocache = options.no_cache and "1" or nil,
    pull = options.pull and "1" or nil, rm = "1", forcerm = "1",
    cachefrom = options.cache_from and list_text(options.cache_from),
    extrahosts = options.hosts, networkmode = options.network,
  }
end

-- The classic builder has no session, so it gets the credentials it may need in advance.
local function classic_header(file)
  local auths = registries.of_images(file:images())
  return "X-Registry-Config: " .. native_docker.base64_url(native_json.encode(auths))
end

-- Whether the session serves the context's files. A file's capabilities are lost on that way.
local function is_synced(link, builder, counted)
  local transport = policy.ask("docker.context_transport")
  if transport == "tar" or builder ~= BUILDKIT or link.is_podman then return false end
  return transport == "filesync" or counted.capable == 0
end

-- BuildKit leaves nothing out of a tar.
local function check_hidden(handle, file, builder)
  local name = handle:dockerfile()
  if builder ~= BUILDKIT or not handle:is_generated() or not file:may_take(name) then return end
  err.raise(err.new{
    kind = "invalid", op = "docker.build",
    message = ("the Dockerfile is sent as %s in a tar, and would stand in the image: it is "
      .. "ignored, a link, or outside of the context, and COPY takes everything"):format(name),
    hint = "let .dockerignore include the Dockerfile, name what is copied, or set the policy "
      .. "docker.context_transport to filesync",
  })
end

-- The key of the session that serves the context's files, or nil: it goes by a tar.
local function shared_key_of(link, builder, context, file)
  if not is_synced(link, builder, context.handle:count()) then
    check_hidden(context.handle, file, builder)
    return nil
  end
  return context_state.shared_key(context.path, context.handle:key())
end

-- What a build consists of, before it is sent.
local function plan(options)
  local link = client.connect()
  local builder = options.builder or link.builder
  local args = client.with_proxies(texts(options.args, "args"))
  local file = options.context:read_dockerfile{
    args = args, platform = options.platform, target = options.target,
  }
  return {
    builder = builder, args = args, file = file, route = link.place.route,
    warnings = front_end.look(file, {
      builder = builder, is_podman = link.is_podman, args = options.args or {},
      secrets = options.secrets, ssh = options.ssh,
    }),
    registries = registries.new(file, options.cache_from),
    shared_key = shared_key_of(link, builder, options.context, file),
  }
end

-- "ID=SOCKET" of each agent; nil where there are none.
local function agents_of(options)
  local list = {}
  for id, path in pairs(options.ssh or {}) do list[#list + 1] = id .. "=" .. path end
  return #list > 0 and list or nil
end

local function start(options, planned)
  local headers, session = {}, nil
  if not planned.shared_key then headers[1] = "Content-Type: application/x-tar" end
  if planned.builder == CLASSIC then
    headers[#headers + 1] = classic_header(planned.file)
  else
    session = native_docker.session_id()
  end
  local query = query_of(options, planned, session)
  return err.check(native_docker.build{
    url = client.url("image_build", query), route = planned.route,
    headers = client.headers(headers), context = options.context.handle, session_id = session,
    session_url = session and client.url("session", {}) or nil,
    session_headers = session and client.headers() or nil, shared_key = planned.shared_key,
    agents = session and agents_of(options) or nil,
    timeout = options.timeout or policy.ask("timeouts.build"),
  })
end

local function feed_line(merger, lines, text)
  local line = lines:decode(text)
  if not line then return end
  if line.id == TRACE_LINE and type(line.aux) == "string" then
    line.trace = err.check(native_docker.decode_trace(line.aux))
  end
  merger:feed(line)
end

local function failure_of(merger, planned)
  local failure = errors.of_build(merger.failure, merger:failed())
  local hint = front_end.hint(planned.file, merger.failure.message)
  if failure.kind == "denied" and #planned.registries.refused > 0 then
    hint = ("the engine asked for the credentials of %s, which the Dockerfile does not name; the "
      .. "policy docker.credentials may allow it"):format(
      foreign.message(table.concat(planned.registries.refused, ", ")))
  end
  failure.hint = hint or failure.hint
  return failure
end

-- The classic builder reports a bad Dockerfile in the answer itself.
local function explained(failure, planned)
  failure.hint = front_end.hint(planned.file, failure.message) or failure.hint
  return failure
end

local function outcome_of(merger, lines, planned, response)
  if merger.failure then return nil, failure_of(merger, planned) end
  if lines:last_fault() then return nil, lines:last_fault() end
  if not merger.image_id then
    return nil, err.new{
      kind = "protocol", op = "docker.build",
      message = "the engine's answer ended without an image and without an error",
    }
  end
  return {
    id = merger.image_id, bytes_sent = response.bytes_sent, files_sent = response.files_sent,
  }
end

--- Builds an image; see `os2.docker.build`.
---@param options table
---@return any
function M.start(options)
  check_options(options)
  local planned = plan(options)
  local op = start(options, planned)
  local merger, started = build_events.new(planned.warnings), clock.monotonic()
  local lines = answer_lines.new("docker.build")
  return stream.open(options.on_progress, {
    op = op, merger = merger,
    on_raw = function(raw)
      if raw.type == "line" then feed_line(merger, lines, raw.text)
      elseif raw.type == "credentials" then planned.registries:answer(op, raw)
      elseif raw.type == "secret" then op:answer_secret(raw.id, (options.secrets or {})[raw.name])
      else merger:add_sent(raw.bytes, not planned.shared_key and options.context.size or nil) end
    end,
    finish = function(response, failure)
      local wrong = client.check("docker.build", "image_build", started, response, failure)
      if wrong then return nil, explained(wrong, planned) end
      return outcome_of(merger, lines, planned, response)
    end,
  })
end

return M
