--- os2 snapshot rollback: goes back to an image that was good.
local cli = require("os2.cli")
local options = require("os2.flows.snapshots.options")

return {
  document = {
    name = "string?: the name under which the good image is the newest",
    id = "string?: the id of that snapshot, once it is registered",
    state = "string?: the state of that snapshot, such as active",
    provider = "string?: daytona or docker",
    prefix = "string?: the prefix of the name",
    environment = "string?: the environment that the prefix belongs to",
    created_at = "string?: the time of the snapshot's creation, UTC",
    image = "string?: the reference of the image",
    good = "string?: the name of the snapshot whose image it is",
    bad = "string?: the name of the snapshot that is left",
    deactivated = "boolean?: the bad snapshot is inactive",
    already = "boolean?: all was done already",
    resumed = "boolean?: the run went on with one that had stopped",
    restored = "boolean?: the registry did not have the image any more, so it was pushed again",
    dry_run = "boolean?: --dry-run is given",
    cached_until = "string?: until when caches of other users and hosts may have the old answer",
    stale_until = "string?: until when they may use it while the API is unavailable",
    seconds = "number?: the duration of the run",
  },
  args = function(parser)
    cli.snapshot_options(parser)
    cli.option(parser, "--to", { argname = "NAME", policy = "snapshot.rollback_target",
      default = "the newest usable one that is older and has another content",
      description = "The good snapshot; it may be inactive." })
    parser:flag("--allow-unhealthy"):target("is_unhealthy_allowed")
      :description("Go also to a snapshot that never was active.")
    options.republish(parser)
    parser:flag("--dry-run"):target("is_dry_run"):description("Ask everything, change nothing.")
  end,
  examples = {
    { "Go back to what was there before the newest snapshot.",
      "doppler run --config prd -- os2 snapshot rollback" },
    { "See what would be done.", "os2 snapshot rollback --dry-run" },
    { "Go back to a snapshot of one's choice.",
      "os2 snapshot rollback --to iterate-sandbox-dev--20261101-100000" },
  },
  environment = { "daytona", "doppler", "prefix", "docker", "cache", "ci" },
  run = function(args)
    return require("os2.flows.snapshot.rollback").run(args)
  end,
}
