--- Updates an existing checkout, unless somebody would lose work in it.
local commits = require("os2.text.commits")
local err = require("os2.err")
local finish = require("os2.flows.entry.finish")
local git = require("os2.git")
local locks = require("os2.flows.entry.locks")
local log = require("os2.flows.entry.log")
local policy = require("os2.policy")
local state = require("os2.flows.entry.state")
local survey = require("os2.flows.entry.survey")
local task = require("os2.task")
local transfer = require("os2.flows.entry.transfer")

---@class os2.flows.entry.update
local M = {}

-- Without a commit there is nothing to install or run.
local function require_commit(topic, path, commit)
  if commit then return commit end
  err.raise(err.new{
    kind = "conflict", op = "entry." .. topic, hint = "move it away; then it is cloned again",
    message = path .. " is a git repository without a commit",
  })
end

local function say_origin(topic, repository, seen)
  log.write(topic, ("%s was cloned from %s, but %s is wanted"):format(repository.path,
    seen.origin or "no repository", repository.url))
end

local function stay(topic, repository, seen, why)
  local path = repository.path
  require_commit(topic, path, seen.commit)
  log.write(topic, ("%s stays at %s: %s"):format(path, commits.short(seen.commit), why))
  if survey.is_other(repository, seen) then say_origin(topic, repository, seen) end
  return seen.commit
end

-- A checkout that os2 has made is nobody's work, so its URL may be changed. The mark tells a later
-- boot that os2 itself has changed the URL.
local function follow_url(topic, repository, seen)
  if not survey.is_other(repository, seen) then return end
  say_origin(topic, repository, seen)
  state.change(repository.path, { goes_to = repository.url })
  git.config_set(repository.path, "remote.origin.url", repository.url)
end

local function fetch(topic, repository)
  return transfer.run(topic, function()
    return git.fetch{
      path = repository.path, branch = repository.branch, credentials = transfer.credentials(),
    }
  end).commit
end

-- The messages of the system and of git for a full disk; the kind of the error alone may mean other
-- things.
local DISK <const> = { "No space left on device", "Disk quota exceeded", "Out of diskspace" }

local function is_of_disk(message)
  for _, words in ipairs(DISK) do
    if message:find(words, 1, true) then return true end
  end
  return false
end

-- Running another program than the wanted one would not help, so a replaced repository is not used.
local function is_usable(repository, seen, failure)
  return seen.commit ~= nil and not survey.is_replaced(repository, seen)
    and policy.ask("entry.on_unreachable", {
      kind = failure.kind, is_disk_full = is_of_disk(failure.message),
    }) == "use"
end

local function use_as_it_is(topic, repository, seen, failure)
  local path = repository.path
  if not is_usable(repository, seen, failure) then
    transfer.fail(topic, { verb = "update", subject = path, url = repository.url }, failure)
  end
  log.write(topic, ("%s cannot be updated from %s and is used as it is, at %s: %s"):format(path,
    seen.origin or "nowhere", commits.short(seen.commit), failure.message))
  return seen.commit
end

local function words_of(repository, seen, tip)
  if tip ~= seen.commit then
    return ("updated from %s to %s"):format(commits.short(seen.commit), commits.short(tip))
  end
  return ("is on the branch %s now, at %s"):format(repository.branch, commits.short(tip))
end

local function mark(repository, seen, tip)
  state.change(repository.path, {
    commit = seen.commit or false, branch = seen.branch or false, updating = tip,
    onto = repository.branch or false,
  })
end

local function move(topic, repository, seen, tip)
  local path = repository.path
  local _, failure = task.try(mark, repository, seen, tip)
  if failure then return use_as_it_is(topic, repository, seen, failure) end
  finish.run(topic, path, { to = tip, onto = repository.branch, url = repository.url })
  log.write(topic, path .. " " .. words_of(repository, seen, tip))
  return tip
end

local function is_there(repository, seen, tip)
  return tip == nil
    or tip == seen.commit and (repository.branch == nil or repository.branch == seen.branch)
end

local function go_on(topic, repository, seen, tip)
  local path = repository.path
  if is_there(repository, seen, tip) then
    if survey.is_replaced(repository, seen) then state.change(path, { url = repository.url }) end
    log.write(topic, ("%s is up to date at %s"):format(path, commits.short(seen.commit)))
    return require_commit(topic, path, seen.commit)
  end
  local facts, failure = task.try(survey.of_move, repository, seen, tip)
  if failure then return use_as_it_is(topic, repository, seen, failure) end
  local action, why = policy.ask("entry.move", facts)
  if action == "keep" then return stay(topic, repository, seen, why or "entry.move") end
  return move(topic, repository, seen, tip)
end

--- Updates a checkout. Returns the commit that is checked out.
---@param topic string  the step
---@param repository os2.flows.entry.repository
---@return string commit
function M.run(topic, repository)
  local path = repository.path
  locks.clear(topic, path)
  finish.interrupted(topic, path)
  local seen = survey.of(topic, path)
  if seen.failure then return use_as_it_is(topic, repository, seen, seen.failure) end
  local action, why = policy.ask("entry.update", survey.of_update(repository, seen))
  if action == "keep" then return stay(topic, repository, seen, why or "entry.update") end
  follow_url(topic, repository, seen)
  local tip, failure = task.try(fetch, topic, repository)
  if failure then return use_as_it_is(topic, repository, seen, failure) end
  return go_on(topic, repository, seen, tip)
end

return M
