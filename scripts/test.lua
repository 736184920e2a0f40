--- Runs the tests of scripts.
local cli = require("os2.cli")

cli.run{
  name = "test",
  summary = "Run the tests of scripts, *_test.lua, against a small Daytona and Docker in Lua.",
  document = {
    tests = { "list?: in their order", fields = {
      file = "string: the file of the test",
      name = "string: what holds",
      ok = "boolean: whether it holds",
      line = "integer?: the line at which it failed",
      message = "string?: why it failed, with file and line",
    } },
    failed = "integer?: how many failed",
    now = "integer?: the time that the tests were told, in seconds since 1970",
  },
  environment = { "daytona", "prefix", "docker" },
  examples = {
    { "Run all tests below this directory.", "os2 test" },
    { "Run some tests of one file.", "os2 test sweep_test.lua --filter 'with that part'" },
    { "Keep what the API answers, and test with it from then on.",
      "os2 test sweep_test.lua --record sweep.jsonl && os2 test --replay sweep.jsonl" },
  },
  args = function(parser)
    cli.argument(parser, "paths", { args = "*", default = "this directory",
      description = "Files of tests, or directories that are searched for *_test.lua." })
    cli.option(parser, "--filter", { argname = "PART", default = "all",
      description = "Only tests whose name has this part." })
    cli.option(parser, "--timeout", { argname = "SECONDS", convert = cli.seconds, default = "60",
      description = "End a test that takes longer." })
    parser:flag("--network"):target("is_network")
      :description("Send requests that no test.world answers, with the keys of this run.")
    cli.option(parser, "--record", { argname = "FILE", default = "none",
      description = "Send them, and keep the answers in FILE, with secrets masked." })
    cli.option(parser, "--replay", { argname = "FILE", default = "none",
      description = "Answer them out of FILE." })
  end,
  run = function(args) return require("os2.flows.testing.tests").run(args) end,
}
