--- Keeps what the network answers to the requests of tests, and answers with it another time.
---
--- A recording is lines of JSON: first its time and the variables that say where requests go, then
--- each request with its answer. Secrets are masked in it.
local clock = require("os2.clock")
local env = require("os2.env")
local err = require("os2.err")
local fs = require("os2.fs")
local json = require("os2.json")
local secrets = require("os2.text.secrets")
local sorted = require("os2.base.sorted")

---@class os2.flows.testing.recording
---@field is_recording boolean
---@field now number  the time that the tests are told
---@field variables table<string, string>
local Recording = {}
Recording.__index = Recording

local M = {}

local FORMAT <const> = 1
local VARIABLES <const> = { "DAYTONA_API_URL", "DAYTONA_SNAPSHOT_PREFIX", "DAYTONA_TARGET" }

local function masked(text) return secrets.masked_everywhere(text) end

-- In JSON, also the value of a name that marks it as secret.
local function masked_body(body)
  if not body or body == "" then return body end
  local hidden = body:gsub('("([^"\\]*)"%s*:%s*)"[^"\\]*"', function(head, name)
    return secrets.is_name(name) and head .. '"***"' or nil
  end)
  return masked(hidden)
end

local function text_of(value)
  if type(value) ~= "table" then return json.encode(value) end
  local parts = {}
  for index, key in ipairs(sorted.keys(value)) do
    parts[index] = ("%s:%s"):format(json.encode(tostring(key)), text_of(value[key]))
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

-- The keys of an object have another order in each process.
local function in_order(body)
  local ok, value = pcall(json.decode, body)
  return ok and type(value) == "table" and text_of(value) or body
end

-- Which request it is: by method, path and query, and body.
local function key_of(request)
  local target = request.url:gsub("^%a[%w+]*://[^/]*", "")
  local body = request.body and masked_body(in_order(request.body)) or ""
  return ("%s %s %s"):format(request.method, masked(target), body)
end

local function masked_headers(headers)
  local kept = {}
  for name, value in pairs(headers) do
    if name ~= "set-cookie" and not secrets.is_name(name) then kept[name] = masked(value) end
  end
  return kept
end

-- ---- recording ----

local function head_of(self)
  local variables = {}
  for _, name in ipairs(VARIABLES) do variables[name] = env.get(name) end
  return { os2_recording = FORMAT, now = self.now, variables = variables }
end

--- Begins a recording, which `close` writes.
---@param path string
---@return os2.flows.testing.recording
function M.record(path)
  local self = setmetatable({ is_recording = true, path = path, now = math.floor(clock.now()) },
    Recording)
  self.lines = { json.encode(head_of(self)) }
  return self
end

local function add(self, key, answer)
  if not utf8.len(answer.body) then
    err.raise(err.new{ kind = "invalid", op = "test", message = "an answer to " .. key
      .. " is not UTF-8, and cannot be recorded", hint = "give the test a test.world" })
  end
  self.lines[#self.lines + 1] = json.encode{ request = key, status = answer.status,
    headers = masked_headers(answer.headers), body = masked_body(answer.body) }
end

-- ---- replaying ----

local function refuse(path, why)
  err.raise(err.new{ kind = "invalid", exit = "usage", op = "test",
    message = ("%s is no recording: %s"):format(path, why),
    hint = "make one with os2 test --record FILE" })
end

local function decode_line(path, text)
  local ok, value = pcall(json.decode, text)
  if ok and type(value) == "table" then return value end
  refuse(path, "a line is no JSON object")
end

--- Opens a recording to answer with it.
---@param path string
---@return os2.flows.testing.recording
function M.replay(path)
  local self = setmetatable({ is_recording = false, answers = {} }, Recording)
  for text in fs.read(path):gmatch("[^\n]+") do
    local line = decode_line(path, text)
    if not self.now then
      if line.os2_recording ~= FORMAT then refuse(path, "its first line does not say so") end
      self.now, self.variables = line.now, line.variables
    else
      local list = self.answers[line.request] or {}
      self.answers[line.request] = list
      list[#list + 1] = line
    end
  end
  if not self.now then refuse(path, "it is empty") end
  return self
end

-- The answers to one request come in their order; the last one is given again.
local function next_answer(self, key, violation)
  local list = self.answers[key]
  if not list then return violation("the recording has no answer to " .. key) end
  local line = list[2] and table.remove(list, 1) or list[1]
  return { status = line.status, headers = line.headers, body = line.body, elapsed = 0 }
end

--- Answers a request.
---@param request table
---@param send fun(request: table): table?, os2.Err?  asks the network
---@param violation fun(message: string)
---@return table? response
---@return os2.Err? failure
function Recording:answer(request, send, violation)
  local key = key_of(request)
  if not self.is_recording then return next_answer(self, key, violation) end
  local answer, failure = send(request)
  if answer then add(self, key, answer) end
  return answer, failure
end

--- Writes a recording to its file, for this user alone.
function Recording:close()
  if not self.is_recording then return end
  fs.write_atomic(self.path, table.concat(self.lines, "\n") .. "\n", { mode = tonumber("600", 8) })
end

return M
