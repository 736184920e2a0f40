--- Traces a run with OpenTelemetry: a span for the command, for each phase in it, and for each step
--- of a build.
local clock = require("os2.clock")
local env = require("os2.env")
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local options = require("os2.run.options")
local otlp = require("os2.ci.otlp")
local policy = require("os2.policy")
local progress = require("os2.report.progress")
local scheduler = require("os2.run.scheduler")
local trace_context = require("os2.ci.trace_context")

---@class os2.ci.trace
---@field private settings os2.ci.otlp.settings
---@field private root table
---@field private spans table[]
local Trace = {}
Trace.__index = Trace

local M = {}

local INTERNAL <const> = 1 -- SPAN_KIND_INTERNAL
local ERROR <const> = 2 -- STATUS_CODE_ERROR
local HAS_IS_REMOTE <const>, IS_REMOTE <const> = 0x100, 0x200 -- SpanFlags

-- The moment of the wall clock is taken once, so that spans nest when the clock is set meanwhile.
local function moment(self)
  return self.wall + clock.monotonic() - self.begun
end

-- Nanoseconds since 1970. A number of seconds is exact to the microsecond only.
local function nanoseconds(seconds)
  return ("%d000"):format(math.floor(seconds * 1000000))
end

local function start(self, name, parent, at)
  local span = {
    name = name, began = at or moment(self), span_id = trace_context.new_span_id(),
    parent_id = parent and parent.span_id, attributes = {},
  }
  if #self.spans < policy.ask("trace.span_limit") then
    self.spans[#self.spans + 1] = span
  else
    self.left_out = self.left_out + 1
  end
  return span
end

local function finish(self, span, failure, at)
  span.ended = math.max(at or moment(self), span.began)
  span.failure = failure
end

--- Begins the trace of a command's run; nil when none is wanted. Programs that os2 starts and, as
--- policy `trace.headers` says, requests to Daytona continue it.
---@param command string
---@return os2.ci.trace?
function M.open(command)
  local settings = otlp.settings(progress.warn)
  if not settings then return nil end
  local parent = trace_context.parse(env.get("TRACEPARENT"))
  local self = setmetatable({
    settings = settings, parent = parent, spans = {}, left_out = 0, phases = {}, steps = {},
    trace_id = parent and parent.trace_id or trace_context.new_trace_id(),
    is_sampled = not parent or parent.flags & trace_context.SAMPLED ~= 0,
    wall = clock.now(), begun = clock.monotonic(),
  }, Trace)
  self.root = start(self, "os2 " .. command, parent)
  self.root.attributes["os2.command"] = command
  local own = trace_context.format(self.trace_id, self.root.span_id, self.is_sampled)
  env.set("TRACEPARENT", own)
  if policy.ask("trace.headers") then options.traceparent = own end
  if self.is_sampled then progress.observe(self) end
  return self
end

function Trace:title(name)
  self.root.attributes["os2.name"] = name
end

function Trace:phase_start(phase)
  self.phases[phase] = start(self, phase.label, self.root)
end

function Trace:phase_end(phase, words, is_done)
  local span = self.phases[phase]
  if not span then return end
  span.attributes["os2.words"] = words
  finish(self, span, not is_done and words or nil)
end

local function step_span(self, phase, step)
  local key = step.number
  local known = self.steps[phase] or {}
  self.steps[phase] = known
  if not known[key] then
    local at = step.state ~= "started" and moment(self) - step.seconds or nil
    local parent = self.phases[phase] or self.root
    known[key] = start(self, step.name, parent, at and math.max(at, parent.began))
  end
  return known[key]
end

function Trace:step(phase, step)
  local span = step_span(self, phase, step)
  span.name = step.name
  span.attributes["os2.step.index"], span.attributes["os2.step.total"] = step.index, step.total
  span.attributes["os2.step.stage"] = step.stage
  if step.state == "started" then return end
  span.attributes["os2.step.cached"] = step.state == "cached"
  finish(self, span, step.state == "error" and (step.message or "failed") or nil)
end

local TOLD <const> = {
  "id", "name", "digest", "environment", "image", "prefix", "provider", "reused", "skipped",
}

local function exit_code(failure, code)
  if not failure then return code or 0 end
  local is_signal = failure.kind == "cancelled" and scheduler.signal
  return is_signal and 128 + scheduler.signal or err.exit_code(failure)
end

local function describe(self, fields, failure, code)
  local attributes = self.root.attributes
  for _, name in ipairs(TOLD) do
    local kind = type(fields[name])
    if kind == "string" or kind == "boolean" then attributes["os2." .. name] = fields[name] end
  end
  attributes["os2.exit_code"] = exit_code(failure, code)
  if self.left_out > 0 then attributes["os2.spans_left_out"] = self.left_out end
end

local function flags_of(self, span)
  local is_remote = span == self.root and self.parent
  return trace_context.SAMPLED | HAS_IS_REMOTE | (is_remote and IS_REMOTE or 0)
end

local function encoded(self, span)
  local failure = span.failure
  return {
    traceId = self.trace_id, spanId = span.span_id, parentSpanId = span.parent_id,
    flags = flags_of(self, span), name = foreign.line(span.name, policy.ask("trace.value_limit")),
    kind = INTERNAL, startTimeUnixNano = nanoseconds(span.began),
    endTimeUnixNano = nanoseconds(span.ended), attributes = otlp.attributes(span.attributes),
    status = failure and {
      code = ERROR, message = foreign.line(failure, policy.ask("trace.value_limit")),
    } or nil,
  }
end

--- Ends the trace and sends it. What a collector does never fails a run.
---@param fields table  of the document, as far as they are known
---@param failure os2.Err?
---@param code integer?  the exit code that is passed on
function Trace:finish(fields, failure, code)
  if not self.is_sampled then return end
  describe(self, fields, failure, code)
  local list = {}
  for index, span in ipairs(self.spans) do
    if not span.ended then finish(self, span, failure and failure.message) end
    list[index] = encoded(self, span)
  end
  local ok, complaint = pcall(otlp.send, self.settings, list)
  if not ok then complaint = tostring(complaint) end
  if complaint then progress.warn("the trace was not sent: " .. foreign.message(complaint)) end
end

return M
