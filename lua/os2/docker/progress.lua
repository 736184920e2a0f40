--- Turns what the engine says during a build into events, and keeps what an error needs.
local transfer = require("os2.docker.transfer")

---@class os2.docker.progress
local M = {}

local TAIL_LINES <const> = 20
-- A step that writes no line feed must not fill the memory.
local LONGEST_LINE <const> = 4096

-- BuildKit's own step that takes a tar apart, named like one of the Dockerfile's.
local UNPACK <const> = "copy /context /"

---@class os2.docker.step
---@field id string
---@field name string
---@field state "started"|"done"|"cached"|"error"|nil
---@field tail string[]  the last lines of its output

---@class os2.docker.progress.build
---@field image_id string?
---@field failure {message: string, code: integer?}?
local Build = {}
Build.__index = Build

--- Returns a merger for the lines of one build.
---@return os2.docker.progress.build
function M.new()
  return setmetatable({ steps = {}, order = {}, events = {} }, Build)
end

local function add(self, event)
  self.events[#self.events + 1] = event
end

-- "[builder 2/5] RUN make" is step 2 of 5 of the stage "builder"; "[internal] load …" is none.
local function parse_name(name)
  if name == UNPACK then return { name = "[internal] unpack the context" } end
  local label, index, total, rest = name:match("^%[(.-)%s*(%d+)/(%d+)%]%s*(.*)$")
  if not index then return { name = name } end
  return {
    name = rest, index = math.tointeger(index), total = math.tointeger(total),
    stage = label ~= "" and label or nil,
  }
end

local function step_of(self, id)
  local step = self.steps[id]
  if not step then
    step = { id = id, name = "", tail = {}, partial = "" }
    self.steps[id] = step
    self.order[#self.order + 1] = step
  end
  return step
end

local function set_state(self, step, state, seconds)
  if step.state == state then return end
  step.state = state
  add(self, {
    type = "step", id = step.id, name = step.name, index = step.index, total = step.total,
    stage = step.stage, state = state, seconds = seconds,
  })
end

-- What a terminal would show of a line: its text behind the last carriage return, without what
-- steers the terminal.
local function shown(line)
  local text = line:gsub("\r+$", ""):gsub("^.*\r", "")
  return (text:gsub("\27%[[%d;?]*%a", ""):gsub("[\0-\8\11-\31\127]", ""))
end

local function add_log(self, step, line)
  local text = shown(line)
  if text == "" and line ~= "" then return end -- colours alone
  table.insert(step.tail, text)
  if #step.tail > TAIL_LINES then table.remove(step.tail, 1) end
  add(self, { type = "log", step = step.id, text = text })
end

local function feed_log(self, step, bytes)
  local text = step.partial .. bytes
  local from = 1
  for line, after in text:gmatch("([^\n]*)\n()") do
    add_log(self, step, line)
    from = after
  end
  step.partial = text:sub(from)
  if #step.partial > LONGEST_LINE then
    add_log(self, step, step.partial)
    step.partial = ""
  end
end

local function flush_log(self, step)
  if step.partial == "" then return end
  add_log(self, step, step.partial)
  step.partial = ""
end

local function is_over(step)
  return step.state == "done" or step.state == "cached" or step.state == "error"
end

-- The same vertex comes again with more fields, and may come back as cached after its end.
local function begin_vertex(self, vertex)
  local step = step_of(self, vertex.digest)
  if vertex.name ~= "" then
    for key, value in pairs(parse_name(vertex.name)) do step[key] = value end
  end
  if vertex.started > 0 and not is_over(step) then set_state(self, step, "started") end
end

local function end_vertex(self, vertex)
  local step = step_of(self, vertex.digest)
  if vertex.error ~= "" then
    step.error = vertex.error
    flush_log(self, step)
    set_state(self, step, "error")
  elseif vertex.completed > 0 and not is_over(step) then
    flush_log(self, step)
    local seconds = not vertex.cached and vertex.completed - vertex.started or nil
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

local function on_trace(self, trace)
  for _, vertex in ipairs(trace.vertexes) do begin_vertex(self, vertex) end
  for _, status in ipairs(trace.statuses) do on_status(self, status) end
  for _, log in ipairs(trace.logs) do feed_log(self, step_of(self, log.vertex), log.message) end
  for _, warning in ipairs(trace.warnings) do
    add(self, { type = "warning", text = warning.summary, url = warning.url })
  end
  -- A step's end and its last output come in one message.
  for _, vertex in ipairs(trace.vertexes) do end_vertex(self, vertex) end
end

-- The classic builder tells its steps as text.
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

-- The classic builder's "Step 1/2 : FROM x", Buildah's "[1/2] STEP 1/2: FROM x", which counts in
-- each stage anew.
local function read_step(text)
  local index, total, name = text:match("^Step (%d+)/(%d+) : ([^\n]*)")
  if index then return "", index, total, name end
  return text:match("^(%[?[%d/]*%]? ?)STEP (%d+)/(%d+): ([^\n]*)")
end

local function on_classic_text(self, text)
  local stage, index, total, name = read_step(text)
  if index then return start_classic_step(self, stage, index, total, name) end
  if text:find("^ ?%-%-%-?> Using cache") then return end_classic_step(self, "cached") end
  if text:find("^ ?%-%-%-?> ") or text:find("^Removing intermediate container") then return end
  local warning = text:match("^%[Warning%] ([^\n]+)")
  if warning then return add(self, { type = "warning", text = warning }) end
  if text:find("^Successfully ") or text:find("^%[?[%d/]*%]? ?COMMIT") then
    return end_classic_step(self, "done")
  end
  local is_open = self.current and not is_over(self.current)
  if is_open and text ~= "\n" then feed_log(self, self.current, text) end
end

local function on_layer(self, line)
  local detail = line.progressDetail
  if type(detail) ~= "table" or not detail.current then return end
  add(self, { type = "bytes", id = line.id, current = detail.current, total = detail.total or 0 })
end

local function on_failure(self, failure)
  self.failure = self.failure or failure
  if self.current then end_classic_step(self, "error") end
end

--- Takes one line of the answer. A trace comes decoded, as `line.trace`.
---@param line table
function Build:feed(line)
  local failure = transfer.failure_of(line)
  if failure then return on_failure(self, failure) end
  if line.trace then return on_trace(self, line.trace) end
  if type(line.aux) == "table" and line.aux.ID then self.image_id = line.aux.ID end
  if type(line.stream) == "string" then on_classic_text(self, line.stream) end
  if line.status then on_layer(self, line) end
end

--- Takes how much of the context was sent.
---@param bytes integer
---@param total integer
function Build:add_sent(bytes, total)
  add(self, { type = "bytes", id = "context", current = bytes, total = total })
end

--- Returns the oldest event that was not taken, or nil.
---@return table?
function Build:take()
  return table.remove(self.events, 1)
end

local function is_cancelled(step)
  return step.error:find("context canceled", 1, true) ~= nil
end

-- Steps that ran beside the failing one end with an error too: "context canceled".
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

--- Returns the step that failed and the last lines it wrote.
---@return os2.docker.step?
---@return string? tail  lines joined by line feeds; nil when it wrote nothing
function Build:failed()
  local step = failed_step(self)
  if not step then return nil end
  flush_log(self, step)
  return step, #step.tail > 0 and table.concat(step.tail, "\n") or nil
end

return M
