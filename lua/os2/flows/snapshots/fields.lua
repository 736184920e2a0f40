--- The fields that documents have of a snapshot, as the sub-commands declare them.

---@class os2.flows.snapshots.fields
local M = {}

--- The fields of a snapshot in a list.
---@type os2.cli.declared
M.SNAPSHOT = {
  id = "string: the provider's id",
  name = "string: the name of the snapshot",
  prefix = "string?: the prefix of the name; null for a name that os2 did not make",
  state = "string: its state, such as active",
  error = "string?: the reason for the state error",
  created_at = "string?: the time of its creation, UTC",
  updated_at = "string?: the time of its last change, UTC",
  age = "number?: the seconds since its creation",
  commit = "string?: the commit that it was built from, as far as the image's tag tells",
  dirty = "boolean?: the tree had uncommitted changes",
  content = "string?: the key of the image's content, 12 hexadecimal digits",
  size = "number?: GB",
  regions = "list: the ids of its regions",
}

--- The fields that `os2 snapshot list` shows: those of each snapshot, and who needs it.
---@type os2.cli.declared
M.LISTED = {
  machines = "integer?: how many machines name it; null with --no-machines",
  marks = "list: of latest, pinned, candidate, in_flight, orphan, error",
}

--- The fields that `os2 snapshot get` shows: those of a list, and more.
---@type os2.cli.declared
M.DETAILS = {
  image = "string?: the reference of the image",
  ref = "string?: the reference under which Daytona keeps the image, or its id",
  last_used_at = "string?: the time of its last use, UTC",
  cpu = "number?: CPUs of each machine", memory = "number?: GB of each machine",
  disk = "number?: GB of each machine",
  machines = "integer: how many machines name it",
  marks = "list: of latest, pinned, candidate, in_flight, orphan, error",
  run = "string?: the run that has made it, when this machine has its record: os2 history show",
  shared = "boolean: it belongs to Daytona and not to the organization",
}

--- The fields of a snapshot that `os2 snapshot prune` lets stay.
---@type os2.cli.declared
M.KEPT = { why = "string: why it stays" }

--- The fields of a snapshot that `os2 snapshot prune` lets go.
---@type os2.cli.declared
M.PRUNED = {
  why = "string: why it goes",
  result = "string: planned, done, skipped or failed",
  message = "string?: why it was skipped, or has failed",
}

for _, fields in ipairs{ M.DETAILS, M.LISTED, M.KEPT, M.PRUNED } do
  for field, said in pairs(M.SNAPSHOT) do fields[field] = said end
end

return M
