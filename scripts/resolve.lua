--- Prints the newest usable snapshot of a prefix.
local cli = require("os2.cli")

cli.run{
  name = "resolve",
  summary = "Print the name of the newest usable snapshot of a prefix.",
  document = {
    name = "string?: of the snapshot",
    id = "string?: of it; null for a pin that was not looked at (--no-check)",
    state = "string?: of it, such as active",
    prefix = "string?: that was looked under",
    created_at = "string?: of the snapshot, UTC",
    passed = "table?: reason -> how many snapshots were passed over for it",
    warnings = "list?: sentences",
    provider = "string?: that was asked, daytona or docker",
    environment = "string?: that the prefix belongs to",
    newer_inactive = "list?: names of newer ones that were turned off",
    pinned = "boolean?: the answer is a pin (resolution.pin)",
    cached = "boolean?: the answer was kept from before",
    age = "number?: seconds since it was asked for",
    stale = "boolean?: an old answer stands in, the API is unavailable",
  },
  args = function(parser)
    cli.snapshot_options(parser)
    parser:option("--region")
      :description("Only one that machines can start from there; by default DAYTONA_TARGET.")
    parser:flag("--no-check"):target("is_unchecked")
      :description("Take a pin (DAYTONA_SNAPSHOT_PIN) as it is, and ask nothing.")
    parser:mutex(
      parser:flag("--refresh"):target("is_refresh")
        :description("Ask anew; an old answer may still stand in for an unavailable API."),
      parser:flag("--fresh"):target("is_fresh")
        :description("Ask anew, and fail rather than answer with anything older."))
  end,
  run = function(args)
    return require("os2.flows.resolve").run(args)
  end,
}
