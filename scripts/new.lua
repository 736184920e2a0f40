--- Writes the first form of a script.
local cli = require("os2.cli")

cli.run{
  name = "new",
  summary = "Write a script that is a command, with its test.",
  documents = {
    script = {
      script = "string?: the path of the script",
      test = "string?: the path of its test",
    },
  },
  examples = { { "Write ~/.config/os2/scripts/sweep.lua and its test.", "os2 new script sweep" } },
  subcommands = {
    script = { examples = {
      { "Write it into the scripts of this user.", "os2 new script sweep" },
      { "Write it into a repository.", "os2 new script sweep --dir tools" },
    } },
  },
  args = function(parser)
    parser:command_target("action")
    local script = parser:command("script",
      "Write a script, NAME.lua, and its test, NAME_test.lua.")
    cli.argument(script, "name", { description = "The name of the command." })
    cli.option(script, "--dir", { argname = "DIR", default = "~/.config/os2/scripts",
      description = "The directory in which the two files are written." })
  end,
  run = function(args) return require("os2.flows.scripts.new").run(args) end,
}
