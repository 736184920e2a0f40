--- os2 snapshot prune: deactivates or deletes the snapshots that nothing keeps.
local cli = require("os2.cli")
local fields = require("os2.flows.snapshots.fields")

local function options(parser)
  cli.snapshot_options(parser)
  parser:flag("--all-prefixes"):target("is_all_prefixes")
    :description("Those of every prefix, each by itself.")
  cli.option(parser, "--keep", { argname = "N", convert = cli.integer(1),
    policy = "retention.keep", description = "How many of the newest usable ones stay." })
  cli.option(parser, "--older-than", { target = "younger", argname = "TIME",
    convert = cli.duration, policy = "retention.younger",
    description = "Only what is older goes: 30d, 12h, 45m, or seconds." })
  parser:flag("--delete"):target("is_deleting")
    :description("Delete them; without it they are deactivated, which can be undone.")
  parser:flag("--yes"):target("is_sure"):description("Do it; without it nothing is changed.")
  parser:flag("--dry-run"):target("is_dry_run")
    :description("Change nothing; with --apply, look whether the plan still holds.")
  cli.option(parser, "--plan", { argname = "FILE", default = "none",
    description = "Write what would be done to FILE, for a review." })
  cli.option(parser, "--apply", { argname = "FILE", default = "none",
    description = "Do what the plan in FILE says, if nothing has changed since (else exit 6)." })
end

return {
  document = {
    snapshots = { "list?: those that go, the oldest first", fields = fields.PRUNED },
    kept = { "list?: those that stay, the newest first", fields = fields.KEPT },
    counts = { "table?: numbers of snapshots", fields = {
      planned = "integer: those that would be changed",
      done = "integer: those that were changed",
      skipped = "integer: those that something needed by the time of their change",
      failed = "integer: those whose change failed",
      kept = "integer: those that stay",
    } },
    action = "string?: deactivate or delete",
    dry_run = "boolean?: nothing was changed",
    plan = "string?: the path of --plan or --apply",
    prefix = "string?: the prefix; null for all",
    environment = "string?: the environment that the prefix belongs to",
    provider = "string?: daytona or docker",
    seconds = "number?: the duration of the run",
  },
  args = options,
  examples = {
    { "See what would go, and why the others stay.", "os2 snapshot prune" },
    { "Free the quota of what is old.", "os2 snapshot prune --yes" },
    { "Delete after a review.",
      "os2 snapshot prune --delete --plan plan.json && os2 snapshot prune --apply plan.json" },
  },
  environment = { "daytona", "doppler", "prefix", "pin", "docker", "ci" },
  run = function(args)
    return require("os2.flows.snapshots.prune").run(args)
  end,
}
