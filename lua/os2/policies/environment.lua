--- Which environment a run works for, and whether its prefix, key and Doppler environment agree.
local check = require("os2.base.check")
local err = require("os2.err")
local policy = require("os2.policy")
local sorted = require("os2.base.sorted")

---@class os2.policies.environment
local M = {}

---@class os2.policies.environment.facts
---@field prefix string?
---@field key_name string?
---@field asked string?  the environment that --env names
---@field env table<string, string>

---@class os2.policies.environment.row
---@field doppler string  Doppler's name for the environment
---@field prefix string  the prefix of its snapshots' names
---@field key? string  the name of its Daytona API key (GET /api-keys/current)

local TABLE <const> = {
  dev = { doppler = "dev", prefix = "iterate-sandbox-dev--" },
  stg = { doppler = "stg", prefix = "iterate-sandbox-stg--" },
  prd = { doppler = "prd", prefix = "iterate-sandbox-prd--" },
}

local function refuse(message)
  return nil, err.new{ kind = "invalid", exit = "config", op = "environment", message = message }
end

local function given(value)
  return value ~= nil and value ~= "" and value or nil
end

--- Returns the prefix of a run: --prefix, else OS2_PREFIX, else DAYTONA_SNAPSHOT_PREFIX.
---@param facts {prefix: string?, env: table<string, string>}
---@return string? prefix, table? err
function M.prefix(facts)
  local prefix = given(facts.prefix) or given(facts.env.OS2_PREFIX)
    or given(facts.env.DAYTONA_SNAPSHOT_PREFIX)
  local ok, refused = policy.ask("naming.check_prefix", { prefix = prefix, env = facts.env })
  if ok then return prefix end
  if err.is(refused) then return nil, refused end
  policy.refuse("naming.check_prefix", ("the prefix %s is refused%s"):format(check.show(prefix),
    type(refused) == "string" and ": " .. refused or ""))
end

local function find(environments, field, value)
  for _, name in ipairs(sorted.keys(environments)) do
    if environments[name][field] == value then return name end
  end
end

-- Takes the longest prefix that matches, because one environment's prefix may begin with another's.
local function environment_of_prefix(environments, prefix)
  local found
  for _, name in ipairs(sorted.keys(environments)) do
    local own = environments[name].prefix
    if prefix:sub(1, #own) == own and (not found or #own > #environments[found].prefix) then
      found = name
    end
  end
  return found
end

-- Collects everything that tells the run's environment. `belongs` is nil for a value of one's own,
-- which belongs to no environment.
local function parties(environments, facts)
  local found = {}
  local function add(what, value, belongs)
    found[#found + 1] = { text = ("%s %q"):format(what, value), belongs = belongs }
  end
  local prefix, key = given(facts.prefix), given(facts.key_name)
  if facts.asked then add("--env", facts.asked, facts.asked) end
  local doppler = given(facts.env.DOPPLER_ENVIRONMENT)
  local config = given(facts.env.DOPPLER_CONFIG)
  if prefix then add("prefix", prefix, environment_of_prefix(environments, prefix)) end
  if key then add("API key", key, find(environments, "key", key)) end
  if doppler then
    add("DOPPLER_ENVIRONMENT", doppler, find(environments, "doppler", doppler))
  end
  if config then
    -- Doppler names a branch config after its root: dev_jonas belongs to dev.
    add("DOPPLER_CONFIG", config, find(environments, "doppler", config:match("^[^_]*")))
  end
  return found
end

-- Returns how a run is made in the environment that a party belongs to and Doppler's is not.
local function other_way(environments, found, name)
  for _, party in ipairs(found) do
    local other = party.belongs ~= name and environments[party.belongs]
    if other and other.doppler then
      return ("; for %s: doppler run --config %s -- os2 …"):format(party.belongs, other.doppler)
    end
  end
  return ""
end

local function way_on(environments, found, facts)
  local config = given(facts.env.DOPPLER_ENVIRONMENT) or given(facts.env.DOPPLER_CONFIG)
  local name = config and find(environments, "doppler", config:match("^[^_]*"))
  if name then
    return ("use one environment for all of them: DAYTONA_SNAPSHOT_PREFIX=%s (or a prefix of your "
      .. "own) for %s%s"):format(environments[name].prefix, name,
      other_way(environments, found, name))
  end
  return "use one environment for all of them, or a prefix of your own such as dev-jonas--"
end

local function texts_of(found)
  local texts = {}
  for _, party in ipairs(found) do
    if party.belongs then
      texts[#texts + 1] = ("%s belongs to %s"):format(party.text, party.belongs)
    end
  end
  return table.concat(texts, ", ")
end

-- A prefix of one's own may contain the name of an environment. It decides nothing, but it may be a
-- mistake, so a warning is printed.
local function warning_for(environments, facts, name)
  if not name or not facts.prefix or environment_of_prefix(environments, facts.prefix) then
    return nil
  end
  for word in facts.prefix:gmatch("[^-_.:/]+") do
    if environments[word] and word ~= name then
      return ("prefix %q names %s, but this run is for %s"):format(facts.prefix, word, name)
    end
  end
end

--- Returns the environment of a run, according to --env, its prefix, its key or Doppler; nil when
--- none of them belongs to one.
---@param facts os2.policies.environment.facts
---@return string?
function M.name(facts)
  for _, party in ipairs(parties(policy.ask("environment.table", facts), facts)) do
    if party.belongs then return party.belongs end
  end
end

--- Decides whether a run may go on. It stops when its prefix, key and Doppler environment belong to
--- different environments.
---@param facts os2.policies.environment.facts
---@return {environment: string?, warning: string?}? decision, table? err
function M.guard(facts)
  local environments = policy.ask("environment.table", facts)
  local name = policy.ask("environment.name", facts)
  local found = parties(environments, facts)
  for _, party in ipairs(found) do
    if party.belongs and party.belongs ~= name then
      return refuse(("%s; %s"):format(texts_of(found), way_on(environments, found, facts)))
    end
  end
  return { environment = name, warning = warning_for(environments, facts, name) }
end

local function check_row(name, row)
  if type(row) ~= "table" then return nil, name .. " is not a table" end
  for field, value in pairs(row) do
    if field ~= "doppler" and field ~= "prefix" and field ~= "key" then
      return nil, ("%s.%s is unknown; an environment has doppler, prefix and key"):format(
        name, field)
    end
    if type(value) ~= "string" or value == "" then
      return nil, ("%s.%s is %s and not a name"):format(name, field, check.show(value))
    end
  end
  if not row.doppler or not row.prefix then return nil, name .. " lacks doppler or prefix" end
  if row.prefix:sub(-2) ~= "--" then return nil, name .. ".prefix does not end with \"--\"" end
  return true
end

local function check_decision(decision)
  for _, field in ipairs{ "environment", "warning" } do
    local value = decision[field]
    if value ~= nil and type(value) ~= "string" then
      return nil, ("%s is %s and not a text"):format(field, check.show(value))
    end
  end
  return true
end

local function check_table(environments)
  for name, row in pairs(environments) do
    local ok, why = check_row(tostring(name), row)
    if not ok then return nil, why end
  end
  return true
end

local KEY_FACTS <const> = {
  key_name = "string?: the name of the API key, when it is known",
  asked = "string?: the environment that --env names",
}

policy.define("environment.table", {
  facts = KEY_FACTS,
  doc = "The environments: each with its Doppler environment, its snapshot prefix and, when set, "
    .. "the name of its API key.",
  type = "table", default = TABLE, check = check_table,
})

policy.define("environment.prefix", {
  doc = "The snapshot prefix of a run: --prefix, else OS2_PREFIX, else DAYTONA_SNAPSHOT_PREFIX.",
  default = M.prefix,
  returns = { type = "string", doc = "the prefix, or nil and an error that says the rule" },
})

policy.define("environment.name", {
  facts = KEY_FACTS,
  doc = "The environment of a run, according to --env, its prefix, its key or Doppler.",
  default = M.name,
  returns = { type = "string", optional = true, doc = "a name of environment.table, or nil" },
})

policy.define("environment.guard", {
  facts = KEY_FACTS,
  doc = "The environment of a run. A run stops when its prefix, key and Doppler environment "
    .. "belong to different environments.",
  default = M.guard,
  returns = {
    type = "table", check = check_decision,
    doc = "{environment, warning}, or nil and an error naming all parties",
  },
})

return M
