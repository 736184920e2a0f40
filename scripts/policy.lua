--- Prints every policy: its value, and the file that set it. Asks decisions again, and tests them.
local cli = require("os2.cli")
local err = require("os2.err")
local json = require("os2.json")
local run_words = require("os2.history.run_words")

-- Loaded at first use: that loads the policy files, with the options that the arguments give.
local function policies() return require("os2.policy") end
local function render() return require("os2.help.policies") end

local RECORD <const> = {
  name = "string: the name, group.word",
  doc = "string: what is decided",
  type = "string: the type of the value",
  unit = "string?: the unit of the value, such as s",
  value = "any?: the value in force; absent when computed is true",
  computed = "boolean: the answer is computed by a function",
  changed = "boolean: the policy differs from the value that os2 ships",
  set_by = "string?: the file and line of the last change",
  why = "string?: the reason of the last change",
}

local EXPLANATION <const> = {
  rule = "string: the rule for values and answers",
  answer = "string: the type of the answer",
  is_optional = "boolean?: nil is an answer too",
  default = "any?: the value that os2 ships",
  default_place = "string: the file and line of the default",
  range = "list?: the lowest and the highest value",
  values = "list?: all allowed values",
  changes = "list: {action, anchor?, step?, value?, computed, why?, place, source?} of each "
    .. "change, the oldest first",
  facts = "list?: {name, type, doc, is_common?} of each fact",
  ctx = "list?: {name, type, doc, fields?} of each field of a step's ctx",
  example = { "table?: of a function", fields = {
    facts = "table: the facts of the example", answer = "list: the answer, and what follows it",
  } },
  source = "string?: the text of the shipped function, with its comment",
}
for name, said in pairs(RECORD) do EXPLANATION[name] = said end

local function explanations()
  local records = {}
  for index, record in ipairs(policies().list()) do
    records[index] = policies().explain(record.name)
  end
  return records
end

-- Policies that differ from what os2 ships, or of one group.
local function wanted(args)
  local records, is_group = {}, not args.group
  for _, record in ipairs(policies().list()) do
    local fits = not args.group or record.name:match("^[^.]+") == args.group
    is_group = is_group or fits
    if fits and (record.changed or not args.is_changed) then records[#records + 1] = record end
  end
  if not is_group then
    err.raise(err.new{ kind = "not_found", op = "policy.list",
      message = ("there is no group %s of policies"):format(args.group),
      hint = "a group is the word before the dot: `os2 policy list` shows all" })
  end
  return records
end

local function list(args)
  local records = wanted(args)
  local text = args.markdown and render().markdown(explanations()) or render().list(records)
  return { policies = json.array(records) }, text ~= "" and text or nil
end

local function explain(args)
  local record = policies().explain(args.name, true)
  record.changes = json.array(record.changes)
  return { policy = record }, render().explanation(record)
end

local RUN <const> = {
  list = list, explain = explain,
  edit = function(args) return require("os2.flows.decisions.edit").run(args) end,
  try = function(args) return require("os2.flows.decisions.ask").run(args) end,
  replay = function(args)
    args.limit = args.limit or 100
    return require("os2.flows.decisions.replay").run(args)
  end,
  test = function(args) return require("os2.flows.decisions.tests").run(args) end,
}

-- A fault in a policy file is shown beside a list; a decision under half of the policies would be
-- wrong.
local function check_faults(action, faults)
  local is_shown = action == "list" or action == "explain" or action == "edit"
  if faults[1] and not is_shown then require("os2.err").raise(faults[1]) end
end

local function run(args, faults)
  check_faults(args.action, faults)
  local fields, text, failure = RUN[args.action](args)
  if args.action == "edit" then return fields, text end -- it may have mended the fault
  return fields, text, failure or faults[1]
end

local TRY <const> = {
  name = "string?: the name of the policy",
  facts = "table?: the facts that it was asked with, but for the variables",
  missing = { "list?: facts that could not be gathered (--live)", fields = {
    name = "string: the name of the fact", why = "string: the reason",
  } },
  answer = "any?: the answer of the policies in force",
  extra = "any?: its reasons, or the error with which it refuses",
  words = "string?: the answer in one line",
  place = "string?: the file and line that answers",
  shipped = "any?: the answer of the policies that os2 ships",
  shipped_words = "string?: that answer in one line",
  shipped_place = "string?: the file and line of the default",
  is_changed = "boolean?: the two answers differ",
  run = "string?: the run whose facts these are (--at)",
  recorded_words = "string?: what that run was answered",
  recorded_place = "string?: the file and line that answered then",
}

local REPLAY <const> = {
  runs = "integer?: how many runs were read",
  asked = "integer?: how many decisions were asked again",
  same = "integer?: how many would have the same answer",
  differ = "integer?: how many would have another answer",
  not_asked = "integer?: how many could not be asked again",
  skipped = { "table?: those by reason", fields = {
    hashed = "integer: facts of which the record has a hash or a name alone",
    masked = "integer: facts with a secret in them",
    variable = "integer: a variable whose value is not recorded",
    unknown = "integer: a policy that does not exist now",
  } },
  differences = { "list?: at most --limit", fields = {
    run = "string: the id of the run", time = "string: when it asked, UTC",
    name = "string: the name of the policy", was = "string: what it was answered",
    is = "string: what it would be answered", was_by = "string?: the file and line then",
    is_by = "string: the file and line now",
  } },
}

local TESTS <const> = {
  tests = { "list?: in their order", fields = {
    file = "string: the file of the test", name = "string: what holds",
    ok = "boolean: whether it holds", message = "string?: why not, with file and line",
  } },
  failed = "integer?: how many failed",
  now = "integer?: the time that the tests were told, in seconds since 1970",
}

local function list_arguments(command)
  command:flag("--markdown", "Markdown, as docs/policies.md has it.")
  command:flag("--changed", "Only those that differ from what os2 ships."):target("is_changed")
  cli.option(command, "--group", { argname = "GROUP", default = "all",
    description = "Only those of one group, such as cache." })
end

local function name_argument(command)
  cli.argument(command, "name", { completes = "policy", description = "Such as cache.ttl." })
end

local function try_arguments(command)
  name_argument(command)
  cli.option(command, "--facts", { argname = "FILE", default = "none",
    description = "A JSON object of facts; - is stdin. They overrule those of --live and --at." })
  command:flag("--live"):target("is_live")
    :description("Gather the facts here and now: prefix, environment, revision, snapshots.")
  cli.option(command, "--at", { argname = "RUN", convert = run_words.plain, default = "none",
    description = "The facts of a past run: its id, or -1 for the newest." })
  cli.option(command, "--number", { argname = "N", convert = cli.integer(1), default = "the last",
    description = "With --at: which of the run's decisions of that name." })
  cli.snapshot_options(command)
  cli.option(command, "--region", { argname = "REGION", default = "DAYTONA_TARGET",
    description = "With --live: the region." })
end

local function replay_arguments(command)
  cli.option(command, "--since", { argname = "TIME", convert = cli.duration, count = 1,
    default = "required", description = "Runs that began at most so long ago: 7d, 12h." })
  cli.option(command, "--name", { argname = "NAME", default = "all", completes = "policy",
    description = "Only decisions of this policy." })
  cli.option(command, "--limit", { argname = "COUNT", convert = cli.integer(1, 100000),
    default = "100", description = "Show at most so many differences." })
end

cli.run({
  name = "policy",
  summary = "Show every decision os2 makes, try it, and replay those of past runs.",
  documents = {
    list = { policies = { "list?: sorted by name", fields = RECORD } },
    explain = { policy = { "table?: the entry", fields = EXPLANATION } },
    edit = {
      name = "string?: the name of the policy", path = "string?: the user's policy file",
      is_saved = "boolean?: the file was written; false when nothing was changed",
    },
    try = TRY, replay = REPLAY, test = TESTS,
  },
  examples = {
    { "See what was changed, and where.", "os2 policy list --changed" },
    { "See all about one decision.", "os2 policy explain cache.ttl" },
  },
  subcommands = {
    list = { examples = {
      { "See what a policy file would change.", "os2 --policy my.lua policy list --changed" },
      { "Make the table of docs/policies.md.", "os2 --isolated policy list --markdown" },
    } },
    explain = { examples = {
      { "See the rule, the default and the changes.", "os2 policy explain cache.ttl" },
    } },
    edit = { examples = {
      { "Change a decision in your own policy file.", "os2 policy edit resolution.usable" },
    }, environment = { "editor" } },
    try = { examples = {
      { "See what the newest run would be answered now.", "os2 policy try cache.state --at -1" },
      { "Ask with facts of your own.",
        "echo '{\"attempt\": 3}' | os2 policy try poll.interval --facts -" },
    }, environment = { "daytona", "prefix" } },
    replay = { examples = {
      { "See what a policy file would have changed in a week.",
        "os2 --policy my.lua policy replay --since 7d" },
    } },
    test = { examples = {
      { "Test the policy files of this run.", "os2 policy test" },
      { "Test one file in CI.", "os2 --isolated --policy my.lua policy test my_policy_test.lua" },
    } },
  },
  args = function(parser)
    parser:command_target("action")
    list_arguments(parser:command("list", "Every policy, its value and who set it."))
    name_argument(parser:command("explain",
      "One policy: doc, rule, default and the chain of changes."))
    name_argument(parser:command("edit",
      "Open your policy file beside what os2 ships, and save it when it has no fault."))
    try_arguments(parser:command("try",
      "Ask one decision, beside what the shipped policy would say."))
    replay_arguments(parser:command("replay",
      "Ask the decisions of past runs again, and list what would differ."))
    local tests = parser:command("test",
      "Run the tests of the policy files: *_policy_test.lua beside them.")
    cli.argument(tests, "files", { args = "*", default = "those beside the policy files",
      description = "Files of tests." })
  end,
  is_fault_shown = true,
  run = run,
}, run_words.shielded(arg))
