--- Shows what past runs did, and why.
local cli = require("os2.cli")
local run_words = require("os2.history.run_words")

local MOST_RUNS <const> = 100000

local RECORD <const> = {
  run = "string: the id of the run; ids sort by time",
  time = "string: when the run began, UTC",
  command = "string?: the name of the command or script",
  arguments = "list: the words of the command line, without secrets",
  is_ended = "boolean: false: the run goes on, or was killed",
  code = "integer?: its exit code",
  seconds = "number?: how long it took",
  failure = "string?: the message of its error",
  bytes = "integer: the size of its record",
}

local ONE <const> = {
  run = "string?: the id of the run",
  events = "list?: its events, as docs/history.md describes them",
}

local function run_argument(command)
  cli.argument(command, "run", { argname = "RUN", convert = run_words.plain,
    description = "The id of a run, the beginning of one, or -1 for the newest, -2 for the one "
      .. "before." })
end

local function list_arguments(command)
  cli.option(command, "--limit", { argname = "COUNT", convert = cli.integer(1, MOST_RUNS),
    default = "20", description = "At most so many." })
  cli.option(command, "--command", { argname = "NAME", default = "all",
    description = "Only runs of this command, such as resolve." })
  command:flag("--failed"):target("is_failed")
    :description("Only runs that failed, or that have no end.")
  cli.option(command, "--since", { argname = "TIME", convert = cli.duration, default = "any time",
    description = "Only runs that began at most so long ago: 7d, 12h, 45m." })
  cli.listing_options(command)
end

local RUN <const> = {
  list = function(args)
    args.limit = args.limit or 20
    return require("os2.flows.history.list").run(args)
  end,
  show = function(args) return require("os2.flows.history.show").show(args) end,
  logs = function(args) return require("os2.flows.history.show").logs(args) end,
}

-- `os2 history --since 1d` is `os2 history list --since 1d`.
local function words()
  local first = arg[1]
  local is_list = first == nil or first:sub(1, 1) == "-" and first ~= "-h" and first ~= "--help"
  return run_words.shielded(is_list and table.move(arg, 1, #arg, 2, { "list" }) or arg)
end

cli.run({
  name = "history",
  summary = "Show what past runs decided, sent and told.",
  documents = {
    list = { runs = { "list?: the newest first", fields = RECORD } }, show = ONE, logs = ONE,
  },
  lists = { list = "runs" },
  examples = {
    { "See the newest runs.", "os2 history" },
    { "See why the newest run answered as it did.", "os2 history show -1" },
  },
  subcommands = {
    list = { examples = {
      { "See the resolves of a day that failed.",
        "os2 history list --command resolve --failed --since 1d" },
    } },
    show = { examples = {
      { "See each decision of the run before the newest.", "os2 history show -2" },
    } },
    logs = { examples = { { "See what the newest run told.", "os2 history logs -1" } } },
  },
  args = function(parser)
    parser:command_target("action")
    list_arguments(parser:command("list", "The newest runs; `os2 history` alone is the same."))
    run_argument(parser:command("show", "One run: each decision with its facts, each request."))
    run_argument(parser:command("logs", "What one run told: notes, warnings, phases."))
  end,
  run = function(args) return RUN[args.action](args) end,
}, words())
