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
  cli.option(parser, "--also", { argname = "REF", count = "*", default = "none",
    description = "A registry of one's own that has the image, too, for when Daytona's does not "
      .. "have it any more." })
end

return M
