--- Machines at either provider: sandboxes at Daytona, containers of the local engine.
---
--- Every function takes `provider` ("daytona" or "docker") among its options, by default as the
--- commands do. A machine is given by its name, its id, or its record. Commands and these functions
--- stand on the same flows: they retry, wait, and ask the same policies. Nothing is shown of their
--- progress but warnings, unless --progress or OS2_PROGRESS asks for it.
local arguments = require("os2.base.arguments")
local display = require("os2.flows.display")
local err = require("os2.err")
local open = require("os2.flows.machine.open")
local paged = require("os2.base.paged")
local policy = require("os2.policy")
local sorted = require("os2.base.sorted")

---@class os2.machines
local M = {}

-- Loaded at first use: most scripts need some of them.
local function flow(name)
  return require("os2.flows.machine." .. name)
end

local function context(options)
  return open.context({ provider = options.provider, ui = display.of_script() })
end

-- Returns the name or id of what the caller gave.
local function name_of(caller, machine)
  local name = type(machine) == "table" and (machine.id or machine.name) or machine
  if type(name) == "string" and name ~= "" then return name end
  arguments.misuse(caller .. ": the machine must be a name, an id or a record")
end

local function find(caller, machine, options)
  local name = name_of(caller, machine)
  local ctx = context(options)
  return ctx, open.machine(ctx, name)
end

local function shown(machine)
  return flow("shown").fields(machine)
end

-- Returns {KEY = value} as the words KEY=value of a command line.
local function words_of(caller, variables)
  local words = {}
  for index, key in ipairs(sorted.keys(variables or {})) do
    if type(key) ~= "string" or type(variables[key]) ~= "string" then
      arguments.misuse(("%s: env.%s must be a string"):format(caller, tostring(key)))
    end
    words[index] = key .. "=" .. variables[key]
  end
  return words
end

local CREATE <const> = {
  provider = "string?", prefix = "string?", snapshot = "string?", name = "string?", env = "table?",
  env_files = "table?", labels = "table?", public = "boolean?", auto_stop = "integer?",
  auto_delete = "integer?", region = "string?", count = "integer?", limit = "integer?",
  wait_healthy = "boolean?", timeout = "number?", yes = "boolean?",
}

--- Makes a machine from a snapshot, by default from the newest usable one of the prefix. Returns
--- its record once it has started. With `wait_healthy` its port 3000 answers then, and the record
--- has `url`. With `count` it makes so many, and returns the list of all of them besides. After a
--- failure it deletes what it has made, and raises. `auto_stop` and `auto_delete` are minutes,
--- `timeout` is seconds; `yes` allows more machines than `machine.ask_above`.
---@param options? {provider: string?, prefix: string?, snapshot: string?, name: string?,
---  env: table<string, string>?, env_files: string[]?, labels: table<string, string>?,
---  public: boolean?, auto_stop: integer?, auto_delete: integer?, region: string?,
---  count: integer?, limit: integer?, wait_healthy: boolean?, timeout: number?, yes: boolean?}
---@return os2.machine
---@return os2.machine[]
function M.create(options)
  local given = arguments.check("machines.create", options, CREATE)
  local fields, _, failure = flow("create").run{
    provider = given.provider, prefix = given.prefix, snapshot = given.snapshot, name = given.name,
    env = words_of("machines.create", given.env), env_files = given.env_files,
    labels = given.labels or {}, is_public = given.public, auto_stop = given.auto_stop,
    auto_delete = given.auto_delete, region = given.region, count = given.count,
    limit = given.limit, is_wait_healthy = given.wait_healthy, timeout = given.timeout,
    is_sure = given.yes, ui = display.of_script(),
  }
  if failure then err.raise(failure) end
  return fields.machines[1], fields.machines
end

--- Returns the record of a machine. Raises `not_found`.
---@param machine string|os2.machine
---@param options? {provider: string?}
---@return os2.machine
function M.get(machine, options)
  options = arguments.check("machines.get", options, { provider = "string?" })
  local _, found = find("machines.get", machine, options)
  return shown(found)
end

local LIST <const> = {
  provider = "string?", labels = "table?", snapshot = "string?", not_latest = "boolean?",
  older_than = "number?", all = "boolean?",
}

--- Iterates over the machines that are selected, in any number: a page is requested when it is
--- reached. A page that fails raises, so a list that ends is complete. `not_latest` selects those
--- whose snapshot is older than the newest of its prefix, `older_than` those that were made so many
--- seconds ago; `all` adds those that are deleted and not gone yet.
---@param options? {provider: string?, labels: table<string, string>?, snapshot: string?,
---  not_latest: boolean?, older_than: number?, all: boolean?}
---@return fun(): os2.machine?
function M.list(options)
  local given = arguments.check("machines.list", options, LIST)
  local next_page = flow("select").pages(context(given), {
    labels = given.labels or {}, snapshot = given.snapshot, is_not_latest = given.not_latest,
    older_than = given.older_than, is_all = given.all,
  })
  return paged.items(function()
    local page = next_page()
    for index, machine in ipairs(page or {}) do page[index] = shown(machine) end
    return page
  end)
end

local function change(verb, machine, options)
  local caller = "machines." .. verb
  options = arguments.check(caller, options, { provider = "string?" })
  local ctx, found = find(caller, machine, options)
  flow("change").check(ctx, verb)
  return shown(flow("change").one(ctx, verb, found))
end

--- Starts a machine and waits until it has started. One that has started is left alone.
---@param machine string|os2.machine
---@param options? {provider: string?}
---@return os2.machine
function M.start(machine, options)
  return change("start", machine, options)
end

--- Stops a machine and waits until it has stopped. One that has stopped is left alone.
---@param machine string|os2.machine
---@param options? {provider: string?}
---@return os2.machine
function M.stop(machine, options)
  return change("stop", machine, options)
end

--- Stops a machine and moves it to object storage, where it does not count in the quota. The local
--- engine has no such thing, and refuses.
---@param machine string|os2.machine
---@param options? {provider: string?}
---@return os2.machine
function M.archive(machine, options)
  return change("archive", machine, options)
end

--- Deletes a machine and waits until it is gone. Raises `not_found` when there is none.
---@param machine string|os2.machine
---@param options? {provider: string?}
---@return os2.machine  its last record, with the state "deleted"
function M.delete(machine, options)
  return change("delete", machine, options)
end

local EXEC <const> = {
  provider = "string?", cwd = "string?", timeout = "number?", input = "string?",
  on_output = "function?",
}

local function check_argv(argv)
  local ok = type(argv) == "table" and #argv > 0
  for _, word in ipairs(ok and argv or {}) do ok = ok and type(word) == "string" end
  if not ok then
    arguments.misuse("machines.exec: argv must be a list of strings: the program and its arguments")
  end
end

-- Returns the function that takes output, and what it has kept unless the caller takes it.
local function sink(on_output)
  if on_output then return on_output end
  local output = flow("kept").new()
  return function(stream, data) output:add(stream, data) end, output
end

local function with_output(result, output)
  if not output then return result end
  result.stdout, result.stderr = output:bytes("stdout"), output:bytes("stderr")
  result.is_cut = output.is_cut or false
  return result
end

--- Runs a command in a machine, without a shell, and returns {code, stdout, stderr, is_cut} when it
--- has ended. A code other than 0 is an answer, not an error. Of each stream the first
--- `machine.output_limit` bytes are kept; with `on_output(stream, data)` they are passed on as they
--- come, and the result has the code only. `input` is what the command reads on stdin, by default
--- nothing. `timeout` in seconds. Raises `conflict` for a machine that is not started.
---@param machine string|os2.machine
---@param argv string[]
---@param options? {provider: string?, cwd: string?, timeout: number?, input: string?,
---  on_output: fun(stream: "stdout"|"stderr", data: string)?}
---@return {code: integer, stdout: string?, stderr: string?, is_cut: boolean?}
function M.exec(machine, argv, options)
  local given = arguments.check("machines.exec", options, EXEC)
  check_argv(argv)
  flow("exec").check_words(argv, given.cwd)
  local ctx, found = find("machines.exec", machine, given)
  local on_output, output = sink(given.on_output)
  local code = flow("exec").run_in(ctx, found, {
    argv = argv, cwd = given.cwd, timeout = given.timeout or policy.ask("timeouts.exec"),
    input = given.input, is_attached = given.input ~= nil,
  }, on_output)
  return with_output({ code = code }, output)
end

--- Returns what a machine's own program has written, as {stdout, stderr, is_cut}: the last `tail`
--- lines, what is younger than `since` seconds, or all. With `on_output(stream, data)` it is passed
--- on as it comes, with `follow` until the program ends.
---@param machine string|os2.machine
---@param options? {provider: string?, follow: boolean?, tail: integer?, since: number?,
---  on_output: fun(stream: "stdout"|"stderr", data: string)?}
---@return {stdout: string?, stderr: string?, is_cut: boolean?}
function M.logs(machine, options)
  local given = arguments.check("machines.logs", options, {
    provider = "string?", follow = "boolean?", tail = "integer?", since = "number?",
    on_output = "function?",
  })
  local ctx, found = find("machines.logs", machine, given)
  local on_output, output = sink(given.on_output)
  flow("logs").read(ctx, found, {
    is_following = given.follow, tail = given.tail, since = given.since,
  }, on_output)
  return with_output({}, output)
end

--- Copies a file or directory between this machine and a machine, as `os2 machine cp` does: one of
--- both places is "NAME:PATH". A file replaces only a file, and a directory is merged into a
--- directory; `exists` is raised otherwise.
---@param source string
---@param target string
---@param options? {provider: string?}
function M.cp(source, target, options)
  local given = arguments.check("machines.cp", options, { provider = "string?" })
  for _, place in ipairs{ source, target } do
    if place == "-" then arguments.misuse('machines.cp: "-" is for the command only') end
  end
  flow("copy").run{
    source = source, target = target, provider = given.provider, ui = display.of_script(),
  }
end

--- Returns the address of a machine's port, by default 3000: `url`, and `headers` that a private
--- port wants. With `signed` the address works for anybody for so many seconds, without a header.
---@param machine string|os2.machine
---@param options? {provider: string?, port: integer?, signed: integer?}
---@return {url: string, port: integer, token: string?, headers: table<string, string>}
function M.url(machine, options)
  local given = arguments.check("machines.url", options, {
    provider = "string?", port = "integer?", signed = "integer?",
  })
  local ctx, found = find("machines.url", machine, given)
  local preview, port = flow("look").address(ctx, found, given)
  return {
    url = preview.url, port = port, headers = preview.headers,
    token = not found.public and preview.token or nil,
  }
end

--- Waits until a machine's port answers its health path with 200, and returns the URL. Raises
--- `timeout` after `timeout` seconds (by default `timeouts.machine_healthy`).
---@param machine string|os2.machine
---@param options? {provider: string?, timeout: number?}
---@return string url
function M.wait_healthy(machine, options)
  local given = arguments.check("machines.wait_healthy", options, {
    provider = "string?", timeout = "number?",
  })
  local ctx, found = find("machines.wait_healthy", machine, given)
  return flow("wait").healthy(ctx, found,
    given.timeout or policy.ask("timeouts.machine_healthy"),
    "allow more time with the option timeout")
end

return M
