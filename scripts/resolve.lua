--- Prints the newest usable snapshot of a prefix.
local cli = require("os2.cli")

cli.run{
  name = "resolve",
  summary = "Print the name of the newest usable snapshot of a prefix.",
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
