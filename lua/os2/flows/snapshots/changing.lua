--- What the sub-commands declare that change the snapshots that are named.
local cli = require("os2.cli")
local fields = require("os2.flows.snapshots.fields")

---@class os2.flows.snapshots.changing
local M = {}

local DOCUMENT <const> = {
  snapshots = { "list?: the snapshots in their present state", fields = fields.SNAPSHOT },
  failed = "list?: {name, kind, message} of each snapshot that was not changed",
  dry_run = "boolean?: --dry-run is given, so they are in the state that they were in",
  provider = "string?: daytona or docker",
  seconds = "number?: the duration of the run",
}

--- Returns the declaration of a sub-command.
---@param verb "activate"|"deactivate"|"delete"
---@param declared {examples: string[][]}
---@return os2.cli.part
function M.part(verb, declared)
  return {
    document = DOCUMENT, examples = declared.examples,
    environment = { "daytona", "doppler", "pin", "docker", "ci" },
    args = function(parser)
      cli.provider_option(parser)
      cli.argument(parser, "names", { args = "+", convert = cli.named, completes = "snapshot",
        description = "Names or ids." })
      parser:flag("--dry-run"):target("is_dry_run")
        :description("Look whether they may be changed, and change nothing.")
      if verb == "activate" then return end
      parser:flag("--force"):target("is_forced"):description("Change also what is protected: the "
        .. "newest usable one, a pin, one in flight, a candidate, one that machines name.")
    end,
    run = function(args)
      return require("os2.flows.snapshots.named").run(args)
    end,
  }
end

return M
