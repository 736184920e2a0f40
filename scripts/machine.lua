--- Makes machines from the newest snapshot, and lists, changes and uses them.
local cli = require("os2.cli")

local function provider(command)
  cli.environment_option(command, "--environment")
  cli.option(command, "--provider", { choices = { "daytona", "docker" },
    default = "OS2_PROVIDER, or else daytona",
    description = "Where the machines are; docker is this machine's engine, without any key." })
  return command
end

local function labels(command, words, default)
  cli.option(command, "--label", { target = "labels", argname = "KEY=VALUE", count = "*",
    init = {}, action = cli.label, default = default, description = words })
end

local function selection(command)
  cli.option(command, "--snapshot", { argname = "NAME", completes = "snapshot",
    default = "machines of any snapshot",
    description = "Only those that were made from this snapshot." })
  command:flag("--not-latest"):target("is_not_latest")
    :description("Only those whose snapshot is older than the newest usable one of its prefix.")
  cli.option(command, "--older-than", { target = "older_than", argname = "TIME",
    convert = cli.duration, default = "machines of any age",
    description = "Only those that were made longer ago: 30d, 12h, 45m, or seconds." })
end

local function dry_run(command)
  command:flag("--dry-run"):target("is_dry_run"):description("Only print which they are.")
end

local function names(command)
  cli.argument(provider(command), "names", { args = "*", completes = "machine",
    convert = cli.named, default = "those that are selected", description = "Names or ids." })
  labels(command, "Those with this label, in place of names.", "none")
  selection(command)
  dry_run(command)
  command:flag("--yes"):target("is_sure")
    :description("Change also very many: more than the policy machine.ask_above.")
end

local function machine(command)
  cli.argument(provider(command), "machine", { convert = cli.named, completes = "machine",
    description = "Its name or id." })
end

local function limit(command)
  cli.option(command, "--limit", { argname = "N", convert = cli.integer(1),
    policy = "machine.limit", description = "How many at once." })
end

local function what_to_make(command)
  cli.option(command, "--snapshot", { argname = "NAME",
    default = "the newest usable one of the prefix",
    description = "The snapshot to start from." })
  cli.option(command, "--name", { argname = "NAME", policy = "machine.name",
    default = "one that nobody else has", description = "The machine's name." })
  cli.option(command, "--env", { argname = "KEY[=VALUE]", count = "*", init = {}, default = "none",
    description = "A variable of the machine; KEY alone takes the environment's value." })
  cli.option(command, "--env-file", { target = "env_files", argname = "FILE", count = "*",
    init = {}, default = "none",
    description = "Variables, as docker compose reads them from a file." })
  labels(command, "A label of the machine.", "only the labels of the policy machine.labels")
  cli.flag(command, "--public", { target = "is_public", policy = "machine.public",
    description = "Anybody may open its ports." })
  cli.option(command, "--auto-stop", { argname = "MINUTES", convert = cli.integer(0, 525600),
    policy = "machine.auto_stop",
    description = "Stop it after so long without use; 0 is never." })
  cli.option(command, "--region", { argname = "REGION",
    default = "DAYTONA_TARGET, or else the organization's",
    description = "Where the machine runs." })
end

local function create(command)
  cli.snapshot_options(command, "--environment")
  what_to_make(command)
  cli.option(command, "--count", { argname = "N", convert = cli.integer(1), default = "1",
    description = "Make so many; above the policy machine.ask_above only with --yes." })
  limit(command)
  command:flag("--yes"):target("is_sure"):description("Make also very many.")
  command:flag("--wait-healthy"):target("is_wait_healthy")
    :description("Wait until its port 3000 answers /api/health with 200.")
  cli.option(command, "--timeout", { argname = "SECONDS", convert = cli.seconds,
    policy = "timeouts.machine_start",
    description = "How long all of it may take; without it each machine has its own time." })
end

local function list(command)
  labels(provider(command), "Only those with this label.", "machines with any labels")
  selection(command)
  cli.listing_options(command)
  command:flag("--all"):target("is_all")
    :description("Also those that are deleted and not gone yet.")
end

local function url(command)
  machine(command)
  cli.option(command, "--port", { argname = "PORT", convert = cli.integer(1, 65535),
    policy = "machine.port", description = "The port in the machine." })
  cli.option(command, "--signed", { argname = "SECONDS", convert = cli.integer(1, 86400),
    default = "none, a private address needs a header",
    description = "An address that anybody may open for so long." })
end

local function no_stdin(command)
  command:flag("--no-stdin"):target("is_stdin_left")
    :description("What stands on stdin is for somebody else; without this it is refused.")
end

local function run_options(command, where)
  cli.option(command, "--cwd", { argname = "DIR", default = "the provider's",
    description = "Where it runs in the " .. where .. "." })
  cli.option(command, "--timeout", { argname = "SECONDS", convert = cli.seconds,
    policy = "timeouts.exec", description = "How long it may take in one machine." })
  no_stdin(command)
end

local function shell(command)
  machine(command)
  cli.argument(command, "argv", { args = "*", default = "a shell (policy machine.shell)",
    description = "The program and its arguments, behind --." })
  cli.option(command, "--cwd", { argname = "DIR", default = "the provider's",
    description = "Where it runs in the machine." })
  cli.option(command, "--timeout", { argname = "SECONDS", convert = cli.seconds,
    policy = "timeouts.session", description = "How long it may take." })
end

local function exec(command)
  machine(command)
  cli.argument(command, "program", { target = "argv", argname = "PROGRAM", args = "+",
    description = "The program and its arguments, behind --." })
  command:flag("-i --stdin"):target("is_attached"):description("Send it what comes on stdin.")
  command:flag("-t --tty"):target("is_tty"):description("Give it a terminal.")
  run_options(command, "machine")
end

local function logs(command)
  cli.argument(provider(command), "machines", { args = "+", completes = "machine",
    convert = cli.named,
    description = "Names or ids; of several, each line begins with its machine's name." })
  command:flag("--follow"):target("is_following"):description("Go on until the program ends.")
  cli.option(command, "--tail", { argname = "N", convert = cli.integer(0),
    default = "all lines", description = "Begin with the last lines of each log." })
  cli.option(command, "--since", { argname = "TIME", convert = cli.duration,
    default = "all lines",
    description = "Begin with lines not older than this: 2h, 45m, 90s; local engine only." })
end

local function cp(command)
  provider(command)
  command:argument("source",
    "A path here, or NAME:PATH; DIR/. is what DIR holds, - a tar on stdin.")
    :argname("SOURCE")
  command:argument("target", "A path here, or NAME:PATH; - is a tar on stdout."):argname("TARGET")
end

local function each(command)
  labels(provider(command), "Only machines with this label.", "none; name one, or say --all")
  selection(command)
  command:flag("--all"):target("is_all"):description("Every machine, whatever its labels.")
  cli.argument(command, "argv", { args = "*", default = "the command of the log, with --resume",
    description = "The program and its arguments, behind --." })
  limit(command)
  cli.option(command, "--output", { choices = { "prefixed", "group", "none" },
    default = "prefixed", description = "How output is printed: each line as it comes, behind "
      .. "its machine's name; all of a machine when it is done; or the counts alone." })
  command:flag("--quiet"):target("is_quiet"):description("The same as --output none.")
  cli.option(command, "--log", { argname = "FILE", default = "none",
    description = "Where every result is kept, one a line." })
  cli.option(command, "--resume", { argname = "FILE", default = "none",
    description = "Go on with the run of this log: every machine once." })
  dry_run(command)
  run_options(command, "machines")
end

local COMMANDS <const> = {
  { "create", "Make machines and print their names.", create },
  { "list", "List machines.", list },
  { "get", "Tell about a machine.", machine },
  { "start", "Start machines.", names },
  { "stop", "Stop machines.", names },
  { "archive", "Stop machines and move them to object storage.", names },
  { "delete", "Delete machines.", names },
  { "url", "Print where a machine's port is reached.", url },
  { "exec", "Run a command in a machine; its exit code is passed on, 125 is os2's own.", exec },
  { "shell", "Open a shell in a machine; ~. at the beginning of a line leaves it.", shell },
  { "logs", "Print what a machine's program has written.", logs },
  { "cp", "Copy files into a machine or out of it.", cp },
  { "each", "Run a command in many machines.", each },
}

local EXAMPLES <const> = {
  { "Make a machine of the newest snapshot, and run something in it.",
    "os2 machine create --name mach_7 && os2 machine exec mach_7 -- uptime" },
  { "See the options of a subcommand.", "os2 machine create --help" },
}

local CREATE_READS <const> = {
  "daytona", "prefix", "doppler", "pin", "labels", "docker", "cache", "ci",
}

local SUBCOMMANDS <const> = {
  create = { environment = CREATE_READS, examples = {
    { "Make a machine of the newest snapshot.", "os2 machine create --name mach_7" },
    { "Give it the variables of a file, and the value of one that is set here.",
      "os2 machine create --env-file .env --env TOKEN" },
    { "Make twenty of one snapshot, all of which answer.",
      "os2 machine create --count 20 --snapshot NAME --wait-healthy" },
  } },
  list = { examples = {
    { "List the machines of a team.", "os2 machine list --label team=web" },
    { "List those that a newer snapshot has overtaken.", "os2 machine list --not-latest" },
    { "Print their names alone.", "os2 machine list --json | jq -r '.machines[].name'" },
  } },
  get = { examples = { { "See its state, snapshot and labels.", "os2 machine get mach_7" } } },
  start = { examples = { { "Start two machines.", "os2 machine start mach_7 mach_8" } } },
  stop = { examples = {
    { "Stop two machines.", "os2 machine stop mach_7 mach_8" },
    { "See which machines of a team are of the day before.",
      "os2 machine stop --label team=web --older-than 1d --dry-run" },
  } },
  archive = { examples = {
    { "Keep a machine without its share of the quota.", "os2 machine archive mach_7" },
  } },
  delete = { examples = {
    { "Delete a machine.", "os2 machine delete mach_7" },
    { "Delete one on the local engine.", "os2 machine delete --provider docker mach_7" },
    { "Delete those that a newer snapshot has overtaken, after a look.",
      "os2 machine list --not-latest && os2 machine delete --not-latest --yes" },
  } },
  url = { examples = {
    { "Print where its web server is.", "os2 machine url mach_7" },
    { "Give somebody an address for an hour.", "os2 machine url mach_7 --signed 3600" },
  } },
  exec = { is_passing_code = true, examples = {
    { "Run a program in a directory.", "os2 machine exec mach_7 --cwd /srv -- git status" },
    { "Run several, by a shell.", "os2 machine exec mach_7 -- sh -c 'make && make test'" },
    { "Load a dump into a database.", "os2 machine exec -i mach_7 -- psql app <dump.sql" },
  } },
  shell = { is_passing_code = true, examples = {
    { "Work in a machine.", "os2 machine shell mach_7" },
    { "Look at its processes.", "os2 machine shell mach_7 -- top" },
  } },
  logs = { examples = {
    { "Follow what its program writes.", "os2 machine logs mach_7 --follow" },
    { "Follow two from now on.", "os2 machine logs mach_7 mach_8 --follow --tail 0" },
  } },
  cp = { examples = {
    { "Copy a directory into a machine.", "os2 machine cp dist mach_7:/srv/dist" },
    { "Copy a file out of it.", "os2 machine cp mach_7:/var/log/app.log ." },
    { "Take a tar of a directory.", "os2 machine cp mach_7:/srv - >srv.tar" },
  } },
  each = { examples = {
    { "Run a command in every machine of a team, and keep the results.",
      "os2 machine each --label team=web --log run.jsonl -- git -C /srv pull" },
    { "Go on with a run that stopped.", "os2 machine each --resume run.jsonl" },
    { "See where it would run.", "os2 machine each --label team=web --dry-run -- true" },
  } },
}

-- Codes of the command itself must not be taken for os2's own.
local function failure_exit(words)
  local word = cli.first_word(words)
  return (word == "exec" or word == "shell") and "exec" or nil
end

local MACHINE <const> = {
  id = "string: the provider's id",
  name = "string: the name of the machine",
  state = "string: its state, such as started",
  error = "string?: the reason for the state error",
  snapshot = "string?: the snapshot that it was made from",
  labels = "table: its labels, key -> value",
  public = "boolean?: its ports need no token",
  region = "string?: its region",
  cpu = "number?: CPUs",
  memory = "number?: GB",
  disk = "number?: GB",
  auto_stop = "integer?: minutes without use until the machine stops; 0 is never",
  created_at = "string?: the time of its creation, UTC",
  behind = "number?: the seconds by which its snapshot is older than the newest; only in lists",
  url = "string?: the address at which it answered the health check",
  env = "list?: the names of its variables, never their values",
}

local NAME <const> = "string?: the name of the machine"
local ID <const> = "string?: the id of the machine"
local PROVIDER <const> = "string?: daytona or docker"
local SECONDS <const> = "number?: the duration of the run"

local LOGGED <const> =
  "string?: what the machine's program wrote to stdout, up to machine.output_limit"

local CHANGED <const> = {
  machines = { "list?: the machines in their present state", fields = MACHINE },
  failed = "list?: {name, kind, message} of each machine that was not changed",
  dry_run = "boolean?: --dry-run is given, so they are in the state that they were in",
  provider = PROVIDER, seconds = SECONDS,
}

local DOCUMENTS <const> = {
  create = {
    name = "string?: the name of the first machine",
    count = "integer?: the number of machines",
    machines = { "list?: the machines that exist after the run", fields = MACHINE },
    left = "list?: {name, id?} of each machine that a failed run could not delete",
    snapshot = "string?: the snapshot that the machines are made from",
    run = "string?: the value of the label os2-run of the machines",
    environment = "string?: the environment that the prefix belongs to",
    provider = PROVIDER, seconds = SECONDS,
  },
  list = {
    machines = { "list?: in the provider's order", fields = MACHINE }, provider = PROVIDER,
  },
  get = {
    machine = { "table?: the machine in its present state", fields = MACHINE },
    provider = PROVIDER,
  },
  start = CHANGED, stop = CHANGED, archive = CHANGED, delete = CHANGED,
  url = {
    name = NAME, id = ID, provider = PROVIDER,
    port = "integer?: the port in the machine",
    url = "string?: the address of the port",
    token = "string?: the value of the header X-Daytona-Preview-Token that a private address needs",
    signed_for = "integer?: for how many seconds a signed address is valid",
  },
  exec = {
    name = NAME, id = ID, provider = PROVIDER, seconds = SECONDS,
    code = "integer?: the exit code of the command; null when os2 itself failed",
    stdout = "string?: what the command wrote to stdout, up to machine.output_limit",
    stderr = "string?: the same for stderr",
    cut = "boolean?: the output was longer than that",
  },
  shell = {
    name = NAME, id = ID, provider = PROVIDER, seconds = SECONDS,
    code = "integer?: the exit code of the shell; null when it was left, or when os2 itself failed",
  },
  logs = {
    name = NAME, id = ID, provider = PROVIDER,
    stdout = LOGGED, stderr = "string?: the same for stderr",
    cut = "boolean?: the output was longer than that",
    machines = { "list?: with several machines, the log of each", fields = {
      name = NAME, id = ID, stdout = LOGGED, stderr = "string?: the same for stderr",
      cut = "boolean?: the output was longer than that",
      message = "string?: the reason why the log could not be read to its end",
    } },
  },
  cp = {
    name = NAME, id = ID, provider = PROVIDER, seconds = SECONDS,
    source = "string?: the source as given",
    target = "string?: the target as given",
  },
  each = {
    provider = PROVIDER, seconds = SECONDS,
    counts = { "table?: numbers of machines", fields = {
      ok = "integer: machines on which the command ended with 0",
      failed = "integer: machines on which it did not",
      skipped = "integer: machines that were not started",
    } },
    failed = "list?: {name, id, code?, message?} of each failure",
    dry_run = "boolean?: --dry-run is given, so the command ran nowhere",
    machines = { "list?: with --dry-run, the machines in which it would run", fields = MACHINE },
    log = "string?: the path of --log",
  },
}

cli.run{
  name = "machine",
  documents = DOCUMENTS,
  lists = { list = "machines" },
  summary = "Make machines from the newest snapshot, look at them, change them, speak to them.",
  examples = EXAMPLES,
  environment = { "daytona", "doppler", "docker", "ci" },
  subcommands = SUBCOMMANDS,
  failure_exit = failure_exit,
  args = function(parser)
    parser:command_target("action")
    for _, row in ipairs(COMMANDS) do row[3](parser:command(row[1], row[2])) end
  end,
  run = function(args)
    return require("os2.flows.machine").run(args)
  end,
}
