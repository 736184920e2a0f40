--- Prints the newest usable snapshot of a prefix.
local cli = require("os2.cli")

cli.run{
  name = "resolve",
  summary = "Print the name of the newest usable snapshot of a prefix.",
  document = {
    name = "string?: the name of the snapshot",
    id = "string?: the id of the snapshot; null for a pin that was not checked (--no-check)",
    state = "string?: the state of the snapshot, such as active",
    prefix = "string?: the prefix that was resolved",
    created_at = "string?: the time of the snapshot's creation, UTC",
    passed = "table?: reason -> the number of snapshots that were passed over for it",
    warnings = "list?: the warnings of the run, as sentences",
    provider = "string?: the provider, daytona or docker",
    environment = "string?: the environment that the prefix belongs to",
    newer_inactive = "list?: the names of newer snapshots that are inactive",
    pinned = "boolean?: the answer is a pin (resolution.pin)",
    cached = "boolean?: the answer comes from the cache",
    age = "number?: seconds since the API gave the answer",
    stale = "boolean?: the answer is an old one, because the API is unavailable",
  },
  examples = {
    { "Print the newest snapshot of the environment dev.",
      "doppler run --config dev -- os2 resolve" },
    { "Ask the API, whatever the cache knows.", "os2 resolve --fresh" },
    { "Print each new snapshot as it becomes active.", "os2 resolve --watch" },
    { "Tell the age of the answer as well.", "os2 resolve --json" },
  },
  environment = { "daytona", "prefix", "doppler", "pin", "docker", "cache", "ci" },
  args = function(parser)
    cli.snapshot_options(parser)
    cli.option(parser, "--region", { argname = "REGION", default = "DAYTONA_TARGET",
      description = "Only a snapshot that machines can start from there." })
    parser:flag("--no-check"):target("is_unchecked")
      :description("Take a pin (DAYTONA_SNAPSHOT_PIN) as it is, and ask nothing.")
    parser:mutex(
      parser:flag("--refresh"):target("is_refresh")
        :description("Ask anew; an old answer may still stand in for an unavailable API."),
      parser:flag("--fresh"):target("is_fresh")
        :description("Ask anew, and fail rather than answer with anything older."),
      parser:flag("--watch"):target("is_watch")
        :description("Print the answer and each new one as it becomes active, until interrupted; "
          .. "other processes then answer from the cache without a request."))
  end,
  run = function(args)
    return require("os2.flows.resolve").run(args)
  end,
}
