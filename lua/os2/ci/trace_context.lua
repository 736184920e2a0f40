--- W3C trace context: the header `traceparent`, and new ids.
--- Source: W3C Recommendation "Trace Context", 3.2.
---@class os2.ci.trace_context
local M = {}

---@class os2.ci.trace_context.parent
---@field trace_id string  32 hexadecimal digits
---@field span_id string  16 hexadecimal digits
---@field flags integer  0 to 255

local SAMPLED <const> = 1
M.SAMPLED = SAMPLED

local function is_zero(id)
  return id:find("[^0]") == nil
end

--- Returns what a traceparent says; nil when it is not valid. A version after 00 may have more
--- fields behind the flags.
---@param text string?
---@return os2.ci.trace_context.parent?
function M.parse(text)
  local version, trace_id, span_id, flags, rest = (text or ""):match(
    "^(%x%x)%-(%x+)%-(%x+)%-(%x%x)(.*)$")
  if not version or text:find("%u") or version == "ff" then return nil end
  if #trace_id ~= 32 or #span_id ~= 16 or is_zero(trace_id) or is_zero(span_id) then return nil end
  local may_go_on = version ~= "00" and rest:sub(1, 1) == "-"
  if rest ~= "" and not may_go_on then return nil end
  return { trace_id = trace_id, span_id = span_id, flags = tonumber(flags, 16) }
end

--- Returns the traceparent of a span.
---@param trace_id string
---@param span_id string
---@param is_sampled boolean
---@return string
function M.format(trace_id, span_id, is_sampled)
  return ("00-%s-%s-%02x"):format(trace_id, span_id, is_sampled and SAMPLED or 0)
end

local function random_part()
  local part
  repeat part = ("%016x"):format(math.random(0)) until not is_zero(part)
  return part
end

--- Returns a new id of a span.
---@return string
function M.new_span_id() return random_part() end

--- Returns a new id of a trace.
---@return string
function M.new_trace_id() return random_part() .. random_part() end

return M
