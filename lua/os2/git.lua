--- Git repositories: cloning, updating, and reading their state.
---
--- Working trees are read with the git program when there is one (policy `git.program`): libgit2
--- differs from git in ignore rules, sparse trees, filters and newer repository formats.
---
--- Servers are reached over https or http through os2's own HTTP client, with its TLS, proxies and
--- deadlines. A redirect within the scheme, host and port is followed (policy `git.redirects`); any
--- other redirect is an error. Credentials are a table host -> {username =, password =}. They stay
--- in memory and are sent to their host only (and port, when it is written "host:port"), over
--- https. To allow them over plain http, where the network can read them, name the scheme:
--- "http://host:port".
local env = require("os2.env")
local err = require("os2.err")
local arguments = require("os2.base.arguments")
local policy = require("os2.policy")
local run_options = require("os2.run.options")
local stream = require("os2.git.stream")

---@class os2.git
local M = {}

---@class os2.git.head
---@field commit? string  hexadecimal; nil before the first commit
---@field branch? string  nil when HEAD is detached
---@field root? string  the working tree; nil for a bare repository
---@field moved_to? string  of a clone: the repository's new URL, after a redirect

---@class os2.git.look: os2.git.head
---@field directory string  git's own directory of this working tree (HEAD, index), ending with a
---  slash
---@field is_shallow boolean  the history was cut by a depth

---@class os2.git.status
---@field is_clean boolean
---@field changes {path: string, state: string}[]  state: "modified", "added", "deleted", "renamed",
---  "untracked" or "conflicted"

-- Loaded at first use, so that a run without git does not load libgit2.
local function host()
  return require("host.git")
end

local function is_pair(value)
  return type(value) == "table" and type(value.username) == "string"
    and type(value.password) == "string"
end

-- A misspelled host would match no server, and the credentials would silently not be sent.
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

-- Credentials that match the server are sent with the first request; a clone that needs none is
-- made without.
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

-- Returns the module that answers with the git program, which is loaded with the first question;
-- nil when there is no such program.
local function by_program(name)
  return require("os2.git.program").find() and require("os2.git.program." .. name)
end

-- For each question, the module of os2.git.program and the function in it.
local QUESTIONS <const> = {
  head = { "look", "head" }, branch = { "look", "branch" }, remotes = { "look", "remotes" },
  is_ancestor = { "look", "is_ancestor" }, status = { "status", "of" }, files = { "files", "of" },
  overwritten = { "move", "overwritten" },
}

-- libgit2 may still read the HEAD of a repository that the git program finds damaged, so that the
-- position can be reported and used.
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

--- Clones one branch of a repository, by default the server's default branch, into a directory that
--- does not exist or is empty. The directory appears when the clone is complete, or not at all.
--- Returns a stream of {type = "progress", phase = "receive"|"resolve"|"checkout", done, total,
--- bytes}; its result is {commit, branch, root}. With `on_progress` it waits and returns the
--- result. With `depth` the history has that many commits; such a clone cannot be fetched into.
--- `timeout` in seconds. Raises `not_found`, `exists`, `denied`, `quota`, `protocol`, and the
--- errors of `http.request`.
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

--- Fetches from a remote, by default "origin": its configured branches, or the branch that is
--- named. Changes no file of the working tree; `git.reset` does. Returns a stream as `git.clone`
--- does; its result is {commit, has_changed, moved_to}, where `commit` is the tip of the named
--- branch, or of the upstream of the current branch.
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

--- Sets the current branch and all tracked files to a commit ("origin/main" or another revision).
--- Changes in tracked files are lost. With `branch` it switches to that local branch first: it is
--- created when it does not exist, moved when it does, and follows the remote's branch of the same
--- name. Untracked files stay. When the commit has a file at the path of an untracked one, it
--- raises `conflict` and changes nothing; with `overwrite` the untracked file is replaced. Waits.
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
  -- one place for the gate of --read-only and --dry-run: the library's own verb
  local module = not run_options.guard and by_program("move") or require("os2.git.library")
  return module.reset(fields)
end

--- Returns the head of the repository that contains a directory. Waits, as all verbs below do.
--- Raises `not_found` when there is no repository, `denied` when it belongs to another user.
---@param path string
---@return os2.git.look
function M.head(path)
  return look("head", path)
end

--- Returns the commit of a local branch; nil when there is no such branch. `is_elsewhere` is true
--- when another worktree has the branch checked out, so that this one cannot switch to it.
---@param path string
---@param name string
---@return {commit: string, is_elsewhere: boolean}?
function M.branch(path, name)
  if type(name) ~= "string" then arguments.misuse("git.branch: the name must be a string") end
  return look("branch", path, { branch = name })
end

--- Returns true when `commit` is an ancestor of `of`, or the same commit: a move from `commit` to
--- `of` then loses no commit. Raises `not_found` when one of them does not exist.
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

--- Returns the sorted paths that are in no commit and that a reset to a commit would overwrite or
--- remove: untracked files, and directories with untracked files where the commit has a file.
--- Ignored files are left out, because git overwrites them, too.
---@param options {path: string, to: string, timeout: number?}
---@return string[]
function M.overwritten(options)
  arguments.check("git.overwritten", options,
    { path = "string", to = "string", timeout = "number?" })
  return look("overwritten", options.path, { revision = options.to, timeout = options.timeout })
end

--- Returns the differences between the working tree and the commit, in the repository that contains
--- a directory. A submodule at another commit than the recorded one is "modified"; with
--- `without_submodules` no submodule is looked at.
---@param path string
---@param options? {without_submodules: boolean?}
---@return os2.git.status
function M.status(path, options)
  options = arguments.check("git.status", options, { without_submodules = "boolean?" })
  return look("status", path, options)
end

--- Returns true when somebody has changed a tracked file or the index, that is, when a reset would
--- lose changes. Unlike `git.status` it ignores submodules, and files that git reports as modified
--- although their content is what a checkout writes (the commit does not follow its own line ends
--- or filters).
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

--- Returns the files below a directory that are tracked, or untracked and not ignored; the paths
--- are relative to the directory. A tracked file in the list may have been deleted. For submodules
--- and other repositories inside, their files are listed; for a submodule that was not checked out,
--- its directory.
---@param path string
---@return string[]
function M.files(path)
  return look("files", path)
end

--- Returns the remotes of the repository that contains a directory; their URLs have no user and
--- password.
---@param path string
---@return {name: string, url: string}[]
function M.remotes(path)
  return look("remotes", path)
end

--- Returns the references of a repository on a server. `timeout` in seconds.
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

--- Returns an entry of the repository's own configuration; nil when it is not set.
---@param path string
---@param key string  "user.name"
---@return string?
function M.config_get(path, key)
  return look("config_get", path, { key = key })
end

--- Sets an entry of the repository's own configuration; nil removes the entry.
---@param path string
---@param key string
---@param value string?
function M.config_set(path, key, value)
  look("config_set", path, { key = key, value = value })
end

return M
