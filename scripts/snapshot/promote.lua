--- os2 snapshot promote: registers a snapshot's image under the prefix of the next environment.
local cli = require("os2.cli")
local options = require("os2.flows.snapshots.options")

return {
  document = {
    name = "string?: the name of the snapshot under the target's prefix",
    id = "string?: the id of the snapshot, once it is registered",
    state = "string?: the state of the snapshot, such as active",
    provider = "string?: daytona or docker",
    prefix = "string?: the target's prefix",
    environment = "string?: the environment that the prefix belongs to",
    created_at = "string?: the time of the snapshot's creation, UTC",
    source = "string?: the name of the snapshot that was promoted",
    image = "string?: the reference of the image",
    digest = "string?: the digest of the image, as far as the provider tells it",
    content = "string?: the key of the image's content, 12 hexadecimal digits",
    commit = "string?: the commit that the image was built from",
    candidate = options.CANDIDATE,
    reused = "boolean?: the target's newest snapshot has this image already, so none was made",
    skipped = "boolean?: a newer snapshot was there, so none was made",
    restored = "boolean?: the registry did not have the image any more, so it was pushed again",
    dry_run = "boolean?: --dry-run is given",
    seconds = "number?: the duration of the run",
  },
  args = function(parser)
    cli.provider_option(parser)
    cli.argument(parser, "snapshot", { convert = cli.named, completes = "snapshot",
      description = "The name or id of the snapshot whose image is promoted." })
    cli.option(parser, "--to", { argname = "WHERE", default = "required",
      description = "An environment, such as stg, or a prefix, such as dev-jonas--." })
      :count("1")
    cli.option(parser, "--on-newer", { target = "on_newer",
      choices = { "fail", "skip", "publish" }, policy = "snapshot.promote_on_newer",
      description = "When the target has a newer snapshot: fail (6), take that one, or make the "
        .. "promoted one the newest, named by the time of now." })
    options.republish(parser)
    options.gate(parser)
    parser:flag("--allow-dirty"):target("is_dirty_allowed")
      :description("Take an image of uncommitted changes where the target wants none (prd).")
    parser:flag("--dry-run"):target("is_dry_run"):description("Ask everything, change nothing.")
  end,
  examples = {
    { "Promote what runs in dev to stg.",
      "os2 snapshot promote iterate-sandbox-dev--20261101-100000 --to stg" },
    { "See what would be registered.",
      "os2 snapshot promote iterate-sandbox-stg--20261101-100000 --to prd --dry-run" },
  },
  environment = { "daytona", "doppler", "docker", "ci" },
  run = function(args)
    return require("os2.flows.snapshot.promote").run(args)
  end,
}
