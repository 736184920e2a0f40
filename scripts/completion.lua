--- Prints what may stand at the end of a command line, for the completion of a shell.
local cli = require("os2.cli")

cli.run{
  name = "completion",
  summary = "Tell a shell what may stand at the end of a command line.",
  document = {
    candidates = "list?: as on stdout: a word, and maybe a tab and what it is; :file or :directory "
      .. "says that a path may stand there",
  },
  environment = { "daytona", "prefix", "docker", "cache" },
  examples = {
    { "See what may follow a command.", "os2 completion -- machine ''" },
  },
  is_fault_shown = true,
  args = function(parser)
    cli.argument(parser, "words", { args = "*", default = "an empty word",
      description = "The words of the line behind os2, after --; the last one is completed." })
  end,
  run = function(args)
    local words = args.words[1] and args.words or { "" }
    return require("os2.flows.completion").run(words)
  end,
}
