--- Turns the engine's messages during a build into events, and keeps what an error needs.
local blank = require("os2.text.blank")
local foreign = require("os2.text.foreign")
local lines = require("os2.text.lines")
local policy = require("os2.policy")
local queue = require("os2.docker.queue")
local secrets = require("os2.text.secrets")
local step_output = require("os2.docker.step_output")
local transfer = require("os2.docker.transfer")

---@class os2.docker.build_events
local M = {}

local LONGEST_NAME_BYTES <const> = 1024 -- bytes of a step's name
-- Bytes in which the count before a step's name is searched: "[stage 2/5]".
local LONGEST_COUNT_BYTES <const> = 256

-- BuildKit's own step that unpacks a tar; its name looks like a step of the Dockerfile.
local UNPACK <const> = "copy /context /"

---@class os2.docker.step
---@field id string
---@field name string
---@field state "started"|"done"|"cached"|"error"|nil
---@field output os2.docker.step_output?  its last lines; nil when the step succeeded
---@field began number?  when it began, by the engine's clock
---@field logged number?  when its last output was written, by the same clock

---@class os2.docker.build_events.build
---@field image_id string?
---@field failure {message: string, code: integer?}?
local Build = {}
Build.__index = Build

local function add(self, event)
  self.events:add(event)
end

--- Returns a merger for the lines of one build.
---@param warnings string[]?  warnings that precede the other events
---@return os2.docker.build_events.build
function M.new(warnings)
  local build = setmetatable({
    steps = {}, order = {}, events = queue.new(), longest = policy.ask("limits.line"),
    output_limit = policy.ask("limits.step_output"),
  }, Build)
  for _, text in ipairs(warnings or {}) do add(build, { type = "warning", text = text }) end
  return build
end

-- "[builder 2/5] RUN make" is step 2 of 5 of the stage "builder"; "[internal] load …" is not
-- counted.
local function parse_name(name)
  if name == UNPACK then return { name = "[internal] unpack the context" } end
  local shown = foreign.head(name, LONGEST_NAME_BYTES)
  local close = shown:sub(1, LONGEST_COUNT_BYTES):find("]", 1, true)
  local label, index, total = shown:sub(1, close or 0):match("^%[(.*)%f[%d](%d+)/(%d+)%]$")
  if not index then return { name = shown } end
  label = blank.trim_end(label)
  return {
    name = blank.trim(shown:sub(close + 1)), index = math.tointeger(index),
    total = math.tointeger(total), stage = label ~= "" and label or nil,
  }
end

local function step_of(self, id)
  local step = self.steps[id]
  if not step then
    step = { id = id, name = "", lines = lines.new(self.longest) }
    self.steps[id] = step
    self.order[#self.order + 1] = step
  end
  return step
end

local function set_state(self, step, state, seconds)
  if step.state == state then return end
  step.state = state
  if state == "done" or state == "cached" then step.output = nil end
  add(self, {
    type = "step", id = step.id, name = step.name, index = step.index, total = step.total,
    stage = step.stage, state = state, seconds = seconds,
    message = state == "error" and step.error and foreign.message(step.error) or nil,
  })
end

-- Returns what a terminal would show of a line: the text after the last carriage return, without
-- terminal control.
local function shown(line)
  local text = line:match("^.*[^\r]")
  if not text then return "" end
  if text:find("\r", 1, true) then text = text:match("^.*\r(.*)$") end
  return foreign.visible(secrets.masked(text), "")
end

local function add_log(self, step, line)
  local text = shown(line)
  if text == "" and line ~= "" then return end -- the line contains colours only
  step.output = step.output or step_output.new(self.output_limit)
  step.output:add(text)
  local seconds = step.began and step.logged and math.max(step.logged - step.began, 0) or nil
  add(self, { type = "log", step = step.id, text = text, seconds = seconds })
end

-- Takes one more line of a step's output. Returns false when there is none yet.
local function take_line(self, step)
  local line = step.lines:next()
  if line then add_log(self, step, line) end
  return line ~= nil
end

local function feed_log(self, step, bytes)
  step.lines:add(bytes)
  self.pouring = step
end

local function flush_log(self, step)
  step.lines:finish()
  while take_line(self, step) do end
end

local function is_over(step)
  return step.state == "done" or step.state == "cached" or step.state == "error"
end

-- The same vertex is reported again when more fields are known, and may be reported as cached after
-- its end.
local function begin_vertex(self, vertex)
  local step = step_of(self, vertex.digest)
  if vertex.name ~= "" then
    for key, value in pairs(parse_name(vertex.name)) do step[key] = value end
  end
  if vertex.started > 0 then step.began = vertex.started end
  if vertex.started > 0 and not is_over(step) then set_state(self, step, "started") end
end

local function seconds_of(vertex)
  local is_timed = vertex.started > 0 and vertex.completed > 0
  return is_timed and vertex.completed - vertex.started or nil
end

local function end_vertex(self, vertex)
  local step = step_of(self, vertex.digest)
  if vertex.error ~= "" then
    step.error = vertex.error
    flush_log(self, step)
    set_state(self, step, "error", seconds_of(vertex))
  elseif vertex.completed > 0 and not is_over(step) then
    flush_log(self, step)
    local seconds = not vertex.cached and seconds_of(vertex) or nil
    set_state(self, step, vertex.cached and "cached" or "done", seconds)
  end
end

local function on_status(self, status)
  if status.total <= 0 and status.current <= 0 then return end
  add(self, {
    type = "bytes", id = status.id, step = status.vertex, current = status.current,
    total = status.total,
  })
end

local function on_warning(self, warning)
  add(self, { type = "warning", text = foreign.message(warning.summary), url = warning.url })
end

local function on_log(self, log)
  local step = step_of(self, log.vertex)
  if log.timestamp and log.timestamp > 0 then step.logged = log.timestamp end
  feed_log(self, step, log.message)
end

-- The order in which the parts of a trace are taken: a step's end and its last output come in one
-- message.
local PASSES <const> = {
  { kind = "vertexes", take = begin_vertex }, { kind = "statuses", take = on_status },
  { kind = "logs", take = on_log }, { kind = "warnings", take = on_warning },
  { kind = "vertexes", take = end_vertex },
}

local function begin_pass(self, number)
  local pass = PASSES[number]
  self.pass = pass and { number = number, take = pass.take, next = self.trace(pass.kind) }
end

-- Takes one more item of what was fed. Returns false when nothing is left. A message may contain a
-- million items, whose events would fill the memory before the first one is taken.
local function advance(self)
  if self.pouring then
    if not take_line(self, self.pouring) then self.pouring = nil end
    return true
  end
  if not self.pass then return false end
  local item = self.pass.next()
  if item then self.pass.take(self, item) else begin_pass(self, self.pass.number + 1) end
  return true
end

local function on_trace(self, trace)
  self.trace = trace
  begin_pass(self, 1)
end

-- The classic builder reports its steps as text.
local function end_classic_step(self, state)
  local step = self.current
  if not step then return end
  flush_log(self, step)
  if not is_over(step) then set_state(self, step, state) end
end

local function start_classic_step(self, stage, index, total, name)
  end_classic_step(self, "done")
  local step = step_of(self, ("%sstep %s"):format(stage, index))
  step.name, step.index, step.total = name, math.tointeger(index), math.tointeger(total)
  self.current = step
  set_state(self, step, "started")
end

-- Reads "Step 1/2 : FROM x" of the classic builder, or "[1/2] STEP 1/2: FROM x" of Buildah, which
-- counts anew in each stage.
local function read_step(text)
  local index, total, name = text:match("^Step (%d+)/(%d+) : ([^\n]*)")
  if index then return "", index, total, name end
  return text:match("^(%[?[%d/]*%]? ?)STEP (%d+)/(%d+): ([^\n]*)")
end

local function on_classic_text(self, text)
  local words = foreign.head(text, LONGEST_NAME_BYTES)
  local stage, index, total, name = read_step(words)
  if index then return start_classic_step(self, stage, index, total, name) end
  if words:find("^ ?%-%-%-?> Using cache") then return end_classic_step(self, "cached") end
  if words:find("^ ?%-%-%-?> ") or words:find("^Removing intermediate container") then return end
  local warning = words:match("^%[Warning%] ([^\n]+)")
  if warning then return add(self, { type = "warning", text = foreign.visible(warning) }) end
  if words:find("^Successfully ") or words:find("^%[?[%d/]*%]? ?COMMIT") then
    return end_classic_step(self, "done")
  end
  local is_open = self.current and not is_over(self.current)
  if is_open and text ~= "\n" then feed_log(self, self.current, text) end
end

local function on_layer(self, line)
  local detail = line.progressDetail
  if type(line.id) ~= "string" or not transfer.is_counted(detail) then return end
  add(self, { type = "bytes", id = line.id, current = detail.current, total = detail.total or 0 })
end

local function on_failure(self, failure)
  self.failure = self.failure or failure
  if self.current then end_classic_step(self, "error") end
end

--- Takes one line of the answer. A trace is in `line.trace`, from `docker.decode_trace`.
---@param line table
function Build:feed(line)
  while advance(self) do end -- takes everything that was fed before
  local failure = transfer.failure_of(line)
  if failure then return on_failure(self, failure) end
  if type(line.trace) == "function" then return on_trace(self, line.trace) end
  local id = type(line.aux) == "table" and line.aux.ID
  if type(id) == "string" then self.image_id = id end
  if type(line.stream) == "string" then on_classic_text(self, line.stream) end
  if line.status then on_layer(self, line) end
end

--- Notes how much of the context was sent.
---@param bytes integer
---@param total integer?  nil: the engine has not said how much it wants
function Build:add_sent(bytes, total)
  add(self, { type = "bytes", id = "context", current = bytes, total = total })
end

--- Returns the oldest event that was not taken, or nil.
---@return table?
function Build:take()
  local event = self.events:take()
  while not event and advance(self) do event = self.events:take() end
  return event
end

local function is_cancelled(step)
  return step.error:find("context canceled", 1, true) ~= nil
end

-- Steps that ran in parallel with the failed one also end with an error: "context canceled".
local function failed_step(self)
  local found
  for _, step in ipairs(self.order) do
    if step.error and self.failure then
      if self.failure.message:find(step.error, 1, true) then return step end
      if not found and not is_cancelled(step) then found = step end
    end
  end
  return found or (self.current and self.current.state == "error" and self.current or nil)
end

--- Returns the failed step and the end of its output, within `limits.step_output`.
---@return os2.docker.step?
---@return string? tail  lines joined by line feeds; nil when it wrote nothing
function Build:failed()
  local step = failed_step(self)
  if not step then return nil end
  flush_log(self, step)
  return step, step.output and step.output:text() or nil
end

return M
