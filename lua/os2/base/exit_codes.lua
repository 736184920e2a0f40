--- The exit codes of os2, each with its name and meaning. CI branches on them.
local M = {}

---@class os2.base.exit_codes.row
---@field name string?  the name in an error's `exit`
---@field name string?  as `exit` of an error names it
---@field meaning string

--- All exit codes in ascending order.
---@type os2.base.exit_codes.row[]
M.ROWS = {
  { codes = { 0 }, name = "ok", meaning = "success" },
  { codes = { 1 }, name = "failed",
    meaning = "the build failed, the API refused, the script raised, or the disk is full" },
  { codes = { 2 }, name = "usage", meaning = "the command line is wrong" },
  { codes = { 3 }, name = "config", meaning = "the environment or the configuration is refused" },
  { codes = { 4 }, name = "not_found", meaning = "there is no such snapshot, machine or name" },
  { codes = { 5 }, name = "timeout", meaning = "a deadline passed; the snapshot may still finish" },
  { codes = { 6 }, name = "conflict", meaning = "the name is taken, or a newer snapshot exists" },
  { codes = { 7 }, name = "denied",
    meaning = "the key is wrong, a permission is missing, or the registry refuses" },
  { codes = { 8 }, name = "quota", meaning = "the organization's quota is full" },
  { codes = { 70 }, name = "bug", meaning = "a bug in os2, or os2 ran out of memory" },
  { codes = { 75 }, name = "unavailable",
    meaning = "network, API, engine or rate limit: retry later" },
  { codes = { 125 }, name = "exec",
    meaning = "`os2 machine exec`: os2 failed; any other code is the command's own" },
  { codes = { 129, 130, 143 }, name = "interrupted",
    meaning = "SIGHUP (the terminal was closed), SIGINT, SIGTERM" },
  { codes = { 141 }, meaning = "the reader of stdout is gone (`os2 policy list | head -1`)" },
}

--- The exit code for each name; "interrupted" stands for SIGINT.
---@type table<string, integer>
M.BY_NAME = { interrupted = 130 }
for _, row in ipairs(M.ROWS) do
  if row.name then M.BY_NAME[row.name] = M.BY_NAME[row.name] or row.codes[1] end
end

return M
