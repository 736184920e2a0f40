--- How machines are made and kept: names, labels, limits, and which state counts as started.
local clock = require("os2.clock")
local err = require("os2.err")
local policy = require("os2.policy")
local rules = require("os2.base.rules")

---@class os2.policies.machine
local M = {}

local DAY <const> = 24 * 3600

local UNDER_WAY <const> = {
  creating = true, pending_build = true, building_snapshot = true, pulling_snapshot = true,
  starting = true, restoring = true, resuming = true, stopping = true, archiving = true,
  pausing = true, resizing = true, snapshotting = true, forking = true,
}
local ENDED <const> = {
  started = true, stopped = true, archived = true, paused = true, error = true,
  build_failed = true, destroying = true, destroyed = true,
}

local function stamp(now)
  local at = clock.utc(math.floor(now))
  return ("%04d%02d%02d-%02d%02d%02d"):format(at.year, at.month, at.day, at.hour, at.min, at.sec)
end

-- Returns the start of a generated name: the prefix without trailing dashes, in characters that
-- every platform accepts.
local function stem_of(prefix)
  local stem = (prefix or ""):gsub("[^a-zA-Z0-9_.-]", "-"):gsub("^[^a-zA-Z0-9]+", "")
  stem = stem:gsub("%-+$", "")
  return stem ~= "" and stem or "machine"
end

local function check_name(name)
  if not name:match("^[a-zA-Z0-9][a-zA-Z0-9_.-]*$") then
    return nil, ("a machine's name is of letters, digits, '_', '.' and '-' and begins with a "
      .. "letter or digit, unlike %q"):format(name)
  end
  if #name > 128 then return nil, "a machine's name has up to 128 characters" end
  return true
end

local function given_name(name)
  local ok, why = check_name(name)
  if ok then return name end
  return nil, err.new{ kind = "invalid", exit = "usage", op = "machine.name", message = why }
end

--- Returns the name of a machine. It is chosen before the machine is requested, so that a machine
--- can be found even when the answer is lost: the given name (numbered when several machines are
--- made), else a unique one.
---@param facts {given: string?, index: integer, count: integer, prefix: string?, now: number,
---  random: number}  random: in [0, 1)
---@return string? name, table? err
function M.name(facts)
  local number = facts.count > 1 and ("-%d"):format(facts.index) or ""
  if facts.given then return given_name(facts.given .. number) end
  return ("%s-%s-%08x%s"):format(stem_of(facts.prefix), stamp(facts.now),
    math.floor(facts.random * 0x100000000), number)
end

--- Returns the labels of a machine besides the requested ones: its user and its run.
---@param facts {run: string, env: table<string, string>}
---@return table<string, string>
function M.labels(facts)
  local env = facts.env
  return {
    ["os2-user"] = env.GITHUB_ACTOR or env.USER or env.LOGNAME or "unknown",
    ["os2-run"] = facts.run,
  }
end

-- A machine that Daytona could not delete is in state "error" and still to be destroyed.
local function deletion(machine)
  local state = machine.state
  if state == "destroyed" then return "ready" end
  if state == "error" and (machine.desired_state or "destroyed") == "destroyed" then
    return "failed", machine.error or "its deletion failed"
  end
  return "waiting"
end

--- Classifies a machine that is to reach the state `wanted`. An unknown state counts as waiting.
---@param facts {machine: table, wanted: string?}  wanted: by default "started"
---@return "ready"|"waiting"|"failed" verdict, string? why
function M.progress(facts)
  local machine, wanted = facts.machine, facts.wanted or "started"
  local state = machine.state
  if wanted == "destroyed" then return deletion(machine) end
  if state == wanted then return "ready" end
  if UNDER_WAY[state] then return "waiting" end
  if ENDED[state] then return "failed", machine.error or "it is " .. state end
  return "waiting", ("state %q is new to this os2"):format(state)
end

--- Decides whether `machine each` waits for a machine that is not started: it does when the machine
--- is on its way to run, so that a run right after a start or a create leaves none out.
---@param facts {machine: table}
---@return boolean
function M.awaited(facts)
  local machine = facts.machine
  return machine.desired_state == "started"
    and policy.ask("machine.progress", { machine = machine }) == "waiting"
end

--- Decides whether `machine list` shows a machine. A deleted machine stays in Daytona's list, under
--- another name, until its runner has removed it; it is shown only with --all.
---@param facts {machine: table, all: boolean}  all: --all is given
---@return boolean
function M.listed(facts)
  local machine = facts.machine
  if facts.all then return true end
  return machine.state ~= "destroying" and machine.state ~= "destroyed"
    and machine.desired_state ~= "destroyed"
end

local function time_of(text)
  return type(text) == "string" and clock.parse_iso(text) or nil
end

--- Decides whether Daytona has deactivated an inactive snapshot because it was not used: that is so
--- when nobody had used it for `machine.unused` at that time. Otherwise a person has deactivated
--- it.
---@param facts {snapshot: table}
---@return boolean, string? why
function M.aged_out(facts)
  local snapshot = facts.snapshot
  if snapshot.state ~= "inactive" then return false, "it is " .. tostring(snapshot.state) end
  local used = time_of(snapshot.lastUsedAt) or time_of(snapshot.createdAt)
  local turned_off = time_of(snapshot.updatedAt)
  if not used or not turned_off then return false, "it does not say when it was used" end
  if turned_off - used >= policy.ask("machine.unused", facts) then return true end
  return false, "somebody deactivated it"
end

--- Returns the path that a machine is asked for to find out whether it is healthy; the same as for
--- the daemon of `os2 entry`.
---@return string
function M.health_path()
  return policy.ask("entry.health_path")
end

local function check_labels(labels)
  for key, value in pairs(labels) do
    if type(key) ~= "string" or type(value) ~= "string" then
      return nil, ("label %s is no pair of texts"):format(tostring(key))
    end
  end
  if labels["os2-run"] then return true end
  return nil, "os2-run is missing: after a lost answer it tells which run has made a machine"
end

local SNAPSHOT_FACTS <const> = {
  snapshot = "table: the provider's record, with the fields of daytona.SnapshotDto",
}

policy.define("machine.name", {
  facts = {
    given = "string?: the value of --name",
    index = "integer: the index of the machine in the run, from 1",
    count = "integer: number of machines in the run",
    random = "number: a random number in [0, 1)",
  },
  doc = "The name of a machine. It is chosen before the machine is requested, so that a machine "
    .. "can be found even when the answer is lost.",
  default = M.name,
  returns = { type = "string", check = check_name, doc = "a name that nobody else has, or nil and "
    .. "an error that says the rule" },
})

policy.define("machine.labels", {
  facts = {
    run = "string: the id of the run",
  },
  doc = "The labels of a machine besides the requested ones; os2-run must be one of them.",
  default = M.labels, returns = { type = "table", check = check_labels, doc = "key -> value" },
})

policy.define("machine.public", {
  doc = "Whether anybody may connect to the machine's ports.", type = "boolean", default = false,
})

policy.define("machine.auto_stop", {
  doc = "After how many minutes without use a machine is stopped; 0: never. --auto-stop takes "
    .. "precedence.",
  type = "integer", unit = "min", range = { 0, 525600 }, default = 60,
})

policy.define("machine.port", {
  doc = "The port on which a machine listens; the local engine publishes it on 127.0.0.1.",
  type = "integer", range = { 1, 65535 }, default = 3000,
})

policy.define("machine.health_path", {
  doc = "The path that --wait-healthy requests until the answer is 200; by default the one for "
    .. "the daemon of `os2 entry` (entry.health_path).",
  default = M.health_path,
  returns = { type = "string", check = rules.absolute, doc = "a path" },
})

local function check_program(argv)
  if not argv[1] or argv[1] == "" then return nil, "it names no program" end
  for _, word in ipairs(argv) do
    if word:find("\0", 1, true) or not utf8.len(word) then
      return nil, "its words must be UTF-8 without a NUL"
    end
  end
  return true
end

local function check_escape(char)
  if char == "" or char:match("^[^\r\n.?\128-\255]$") then return true end
  return nil, "it must be one ASCII character that is neither a line break nor . or ?"
end

policy.define("machine.shell", {
  doc = "What `os2 machine shell` runs when no command is given: the program and its arguments.",
  type = "list", element = "string", check = check_program,
  default = { "sh", "-c", "if command -v bash >/dev/null; then exec bash -l; fi; exec sh -l" },
})

policy.define("machine.escape", {
  doc = "The character that, at the beginning of a line, speaks to os2 in a shell: with a dot it "
    .. "ends the session, twice it is sent. An empty one switches that off.",
  type = "string", default = "~", check = check_escape,
})

policy.define("machine.limit", {
  doc = "How many machines are created, changed or used at the same time.",
  type = "integer", range = { 1, 1000 }, default = 20,
})

policy.define("machine.prefixes", {
  doc = "For how many prefixes `machine list` asks for the newest snapshot, to tell how far the "
    .. "machines are behind; with --not-latest for all.",
  type = "integer", range = { 0, 100000 }, default = 10,
})

policy.define("machine.ask_above", {
  doc = "How many machines `create --count` makes at most without --yes.",
  type = "integer", range = { 0, 1000000 }, default = 50,
})

policy.define("machine.on_failure", {
  doc = "What happens to the machines of a `create --count` when one of them fails: all are "
    .. "deleted, or the good ones are kept and named.",
  type = "string", values = { "delete", "keep" }, default = "delete",
})

policy.define("machine.share", {
  doc = "The share of each rate limit that os2 uses; the rest is left for others in the same "
    .. "organization.",
  type = "number", range = { 0.01, 1 }, default = 0.5,
})

policy.define("machine.progress", {
  facts = {
    machine = "os2.machine: the machine's current record",
    wanted = "string?: the state that is waited for, by default started",
  },
  doc = "Whether a machine is in the wanted state, is on the way to it, or will not reach it.",
  default = M.progress,
  returns = { type = "string", values = { "ready", "waiting", "failed" },
    doc = "ready, waiting or failed, and why" },
})

policy.define("machine.listed", {
  facts = {
    machine = "os2.machine: the machine's current record",
    all = "boolean: --all is given",
  },
  doc = "Whether `machine list` shows a machine. By default deleted machines are shown only with "
    .. "--all.",
  default = M.listed, returns = { type = "boolean", doc = "true or false" },
})

policy.define("machine.awaited", {
  facts = { machine = "os2.machine: a machine that is not started" },
  doc = "Whether `machine each` waits for a machine to start (timeouts.machine_start) instead of "
    .. "skipping it. By default it waits for one that is on its way to run.",
  default = M.awaited, returns = { type = "boolean", doc = "true or false" },
})

policy.define("machine.unused", {
  facts = SNAPSHOT_FACTS,
  doc = "How long an inactive snapshot was unused when it counts as deactivated by Daytona (which "
    .. "does so after 14 days) and not by a person.",
  type = "number", unit = "s", range = { 0, 3650 * DAY }, default = 13 * DAY,
})

policy.define("machine.cooldown", {
  doc = "How long after the deactivation of a snapshot Daytona refuses to activate it. An error "
    .. "names the end of that time.",
  type = "number", unit = "s", range = { 0, DAY }, default = 600,
})

policy.define("machine.refusals", {
  doc = "How many snapshots the API may refuse before a create gives up.",
  type = "integer", range = { 1, 100 }, default = 5,
})

policy.define("machine.aged_out", {
  facts = SNAPSHOT_FACTS,
  doc = "Whether Daytona has deactivated a snapshot because it was not used, so that os2 may "
    .. "activate it again.",
  default = M.aged_out, returns = { type = "boolean", doc = "true, or false and why" },
})

policy.define("machine.settle", {
  doc = "How long os2 looks for a machine whose create got no answer, before it counts as not "
    .. "created.",
  type = "number", unit = "s", range = { 0, 600 }, default = 2,
})

policy.define("machine.output_by", {
  doc = "How os2 gets the output of commands and programs at Daytona: `stream` reads it from a "
    .. "WebSocket as it is written, and polls where there is none; `polling` only polls.",
  type = "string", values = { "stream", "polling" }, default = "stream",
})

policy.define("machine.silence", {
  doc = "How long nothing may come on a stream of output before os2 asks whether the command has "
    .. "ended, and opens the stream anew. The time doubles while nothing comes, up to 600 s. A "
    .. "terminal is pinged so often, and is given up when no answer comes for as long.",
  type = "number", unit = "s", range = { 0.05, 600 }, default = 30,
})

policy.define("machine.first_look", {
  doc = "The pause before output is polled for the first time, on a platform that does not stream "
    .. "it. Each further pause is half as long again, up to machine.last_look.",
  type = "number", unit = "s", range = { 0.01, 60 }, default = 0.1,
})

policy.define("machine.last_look", {
  doc = "The longest pause between two polls for output. Each poll gets the whole output: when "
    .. "that takes long, the pause is four times as long as the poll.",
  type = "number", unit = "s", range = { 0.05, 600 }, default = 2,
})

policy.define("machine.output_limit", {
  doc = "How many bytes of each output stream of a command are kept for --json and for the log of "
    .. "`machine each`; when there was more, the document has `cut`. What is passed on to stdout "
    .. "and stderr has no limit.",
  type = "integer", unit = "bytes", range = { 0, 1024 * 1024 * 1024 }, default = 16 * 1024 * 1024,
})

policy.define("machine.exec_grace", {
  doc = "The time from SIGTERM to SIGKILL for a command on the local engine that still runs when "
    .. "`machine exec` ends early.",
  type = "number", unit = "s", range = { 0, 600 }, default = 2,
})

policy.define("machine.exec_settle", {
  doc = "How long a command on the local engine is looked for, to be ended, that did not run yet "
    .. "when `machine exec` ended early: the engine may start it later.",
  type = "integer", unit = "s", range = { 0, 600 }, default = 10,
})

return M
