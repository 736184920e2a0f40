--- How a run is traced with OpenTelemetry.
local policy = require("os2.policy")

---@class os2.policies.trace
local M = {}

policy.define("trace.deadline", {
  doc = "How long sending the trace may take at the end of a run; OTEL_EXPORTER_OTLP_TIMEOUT may "
    .. "shorten it.",
  type = "number", unit = "s", range = { 0.1, 60 }, default = 2,
})

policy.define("trace.span_limit", {
  doc = "How many spans a trace has at most; later steps of a build are left out.",
  type = "integer", range = { 1, 100 * 1000 }, default = 1000,
})

policy.define("trace.value_limit", {
  doc = "The longest text of an attribute or a status.",
  type = "integer", unit = "bytes", range = { 16, 64 * 1024 }, default = 1024,
})

policy.define("trace.headers", {
  doc = "Whether requests to Daytona carry the header traceparent while a run is traced.",
  type = "boolean", default = true,
})

return M
