--- os2 snapshot get: tells all about a snapshot.
local cli = require("os2.cli")
local fields = require("os2.flows.snapshots.fields")

return {
  document = {
    snapshot = { "table?: the snapshot in its present state", fields = fields.DETAILS },
    provider = "string?: daytona or docker",
  },
  args = function(parser)
    cli.provider_option(parser)
    cli.argument(parser, "snapshot", { convert = cli.named, completes = "snapshot",
      description = "Its name or id." })
  end,
  examples = {
    { "See a snapshot's state, commit and sizes.",
      "os2 snapshot get iterate-sandbox-dev--20261101-100000" },
  },
  environment = { "daytona", "doppler", "docker", "ci" },
  run = function(args)
    return require("os2.flows.snapshots.look").get(args)
  end,
}
