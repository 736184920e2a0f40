--- Prints what os2 finds on this machine and in its environment.
local cli = require("os2.cli")

cli.run{
  name = "doctor",
  summary = "Say what os2 sees: engine, key, prefix and environment, policy changes.",
  document = {
    findings = { "list?: one record per check, in the order of the text output", fields = {
      name = "string: what was checked",
      ok = "boolean: whether the check passed",
      words = "string: the result of the check",
    } },
  },
  is_fault_shown = true,
  run = function(_, faults)
    return require("os2.flows.doctor").run(faults)
  end,
}
