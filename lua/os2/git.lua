--- Git repositories: cloning, bringing up to date, looking at them.
---
--- Working trees are looked at with the git program where there is one (`git.program`): libgit2
--- reads ignore rules, sparse trees, filters and newer repositories otherwise than git does.
---
--- Servers are reached over https or http with os2's own HTTP: its TLS, proxies, deadlines. A
--- redirect within their scheme, host and port is followed (`git.redirects`), and any other one is
--- an error. Credentials are a table host -> {username =, password =}; they stay in
--- memory and go to their host (and port, where it is "host:port") only, over https. Where they may
--- go over plain http, for whoever listens to read, the scheme is named: "http://host:port".
local env = require("os2.env")
local err = require("os2.err")
local arguments = require("os2.base.arguments")
local policy = require("os2.policy")
local stream = require("os2.git.stream")

---@class os2.git
local M = {}

---@class os2.git.head
---@field commit? string  hex; nil before the first commit
---@field branch? string  nil: detached
---@field root? string  the working tree; nil: bare
---@field moved_to? string  of a clone: where the repository is now, after a redirect

---@class os2.git.look: os2.git.head
---@field directory string  where git keeps this working tree's HEAD and index, slash at the end
---@field is_shallow boolean  the history was cut off by a depth

---@class os2.git.status
---@field is_clean boolean
---@field changes {path: string, state: string}[]  state: "modified", "added", "deleted", "renamed",
---  "untracked" or "conflicted"

-- Loaded at first use: what needs no git must not pay for libgit2.
local function host()
  return require("host.git")
end

local function is_pair(value)
  return type(value) == "table" and type(value.username) == "string"
    and type(value.password) == "string"
end

-- Nothing is sent for a name that is none, and nobody would see why.
local function check_host(caller, name)
  local scheme, rest = name:match("^(%a+)://(.*)$")
  local is_known = scheme == nil or scheme:lower() == "https" or scheme:lower() == "http"
  if is_known and (rest or name):match("^[^/@]+/?$") then return end
  local message = "%s: credentials are for 'host', 'host:port' or 'http://host:port', not for '%s'"
  arguments.misuse(message:format(caller, (name:gsub("[^/]*@", ""))))
end

local function check_credentials(caller, credentials)
  for name, pair in pairs(credentials or {}) do
    if type(name) ~= "string" or not is_pair(pair) then
      arguments.misuse(caller .. ": credentials must be a table host -> {username =, password =}")
    end
    check_host(caller, name)
  end
  return credentials
end

-- A clone that needs no credentials is asked for without them; who has some, has them used at once.
local function transfer(caller, options)
  return {
    path = options.path, url = options.url, branch = options.branch, remote = options.remote,
    depth = options.depth, credentials = check_credentials(caller, options.credentials),
    ca_file = env.get("SSL_CERT_FILE") or env.get("CURL_CA_BUNDLE"),
    timeout = options.timeout or policy.ask("timeouts.git_transfer"),
    connect_timeout = policy.ask("timeouts.connect"),
    idle_timeout = policy.ask("timeouts.git_idle"),
    list_limit = policy.ask("git.advertisement_limit"), move_limit = policy.ask("git.redirects"),
  }
end

local function check_path(verb, path)
  if type(path) == "string" then return end
  arguments.misuse(("git.%s: the path must be a string, not %s"):format(verb, type(path)))
end

-- The git program's way to answer, in a module that is loaded with the first question; nil where
-- there is no such program.
local function by_program(name)
  return require("os2.git.program").find() and require("os2.git.program." .. name)
end

-- Which module of os2.git.program answers a question, and with which of its functions.
local QUESTIONS <const> = {
  head = { "look", "head" }, branch = { "look", "branch" }, remotes = { "look", "remotes" },
  is_ancestor = { "look", "is_ancestor" }, status = { "status", "of" }, files = { "files", "of" },
  overwritten = { "move", "overwritten" },
}

-- Where a damaged repository stands libgit2 may still read: then it can be said, and used.
local function head_of(path, module)
  local ok, answer = pcall(module.head, path)
  if ok then return answer end
  if not err.is(answer, "invalid") then error(answer, 0) end
  local is_read, head = pcall(require("os2.git.library").ask, "head", path)
  return is_read and head or err.raise(answer)
end

local function look(verb, path, fields)
  check_path(verb, path)
  local question = QUESTIONS[verb]
  local module = question and by_program(question[1])
  if module and verb == "head" then return head_of(path, module) end
  if module then return module[question[2]](path, fields or {}) end
  local library = require("os2.git.library")
  if verb == "overwritten" then return library.overwritten(path, fields) end
  return library.ask(verb, path, fields)
end

--- Clones one branch of a repository, by default the server's default branch, into a directory
--- that is not there yet or empty. It appears when the clone is complete, or not at all.
--- Returns a stream of {type = "progress", phase = "receive"|"resolve"|"checkout", done, total,
--- bytes}; the result is {commit, branch, root}. With `on_progress` it waits and returns that.
--- With `depth` only that many commits come; such a clone cannot be fetched into.
--- Raises `not_found`, `exists`, `denied`, `quota`, `protocol`, and as `http.request` does.
---@param options {url: string, path: string, branch: string?, depth: integer?, credentials: table?,
---  timeout: number?, on_progress: function?}
---@return os2.git.stream|os2.git.head
function M.clone(options)
  arguments.check("git.clone", options, {
    url = "string", path = "string", branch = "string?", depth = "integer?", credentials = "table?",
    timeout = "number?", on_progress = "function?",
  })
  if (options.depth or 1) < 1 then arguments.misuse("git.clone: the depth must be 1 or more") end
  return stream.open(err.check(host().clone(transfer("git.clone", options))), options.on_progress)
end

--- Brings what a remote has, by default "origin": its configured branches, or the one named.
--- Changes no file; `git.reset` does. A stream as of `git.clone`; the result is {commit,
--- has_changed, moved_to}: the tip of the branch named, else of what the current branch follows.
---@param options {path: string, remote: string?, branch: string?, credentials: table?,
---  timeout: number?, on_progress: function?}
---@return os2.git.stream|{commit: string?, has_changed: boolean, moved_to: string?}
function M.fetch(options)
  arguments.check("git.fetch", options, {
    path = "string", remote = "string?", branch = "string?", credentials = "table?",
    timeout = "number?", on_progress = "function?",
  })
  return stream.open(err.check(host().fetch(transfer("git.fetch", options))), options.on_progress)
end

local function refuse_to_overwrite(path, names)
  local more = #names > 1 and (" and %d more"):format(#names - 1) or ""
  err.raise(err.new{
    kind = "conflict", op = "git.reset", hint = "move it away, or reset with overwrite = true",
    message = ("the reset of %s would overwrite %s%s, which is in no commit"):format(path,
      names[1], more),
  })
end

local function refuse_elsewhere(path, branch)
  local found = look("branch", path, { branch = branch })
  if not found or not found.is_elsewhere then return end
  err.raise(err.new{
    kind = "conflict", op = "git.reset",
    message = ("another worktree of %s is on the branch %s"):format(path, branch),
  })
end

--- Sets the current branch and all tracked files to a commit, "origin/main" or another revision;
--- what was changed in them is lost. With `branch` it goes to that local branch first, made where
--- it is missing and set where it is not, following the remote's of that name. Waits.
--- Untracked files stay. Where one stands in the way it raises `conflict` and nothing is changed;
--- with `overwrite` it goes.
---@param options {path: string, to: string, branch: string?, overwrite: boolean?,
---  timeout: number?, on_progress: function?}
---@return os2.git.head
function M.reset(options)
  arguments.check("git.reset", options, {
    path = "string", to = "string", branch = "string?", overwrite = "boolean?",
    timeout = "number?", on_progress = "function?",
  })
  local fields = {
    path = options.path, revision = options.to, branch = options.branch,
    on_progress = options.on_progress,
    timeout = options.timeout or policy.ask("timeouts.git_transfer"),
  }
  if options.branch then refuse_elsewhere(options.path, options.branch) end
  if not options.overwrite then
    local names = look("overwritten", options.path, {
      revision = options.to, timeout = fields.timeout,
    })
    if names[1] then refuse_to_overwrite(options.path, names) end
  end
  return (by_program("move") or require("os2.git.library")).reset(fields)
end

--- Returns where the repository around a directory stands. Waits, as all below.
--- Raises `not_found` where there is none, `denied` where it is another user's.
---@param path string
---@return os2.git.look
function M.head(path)
  return look("head", path)
end

--- Returns where a local branch is, or nil where there is none of that name. `is_elsewhere` says
--- that another worktree is on it, so that this one cannot go there.
---@param path string
---@param name string
---@return {commit: string, is_elsewhere: boolean}?
function M.branch(path, name)
  if type(name) ~= "string" then arguments.misuse("git.branch: the name must be a string") end
  return look("branch", path, { branch = name })
end

--- Says whether a commit is among those that lead to another one, or is that one: what is at the
--- first loses nothing by going to the second. Raises `not_found` where one of them is not there.
---@param options {path: string, commit: string, of: string, timeout: number?}
---@return boolean
function M.is_ancestor(options)
  arguments.check("git.is_ancestor", options, {
    path = "string", commit = "string", of = "string", timeout = "number?",
  })
  return look("is_ancestor", options.path, {
    commit = options.commit, revision = options.of, timeout = options.timeout,
  })
end

--- Returns what is in no commit and a reset to one would overwrite or remove, sorted: untracked
--- files, and directories that hold some where the commit has a file. What git ignores is left out,
--- as git overwrites it, too.
---@param options {path: string, to: string, timeout: number?}
---@return string[]
function M.overwritten(options)
  arguments.check("git.overwritten", options,
    { path = "string", to = "string", timeout = "number?" })
  return look("overwritten", options.path, { revision = options.to, timeout = options.timeout })
end

--- Returns what differs from the commit in the repository around a directory. A submodule at
--- another commit than the recorded one is modified; `without_submodules` looks at none.
---@param path string
---@param options? {without_submodules: boolean?}
---@return os2.git.status
function M.status(path, options)
  options = arguments.check("git.status", options, { without_submodules = "boolean?" })
  return look("status", path, options)
end

--- Says whether somebody has changed a tracked file, or what is to be committed: what a reset would
--- take away. Unlike `git.status` it passes over files that git calls modified though they are as a
--- checkout writes them (line ends or a filter that the commit itself does not follow), and over
--- submodules.
---@param path string
---@return boolean
function M.is_changed(path)
  check_path("is_changed", path)
  local module = by_program("status")
  if module then return module.is_changed(path) end
  for _, change in ipairs(look("status", path, { without_submodules = true }).changes) do
    if change.state ~= "untracked" then return true end
  end
  return false
end

--- Returns the files below a directory that git knows or would add: tracked, and untracked without
--- the ignored ones; relative to the directory. A tracked file may have been deleted. Of submodules
--- and other repositories in it their files are listed; of a submodule that was not brought, its
--- directory.
---@param path string
---@return string[]
function M.files(path)
  return look("files", path)
end

--- Returns the remotes of the repository around a directory, URLs without user and password.
---@param path string
---@return {name: string, url: string}[]
function M.remotes(path)
  return look("remotes", path)
end

--- Returns the references of a server's repository.
---@param options {url: string, credentials: table?, timeout: number?}
---@return {name: string, commit: string}[]
function M.ls_remote(options)
  arguments.check("git.ls_remote", options, {
    url = "string", credentials = "table?", timeout = "number?",
  })
  local request = transfer("git.ls_remote", options)
  request.timeout = options.timeout or policy.ask("timeouts.git")
  local list, failure = host().ls_remote(request)
  if not list and failure then err.raise(require("os2.git.explain").of(failure)) end
  return list
end

--- Returns an entry of the repository's own configuration, or nil.
---@param path string
---@param key string  "user.name"
---@return string?
function M.config_get(path, key)
  return look("config_get", path, { key = key })
end

--- Sets an entry of the repository's own configuration; nil takes it away.
---@param path string
---@param key string
---@param value string?
function M.config_set(path, key, value)
  look("config_set", path, { key = key, value = value })
end

return M
