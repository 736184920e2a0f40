--- The options that several commands on snapshots have.
local cli = require("os2.cli")

---@class os2.flows.snapshots.options
local M = {}

local OF_SOURCE <const> = "that of the source"

--- Adds the options of a registration whose image is that of another snapshot.
---@param parser table  argparse
function M.republish(parser)
  for _, row in ipairs{ { "--cpu", "N", "CPUs" }, { "--memory", "GB", "Memory" },
    { "--disk", "GB", "Disk" } } do
    cli.option(parser, row[1], { argname = row[2], convert = cli.integer(1), default = OF_SOURCE,
      description = row[3] .. " of each machine; frozen in the snapshot." })
  end
  cli.option(parser, "--region", { argname = "REGION", default = "DAYTONA_TARGET, or else "
    .. OF_SOURCE, description = "Where the snapshot can be started." })
  cli.option(parser, "--timeout", { argname = "SECONDS", convert = cli.seconds,
    policy = "timeouts.activate",
    description = "How long to wait for the snapshot to be active." })
  cli.option(parser, "--also", { argname = "REF", count = "*", policy = "snapshot.also",
    description = "A registry of one's own that has the image, too, for when Daytona's does not "
      .. "have it any more." })
end

--- Adds the options of the gate.
---@param parser table  argparse
function M.gate(parser)
  cli.flag(parser, "--verify", { target = "is_verify", policy = "snapshot.gate",
    description = "Publish only what works: make a machine of the image under a name that nobody "
      .. "resolves, wait until it is healthy, run the commands of snapshot.checks." })
  cli.option(parser, "--verify-env", { target = "verify_env", argname = "KEY[=VALUE]",
    count = "*", policy = "snapshot.gate_env",
    description = "With --verify: a variable of that machine; KEY alone takes the environment's "
      .. "value." })
  cli.flag(parser, "--keep-candidate", { target = "is_candidate_kept",
    policy = "snapshot.keep_candidate",
    description = "With --verify: keep what failed, with its machine, and name the logs." })
end

--- The field `candidate` of a document.
---@type any
M.CANDIDATE = { "table?: with --verify, the snapshot by which the image was tried", fields = {
  name = "string: the name of the candidate",
  id = "string?: the id of the candidate, once it is registered",
  passed = "boolean: its machine was healthy, and all checks ended with 0",
  removed = "boolean: the candidate is deleted",
  url = "string?: the URL at which its machine was healthy",
  machine = "string?: the name of its machine, when that is kept",
  healthy_seconds = "number?: the time from the request of its machine until it was healthy",
  checks = { "list: the commands that its machine ran", fields = {
    command = "string: the command, of snapshot.checks",
    code = "integer?: its exit code; absent when it did not end in time",
    seconds = "number: its duration",
    output = "string: the end of what it wrote",
  } },
} }

return M
