--- os2 snapshot list: the snapshots that there are, the newest first.
local cli = require("os2.cli")
local fields = require("os2.flows.snapshots.fields")

return {
  list = "snapshots",
  document = {
    snapshots = { "list?: the newest first", fields = fields.LISTED },
    prefix = "string?: the prefix; null with --all-prefixes",
    environment = "string?: the environment that the prefix belongs to",
    provider = "string?: daytona or docker",
  },
  args = function(parser)
    cli.snapshot_options(parser)
    parser:flag("--all-prefixes"):target("is_all_prefixes")
      :description("Those of every prefix, and those that os2 did not name.")
    parser:flag("--no-machines"):target("is_without_machines")
      :description("Do not ask which machines use them.")
    cli.listing_options(parser)
  end,
  examples = {
    { "See the snapshots of the prefix.", "os2 snapshot list" },
    { "See those of all prefixes that are not usable.",
      "os2 snapshot list --all-prefixes --jsonl | jq 'select(.state != \"active\")'" },
  },
  environment = { "daytona", "doppler", "prefix", "pin", "docker", "ci" },
  run = function(args)
    return require("os2.flows.snapshots.list").run(args)
  end,
}
