--- OpenTelemetry's protocol (OTLP) over HTTP with JSON: its variables, and sending spans.
--- Source: opentelemetry.io, "OTLP Exporter Configuration" and "OTLP Specification".
local blank = require("os2.text.blank")
local env = require("os2.env")
local foreign = require("os2.text.foreign")
local http = require("os2.http")
local json = require("os2.json")
local policy = require("os2.policy")
local secrets = require("os2.text.secrets")
local version = require("host.err").version

---@class os2.ci.otlp
local M = {}

local ANSWER_BYTES <const> = 64 * 1024
local SHORTEST_HEADER_BYTES <const> = 4 -- of a value that is masked

---@class os2.ci.otlp.settings
---@field url string
---@field headers table<string, string>
---@field timeout number  seconds
---@field resource table<string, string>

local function decoded(text)
  if text:gsub("%%%x%x", ""):find("%%") then return nil end
  return (text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

-- Reads "key=value,key=value" with values in percent encoding. Returns nil when any pair is wrong:
-- the specification wants the whole text to be left out then.
local function pairs_of(text)
  local found = {}
  for part in (text or ""):gmatch("[^,]+") do
    local key, value = part:match("^([^=]+)=(.*)$")
    key, value = key and decoded(blank.trim(key)), value and decoded(blank.trim(value))
    if not key or key == "" or not value then return nil end
    found[key] = value
  end
  return found
end

-- The variable of traces takes precedence over that of all signals.
local function variable(of_traces, of_all)
  return env.get(of_traces) or env.get(of_all)
end

local function url()
  local own = env.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
  if own then return own end
  local all = env.get("OTEL_EXPORTER_OTLP_ENDPOINT")
  return all and all:gsub("/+$", "") .. "/v1/traces"
end

local function resource_of(warn)
  local found = pairs_of(env.get("OTEL_RESOURCE_ATTRIBUTES"))
  if not found then warn("OTEL_RESOURCE_ATTRIBUTES is left out: it is not key=value,key=value") end
  found = found or {}
  found["service.name"] = env.get("OTEL_SERVICE_NAME") or found["service.name"] or "os2"
  found["service.version"] = found["service.version"] or version
  return found
end

local function headers_of(warn)
  local found = pairs_of(variable("OTEL_EXPORTER_OTLP_TRACES_HEADERS",
    "OTEL_EXPORTER_OTLP_HEADERS"))
  if not found then
    warn("OTEL_EXPORTER_OTLP_HEADERS is left out: it is not key=value,key=value")
  end
  for name, value in pairs(found or {}) do
    secrets.conceal(value, SHORTEST_HEADER_BYTES)
    if not name:find("^[%w!#$&'*+.^_`|~-]+$") or value:find("%c") then
      warn("OTEL_EXPORTER_OTLP_HEADERS is left out: it has a header that HTTP does not take")
      return {}
    end
  end
  return found or {}
end

local function timeout()
  local asked = variable("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT")
  local milliseconds = asked and asked:match("^%d+$") and tonumber(asked)
  local longest = policy.ask("trace.deadline")
  if not milliseconds or milliseconds == 0 then return longest end
  return math.min(milliseconds / 1000, longest)
end

local function is_off()
  return (env.get("OTEL_SDK_DISABLED") or ""):lower() == "true"
    or env.get("OTEL_TRACES_EXPORTER") == "none"
end

local function has_protocol(warn)
  local asked = variable("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
  if not asked or asked == "http/json" then return true end
  warn(("no trace is sent: OTEL_EXPORTER_OTLP_PROTOCOL is '%s', and os2 speaks http/json only")
    :format(foreign.line(asked, 100)))
  return false
end

--- Returns where and how spans are sent; nil when they are not.
---@param warn fun(words: string)
---@return os2.ci.otlp.settings?
function M.settings(warn)
  local where = url()
  if not where or is_off() or not has_protocol(warn) then return nil end
  if not where:find("^https?://[^/]") then
    warn("no trace is sent: OTEL_EXPORTER_OTLP_ENDPOINT is no URL of http or https")
    return nil
  end
  return {
    url = where, headers = headers_of(warn), timeout = timeout(), resource = resource_of(warn),
  }
end

local function value_of(value, limit)
  if type(value) == "boolean" then return { boolValue = value } end
  -- the JSON of protobuf has integers of 64 bits as strings
  if math.type(value) == "integer" then return { intValue = ("%d"):format(value) } end
  if type(value) == "number" then return { doubleValue = value } end
  return { stringValue = foreign.valid((foreign.head(tostring(value), limit))) }
end

--- Returns attributes in OTLP's form, sorted by key.
---@param attributes table<string, string|number|boolean>
---@return table[]
function M.attributes(attributes)
  local limit, list = policy.ask("trace.value_limit"), {}
  for key, value in pairs(attributes) do
    list[#list + 1] = { key = key, value = value_of(value, limit) }
  end
  table.sort(list, function(a, b) return a.key < b.key end)
  return json.array(list)
end

--- Returns the body of a request with spans.
---@param settings os2.ci.otlp.settings
---@param spans table[]  in OTLP's form
---@return string
function M.encode(settings, spans)
  return json.encode{ resourceSpans = { {
    resource = { attributes = M.attributes(settings.resource) },
    scopeSpans = { { scope = { name = "os2", version = version }, spans = json.array(spans) } },
  } } }
end

local function complaint_of(response)
  if response.status < 200 or response.status > 299 then
    return ("the collector answered %d"):format(response.status)
  end
  local answer = foreign.decode(response.body)
  local partial = type(answer) == "table" and answer.partialSuccess
  local rejected = type(partial) == "table" and math.tointeger(tonumber(partial.rejectedSpans)) or 0
  if rejected > 0 then return ("the collector rejected %d spans"):format(rejected) end
end

--- Sends spans, once. Returns what went wrong in words; nil when it went well.
---@param settings os2.ci.otlp.settings
---@param spans table[]
---@return string?
function M.send(settings, spans)
  local headers = { ["Content-Type"] = "application/json" }
  for name, value in pairs(settings.headers) do headers[name] = value end
  return complaint_of(http.request{
    method = "POST", url = settings.url, headers = headers, body = M.encode(settings, spans),
    timeout = settings.timeout, connect_timeout = settings.timeout, response_limit = ANSWER_BYTES,
  })
end

return M
