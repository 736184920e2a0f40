--- os2 snapshot logs: the log of a build by Daytona.
local cli = require("os2.cli")

return {
  document = {
    name = "string?: the name of the snapshot",
    id = "string?: the id of the snapshot",
    provider = "string?: daytona or docker",
    log = "string?: the log of its build, up to machine.output_limit",
    cut = "boolean?: the log was longer than that",
  },
  args = function(parser)
    cli.provider_option(parser)
    cli.argument(parser, "snapshot", { convert = cli.named, completes = "snapshot",
      description = "Its name or id." })
  end,
  examples = {
    { "See how Daytona has built a snapshot.",
      "os2 snapshot logs iterate-sandbox-dev--20261101-100000" },
  },
  environment = { "daytona", "doppler", "docker", "ci" },
  run = function(args)
    return require("os2.flows.snapshots.look").logs(args)
  end,
}
