--- The layers of a built image: their sizes, and the instructions that made them.
---
--- The engine keeps two lists: the diff ids of the layers, and a history. An entry of the history
--- need not have a layer, and does not say whether it has one. The lists are joined only
--- when as many entries seem to have a layer as there are diff ids.
local docker = require("os2.docker")
local foreign = require("os2.text.foreign")
local json = require("os2.json")
local task = require("os2.task")

---@class os2.flows.snapshot.layers
local M = {}

---@class os2.flows.snapshot.layer
---@field bytes integer  its size on the engine's disk
---@field created_by string?  the instruction
---@field diff_id string?  "sha256:…"; nil where history and layers do not fit
---@field state "pushed"|"exists"|nil  what a push has told: it was sent, or was there

local LONGEST_COMMAND_BYTES <const> = 64 * 1024
local LONGEST_INSTRUCTION_BYTES <const> = 200
local HAS_LAYER <const> = { RUN = true, COPY = true, ADD = true, WORKDIR = true }
local LEAST_DIGITS <const> = 12 -- of a diff id, in the events of a push

-- "RUN |1 KEY=value /bin/sh -c make # buildkit" of BuildKit and "/bin/sh -c make" of the classic
-- builder become "RUN make". The values of build arguments are removed.
local function instruction_of(created_by)
  local text = created_by:gsub("%s*# buildkit$", "")
  text = text:gsub("^RUN ", ""):gsub("^|%d+ .- (/bin/sh %-c )", "%1")
  local nop = text:match("^/bin/sh %-c #%(nop%) *(.*)$")
  if nop then return nop end
  local command = text:match("^/bin/sh %-c (.*)$")
  if command then return "RUN " .. command end
  return created_by:find("^RUN ") and "RUN " .. text or text
end

local function entry_of(entry)
  if type(entry) ~= "table" or math.type(entry.Size) ~= "integer" then return nil end
  local created_by = type(entry.CreatedBy) == "string" and entry.CreatedBy or ""
  created_by = foreign.head(created_by, LONGEST_COMMAND_BYTES)
  local instruction = foreign.line(instruction_of(created_by), LONGEST_INSTRUCTION_BYTES)
  return { bytes = entry.Size, created_by = instruction ~= "" and instruction or nil }
end

-- The entries of the history, the lowest first.
local function entries_of(history)
  local entries = {}
  for index = #history, 1, -1 do entries[#entries + 1] = entry_of(history[index]) end
  return entries
end

local function is_instruction_with_layer(entry)
  return entry.created_by ~= nil and HAS_LAYER[entry.created_by:match("^%u+")] or false
end

local function chosen(entries, is_chosen)
  local list = {}
  for _, entry in ipairs(entries) do
    if is_chosen(entry) then list[#list + 1] = entry end
  end
  return list
end

local function is_filled(entry) return entry.bytes > 0 end

local function may_have_layer(entry)
  return is_filled(entry) or is_instruction_with_layer(entry)
end

--- Puts together the layers of an image and its history.
---@param diff_ids string[]  the lowest first
---@param history table[]  the entries of the engine's answer, the newest first
---@return os2.flows.snapshot.layer[]  the lowest first
function M.join(diff_ids, history)
  local entries = entries_of(history)
  for _, is_chosen in ipairs{ is_filled, may_have_layer } do
    local list = chosen(entries, is_chosen)
    if #list == #diff_ids then
      for index, layer in ipairs(list) do layer.diff_id = diff_ids[index] end
      return list
    end
  end
  return chosen(entries, is_filled)
end

--- Returns the layers of an image, the lowest first; an empty list when the engine does not report
--- them. Waits.
---@param image docker.ImageInspect
---@return os2.flows.snapshot.layer[]
function M.of(image)
  local history = task.try(docker.api.image_history, { name = image.Id })
  local diff_ids = type(image.RootFS) == "table" and image.RootFS.Layers or {}
  if type(history) ~= "table" or type(diff_ids) ~= "table" then return {} end
  return M.join(diff_ids, history)
end

--- Returns the layers as fields of the command's document.
---@param list os2.flows.snapshot.layer[]
---@return table[]
function M.fields(list)
  local fields = {}
  for index, layer in ipairs(list) do
    fields[index] = {
      bytes = layer.bytes, created_by = layer.created_by, diff_id = layer.diff_id,
      state = layer.state,
    }
  end
  return json.array(fields)
end

--- Returns the layer that a push names, or nil when it is not known.
---@param known os2.flows.snapshot.layer[]?
---@param id string  the beginning of its diff id
---@return os2.flows.snapshot.layer?
function M.find(known, id)
  for _, layer in ipairs(known or {}) do
    local digest = layer.diff_id and layer.diff_id:match("^sha256:(.*)$")
    if digest and #id >= LEAST_DIGITS and digest:sub(1, #id) == id then return layer end
  end
  return nil
end

return M
