--- Reports what os2 finds: versions, engine, key, prefix and environment, policy changes, room,
--- Daytona's registry and events.
local env = require("os2.env")
local daytona = require("os2.providers.daytona")
local err = require("os2.err")
local facts = require("os2.flows.facts")
local fs = require("os2.fs")
local os2 = require("os2")
local policy = require("os2.policy")
local provider_choice = require("os2.flows.provider_choice")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.doctor
local M = {}

---@class os2.flows.doctor.finding
---@field name string
---@field ok? boolean  whether the check passed; nil when it was not made
---@field skipped? boolean  true when it was not made
---@field words string
---@field failure? table  why it is not ok

-- A check returns its words, and true behind them when it was not made.

local function version()
  return ("os2 %s, %s"):format(os2.version, _VERSION)
end

local function engine(state)
  local found = os2.docker.ping()
  state.has_engine = true
  return ("docker %s, API %s, %s/%s, at %s"):format(found.engine_version, found.api_version,
    found.os, found.arch, found.place)
end

local LOCAL <const> = "not needed: OS2_PROVIDER is docker, so os2 uses this machine's engine"

-- Nothing of a run on the local engine goes to Daytona, so nothing of it is looked at there.
local function key(state)
  state.is_local = provider_choice.name() == "docker"
  if state.is_local then return LOCAL, true end
  if not env.get("DAYTONA_API_KEY") then
    err.raise(err.new{
      kind = "invalid", exit = "config", op = "doctor", message = "DAYTONA_API_KEY is not set",
      hint = "set it, or set OS2_PROVIDER=docker to use this machine's engine",
    })
  end
  local found = daytona.key_at_once()
  state.key_name = found.name
  local permissions = #found.permissions > 0 and table.concat(found.permissions, ", ") or "none"
  return ("'%s', permissions: %s"):format(found.name, permissions)
end

-- Others take --prefix as well, and their error says so.
local NO_PREFIX <const> = "no snapshot prefix is set; set DAYTONA_SNAPSHOT_PREFIX, for example "
  .. "iterate-sandbox-dev--"

local function environment(state)
  local settled, failure = task.try(facts.settle, nil, state.key_name)
  if failure then
    if not facts.named_prefix() then failure.message = NO_PREFIX end
    err.raise(failure)
  end
  state.prefix = settled.prefix
  local words = "prefix " .. settled.prefix
  if settled.environment then words = words .. ", environment " .. settled.environment end
  return settled.warning and words .. " (" .. settled.warning .. ")" or words
end

local function dockerfile()
  local path = policy.ask("snapshot.dockerfile")
  if fs.exists(path) then return path end
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "doctor",
    message = ("there is no %s here"):format(path),
    hint = "run os2 in the project's directory, or name the file with the policy "
      .. "snapshot.dockerfile",
  })
end

local function change_words(change)
  return ("%s %s"):format(change.action, change.name)
end

local function policies(state)
  if state.faults[1] then err.raise(state.faults[1]) end
  local changes = policy.changes()
  local words = {}
  for index, change in ipairs(changes) do words[index] = change_words(change) end
  local listed = #words > 0 and ": " .. table.concat(words, ", ") or ""
  return terminal.plural(#changes, "change") .. listed
end

-- The first ones find out what the others need; those run at the same time then.
local FIRST <const> = {
  { name = "version", run = version },
  { name = "engine", run = engine },
  { name = "key", run = key },
  { name = "environment", run = environment },
  { name = "dockerfile", run = dockerfile },
  { name = "policies", run = policies },
}

-- Loaded when they are asked for.
local function part(module, name)
  return function(state) return require("os2.flows.doctor." .. module)[name](state) end
end

local OTHERS <const> = {
  { name = "libraries", run = part("machine", "libraries") },
  { name = "room", run = part("machine", "room") },
  { name = "registry", run = part("server", "registry") },
  { name = "events", run = part("server", "events") },
  { name = "versions", run = part("server", "versions") },
}

local function in_time(check, state)
  local seconds = policy.ask("timeouts.status", { part = check.name })
  return task.try(task.timeout, seconds, check.run, state)
end

local function look(check, state)
  local words, failure, skipped = in_time(check, state)
  local ok = failure == nil
  if skipped then ok = nil end
  return { name = check.name, ok = ok, skipped = skipped, words = words or tostring(failure),
    failure = failure }
end

local function look_all(state)
  local findings = {}
  for index, check in ipairs(FIRST) do findings[index] = look(check, state) end
  for _, outcome in ipairs(task.map(OTHERS, function(check) return look(check, state) end)) do
    if outcome.err then err.raise(outcome.err) end
    findings[#findings + 1] = outcome.value
  end
  return findings
end

local function mark(finding)
  if finding.skipped then return "--  " end
  return finding.ok and "ok  " or "BAD "
end

local function line(finding)
  return mark(finding) .. terminal.pad(finding.name, 12) .. terminal.clean(finding.words)
end

--- Runs all checks. The result's failure is a fault in a policy file, else the first check that
--- failed.
---@param faults os2.Err[]  the faults in the policy files
---@return table fields
---@return string lines
---@return table? failure
function M.run(faults)
  local findings, lines, failure = {}, {}, faults[1]
  for index, finding in ipairs(look_all{ faults = faults }) do
    failure = failure or finding.failure
    lines[index] = line(finding)
    findings[index] = { name = finding.name, ok = finding.ok, skipped = finding.skipped,
      words = finding.words }
  end
  return { findings = findings }, table.concat(lines, "\n"), failure
end

return M
