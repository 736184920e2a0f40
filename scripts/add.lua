--- Takes packs of scripts from git.
local cli = require("os2.cli")

cli.run{
  name = "add",
  summary = "Take a pack of scripts from git, whose content you trust; list and remove packs.",
  document = {
    name = "string?: the name of the pack that was added",
    url = "string?: its repository",
    commit = "string?: its commit",
    hash = "string?: the hash of its content, which is trusted from now on",
    commands = "list?: the names of its scripts",
    packs = { "list?: with --list", fields = {
      name = "string: the name of the pack",
      url = "string: its repository",
      commit = "string: its commit",
      hash = "string: the hash of the content that is trusted",
      commands = "list: the names of its scripts",
      ok = "boolean: its scripts are run",
      why = "string?: why they are not",
    } },
    removed = "string?: the name of the pack that was removed",
  },
  examples = {
    { "Look at a pack, and trust it.",
      "os2 add https://example.com/ops/pack.git@2f1c0a7be0d16c1a4cbb3a0c5b3f8f0c9d1e2a3b" },
    { "Add it where nobody can be asked.", "os2 add URL@COMMIT --trust HASH" },
    { "See which packs there are.", "os2 add --list" },
  },
  args = function(parser)
    cli.argument(parser, "source", { args = "?", default = "none, with --list and --remove",
      description = "URL@COMMIT: a repository (https), and the whole hash of a commit." })
    cli.option(parser, "--trust", { argname = "HASH", default = "the terminal is asked",
      description = "Trust the content with this hash." })
    cli.option(parser, "--branch", { argname = "NAME", default = "the repository's own",
      description = "The branch that has the commit." })
    cli.option(parser, "--name", { argname = "NAME", default = "the last word of the URL",
      description = "The name of the pack." })
    parser:flag("--list"):target("is_list"):description("List the packs.")
    cli.option(parser, "--remove", { argname = "NAME", default = "none",
      description = "Remove a pack." })
  end,
  run = function(args) return require("os2.flows.scripts.packs").run(args) end,
}
