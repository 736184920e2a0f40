--- What the command line says of the whole run; boot fills it.
---@class os2.run.options
---@field verbose? boolean
---@field isolated? boolean
---@field policy_file? string
---@field faults? os2.Err[]  where a fault in a policy file stops nothing: those that were found
---@field docker_context? string  the engine, by the name of a Docker context
return {}
