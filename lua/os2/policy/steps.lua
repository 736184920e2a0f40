--- Edits a list of named steps. A list is never changed in place: an edit returns a new list.

---@class os2.policy.steps
local M = {}

---@class os2.policy.step
---@field name string
---@field run? fun(ctx: table)  nil for a shipped step, whose flow finds the function by the name

local STEP_RULE <const> = "a step is {name = \"…\", run = function(ctx) … end}"

local function names(list)
  local found = {}
  for index, step in ipairs(list) do found[index] = step.name end
  return found
end

local function position(list, name)
  for index, step in ipairs(list) do
    if step.name == name then return index end
  end
  local known, nearest = names(list), require("os2.text.nearest")
  return nil, ("there is no step %q (steps: %s); %s"):format(tostring(name),
    table.concat(known, ", "), nearest.hint(tostring(name), known, "name one of these"))
end

--- Checks the shape of a step that a user inserts.
---@param step any
---@return boolean? ok, string? why
function M.check(step)
  if type(step) ~= "table" then return nil, STEP_RULE .. ", not a " .. type(step) end
  for key in pairs(step) do
    if key ~= "name" and key ~= "run" then
      return nil, ("%s; it has no field %q"):format(STEP_RULE, tostring(key))
    end
  end
  if type(step.name) ~= "string" or step.name == "" or type(step.run) ~= "function" then
    return nil, STEP_RULE
  end
  return true
end

local function copy_without(list, dropped)
  local copy = {}
  for index, step in ipairs(list) do
    if index ~= dropped then copy[#copy + 1] = step end
  end
  return copy
end

local function put(list, at, step)
  for _, other in ipairs(list) do
    if other.name == step.name then
      return nil, ("there is a step %q already; give yours another name"):format(step.name)
    end
  end
  table.insert(list, at, step)
  return list
end

local EDITS <const> = {
  insert_before = function(list, at, step) return put(copy_without(list), at, step) end,
  insert_after = function(list, at, step) return put(copy_without(list), at + 1, step) end,
  replace = function(list, at, step) return put(copy_without(list, at), at, step) end,
  drop = function(list, at) return copy_without(list, at) end,
}

--- Returns the list after one edit, or nil and why the edit is not possible.
---@param list os2.policy.step[]
---@param action string  insert_before, insert_after, replace, drop
---@param anchor string  the name of the step that the edit refers to
---@param step? os2.policy.step
---@return os2.policy.step[]? list, string? why
function M.edit(list, action, anchor, step)
  local at, why = position(list, anchor)
  if not at then return nil, why end
  if action ~= "drop" then
    local ok, refused = M.check(step)
    if not ok then return nil, refused end
  end
  return EDITS[action](list, at, step)
end

--- Turns the names of a shipped list into steps.
---@param step_names string[]
---@return os2.policy.step[]
function M.from_names(step_names)
  local list = {}
  for index, name in ipairs(step_names) do list[index] = { name = name } end
  return list
end

return M
