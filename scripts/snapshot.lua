--- Makes a snapshot from a Dockerfile and prints its name.
local cli = require("os2.cli")
local images = require("os2.text.images")

local function build_options(parser)
  parser:option("--build-arg"):target("build_args"):argname("KEY=VALUE"):count("*"):init({})
    :action(cli.pair):description("A build argument; KEY alone takes the environment's value.")
  parser:option("--label"):target("labels"):argname("KEY=VALUE"):count("*"):init({})
    :action(cli.label):description("A label of the image.")
  parser:option("--target"):argname("STAGE")
    :description("The stage that becomes the image; by default the last one.")
  parser:option("--platform"):argname("OS/ARCH"):convert(cli.checked(images.check_platform))
    :description("What to build for; Daytona's runners are linux/amd64.")
  parser:flag("--no-cache"):target("is_uncached")
    :description("Run each step anew, whatever the engine's build cache holds.")
  parser:flag("--pull"):target("is_base_pulled")
    :description("Ask the registries for newer base images.")
  parser:option("--cache-from"):target("cache_from"):argname("IMAGE"):count("*")
    :description("An image whose layers may be taken as the cache.")
  parser:option("--add-host"):target("hosts"):argname("HOST:IP"):count("*")
    :convert(cli.checked(images.check_host)):description("One more name that RUN steps know.")
  parser:option("--network"):choices{ "default", "none", "host" }
    :description("The network of RUN steps.")
end

local function options(parser)
  cli.snapshot_options(parser)
  parser:option("--name"):description("The snapshot's name; goes on with a run that stopped.")
  parser:option("--pushed"):argname("REF")
    :description("With --name: what the run that stopped had pushed, as it said.")
  parser:option("--dockerfile"):argname("FILE")
    :description("By default the policy's: sandbox/Dockerfile in the current directory.")
  parser:option("--context"):argname("DIR")
    :description("What is sent to the build; by default the current directory. A Docker context "
      .. "is named before the command: os2 --context NAME snapshot.")
  parser:option("--context-from"):target("context_from"):argname("WHAT")
    :choices{ "directory", "git" }
    :description("All of it, or only what git knows or would add.")
  build_options(parser)
  parser:option("--cpu"):convert(cli.integer(1)):description("CPUs; frozen in the snapshot.")
  parser:option("--memory"):argname("GB"):convert(cli.integer(1)):description("Frozen as well.")
  parser:option("--disk"):argname("GB"):convert(cli.integer(1)):description("Frozen as well.")
  parser:option("--region")
    :description("By default DAYTONA_TARGET, else the organization's.")
  parser:option("--timeout"):argname("SECONDS"):convert(cli.seconds)
    :description("How long to wait for the snapshot to be active (1200).")
  parser:flag("--allow-older"):target("is_older_allowed")
    :description("Register although a newer snapshot of the prefix is there.")
  parser:flag("--allow-dirty"):target("is_dirty_allowed")
    :description("Take a tree with uncommitted changes where the environment wants none (prd).")
  parser:flag("--list-context"):target("is_list_context")
    :description("Only print the paths that would be sent to the build.")
  parser:flag("--dry-run"):target("is_dry_run"):description("Ask everything, change nothing.")
end

cli.run{
  name = "snapshot",
  summary = "Make a snapshot from a Dockerfile and print its name.",
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
    resumed = "boolean?: the run resumed one that had stopped",
    dry_run = "boolean?: --dry-run is given",
    commit = "string?: the commit that was built, when git knows it",
    is_clean = "boolean?: no tracked file differs from the commit",
    seconds = "number?: the duration of the run",
    paths = "list?: the paths that would be sent to the build; only with --list-context",
  },
  args = options,
  has_own_context = true,
  run = function(args)
    local flow = require("os2.flows.snapshot")
    if args.is_list_context then return flow.list_context(args) end
    return flow.run(args)
  end,
}
