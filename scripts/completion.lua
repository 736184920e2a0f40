--- Prints what may stand at the end of a command line, for the completion of a shell.
local cli = require("os2.cli")

local SHELLS <const> = {
  bash = "packaging/completions/os2.bash", fish = "packaging/completions/os2.fish",
  zsh = "the directory packaging/completions",
}

-- Other tools print the script of a shell then. A word to complete stands after --.
local function refuse_shell(words)
  local shell = #arg == 1 and #words == 1 and SHELLS[words[1]]
  if not shell then return end
  require("os2.base.refusal").of("completion", "usage")(
    ("os2 prints no script of %s, which calls `os2 completion -- WORD…` itself"):format(words[1]),
    ("the Debian package has installed it; else take %s of os2's source: docs/install.md")
      :format(shell))
end

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
    refuse_shell(args.words)
    local words = args.words[1] and args.words or { "" }
    return require("os2.flows.completion").run(words)
  end,
}
