--- How a machine boots: what it clones, installs and builds, and how its daemon is kept running.
local policy = require("os2.policy")
local rules = require("os2.base.rules")

---@class os2.policies.entry
local M = {}

local HOUR <const> = 3600
local DAY <const> = 24 * HOUR
local REPOSITORY <const> = "https://github.com/iterate/iterate.git"

-- Without a trailing slash, because HOME may be "/" itself.
local function home_of(env)
  return ((env.HOME or "/root"):gsub("/+$", ""))
end

--- Returns the repository that the machine runs: ITERATE_REPOSITORY, else iterate's.
---@param facts {env: table<string, string>}
---@return string
function M.repository(facts)
  return facts.env.ITERATE_REPOSITORY or REPOSITORY
end

--- Returns the path at which the iterate repository is checked out.
---@param facts {env: table<string, string>}
---@return string
function M.path(facts)
  return home_of(facts.env) .. "/src/github.com/iterate/iterate"
end

--- Returns the URL and the path of a further repository.
---@param facts {owner: string, name: string, branch: string?, env: table<string, string>}
---@return {url: string, path: string, branch: string?}
function M.further(facts)
  return {
    url = ("%s/%s/%s.git"):format(policy.ask("entry.github", facts), facts.owner, facts.name),
    path = ("%s/src/github.com/%s/%s"):format(home_of(facts.env), facts.owner, facts.name),
    branch = facts.branch,
  }
end

--- Decides whether a checkout may be updated. Changes that somebody made in it are kept.
---@param facts {is_shallow: boolean, is_clean: boolean, is_own: boolean, is_other: boolean}
---  is_clean: no tracked file differs from the commit; is_own: it is at the commit that os2
---  checked out; is_other: its origin is not the wanted repository
---@return "update"|"keep" action, string? why
function M.update(facts)
  if facts.is_shallow then return "keep", "it is shallow, and an update would break it" end
  if not facts.is_clean then return "keep", "it has changes that are not committed" end
  if facts.is_other and not facts.is_own then
    return "keep", "it is of another repository, and is not as os2 left it"
  end
  return "update"
end

--- Decides whether a checkout moves to what was fetched. No commit is lost by the move.
---@param facts {is_own: boolean, is_contained: boolean, is_switched: boolean,
---  is_branch_contained: boolean, is_branch_elsewhere: boolean, overwritten: string[]}  is_own: it
---  is at the commit that os2 checked out; is_contained: the fetched commits contain its commit;
---  is_switched: somebody has switched to another branch; is_branch_contained: they contain the
---  local branch; is_branch_elsewhere: another worktree has that branch checked out; overwritten:
---  the files without a commit that the move would overwrite
---@return "update"|"keep" action, string? why
function M.move(facts)
  if facts.is_switched then return "keep", "somebody has put it on another branch" end
  if not facts.is_own and not facts.is_contained then
    return "keep", "it has commits that the remote does not have"
  end
  if not facts.is_branch_contained then
    return "keep", "the local branch to go to has commits that the remote does not have"
  end
  if facts.is_branch_elsewhere then
    return "keep", "another worktree is on the local branch to go to"
  end
  local first = facts.overwritten[1]
  if first then
    return "keep", ("the update would overwrite %s, which is in no commit"):format(first)
  end
  return "update"
end

-- Errors that are not the server's, and not those of a repository that is locked, damaged or
-- reached by a protocol that os2 does not support (ssh).
local HINDRANCE <const> = { internal = true, quota = true, exists = true, cancelled = true }

--- Decides whether a checkout that cannot be updated is used as it is.
---@param facts {kind: string, is_disk_full: boolean?}  of the error
---@return "use"|"fail"
function M.on_unreachable(facts)
  return (HINDRANCE[facts.kind] or facts.is_disk_full) and "fail" or "use"
end

--- Decides whether the install command is run.
---@param facts {is_changed: boolean, has_modules: boolean, is_incomplete: boolean}
---  is_incomplete: the last install was interrupted or failed
---@return boolean
function M.needs_install(facts)
  return facts.is_changed or not facts.has_modules or facts.is_incomplete
end

--- Returns the changes to the environment of a command; false removes a variable.
---@param facts {command: "install"|"build"|"daemon"}
---@return table<string, string|false>
function M.environment(facts)
  -- without a terminal pnpm does not ask, and continues only when CI is set
  if facts.command ~= "daemon" then return { CI = "true" } end
  return { HOSTNAME = "0.0.0.0", PORT = ("%d"):format(policy.ask("entry.port", facts)) }
end

--- Decides whether a health answer counts as healthy.
---@param facts {status: integer, body: string}
---@return boolean
function M.is_healthy(facts)
  return facts.status == 200
end

local MOST_DOUBLINGS <const> = 60 -- far above every cap, and still finite
local HOPELESS <const> = { not_found = true, denied = true, invalid = true }

--- Returns how long to wait before the daemon is started again, or nil to give up. The pause
--- doubles with each failure in a row. A daemon that cannot be started at all is not retried.
---@param facts {failures: integer, kind: string, code: integer?, seconds: number}
---  failures: in a row, this one included; seconds: how long it was ready, 0 if it never was
---@return number?
function M.restart(facts)
  if facts.code == nil and HOPELESS[facts.kind] then return nil end
  if facts.failures > policy.ask("entry.restarts", facts) then return nil end
  local pause = policy.ask("entry.restart_first", facts)
  local doublings = math.min(facts.failures - 1, MOST_DOUBLINGS)
  return math.min(pause * 2.0 ^ doublings, policy.ask("entry.restart_cap", facts))
end

-- ---- rules ----

local function check_url(url)
  if not url:match("^https?://[^/]") then return nil, "it begins with https:// or http://" end
  if url:match("^%a+://[^/]*@") then
    return nil, "a URL with a password would be written to disk; the token is GITHUB_ACCESS_TOKEN"
  end
  return true
end

local function check_base(url)
  if url:sub(-1) == "/" then return nil, "it ends without a slash" end
  return check_url(url)
end

local function check_further(answer)
  if type(answer.url) ~= "string" or type(answer.path) ~= "string" then
    return nil, "url and path are strings"
  end
  local ok, why = check_url(answer.url)
  if not ok then return nil, why end
  return rules.absolute(answer.path)
end

local function check_daemon(argv)
  if #argv > 0 then return true end
  return nil, "the program is missing; to run none, drop the step daemon of entry.steps"
end

local function check_environment(changes)
  for name, value in pairs(changes) do
    if type(name) ~= "string" or (type(value) ~= "string" and value ~= false) then
      return nil, ("%s is neither a string nor false"):format(tostring(name))
    end
  end
  return true
end

local RESTART_FACTS <const> = {
  failures = "integer: number of failures in a row, including this one",
  kind = "os2.ErrKind: the kind of the failure",
  code = "integer?: the daemon's exit code, if it exited",
  seconds = "number: seconds for which the daemon was ready; 0: it never was",
}

local function seconds(word, doc, default, least, most, facts)
  policy.define("entry." .. word, {
    facts = facts, doc = doc, type = "number", unit = "s", range = { least, most },
    default = default,
  })
end

local function command(word, doc, default, check)
  policy.define("entry." .. word, {
    doc = doc, type = "list", element = "string", default = default, check = check,
  })
end

-- ---- the entries ----

policy.define("entry.steps", {
  ctx = {
    path = "string: the path of the checkout",
    is_dev = "boolean: ITERATE_DEV is true; the code is not changed",
    commit = "string?: the commit that is checked out; set from the step checkout on",
    is_changed = "boolean?: the code has changed; set from the step checkout on",
  },
  doc = "The steps of a machine's boot.", type = "steps",
  default = { "identity", "checkout", "repositories", "install", "build", "daemon" },
})

policy.define("entry.git_name", {
  doc = "The author name of commits made on the machine.",
  type = "string", default = "iterate-bot", check = rules.not_empty,
})

policy.define("entry.git_email", {
  doc = "The email address of commits made on the machine.",
  type = "string", default = "iterate-bot@users.noreply.github.com", check = rules.not_empty,
})

policy.define("entry.repository", {
  doc = "The URL of the repository that the machine runs, without a password: ITERATE_REPOSITORY, "
    .. "else iterate's on GitHub.",
  default = M.repository,
  returns = { type = "string", check = check_url, doc = "a URL" },
})

policy.define("entry.branch", {
  doc = "The branch of the repository.", type = "string", default = "main", check = rules.not_empty,
})

policy.define("entry.path", {
  doc = "The path at which the repository is checked out.", default = M.path,
  returns = { type = "string", check = rules.absolute, doc = "an absolute path" },
})

policy.define("entry.depth", {
  doc = "How many commits are cloned; 0: all. A shallow checkout is never updated, so this is "
    .. "only for machines that are thrown away.",
  type = "integer", range = { 0, 1000000 }, default = 0,
})

policy.define("entry.github", {
  doc = "The base URL of the repositories of GITHUB_REPOS. GITHUB_ACCESS_TOKEN is sent to its "
    .. "host only, and over plain http only when the URL says http://.",
  type = "string", default = "https://github.com", check = check_base,
})

policy.define("entry.token_user", {
  doc = "The user name that is sent with GITHUB_ACCESS_TOKEN.",
  type = "string", default = "x-access-token", check = rules.not_empty,
})

policy.define("entry.further", {
  facts = {
    owner = "string: the repository's owner in GITHUB_REPOS",
    name = "string: the repository's name",
    branch = "string?: the branch in GITHUB_REPOS, if it has one",
  },
  doc = "The URL and the path of a repository of GITHUB_REPOS.", default = M.further,
  returns = { type = "table", check = check_further, doc = "{url, path, branch}" },
})

policy.define("entry.on_further_failure", {
  doc = "What happens when a repository of GITHUB_REPOS cannot be cloned or updated.",
  type = "string", values = { "warn", "fail" }, default = "warn",
})

policy.define("entry.limit", {
  doc = "How many repositories of GITHUB_REPOS are cloned at the same time.",
  type = "integer", range = { 1, 100 }, default = 4,
})

policy.define("entry.update", {
  facts = {
    is_shallow = "boolean: the checkout's history was cut by a depth",
    is_clean = "boolean: no tracked file differs from the commit",
    is_own = "boolean: the checkout is at the commit that os2 checked out",
    is_other = "boolean: the checkout's origin is not the wanted repository",
  },
  doc = "Whether a checkout is updated, that is, whether its branch is fetched.",
  default = M.update,
  returns = { type = "string", values = { "update", "keep" }, doc = "update, or keep and why" },
})

policy.define("entry.move", {
  facts = {
    is_own = "boolean: the checkout is at the commit that os2 checked out",
    is_contained = "boolean: the fetched commits contain the checkout's commit",
    is_switched = "boolean: somebody has switched to another branch",
    is_branch_contained = "boolean: the fetched commits contain the commit of the local branch",
    is_branch_elsewhere = "boolean: another worktree has the local branch checked out",
    overwritten = "string[]: the files in no commit that are in the way",
  },
  doc = "Whether a checkout moves to what was fetched.", default = M.move,
  returns = { type = "string", values = { "update", "keep" }, doc = "update, or keep and why" },
})

policy.define("entry.on_unreachable", {
  facts = { kind = "os2.ErrKind: the error's kind", is_disk_full = "boolean?: the disk is full" },
  doc = "Whether a checkout that cannot be updated is used as it is.", default = M.on_unreachable,
  returns = { type = "string", values = { "use", "fail" }, doc = "use or fail" },
})

command("install", "The command that installs the dependencies, run in the checkout; an empty "
  .. "list: none.", { "pnpm", "install" })
command("build", "The build command, run in the checkout; an empty list: none.",
  { "pnpm", "build" })
command("daemon", "The program that is kept running, with its arguments.", { "pnpm", "start" },
  check_daemon)

policy.define("entry.directory", {
  doc = "Where the daemon runs, relative to the checkout.",
  type = "string", default = ".", check = rules.not_empty,
})

policy.define("entry.needs_install", {
  facts = {
    is_changed = "boolean: the code has changed",
    has_modules = "boolean: node_modules exists",
    is_incomplete = "boolean: the last install was interrupted or failed",
  },
  doc = "Whether the install command is run.", default = M.needs_install,
  returns = { type = "boolean", doc = "true or false" },
})

policy.define("entry.needs_build", {
  facts = {
    is_changed = "boolean: the code has changed",
  },
  doc = "Whether the build command is run; facts.is_changed says whether the code has changed.",
  type = "boolean", default = true,
})

policy.define("entry.environment", {
  facts = {
    command = "string: install, build or daemon",
  },
  doc = "The changes to the environment of the install and build commands and of the daemon.",
  default = M.environment,
  returns = { type = "table", check = check_environment, doc = "name -> value, or false" },
})

seconds("lock_age", "The age from which a lock file of git's counts as left by a killed program "
  .. "and is removed. A younger lock file is waited for.", 30, 0, DAY)
seconds("install_timeout", "How long the install command may take.", 15 * 60, 1, DAY)
seconds("build_timeout", "How long the build command may take.", 15 * 60, 1, DAY)

policy.define("entry.port", {
  doc = "The port on which the daemon listens.",
  type = "integer", range = { 1, 65535 }, default = 3000,
})

policy.define("entry.health_path", {
  doc = "The path of the daemon's health check.",
  type = "string", default = "/api/health", check = rules.absolute,
})

policy.define("entry.is_healthy", {
  facts = {
    status = "integer: the status of the answer",
    body = "string: the body of the answer",
  },
  doc = "Whether the answer to a health check counts as healthy.", default = M.is_healthy,
  returns = { type = "boolean", doc = "true or false" },
})

seconds("health_timeout", "How long one health check may take.", 5, 0.05, HOUR)
seconds("health_interval", "The pause between two health checks of a daemon that is ready.", 10,
  0.05, HOUR)
seconds("ready_interval", "The pause between two checks whether a started daemon is ready.",
  0.25, 0.01, HOUR)
seconds("ready_timeout", "How long a started daemon may take to become ready.", 120, 0.1, DAY)

policy.define("entry.health_failures", {
  doc = "After how many failed health checks in a row a daemon counts as hung and is restarted.",
  type = "integer", range = { 1, 1000 }, default = 3,
})

policy.define("entry.restart", {
  facts = RESTART_FACTS,
  doc = "How long to wait before the daemon is started again.", default = M.restart,
  returns = { type = "number", unit = "s", range = { 0, DAY }, optional = true,
    doc = "seconds, or nil to give up" },
})

policy.define("entry.restarts", {
  facts = RESTART_FACTS,
  doc = "How many times in a row the daemon is restarted after a failure.",
  type = "integer", range = { 0, 1000000000 }, default = 10,
})

seconds("restart_first", "The pause after a first failure.", 1, 0, HOUR, RESTART_FACTS)
seconds("restart_cap", "The longest pause before a restart.", 30, 0, DAY, RESTART_FACTS)
seconds("stable", "How long a daemon must be ready until its failures no longer count.", 60, 0, DAY)
seconds("grace", "The time from SIGTERM to SIGKILL, for the daemon and the commands.", 10, 0, HOUR)

return M
