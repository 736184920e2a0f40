--- Prints what changes in Daytona, as it is told.
local cli = require("os2.cli")

cli.run{
  name = "events",
  summary = "Print the changes of snapshots and machines as Daytona tells them.",
  lists = { [""] = "events" },
  document = {
    events = { "list?: the events, in the order in which they came", fields = {
      at = "string: when it came, UTC",
      type = "string: what happened, such as snapshot.state.updated",
      name = "string?: the name of the snapshot or machine",
      id = "string?: its id",
      old = "string?: the state before",
      new = "string?: the state now",
      snapshot = "table?: the record of a snapshot, as the API has it",
      sandbox = "table?: the record of a machine, as the API has it, without the values of its env",
      record = "table?: the record of another kind of thing",
    } },
  },
  examples = {
    { "Follow all changes.", "doppler run --config dev -- os2 events" },
    { "Wait until a snapshot has become active or failed, for 10 minutes at most.",
      "os2 events --snapshot 'dev--*' --type snapshot.state.updated --timeout 600" },
    { "Feed a program with one JSON object a line.",
      "os2 events --jsonl | jq -c '[.type, .name]'" },
  },
  environment = { "daytona", "doppler" },
  args = function(parser)
    cli.environment_option(parser)
    cli.option(parser, "--type", { target = "types", argname = "TYPE", count = "*",
      default = "all types",
      description = "Only events of this type; * stands for any text. Repeatable." })
    cli.option(parser, "--snapshot", { target = "snapshots", argname = "NAME", count = "*",
      default = "all snapshots",
      description = "Only those of snapshots with this name or id; * stands for any text." })
    cli.option(parser, "--machine", { target = "machines", argname = "NAME", count = "*",
      default = "all machines",
      description = "Only those of machines with this name or id; * stands for any text." })
    cli.option(parser, "--count", { argname = "N", convert = cli.integer(1), default = "no limit",
      description = "End after so many events." })
    cli.option(parser, "--timeout", { argname = "SECONDS", convert = cli.seconds,
      default = "no limit", description = "End after that time." })
    cli.flag(parser, "--env-values", { target = "has_env",
      description = "Also show the values of the machines' environment variables." })
    cli.listing_options(parser)
  end,
  run = function(args)
    return require("os2.flows.events").run(args)
  end,
}
