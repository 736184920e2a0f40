--- Names of snapshots: `<prefix><YYYYMMDD-HHMMSS>` in UTC. The prefix says whose, the time how new.
local check = require("os2.base.check")
local clock = require("os2.clock")
local err = require("os2.err")
local policy = require("os2.policy")

---@class os2.policies.naming
local M = {}

local EXAMPLE <const> = "for example iterate-sandbox-dev--"

-- The API's own rule for names is
-- ^[a-zA-Z0-9_.\-:]+(\/[a-zA-Z0-9_.\-:]+)*(@sha256:[a-f0-9]{64})?$ (POST /snapshots, 400
-- otherwise).
local ALLOWED <const> = "letters, digits, dots, colons, dashes, underscores, and single slashes "
  .. "between them"

local function refuse(message)
  return nil, err.new{ kind = "invalid", exit = "config", op = "naming", message = message }
end

local function is_accepted_by_api(name)
  for part in (name .. "/"):gmatch("([^/]*)/") do
    -- not %w, because there the locale decides what a letter is
    if not part:match("^[a-zA-Z0-9_.:-]+$") then return false end
  end
  return true
end

local SHOWN <const> = { ["\n"] = "a line break", ["\r"] = "a line break", ["\t"] = "a tab" }

--- Returns why the API would refuse the characters of a name; nil when it accepts them.
---@param name string
---@return string?
function M.fault(name)
  if is_accepted_by_api(name) then return nil end
  if name == "" then return "it is empty" end
  if not utf8.len(name) then return "it is not UTF-8" end
  local character = name:match("[^a-zA-Z0-9_.:/-][\128-\191]*")
  if not character then return "its slashes are not single ones between parts" end
  return "it holds " .. (SHOWN[character] or ("'%s'"):format(character:gsub("%c", "?")))
end

local function refuse_characters(what, name, fault)
  return refuse(("%s %s is refused by the Daytona API: %s; allowed are %s"):format(
    what, check.show(name), fault, ALLOWED))
end

--- Checks a prefix: it ends with `--`, has something before that, and the API accepts it in a name.
---@param facts {prefix: string?}
---@return boolean? ok, table? err
function M.check_prefix(facts)
  local prefix = facts.prefix
  if not prefix or prefix == "" then
    return refuse("no snapshot prefix is set; set DAYTONA_SNAPSHOT_PREFIX or pass --prefix, "
      .. EXAMPLE)
  end
  -- The characters are checked first, because a space or a line break at the end would hide the
  -- ending.
  local fault = M.fault(prefix)
  if fault then return refuse_characters("prefix", prefix, fault) end
  if prefix:sub(-2) ~= "--" then
    return refuse(("prefix %s does not end with \"--\"; write it as %s"):format(
      check.show(prefix), check.show(prefix:gsub("%-+$", "") .. "--")))
  end
  if prefix:match("^%-*$") then
    return refuse(("prefix %s has nothing before its \"--\"; name the owner of the snapshots, "
      .. "%s"):format(check.show(prefix), EXAMPLE))
  end
  return true
end

--- Checks a whole name: the prefix, followed by a real UTC time and nothing else.
---@param facts {name: string, prefix: string}
---@return boolean? ok, table? err
function M.check(facts)
  local fault = M.fault(facts.name)
  if fault then return refuse_characters("name", facts.name, fault) end
  local time, why = policy.ask("naming.parse", facts)
  if not time then
    return refuse(("name %s is no name of prefix %s: %s; names are <prefix><YYYYMMDD-HHMMSS> in "
      .. "UTC, such as %s20260111-193045"):format(check.show(facts.name),
      check.show(facts.prefix), why, facts.prefix))
  end
  return true
end

--- Returns the name for a time. Fractions of a second are dropped.
---@param facts {prefix: string, now: number}
---@return string
function M.format(facts)
  local at = clock.utc(math.floor(facts.now))
  return ("%s%04d%02d%02d-%02d%02d%02d"):format(facts.prefix, at.year, at.month, at.day, at.hour,
    at.min, at.sec)
end

local function fields_of(stamp)
  local year, month, day, hour, min, sec =
    stamp:match("^(%d%d%d%d)(%d%d)(%d%d)%-(%d%d)(%d%d)(%d%d)$")
  if not year then return nil end
  return {
    year = tonumber(year), month = tonumber(month), day = tonumber(day),
    hour = tonumber(hour), min = tonumber(min), sec = tonumber(sec),
  }
end

--- Returns the time in a name: the exact inverse of `format`. Returns nil and the reason when the
--- name has another prefix, no timestamp, or one that does not exist (20260231).
---@param facts {name: string, prefix: string}
---@return number? seconds, string? why
function M.parse(facts)
  local name, prefix = facts.name, facts.prefix
  if name:sub(1, #prefix) ~= prefix then return nil, "another prefix" end
  local fields = fields_of(name:sub(#prefix + 1))
  if not fields then return nil, "no timestamp" end
  local seconds = clock.time(fields)
  if not seconds then return nil, "not a real time" end
  return seconds
end

--- Returns the prefix of a name that `format` has made, whatever the prefix of the run is.
---@param facts {name: string}
---@return string?
function M.prefix(facts)
  local prefix, stamp = facts.name:match("^(.*%-%-)(%d+%-%d+)$")
  local fields = prefix and fields_of(stamp)
  return fields and clock.time(fields) and prefix or nil
end

--- Returns the name one second later, for a name that another run has taken.
---@param facts {name: string, prefix: string}
---@return string
function M.next(facts)
  local time, why = policy.ask("naming.parse", facts)
  if not time then
    error(("naming.next: %q of prefix %q: %s"):format(facts.name, facts.prefix, why), 2)
  end
  return (policy.ask("naming.format", { prefix = facts.prefix, now = time + 1 }))
end

--- Returns the prefix of candidates: snapshots by which an image is tried before it is published
--- under the real prefix. None of its names is a name of the real one.
---@param facts {prefix: string}
---@return string
function M.candidate(facts)
  return facts.prefix:gsub("%-%-$", "") .. "-candidate--"
end

--- Escapes text for the API's `name` filter, which is an SQL ILIKE: `%` and `_` are wildcards, and
--- a backslash escapes them.
---@param facts {prefix: string}
---@return string
function M.filter(facts)
  return (facts.prefix:gsub("[\\%%_]", "\\%0"))
end

local verdict = { type = "boolean", doc = "true, or nil and an error that says the rule" }

local function check_candidate(prefix)
  local fault = M.fault(prefix)
  return not fault or nil, fault
end

policy.define("naming.check_prefix", {
  doc = "Whether a prefix may be used: it ends with -- and the API accepts it in a name.",
  default = M.check_prefix, returns = verdict,
})

policy.define("naming.check", {
  facts = {
    name = "string: the name of a snapshot",
  },
  doc = "Whether a name given with --name may be used: it has this prefix and a real UTC time.",
  default = M.check, returns = verdict,
})

policy.define("naming.format", {
  doc = "The name of a new snapshot, from prefix and now: <prefix><YYYYMMDD-HHMMSS> in UTC.",
  default = M.format, returns = { type = "string", doc = "the name" },
})

policy.define("naming.parse", {
  facts = {
    name = "string: the name of a snapshot",
  },
  doc = "The time in a snapshot's name, in seconds since 1970; the exact inverse of naming.format.",
  default = M.parse,
  returns = { type = "number", optional = true, doc = "UTC seconds, or nil and why it has none" },
})

policy.define("naming.prefix", {
  facts = {
    name = "string: the name of a snapshot",
  },
  doc = "The prefix of a name that naming.format has made, for lists of more than one prefix.",
  default = M.prefix,
  returns = { type = "string", optional = true, doc = "the prefix, or nil for other names" },
})

policy.define("naming.next", {
  facts = {
    name = "string: the name of a snapshot",
  },
  doc = "The next name to try when a name is taken: one second later.",
  default = M.next, returns = { type = "string", doc = "the name" },
})

policy.define("naming.candidate", {
  doc = "The prefix of the snapshots by which --verify tries an image; no name of it may be one of "
    .. "the real prefix.",
  default = M.candidate, returns = { type = "string", check = check_candidate, doc = "a prefix" },
})

policy.define("naming.ahead", {
  doc = "How far the time in a name may be ahead of the clock of the server that keeps the "
    .. "snapshots.",
  type = "number", unit = "s", range = { 0, 86400 }, default = 60,
})

policy.define("naming.filter", {
  doc = "The value of the API's name filter for a prefix, with its wildcards %, _ and \\ escaped.",
  default = M.filter, returns = { type = "string", doc = "the filter" },
})

return M
