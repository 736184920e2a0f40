--- Makes a snapshot from a Dockerfile and prints its name.
local cli = require("os2.cli")
local images = require("os2.text.images")
local snapshot_options = require("os2.flows.snapshots.options")

local function mount_options(parser)
  cli.option(parser, "--secret", { target = "secrets", argname = "SPEC", count = "*",
    policy = "snapshot.secrets",
    description = "id=ID[,env=NAME|,src=FILE]: a secret for RUN --mount=type=secret,id=ID, from "
      .. "the environment's ID where neither is given. It stays out of image and output." })
  cli.option(parser, "--ssh", { argname = "SPEC", count = "*", policy = "snapshot.ssh",
    description = "ID[=SOCKET]: an SSH agent for RUN --mount=type=ssh, the one of SSH_AUTH_SOCK "
      .. "where no socket is given." })
end

local function build_options(parser)
  cli.option(parser, "--build-arg", { target = "build_args", argname = "KEY=VALUE", count = "*",
    init = {}, action = cli.pair, default = "none",
    description = "A build argument; KEY alone takes the environment's value." })
  cli.option(parser, "--label", { target = "labels", argname = "KEY=VALUE", count = "*",
    init = {}, action = cli.label, default = "only the labels of the policy snapshot.labels",
    description = "A label of the image." })
  cli.option(parser, "--target", { argname = "STAGE", default = "the last one",
    policy = "snapshot.target", description = "The stage that becomes the image." })
  cli.option(parser, "--platform", { argname = "OS/ARCH", policy = "snapshot.platform",
    convert = cli.checked(images.check_platform),
    description = "What to build for; Daytona's runners are linux/amd64." })
  cli.flag(parser, "--no-cache", { target = "is_uncached", policy = "snapshot.no_cache",
    description = "Run each step anew, whatever the engine's build cache holds." })
  cli.flag(parser, "--pull", { target = "is_base_pulled", policy = "snapshot.pull",
    description = "Ask the registries for newer base images." })
  cli.option(parser, "--cache-from", { target = "cache_from", argname = "IMAGE", count = "*",
    policy = "snapshot.cache_from",
    description = "An image whose layers may be taken as the cache." })
  cli.option(parser, "--add-host", { target = "hosts", argname = "HOST:IP", count = "*",
    convert = cli.checked(images.check_host), policy = "snapshot.hosts",
    description = "One more name that RUN steps know." })
  cli.option(parser, "--network", { choices = { "default", "none", "host" },
    policy = "snapshot.network", description = "The network of RUN steps." })
  mount_options(parser)
end

local function remote_options(parser)
  parser:flag("--remote"):target("is_remote")
    :description("Let Daytona build: send it the Dockerfile and the files that it takes. Needs no "
      .. "engine; takes no secrets, arguments, targets or caches.")
end

local function size_options(parser)
  cli.option(parser, "--cpu", { argname = "N", convert = cli.integer(1), policy = "snapshot.cpu",
    description = "CPUs of each machine; frozen in the snapshot." })
  cli.option(parser, "--memory", { argname = "GB", convert = cli.integer(1),
    policy = "snapshot.memory", description = "Memory of each machine; frozen in the snapshot." })
  cli.option(parser, "--disk", { argname = "GB", convert = cli.integer(1),
    policy = "snapshot.disk", description = "Disk of each machine; frozen in the snapshot." })
end

local function command_of(text)
  if not text:match("^%s*%[") then return text ~= "" and { text } or nil, "it is empty" end
  local ok, words = pcall(require("os2.json").decode, text)
  if not ok or type(words) ~= "table" or #words == 0 then
    return nil, ("'%s' is not a JSON list of words"):format(text)
  end
  for _, word in ipairs(words) do
    if type(word) ~= "string" then return nil, ("'%s' holds no text alone"):format(text) end
  end
  return words
end

local function machine_options(parser)
  cli.option(parser, "--gpu", { argname = "N", convert = cli.integer(0), policy = "snapshot.gpu",
    description = "GPUs of each machine; frozen in the snapshot." })
  cli.option(parser, "--gpu-type", { target = "gpu_type", argname = "TYPE",
    policy = "snapshot.gpu_type", description = "The type of the GPUs, such as H100." })
  cli.option(parser, "--sandbox-class", { target = "sandbox_class",
    policy = "snapshot.sandbox_class",
    choices = { "container", "linux-vm", "android", "windows" },
    description = "What each machine is." })
  cli.option(parser, "--entrypoint", { argname = "COMMAND", convert = command_of,
    policy = "snapshot.entrypoint",
    description = 'The command of each machine instead of the image\'s ENTRYPOINT: a program, or '
      .. '["program", "argument"].' })
  cli.option(parser, "--region", { target = "regions", argname = "REGION", count = "*",
    default = "DAYTONA_TARGET, or else the organization's",
    description = "Where the snapshot can be started; with several, it is registered in each, one "
      .. "after the other." })
end

local function registration_options(parser)
  machine_options(parser)
  cli.option(parser, "--on-timeout", { target = "on_timeout", choices = { "leave", "delete" },
    policy = "snapshot.on_timeout",
    description = "What becomes of the snapshot when it is not active in time: leave (it may still "
      .. "become live), or delete." })
  cli.option(parser, "--run-key", { target = "run_key", argname = "KEY",
    policy = "snapshot.run_key", default = "the CI's run and job",
    description = "A second run with KEY, of the same things, takes the snapshot of the first." })
  parser:flag("--no-run-key"):target("is_unkeyed")
    :description("Make a snapshot of its own, whatever the CI's run has made before.")
end

local function image_options(parser)
  cli.option(parser, "--image", { argname = "REF", default = "none, it is built",
    description = "Register this image, and build nothing. Its tag must stay what it is." })
  parser:flag("--push"):target("is_push")
    :description("With --image: the image is in the local engine; push it to Daytona first.")
  cli.option(parser, "--also", { argname = "REF", count = "*", policy = "snapshot.also",
    description = "Push the image to this registry too; without a tag, with os2's own." })
end

local function options(parser)
  cli.snapshot_options(parser)
  cli.option(parser, "--name", { argname = "NAME", policy = "naming.format",
    default = "the prefix and the time",
    description = "The snapshot's name; goes on with a run that stopped." })
  cli.option(parser, "--pushed", { argname = "REF", default = "none",
    description = "With --name: what the run that stopped had pushed, as it said." })
  cli.option(parser, "--dockerfile", { argname = "FILE", policy = "snapshot.dockerfile",
    description = "The Dockerfile, relative to the current directory." })
  cli.option(parser, "--context", { argname = "DIR", policy = "snapshot.context",
    description = "What is sent to the build. A Docker context is named before the command: "
      .. "os2 --context NAME snapshot." })
  cli.option(parser, "--context-from", { target = "context_from", argname = "WHAT",
    choices = { "directory", "git" }, policy = "snapshot.context_from",
    description = "\"directory\" sends all of it, \"git\" only what git knows or would add." })
  build_options(parser)
  remote_options(parser)
  size_options(parser)
  image_options(parser)
  snapshot_options.gate(parser)
  cli.option(parser, "--timeout", { argname = "SECONDS", convert = cli.seconds,
    policy = "timeouts.activate",
    description = "How long to wait for the snapshot to be active." })
  parser:flag("--allow-older"):target("is_older_allowed")
    :description("As --on-newer publish: register although a newer snapshot is there.")
  cli.option(parser, "--on-newer", { target = "on_newer",
    choices = { "fail", "skip", "publish" }, policy = "snapshot.on_newer",
    description = "When a newer snapshot of the prefix is there or under way: fail (6), take that "
      .. "one, or publish all the same." })
  parser:flag("--if-changed"):target("is_if_changed")
    :description("Make none when the newest one has the same content and size; print its name.")
  parser:flag("--allow-dirty"):target("is_dirty_allowed")
    :description("Take a tree with uncommitted changes where the environment wants none (prd).")
  registration_options(parser)
  parser:flag("--list-context"):target("is_list_context")
    :description("Only print the paths that would be sent to the build.")
  parser:flag("--dry-run"):target("is_dry_run"):description("Ask everything, change nothing.")
end

-- The commands on snapshots that exist; scripts/snapshot/NAME.lua holds each.
local PARTS <const> = {
  { "list", "List snapshots, the newest first." },
  { "get", "Tell all about a snapshot." },
  { "activate", "Make snapshots usable again." },
  { "deactivate", "Keep snapshots, and let nothing be made from them." },
  { "delete", "Delete snapshots." },
  { "prune", "Deactivate or delete the snapshots that nothing keeps." },
  { "logs", "Print the log of a build by Daytona." },
  { "promote", "Register a snapshot's image under the prefix of the next environment." },
  { "rollback", "Go back to an image that was good, and deactivate the bad snapshot." },
}

cli.run{
  name = "snapshot",
  summary = "Make a snapshot from a Dockerfile and print its name, or look after those there are.",
  parts = PARTS,
  document = {
    name = "string?: the name of the snapshot",
    id = "string?: the id of the snapshot, once it is registered",
    state = "string?: the state of the snapshot, such as active",
    provider = "string?: daytona or docker",
    prefix = "string?: the prefix of the name",
    environment = "string?: the environment that the prefix belongs to",
    created_at = "string?: the time of the snapshot's creation, UTC",
    image = "string?: the reference of the image that was pushed",
    digest = "string?: the digest of the image",
    content = "string?: the key of the image's content, 12 hexadecimal digits",
    context = { "table?: the build context, with --remote", fields = {
      hash = "string: its name in the object storage, the SHA-256 of its archive",
      bytes = "integer: the length of its archive",
      sent = "integer: bytes that were sent; 0: it was there already",
    } },
    reused = "boolean?: the newest snapshot has the same content, so none was made",
    adopted = "boolean?: another run with this run key has made it, so none was made",
    skipped = "boolean?: a newer snapshot was there, so none was made",
    build = { "table?: the build, when there was one", fields = {
      steps = "integer: how many steps the Dockerfile has",
      cached = "integer: how many of them came from the cache",
      sent = "integer: bytes of the build context that were sent",
      bytes = "integer?: the size of the image",
    } },
    copies = { "list?: what was pushed to other registries, with --also", fields = {
      ref = "string: the reference",
      digest = "string: the digest of the image there",
      sent = "integer: bytes of the layers that were sent, before compression",
      pushed = "integer: how many layers had to move",
      exists = "integer: how many layers the registry had already",
    } },
    candidate = snapshot_options.CANDIDATE,
    layers = { "list?: the layers of the image, the lowest first", fields = {
      bytes = "integer: the size on the engine's disk",
      created_by = "string?: the instruction that made the layer",
      diff_id = "string?: the diff id of the layer, when the engine tells which it is",
      state = "string?: after a push: pushed, or exists when the registry had it already",
    } },
    push = { "table?: the push, when there was one", fields = {
      sent = "integer: bytes of the layers that were sent, before compression",
      pushed = "integer: how many layers had to move",
      exists = "integer: how many layers the registry had already",
    } },
    resumed = "boolean?: the run resumed one that had stopped",
    regions = { "list?: with several --region, what was registered in each", fields = {
      region = "string: the region", name = "string: the name of the snapshot there",
      id = "string: its id", state = "string: its state",
      skipped = "boolean: it is a newer one, and this run has registered nothing there",
    } },
    dry_run = "boolean?: --dry-run is given",
    commit = "string?: the commit that was built, when git knows it",
    is_clean = "boolean?: no tracked file differs from the commit",
    seconds = "number?: the duration of the run",
    paths = "list?: the paths that would be sent to the build; only with --list-context",
  },
  args = options,
  examples = {
    { "Make a snapshot of this directory for the environment dev.",
      "doppler run --config dev -- os2 snapshot" },
    { "See what would be sent to the build, without a key.", "os2 snapshot --list-context" },
    { "See the options of a subcommand.", "os2 snapshot get --help" },
    { "Make all checks, and change nothing.", "os2 snapshot --dry-run" },
    { "Register an image that is in a registry.", "os2 snapshot --image ghcr.io/acme/box:1.4.2" },
    { "Make a snapshot on the local engine.",
      "os2 snapshot --provider docker --prefix iterate-sandbox-dev--" },
  },
  environment = { "daytona", "prefix", "run", "doppler", "docker", "git", "ci" },
  has_own_context = true,
  run = function(args)
    local flow = require("os2.flows.snapshot")
    if args.is_list_context then return flow.list_context(args) end
    return flow.run(args)
  end,
}
