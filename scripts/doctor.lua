--- Prints what os2 sees of this machine and its environment.
local cli = require("os2.cli")

cli.run{
  name = "doctor",
  summary = "Say what os2 sees: engine, key, prefix and environment, policy changes.",
  document = {
    findings = { "list?: in the order of the text", fields = {
      name = "string: what was looked at",
      ok = "boolean: whether it is well",
      words = "string: what was found",
    } },
  },
  is_fault_shown = true,
  run = function(_, faults)
    return require("os2.flows.doctor").run(faults)
  end,
}
