--- Entry step: the code, cloned, or updated where it is there.
local clock = require("os2.clock")
local env = require("os2.env")
local err = require("os2.err")
local fs = require("os2.fs")
local git = require("os2.git")
local log = require("os2.flows.entry.log")
local policy = require("os2.policy")
local retry = require("os2.retry")
local state = require("os2.flows.entry.state")
local task = require("os2.task")
local text = require("os2.progress.text")

---@class os2.flows.entry.checkout
local M = {}

local LOG_PAUSE <const> = 5 -- seconds between two lines about one transfer

---@class os2.flows.entry.repository
---@field url string
---@field path string
---@field branch string?  nil: the remote's default
---@field depth integer?  commits, 0 is all

local function short(commit)
  return commit and commit:sub(1, 10) or "no commit"
end

-- The token is for the host that entry.github names, and no other.
local function credentials()
  local token = env.get("GITHUB_ACCESS_TOKEN")
  if not token then return nil end
  local host = policy.ask("entry.github"):match("^%a+://([^/]+)")
  return { [host] = { username = policy.ask("entry.token_user"), password = token } }
end

local function hint_of(failure)
  if failure.kind ~= "denied" then return failure.hint end
  return env.get("GITHUB_ACCESS_TOKEN") and "GITHUB_ACCESS_TOKEN must be allowed to read it"
    or "GITHUB_ACCESS_TOKEN is not set"
end

-- What was tried stands before a reason that only names its subject, or not even that.
local function words_of(verb, subject, message)
  local names_only = message:sub(1, #subject + 2) == subject .. ": "
  if names_only then return ("cannot %s %s"):format(verb, message) end
  if message:find(subject, 1, true) then return message end
  return ("cannot %s %s: %s"):format(verb, subject, message)
end

-- The same error with the step's name.
local function fail(topic, verb, subject, failure)
  err.raise(err.new{
    kind = failure.kind, op = "entry." .. topic, hint = hint_of(failure), cause = failure,
    message = words_of(verb, subject, failure.message),
  })
end

local function say_progress(topic, event)
  local part = event.total > 0 and ("%d of %d"):format(event.done, event.total) or event.done
  log.write(topic, ("%s: %s, %s"):format(event.phase, part, text.size(event.bytes)))
end

local function follow(topic, stream)
  local said_at = clock.monotonic()
  for event in stream do
    if clock.monotonic() - said_at >= LOG_PAUSE then
      said_at = clock.monotonic()
      say_progress(topic, event)
    end
  end
  return stream:result()
end

-- Runs a transfer to its end, again where it failed in passing.
local function transfer(topic, start)
  return retry.run(function()
    local stream <close> = start()
    return follow(topic, stream)
  end)
end

-- ---- a new one ----

local function check_room(topic, path)
  if not fs.exists(path) or #fs.list(path) == 0 then return end
  err.raise(err.new{
    kind = "conflict", op = "entry." .. topic,
    message = path .. " is there, and it is no git checkout", hint = "move it away",
  })
end

local function clone(topic, repository)
  check_room(topic, repository.path)
  log.write(topic, ("cloning %s to %s"):format(repository.url, repository.path))
  fs.mkdir_p(repository.path:match("^(.+)/[^/]+/?$") or "/")
  local began = clock.monotonic()
  local head, failure = task.try(transfer, topic, function()
    return git.clone{
      url = repository.url, path = repository.path, branch = repository.branch,
      depth = repository.depth ~= 0 and repository.depth or nil, credentials = credentials(),
    }
  end)
  if failure then fail(topic, "clone", repository.url, failure) end
  state.change(repository.path, { commit = head.commit, branch = head.branch })
  log.write(topic, ("cloned at %s in %s"):format(short(head.commit),
    text.duration(clock.monotonic() - began)))
  return head.commit
end

-- ---- one that is there ----

local function reset(topic, path, commit)
  local head, failure = task.try(git.reset, { path = path, to = commit })
  if failure then fail(topic, "reset", path, failure) end
  state.change(path, { commit = commit, branch = head.branch, updating = false })
end

-- An update that was under way when os2 was killed left a mixture, and all it needs is there.
local function finish_update(topic, path)
  local commit = state.read(path).updating
  if not commit then return end
  log.write(topic, ("finishing the update to %s that was interrupted"):format(short(commit)))
  reset(topic, path, commit)
end

-- A reset leaves untracked files where they are: a build's output is no change.
local function is_clean(path)
  for _, change in ipairs(git.status(path).changes) do
    if change.state ~= "untracked" then return false end
  end
  return true
end

local function look_at(path)
  local head, known = git.head(path), state.read(path)
  local is_own = known.commit == nil
    or known.commit == head.commit and known.branch == head.branch
  local action, why = policy.ask("entry.update", {
    is_shallow = fs.exists(path .. "/.git/shallow"), is_own = is_own,
    is_clean = is_clean(path),
  })
  return head.commit, action, why
end

local function fetch(topic, repository)
  return transfer(topic, function()
    return git.fetch{
      path = repository.path, branch = repository.branch, credentials = credentials(),
    }
  end).commit
end

local function move(topic, path, from, to)
  if to == nil or to == from then
    log.write(topic, ("%s is up to date at %s"):format(path, short(from)))
    return from
  end
  state.change(path, { updating = to })
  reset(topic, path, to)
  log.write(topic, ("%s updated from %s to %s"):format(path, short(from), short(to)))
  return to
end

local function update(topic, repository)
  local path = repository.path
  finish_update(topic, path)
  local commit, action, why = look_at(path)
  if action == "keep" then
    log.write(topic, ("%s stays at %s: %s"):format(path, short(commit), why or "entry.update"))
    return commit
  end
  local tip, failure = task.try(fetch, topic, repository)
  if not failure then return move(topic, path, commit, tip) end
  if policy.ask("entry.on_unreachable", { kind = failure.kind }) ~= "use" then
    fail(topic, "update", path, failure)
  end
  log.write(topic, ("%s cannot be updated and is used as it is, at %s: %s"):format(path,
    short(commit), failure.message))
  return commit
end

--- Clones a repository, or updates the checkout that is there; returns the commit that it is at.
--- Raises what stopped it, with the step's name.
---@param topic string  the step
---@param repository os2.flows.entry.repository
---@return string? commit
function M.bring(topic, repository)
  if not fs.exists(repository.path .. "/.git") then return clone(topic, repository) end
  return update(topic, repository)
end

local function leave_alone(ctx)
  if not fs.exists(ctx.path) then
    err.raise(err.new{
      kind = "not_found", exit = "config", op = "entry.checkout",
      message = ("ITERATE_DEV is set, and there is no %s"):format(ctx.path),
      hint = "mount the checkout there, or unset ITERATE_DEV",
    })
  end
  ctx.is_changed = false
  log.write("checkout", ctx.path .. " is left alone: ITERATE_DEV is set")
end

--- The step itself. Afterwards `ctx.commit` is known, and with `ctx.is_changed` whether the code
--- has changed since it was installed.
---@param ctx table
function M.run(ctx)
  if ctx.is_dev then return leave_alone(ctx) end
  ctx.commit = M.bring("checkout", {
    url = policy.ask("entry.repository"), path = ctx.path, branch = policy.ask("entry.branch"),
    depth = policy.ask("entry.depth"),
  })
  ctx.is_changed = ctx.commit ~= state.read(ctx.path).installed
end

return M
