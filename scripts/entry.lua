--- Boots a machine and keeps its daemon running; the image of a sandbox starts it.
local cli = require("os2.cli")

cli.run{
  name = "entry",
  summary = "Clone or update the code, install, build, and keep the daemon running.",
  document = {
    path = "string?: the path of the checkout",
    commit = "string?: the commit that is checked out",
  },
  examples = {
    { "Boot a machine: the last line of a sandbox's Dockerfile.", 'ENTRYPOINT ["os2", "entry"]' },
    { "Run the checkout at ~/src without an update.", "ITERATE_DEV=true os2 entry" },
  },
  environment = { "entry", "git" },
  run = function() return require("os2.flows.entry").run() end,
}
