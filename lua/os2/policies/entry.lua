--- How a machine boots: what it clones, installs and builds, and how its daemon is kept running.
local policy = require("os2.policy")

---@class os2.policies.entry
local M = {}

local HOUR <const> = 3600
local DAY <const> = 24 * HOUR
local REPOSITORY <const> = "https://github.com/iterate/iterate.git"

-- Without a slash at its end: HOME may be "/" itself.
local function home_of(env)
  return ((env.HOME or "/root"):gsub("/+$", ""))
end

--- Answers which repository the machine runs: what ITERATE_REPOSITORY names, else iterate's.
---@param facts {env: table<string, string>}
---@return string
function M.repository(facts)
  return facts.env.ITERATE_REPOSITORY or REPOSITORY
end

--- Answers where the iterate repository is checked out.
---@param facts {env: table<string, string>}
---@return string
function M.path(facts)
  return home_of(facts.env) .. "/src/github.com/iterate/iterate"
end

--- Answers where a further repository comes from and where it goes.
---@param facts {owner: string, name: string, branch: string?, env: table<string, string>}
---@return {url: string, path: string, branch: string?}
function M.further(facts)
  return {
    url = ("%s/%s/%s.git"):format(policy.ask("entry.github", facts), facts.owner, facts.name),
    path = ("%s/src/github.com/%s/%s"):format(home_of(facts.env), facts.owner, facts.name),
    branch = facts.branch,
  }
end

--- Says whether a checkout is asked to be updated at all. What somebody changed in it stays.
---@param facts {is_shallow: boolean, is_clean: boolean, is_own: boolean, is_other: boolean}
---  is_clean: no tracked file differs from its commit; is_own: it is at the commit that os2 put
---  there; is_other: its origin is another repository than the one that is wanted
---@return "update"|"keep" action, string? why
function M.update(facts)
  if facts.is_shallow then return "keep", "it is shallow, and an update would break it" end
  if not facts.is_clean then return "keep", "it has changes that are not committed" end
  if facts.is_other and not facts.is_own then
    return "keep", "it is of another repository, and is not as os2 left it"
  end
  return "update"
end

--- Says whether a checkout goes to what was fetched. Nobody's commit is lost by it.
---@param facts {is_own: boolean, is_contained: boolean, is_switched: boolean,
---  is_branch_contained: boolean, is_branch_elsewhere: boolean, overwritten: string[]}  is_own: it
---  is at the commit that os2 put there; is_contained: its commit is among those that were fetched;
---  is_switched: somebody has put it on another branch; is_branch_…: of the local branch to go to,
---  its commit is among those fetched, another worktree is on it; overwritten: the files in no
---  commit that are in the way
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

-- Nothing that the other side of a fetch can say, nor a repository that is locked, damaged or
-- follows what os2 does not speak (ssh).
local HINDRANCE <const> = { internal = true, quota = true, exists = true, cancelled = true }

--- Says whether a checkout that cannot be updated is used as it is.
---@param facts {kind: string, is_disk_full: boolean?}  of the error
---@return "use"|"fail"
function M.on_unreachable(facts)
  return (HINDRANCE[facts.kind] or facts.is_disk_full) and "fail" or "use"
end

--- Says whether the install command is run.
---@param facts {is_changed: boolean, has_modules: boolean, is_incomplete: boolean}
---  is_incomplete: the last one was interrupted, or failed
---@return boolean
function M.needs_install(facts)
  return facts.is_changed or not facts.has_modules or facts.is_incomplete
end

--- Answers what is changed in the environment of a command; false takes a variable away.
---@param facts {command: "install"|"build"|"daemon"}
---@return table<string, string|false>
function M.environment(facts)
  -- Without a terminal pnpm asks nothing and goes on only where CI says so.
  if facts.command ~= "daemon" then return { CI = "true" } end
  return { HOSTNAME = "0.0.0.0", PORT = ("%d"):format(policy.ask("entry.port", facts)) }
end

--- Says whether a health answer is a good one.
---@param facts {status: integer, body: string}
---@return boolean
function M.is_healthy(facts)
  return facts.status == 200
end

local MOST_DOUBLINGS <const> = 60 -- far beyond every cap, and no infinity yet
local HOPELESS <const> = { not_found = true, denied = true, invalid = true }

--- Answers how long to wait before the daemon is started again, or nil to give up: twice as long
--- after each failure in a row. What cannot be started at all is not tried again.
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

local function check_path(path)
  if path:sub(1, 1) == "/" then return true end
  return nil, "a path begins with /"
end

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

local function check_not_empty(text)
  if text ~= "" then return true end
  return nil, "it is empty"
end

local function check_further(answer)
  if type(answer.url) ~= "string" or type(answer.path) ~= "string" then
    return nil, "url and path are strings"
  end
  local ok, why = check_url(answer.url)
  if not ok then return nil, why end
  return check_path(answer.path)
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
  failures = "integer: in a row, this one included",
  kind = "os2.ErrKind: of the failure",
  code = "integer?: the exit code, where the daemon had one",
  seconds = "number: how long it was ready; 0 if it never was",
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
    path = "string: where the code is checked out",
    is_dev = "boolean: ITERATE_DEV is true, the code is left alone",
    commit = "string?: the commit it is at, from checkout on",
    is_changed = "boolean?: the code is another than before, from checkout on",
  },
  doc = "The steps of a machine's boot.", type = "steps",
  default = { "identity", "checkout", "repositories", "install", "build", "daemon" },
})

policy.define("entry.git_name", {
  doc = "The name that commits made on the machine carry.",
  type = "string", default = "iterate-bot", check = check_not_empty,
})

policy.define("entry.git_email", {
  doc = "The address that commits made on the machine carry.",
  type = "string", default = "iterate-bot@users.noreply.github.com", check = check_not_empty,
})

policy.define("entry.repository", {
  doc = "The repository that the machine runs, without any password; by default what "
    .. "ITERATE_REPOSITORY names, else iterate's on GitHub.",
  default = M.repository,
  returns = { type = "string", check = check_url, doc = "a URL" },
})

policy.define("entry.branch", {
  doc = "The branch of it.", type = "string", default = "main", check = check_not_empty,
})

policy.define("entry.path", {
  doc = "Where it is checked out.", default = M.path,
  returns = { type = "string", check = check_path, doc = "an absolute path" },
})

policy.define("entry.depth", {
  doc = "How many commits are cloned; 0 is all. A shallow checkout is never updated: only for "
    .. "machines that are thrown away.",
  type = "integer", range = { 0, 1000000 }, default = 0,
})

policy.define("entry.github", {
  doc = "Where the repositories of GITHUB_REPOS are, and whose host is given GITHUB_ACCESS_TOKEN; "
    .. "over plain http only where this says http://.",
  type = "string", default = "https://github.com", check = check_base,
})

policy.define("entry.token_user", {
  doc = "The user name that goes with GITHUB_ACCESS_TOKEN.",
  type = "string", default = "x-access-token", check = check_not_empty,
})

policy.define("entry.further", {
  facts = {
    owner = "string: whose repository it is, as GITHUB_REPOS says",
    name = "string: its name",
    branch = "string?: its branch, where one is given",
  },
  doc = "Where a repository of GITHUB_REPOS comes from and where it goes.", default = M.further,
  returns = { type = "table", check = check_further, doc = "{url, path, branch}" },
})

policy.define("entry.on_further_failure", {
  doc = "What a repository of GITHUB_REPOS that cannot be had does to the boot.",
  type = "string", values = { "warn", "fail" }, default = "warn",
})

policy.define("entry.limit", {
  doc = "How many repositories of GITHUB_REPOS are cloned at once.",
  type = "integer", range = { 1, 100 }, default = 4,
})

policy.define("entry.update", {
  facts = {
    is_shallow = "boolean: its history is cut off",
    is_clean = "boolean: no tracked file differs from its commit",
    is_own = "boolean: it is at the commit that os2 put there",
    is_other = "boolean: its origin is another repository than the one that is wanted",
  },
  doc = "Whether what a checkout could be updated to is fetched.", default = M.update,
  returns = { type = "string", values = { "update", "keep" }, doc = "update, or keep and why" },
})

policy.define("entry.move", {
  facts = {
    is_own = "boolean: it is at the commit that os2 put there",
    is_contained = "boolean: its commit is among those that were fetched",
    is_switched = "boolean: somebody has put it on another branch",
    is_branch_contained = "boolean: the commit of the local branch to go to was fetched",
    is_branch_elsewhere = "boolean: another worktree is on the local branch to go to",
    overwritten = "string[]: the files in no commit that are in the way",
  },
  doc = "Whether a checkout goes to what was fetched.", default = M.move,
  returns = { type = "string", values = { "update", "keep" }, doc = "update, or keep and why" },
})

policy.define("entry.on_unreachable", {
  facts = { kind = "os2.ErrKind: of the error", is_disk_full = "boolean?: it says so" },
  doc = "Whether a checkout that cannot be updated is used as it is.", default = M.on_unreachable,
  returns = { type = "string", values = { "use", "fail" }, doc = "use or fail" },
})

command("install", "The command that installs what the code needs, run in the checkout; an empty "
  .. "list is none.", { "pnpm", "install" })
command("build", "The command that builds, run in the checkout; an empty list is none.",
  { "pnpm", "build" })
command("daemon", "The program that is kept running, with its arguments.", { "pnpm", "start" },
  check_daemon)

policy.define("entry.directory", {
  doc = "Where the daemon runs, relative to the checkout.",
  type = "string", default = ".", check = check_not_empty,
})

policy.define("entry.needs_install", {
  facts = {
    is_changed = "boolean: the code is another than before",
    has_modules = "boolean: node_modules is there",
    is_incomplete = "boolean: the last install was interrupted, or failed",
  },
  doc = "Whether the install command is run.", default = M.needs_install,
  returns = { type = "boolean", doc = "true or false" },
})

policy.define("entry.needs_build", {
  facts = {
    is_changed = "boolean: the code is another than before",
  },
  doc = "Whether the build command is run; facts.is_changed says whether the code changed.",
  type = "boolean", default = true,
})

policy.define("entry.environment", {
  facts = {
    command = "string: install, build or daemon",
  },
  doc = "What is changed in the environment of the install and build commands and of the daemon.",
  default = M.environment,
  returns = { type = "table", check = check_environment, doc = "name -> value, or false" },
})

seconds("lock_age", "A lock file of git's that is older was left by a program that was killed, "
  .. "and is removed; a younger one is waited for.", 30, 0, DAY)
seconds("install_timeout", "The install command.", 15 * 60, 1, DAY)
seconds("build_timeout", "The build command.", 15 * 60, 1, DAY)

policy.define("entry.port", {
  doc = "The port that the daemon serves.", type = "integer", range = { 1, 65535 }, default = 3000,
})

policy.define("entry.health_path", {
  doc = "What the daemon is asked for, to see whether it is ready and alive.",
  type = "string", default = "/api/health", check = check_path,
})

policy.define("entry.is_healthy", {
  facts = {
    status = "integer: of the health answer",
    body = "string: of it",
  },
  doc = "Whether a health answer is a good one.", default = M.is_healthy,
  returns = { type = "boolean", doc = "true or false" },
})

seconds("health_timeout", "One question for the daemon's health.", 5, 0.05, HOUR)
seconds("health_interval", "Between two questions for the health of a daemon that is ready.", 10,
  0.05, HOUR)
seconds("ready_interval", "Between two questions whether a started daemon is ready.", 0.25, 0.01,
  HOUR)
seconds("ready_timeout", "From the daemon's start until it must be ready.", 120, 0.1, DAY)

policy.define("entry.health_failures", {
  doc = "After how many bad health answers in a row a daemon counts as hung and is restarted.",
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
  doc = "How many failures of the daemon in a row are followed by a restart.",
  type = "integer", range = { 0, 1000000000 }, default = 10,
})

seconds("restart_first", "The pause after a first failure.", 1, 0, HOUR, RESTART_FACTS)
seconds("restart_cap", "The longest pause between two starts.", 30, 0, DAY, RESTART_FACTS)
seconds("stable", "A daemon that was ready for so long had not failed before.", 60, 0, DAY)
seconds("grace", "From SIGTERM to SIGKILL, for the daemon and the commands.", 10, 0, HOUR)

return M
