--- Runs the specs as tests/run.lua does, under a collector that never rests: a cycle follows the
--- other without a pause, and each step, one for every 256 bytes, works off far more than was
--- allocated. What C holds without an anchor in Lua is then collected while it is in use.
local PAUSE <const> = 1 -- percent: the next cycle begins at once
local MULTIPLIER <const> = 400 -- percent of work for what was allocated
local STEP <const> = 8 -- as a power of two, in bytes
local DEADLINE_SECONDS <const> = 3000 -- for a test, which is many times as slow here

table.insert(arg, 1, "-Xhelper")
table.insert(arg, 2, "deadline=" .. DEADLINE_SECONDS)
collectgarbage("incremental", PAUSE, MULTIPLIER, STEP)
dofile((arg[0]:match("^(.*)/[^/]*$") or ".") .. "/run.lua")
