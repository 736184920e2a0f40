--- Shows the events of a push, and counts the layers that it sent and those that the registry had.
---
--- Only a push shows which layers have to be sent: the engine asks the registry for each layer
--- during the push, and its API has no request that only asks.
local layers = require("os2.flows.snapshot.layers")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.push_log
local M = {}

---@class os2.flows.snapshot.push_log.counts
---@field sent integer  bytes, before compression
---@field pushed integer  layers that were sent
---@field exists integer  layers that the registry had already
---@field private total integer  bytes
---@field private transfers table<string, table>  the last event of each layer
---@field private states table<string, string>  of each layer

-- Layers report their progress separately; the bar shows the sum.
local function on_bytes(phase, seen, event)
  if not event.total or event.total <= 0 then return end
  local before = seen.transfers[event.layer] or { current = 0, total = 0 }
  seen.sent = seen.sent + event.current - before.current
  seen.total = seen.total + event.total - before.total
  seen.transfers[event.layer] = event
  phase:bytes(seen.sent, seen.total)
end

local STATES <const> = { done = "pushed", exists = "exists" }

local function on_layer(phase, seen, event, known)
  local state = STATES[event.state]
  if not state or seen.states[event.layer] then return end
  seen.states[event.layer] = state
  seen[state] = seen[state] + 1
  local layer = layers.find(known, event.layer)
  if layer then layer.state = state end
  phase:layer{ layer = event.layer, state = state, created_by = layer and layer.created_by }
end

--- Shows the events of a push until its end. Raises what stopped the push.
---@param phase os2.report.progress.phase
---@param stream os2.docker.stream  of `docker.push`
---@param known os2.flows.snapshot.layer[]?  the layers of the image
---@return {digest: string} result
---@return os2.flows.snapshot.push_log.counts
function M.follow(phase, stream, known)
  local seen = { sent = 0, total = 0, pushed = 0, exists = 0, transfers = {}, states = {} }
  for event in stream do
    if event.type == "bytes" then on_bytes(phase, seen, event)
    elseif event.type == "layer" then on_layer(phase, seen, event, known) end
  end
  return stream:result(), seen
end

--- Returns the counts in words.
---@param counts os2.flows.snapshot.push_log.counts
---@return string
function M.words(counts)
  local there = counts.exists > 0 and (", %d in the registry already"):format(counts.exists) or ""
  return ("%s sent in %s%s"):format(terminal.size(counts.sent),
    terminal.plural(counts.pushed, "layer"), there)
end

return M
