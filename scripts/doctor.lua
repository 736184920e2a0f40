--- Prints what os2 sees of this machine and its environment.
local cli = require("os2.cli")

cli.run{
  name = "doctor",
  summary = "Say what os2 sees: engine, key, prefix and environment, policy changes.",
  run = function()
    return require("os2.flows.doctor").run()
  end,
}
