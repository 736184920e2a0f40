--- Boots a machine and keeps its daemon running; the image of a sandbox starts it.
local cli = require("os2.cli")

cli.run{
  name = "entry",
  summary = "Clone or update the code, install, build, and keep the daemon running.",
  document = {
    path = "string?: the path of the checkout",
    commit = "string?: the commit that is checked out",
  },
  run = function() return require("os2.flows.entry").run() end,
}
