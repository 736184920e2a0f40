--- The options of the whole run, set by boot.
---@class os2.run.options
---@field verbose? boolean
---@field isolated? boolean
---@field policy_file? string
---@field faults? os2.Err[]  receives the faults in policy files, in a run that they do not stop
---@field docker_context? string  the name of the Docker context that selects the engine
---@field progress? string  how progress is shown: a word of os2.report.progress.mode
return {}
