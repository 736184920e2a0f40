--- Prints what commands, verbs, operations of the APIs and policies do.
local cli = require("os2.cli")

local function run(args)
  local help = require("os2.help.find")
  if args.name then
    local found = help.find(args.name, args.action)
    return found, help.text(found)
  end
  local library = require("os2.help.reference")
  for _, words in ipairs(require("os2.run.user_scripts").warnings()) do
    require("os2.report.progress").warn(words)
  end
  return {
    commands = help.commands(), modules = library.modules(), apis = library.apis(),
  }, help.overview()
end

cli.run{
  name = "help",
  summary = "Tell what a command, a verb, an operation of the APIs or a policy takes and gives.",
  document = {
    name = "string?: the name that was asked for",
    command = { "table?: the command of that name", fields = {
      name = "string: the name of the command",
      summary = "string: what the command does, in one sentence",
      text = "string: the text of its --help",
    } },
    help = "table?: the module {module, summary, verbs, operations}, or {module, verb, operation}",
    error = { "table?: the kind of error of that name", fields = {
      name = "string: the kind, or the name of an exit code", exit = "string: its exit code's name",
      meaning = "string: what it means", advice = "string: what to do",
    } },
    policies = "list?: as `os2 policy explain` gives them",
    commands = "list?: {name, summary, path?} of each; path is that of a script of the user's; "
      .. "only without a name",
    modules = "list?: {module, summary, verbs} of each; only without a name",
    apis = "list?: the names of the APIs; only without a name",
  },
  is_fault_shown = true,
  examples = {
    { "List all commands, modules and APIs.", "os2 help" },
    { "Tell of a subcommand.", "os2 help machine exec" },
    { "Tell of a verb, or of a policy.", "os2 help daytona.create_snapshot" },
    { "Tell what a kind of error means.", "os2 help not_found" },
  },
  args = function(parser)
    cli.argument(parser, "name", { args = "?", completes = "topic",
      default = "an overview of all",
      description = "A command, module, verb, operation, policy or kind of error, such as resolve, "
        .. "daytona.create_snapshot or cache.ttl." })
    cli.argument(parser, "action", { args = "?", default = "the command as a whole",
      description = "A command's own command, such as exec of machine." })
  end,
  run = run,
}
