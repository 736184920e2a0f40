--- Registers an image under a name, and waits until machines can start from it. It knows nothing of
--- the run that made the image.
---
--- A create is never repeated blindly: after a 409 or a lost answer one GET tells whether the
--- snapshot exists. A registration that ended in an error that passes (`snapshot.again`) is made
--- again, under the next name where the name is not given.
local await = require("os2.flows.snapshot.registration.await")
local create = require("os2.flows.snapshot.registration.create")

---@class os2.flows.snapshot.registration
local M = {}

---@class os2.flows.snapshot.registration.hooks
---@field change? fun(wish: table)  after `name`, `record`, `is_sent` or `has_verdict` has changed
---@field before? fun(wish: table): boolean?  before each registration; true: none is wanted any
---  more; it may raise
---@field after? fun(wish: table): boolean|"again"|nil  after each registration, with `wish.record`;
---  true: it is not to be waited for; "again": it is withdrawn, and `before` is asked again; it may
---  raise
---@field is_same? fun(found: table): boolean  whether a snapshot that has the name is another
---  run's of the same thing; then `before` is asked again
---@field again? fun(wish: table)  before a failed registration is made again; it may set another
---  `image` of the same content
---@field explain? fun(failure: os2.Err): os2.Err  of a create that was refused; adds the hint
---@field late? fun(wish: table, seconds: number, failure: os2.Err?)  at the end of the time; it
---  raises the error

-- What is to be registered, and what has become of it.
---@class os2.flows.snapshot.registration.wish
---@field provider table  os2.providers.daytona
---@field ui os2.report.progress.ui
---@field name string  the snapshot's name; it moves on to the next second where it is taken
---@field is_named? boolean  the name was given by somebody, so it does not move on
---@field is_candidate? boolean  this run deletes it, so none of another run is taken for it
---@field lost_name? string  the name of a create that had no answer
---@field prefix? string  of the name, where it is not the run's own
---@field image? string  the reference of an image that Daytona can pull, with its tag
---@field build? table  in place of an image: what Daytona has built, {dockerfileContent,
---  contextHashes}
---@field cpu integer
---@field memory integer  GB
---@field disk integer  GB
---@field gpu? integer
---@field gpu_type? string
---@field sandbox_class? string
---@field entrypoint? string[]
---@field region? string  the id of a region
---@field timeout? number  seconds to wait for it to be active; `timeouts.activate`
---@field phase? table  a phase of the display, which shows the states
---@field on? os2.flows.snapshot.registration.hooks
---@field record? table  the API's record, once it is registered
---@field is_sent? boolean  a create was sent and has no answer yet
---@field has_verdict? boolean  an error raised now says what becomes of the snapshot
---@field registrations? integer  how many there were
---@field states? string[]  the states that were seen
---@field told? string  the id of the failed one of which the user knows

--- Registers the image, and does not wait until it is active. Waits for the answer. Raises what the
--- API refuses; `conflict` where the name is taken and may not move on.
---@param wish os2.flows.snapshot.registration.wish  `name` and `record` are set
---@return table? record  nil where a hook wants no registration
function M.create(wish)
  return create.run(wish)
end

--- Waits until the registered snapshot is active, and registers it again where it failed for a
--- reason that passes. Raises `invalid` where it failed for good, `conflict` where it was deleted
--- or deactivated, `timeout` at the end of the time.
---@param wish os2.flows.snapshot.registration.wish  with `record`
---@return table? record  nil where a hook wants no registration
function M.await(wish)
  return await.run(wish)
end

--- Registers the image and waits until it is active: `create`, then `await`.
---@param wish os2.flows.snapshot.registration.wish
---@return table? record  of the active snapshot, with its name; nil where a hook wants none
function M.publish(wish)
  return create.run(wish) and await.run(wish)
end

return M
