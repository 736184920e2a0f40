--- What the command line says of the whole run: {verbose, isolated, policy_file}; boot fills it.
---@class os2.options
---@field verbose? boolean
---@field isolated? boolean
---@field policy_file? string
return {}
