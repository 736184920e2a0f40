--- Checks what the resolution's policies and steps answer, before it is used.
local check = require("os2.base.check")
local err = require("os2.err")
local policy = require("os2.policy")

---@class os2.flows.resolve.answers
local M = {}

local RULES <const> = {
  passed = { type = "table", optional = true, check = function(passed)
    for reason, count in pairs(passed) do
      if type(reason) ~= "string" or type(count) ~= "number" then
        return nil, "it is reason -> count"
      end
    end
    return true
  end },
  newer_inactive = { type = "list", element = "string", optional = true },
  warning = { type = "string", optional = true },
}

--- Returns the second answer of `resolution.pick`, with `passed` always set. Raises it when it is
--- an error without a snapshot, and raises a config error when a field has the wrong type.
---@param snapshot table?
---@param details any
---@return {passed: table<string, integer>, newer_inactive: string[]?, warning: string?}
function M.details(snapshot, details)
  if snapshot == nil and err.is(details) then err.raise(details) end
  if type(details) ~= "table" then return { passed = {} } end -- a reason, or nothing
  for field, rule in pairs(RULES) do
    local ok, why = check.value(rule, details[field])
    if not ok then policy.refuse("resolution.pick", ("the answer's %s %s"):format(field, why)) end
  end
  return {
    passed = details.passed or {}, newer_inactive = details.newer_inactive,
    warning = details.warning,
  }
end

local function is_name(name)
  return type(name) == "string" and name ~= "" and not name:find("%c")
end

local KEPT <const> = { "id", "state", "prefix", "created_at" } -- the text fields besides the name

--- Returns true when a cached answer is one that os2 wrote: its fields have their types.
---@param answer table
---@return boolean
function M.fits(answer)
  for _, field in ipairs(KEPT) do
    if answer[field] ~= nil and type(answer[field]) ~= "string" then return false end
  end
  for field, rule in pairs(RULES) do
    if not check.value(rule, answer[field]) then return false end
  end
  return is_name(answer.name)
end

--- Raises a config error when the steps gave no answer, or one without a name.
---@param answer any  ctx.answer after the steps
function M.check(answer)
  if answer == nil then
    policy.refuse("resolution.steps", "the steps ended without an answer; one of them sets "
      .. "ctx.answer = {name = …}, as the shipped step answer does")
  elseif type(answer) ~= "table" or not is_name(answer.name) then
    policy.refuse("resolution.steps", ("the steps answered %s; ctx.answer is {name = …}, and the "
      .. "name is one line of text"):format(check.show(answer)))
  end
end

return M
