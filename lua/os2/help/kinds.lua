--- What each kind of error means, which exit code it has, and what to do.
local err = require("os2.err")

---@class os2.help.kinds
local M = {}

---@class os2.help.kinds.row
---@field name string
---@field exit string  the name of its exit code
---@field meaning string
---@field advice string

--- The kinds in alphabetical order, and behind them the names of exit codes that an error of kind
--- `invalid` may have.
---@type os2.help.kinds.row[]
M.ROWS = {
  { name = "cancelled", exit = "interrupted",
    meaning = "A signal, a deadline around it or the failure of another task has ended the work.",
    advice = "Run again. What the run has left is named on stderr; the clean-ups have run." },
  { name = "conflict", exit = "conflict",
    meaning = "The state of a thing does not allow the change: another change is in progress, a "
      .. "machine is not started, a newer snapshot is there, a snapshot is protected.",
    advice = "Look at it (os2 machine get, os2 snapshot get), and do what the hint names." },
  { name = "denied", exit = "denied",
    meaning = "The key, the password or the permission is not enough; a file may not be read.",
    advice = "os2 doctor shows the key and its permissions." },
  { name = "exists", exit = "conflict",
    meaning = "The name is taken, or something is in the way.",
    advice = "Give another name, or remove what is there." },
  { name = "internal", exit = "bug",
    meaning = "A fault in os2, in Lua code that it ran, or memory ran out.",
    advice = "In a script of your own, mend the line that is shown. Otherwise report it with the "
      .. "output of -v." },
  { name = "invalid", exit = "failed",
    meaning = "What was asked for is refused: by os2 (the command line, the configuration), or by "
      .. "the server.",
    advice = "The message names the value and the rule; the hint says what to give instead." },
  { name = "network", exit = "unavailable",
    meaning = "No connection: the name has no address, nobody answers, TLS fails, it broke off.",
    advice = "Look at the network and the proxy (os2 doctor), and run again." },
  { name = "not_found", exit = "not_found",
    meaning = "There is no such snapshot, machine, file or name.",
    advice = "os2 snapshot list and os2 machine list show what there is; look at the prefix and "
      .. "the provider, too." },
  { name = "protocol", exit = "failed",
    meaning = "The other side answered with what its protocol does not allow, or with too much.",
    advice = "Look whether a proxy is in between, and whether the address is the right one." },
  { name = "quota", exit = "quota",
    meaning = "The organization's quota is full.",
    advice = "os2 snapshot prune, and stop, archive or delete machines that are not needed." },
  { name = "timeout", exit = "timeout",
    meaning = "A deadline passed. What was asked for may still be done on the server.",
    advice = "Look at it before you ask again; allow more time with --timeout or the policy that "
      .. "the hint names." },
  { name = "unavailable", exit = "unavailable",
    meaning = "The service, the engine or a resource of this machine is not there for now, or "
      .. "limits the rate.",
    advice = "Run again later; os2 has repeated it already as the policies retry.* say." },
  { name = "config", exit = "config",
    meaning = "An error of kind invalid: a variable, a policy file or another setting is refused.",
    advice = "os2 doctor shows the settings, os2 policy list --changed the policies." },
  { name = "usage", exit = "usage",
    meaning = "An error of kind invalid: the command line is wrong.",
    advice = "os2 help NAME shows what the command takes." },
}

--- Returns the row of this name, or nil.
---@param name string
---@return os2.help.kinds.row?
function M.find(name)
  for _, row in ipairs(M.ROWS) do
    if row.name == name then return row end
  end
end

--- Returns the names of all rows.
---@return string[]
function M.names()
  local names = {}
  for index, row in ipairs(M.ROWS) do names[index] = row.name end
  return names
end

--- Returns a row as text.
---@param row os2.help.kinds.row
---@return string
function M.text(row)
  return ("%s\n  %s\n\n  exit     %d (%s)\n  do       %s"):format(row.name, row.meaning,
    err.exit_codes[row.exit], row.exit, row.advice)
end

return M
