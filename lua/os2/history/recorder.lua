--- Records what a run decides and does. The events stay in memory (`host.record`) until the run
--- waits or ends, so that a run that never waits writes once. This module is small, because each
--- run loads it; `os2.history.writer` writes.
local native_record = require("host.record")
local scheduler = require("os2.run.scheduler")

---@class os2.history.recorder
---@field decision fun(name: string, layer: table, facts: table?, env: table?, answer, extra)
---@field event fun(name: string, fields: table)
---@field result table?  the fields of the command's result
local M = { decision = native_record.decision, event = native_record.event }

--- Writes what is in memory.
function M.flush()
  if native_record.length() > 0 then require("os2.history.writer").flush() end
end

--- Begins the record of the run.
function M.open()
  native_record.open{
    secrets = require("os2.text.secrets").names, on_full = M.flush,
    share = package.os2_share .. "/", -- luacheck: ignore 143
    -- the shipped values; the first flush sets those of the policies
    fact_bytes = 65536, run_bytes = 4194304, buffer_bytes = 65536, patience = 1,
  }
  scheduler.before_wait = M.flush
end

M.open()
return M
