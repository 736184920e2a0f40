--- Prints all that there is to know of an environment, and what is wrong with it.
local cli = require("os2.cli")
local fields = require("os2.flows.snapshots.fields")

local SNAPSHOT <const> = {
  marks = "list: latest, pinned, candidate, in_flight, orphan, error",
  machines = "integer?: how many machines name it",
}
for field, said in pairs(fields.SNAPSHOT) do SNAPSHOT[field] = SNAPSHOT[field] or said end

cli.run{
  name = "status",
  summary = "Show an environment on one screen, and for what is wrong the command that mends it.",
  document = {
    environment = "string?: the environment that the prefix belongs to",
    prefix = "string?: the snapshot prefix",
    provider = "string?: daytona or docker",
    key = { "table?: the API key in use", fields = {
      name = "string: the name of the key",
      permissions = "list: its permissions",
      expires_at = "string?: when it ends, UTC",
    } },
    clock_offset = "integer?: the seconds by which this machine's clock is ahead of Daytona's",
    engine = { "table?: the local Docker engine", fields = {
      version = "string?: its version", api_version = "string: of its API",
      platform = "string: such as linux/amd64", place = "string: its address",
    } },
    latest = "string?: the name of the newest usable snapshot",
    snapshots = { "list?: the newest ones of the prefix", fields = SNAPSHOT },
    pin = { "table?: the pin (resolution.pin), when there is one", fields = {
      name = "string: the name of the snapshot",
      state = "string?: its state; null when it does not exist",
    } },
    in_flight = "list?: the names of snapshots that are being made",
    orphans = "list?: the names of snapshots that earlier runs have left",
    cache = { "list?: the cached answer that `os2 resolve` would look at, if any", fields = {
      name = "string: the answer", age = "number: seconds",
      state = "string: fresh, stale or miss",
    } },
    machines = { "table?: the machines", fields = {
      total = "integer: how many were counted",
      whole = "boolean: there are no more (policy status.machines)",
      by_snapshot = { "list: the snapshots with the most machines first", fields = {
        snapshot = "string: its name; empty for machines without one",
        count = "integer: how many machines name it",
      } },
    } },
    unknown = { "list?: what could not be had", fields = {
      what = "string: the part", why = "string: the reason",
    } },
    problems = { "list?: what is wrong", fields = {
      what = "string: what is wrong", mend = "string: the command that mends it, or what to do",
    } },
    seconds = "number?: the duration of the run",
  },
  args = function(parser)
    cli.snapshot_options(parser)
  end,
  examples = {
    { "Look at the environment dev.", "doppler run --config dev -- os2 status" },
    { "Print what is wrong alone.", "os2 status --json | jq -r '.problems[] | .what, .mend'" },
  },
  environment = { "daytona", "doppler", "prefix", "pin", "docker", "cache", "ci" },
  is_fault_shown = true,
  run = function(args, faults)
    return require("os2.flows.status").run(args, faults)
  end,
}
