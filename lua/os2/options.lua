--- What the command line says of the whole run; filled by boot, and by the script's options.
---@class os2.options
---@field verbose? boolean
---@field isolated? boolean
---@field policy_file? string
---@field docker_context? string  the engine, by the name of a Docker context
return {}
