--- Prints what os2 finds on this machine and in its environment.
local cli = require("os2.cli")

cli.run{
  name = "doctor",
  summary = "Say what os2 sees: engine, key, environment, policy changes, room, registry, events.",
  document = {
    findings = { "list?: one record per check, in the order of the text output", fields = {
      name = "string: what was checked",
      ok = "boolean?: whether the check passed; absent when it was not made",
      skipped = "boolean?: true when the check was not made, because it is not needed here or "
        .. "because what it needs does not work",
      words = "string: the result of the check, or why it was not made",
    } },
  },
  examples = {
    { "See whether a snapshot can be made here.", "doppler run --config dev -- os2 doctor" },
    { "Look at the engine of a Docker context.", "os2 doctor --context far" },
  },
  environment = { "daytona", "prefix", "docker", "room" },
  is_fault_shown = true,
  run = function(_, faults)
    return require("os2.flows.doctor").run(faults)
  end,
}
