--- Reads a repository with the git program: its head, its branches and remotes.
local program = require("os2.git.program")
local err = require("os2.err")

---@class os2.git.program.look
local M = {}

local QUIET <const> = { [1] = true } -- the exit code that means "no"

local function without_end(text)
  return (text:gsub("\n$", ""))
end

local function is_odd(revision)
  return revision == "" or revision:sub(1, 1) == "-" or revision:find("[\n%z]") ~= nil
end

--- Returns the commit that a revision names; nil when there is none.
---@param path string
---@param revision string
---@param options os2.git.program.options
---@return string?
function M.find_commit(path, revision, options)
  if is_odd(revision) then return nil end
  local words = { "rev-parse", "--verify", "-q", revision .. "^{commit}" }
  local stdout, code = program.run(path, words, {
    verb = options.verb, what = options.what, is_here = options.is_here, timeout = options.timeout,
    accepts = QUIET,
  })
  return code == 0 and without_end(stdout) or nil
end

--- As `find_commit`, but raises `not_found` when there is none.
---@return string
function M.commit(path, revision, options)
  local commit = M.find_commit(path, revision, options)
  if commit then return commit end
  err.raise(err.new{
    kind = "not_found", op = options.verb,
    message = ("%s: there is no revision %s"):format(options.what, revision),
  })
end

--- Returns the branch that is checked out; nil when HEAD is detached.
---@param path string
---@param options os2.git.program.options
---@return string?
function M.current_branch(path, options)
  local stdout, code = program.run(path, { "symbolic-ref", "-q", "HEAD" }, {
    verb = options.verb, what = options.what, is_here = options.is_here, timeout = options.timeout,
    accepts = QUIET,
  })
  return code == 0 and without_end(stdout):match("^refs/heads/(.+)$") or nil
end

local function with_slash(path)
  return path:sub(-1) == "/" and path or path .. "/"
end

-- In a bare repository, and in git's own directory, there is no root.
local function root_of(path, options)
  local stdout = program.run(path, { "rev-parse", "--is-inside-work-tree" }, options)
  if without_end(stdout) ~= "true" then return nil end
  return with_slash(without_end((program.run(path, { "rev-parse", "--show-toplevel" }, options))))
end

--- Returns the head of the repository that contains a directory; see `git.head`.
---@param path string
---@return os2.git.look
function M.head(path)
  local options = { verb = "git.head", what = "cannot open the repository " .. path }
  local place = program.run(path, { "rev-parse", "--is-shallow-repository", "--absolute-git-dir" },
    options)
  local is_shallow, directory = place:match("^(%a+)\n(.*)\n$")
  return {
    root = root_of(path, options), directory = with_slash(directory),
    is_shallow = is_shallow == "true", branch = M.current_branch(path, options),
    commit = M.find_commit(path, "HEAD", options),
  }
end

--- Returns a local branch; see `git.branch`.
---@param path string
---@param fields {branch: string}
---@return {commit: string, is_elsewhere: boolean}?
function M.branch(path, fields)
  local name = fields.branch
  local reference = "refs/heads/" .. name
  local stdout = program.run(path, {
    "for-each-ref", "--format=%(refname)%00%(objectname)%00%(HEAD)%00%(worktreepath)", reference,
  }, {
    verb = "git.branch", what = ("cannot read the branch %s of %s"):format(name, path),
  })
  local found, commit, head, worktree = stdout:match("^(%Z*)%z(%Z*)%z(%Z*)%z(%Z*)\n$")
  if found ~= reference then return nil end
  return { commit = commit, is_elsewhere = worktree ~= "" and head ~= "*" }
end

--- Returns true when one commit is an ancestor of the other; see `git.is_ancestor`.
---@param path string
---@param fields {commit: string, revision: string, timeout: number?}
---@return boolean
function M.is_ancestor(path, fields)
  local options = {
    verb = "git.is_ancestor", timeout = fields.timeout,
    what = ("cannot compare %s with %s in %s"):format(fields.commit, fields.revision, path),
  }
  local old, new = M.commit(path, fields.commit, options), M.commit(path, fields.revision, options)
  options.accepts = QUIET
  local _, code = program.run(path, { "merge-base", "--is-ancestor", old, new }, options)
  return code == 0
end

local function without_user(url)
  local scheme, authority, rest = url:match("^(%a[%w+.-]*://)([^/?#]*)(.*)$")
  return scheme and scheme .. authority:gsub("^.*@", "") .. rest or url
end

--- Returns the remotes; see `git.remotes`.
---@param path string
---@return {name: string, url: string}[]
function M.remotes(path)
  local stdout = program.run(path, { "remote", "-v" }, {
    verb = "git.remotes", what = "cannot list the remotes of " .. path,
  })
  local list = {}
  for name, url in stdout:gmatch("([^\t\n]+)\t([^\n]-) %(fetch%)") do
    list[#list + 1] = { name = name, url = without_user(url) }
  end
  return list
end

return M
