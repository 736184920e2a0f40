--- Declares the events that `--progress json` writes. `docs/json.md` is generated from them, and
--- the display refuses to write anything else.

---@class os2.report.progress.events
local M = {}

--- The version of the events. It is raised when a field changes its meaning or is removed, but not
--- when an event or a field is added.
M.SCHEMA = 1

---@alias os2.report.progress.events.field string[]  name, and "type: what it is"

--- The fields of every event, in the order in which they are written.
M.COMMON = {
  { "schema", "integer: 1; raised when a field changes its meaning or goes away" },
  { "event", "string: what happened: the name of the event" },
  { "time", "string: when the event was written, UTC" },
  { "seconds", "number: since the display was opened" },
}

local PHASE <const> = { "phase", "string: the name of the phase" }

local TOOK <const> = { "took", "number: seconds from its begin to its end" }

local STEP <const> = {
  PHASE,
  { "step", "integer: the number of the step, in the order in which steps begin" },
  { "name", "string: what the step does, such as RUN make" },
  { "index", "integer?: which step of its stage it is" },
  { "total", "integer?: how many steps its stage has" },
  { "stage", "string?: the name of the stage" },
}

local function step_with(...)
  return table.move({ ... }, 1, select("#", ...), #STEP + 1, table.move(STEP, 1, #STEP, 1, {}))
end

local TEXT <const> = { "text", "string: one line for people" }

--- The events: name, what happened, and the fields besides the common ones. A field whose value is
--- not known is left out.
M.EVENTS = {
  { "title", "The run begins.", {
    { "name", "string: the name of what is made" }, { "about", "string: what it is made from" },
  } },
  { "phase_start", "A phase begins.", { PHASE } },
  { "phase_state", "What a phase does now; also every 15 seconds while it says nothing.", {
    PHASE, TEXT,
  } },
  { "phase_end", "A phase ends.", {
    PHASE, TOOK, { "ok", "boolean: false when an error ended it" }, TEXT,
  } },
  { "step_start", "A step of a build begins.", STEP },
  { "step_cached", "A step's result comes from the engine's cache.", STEP },
  { "step_end", "A step ends.", step_with(TOOK, { "ok", "boolean: whether it went well" },
    { "message", "string?: what went wrong" }) },
  { "log", "A step wrote a line.", {
    PHASE, STEP[2], { "step_seconds", "number: since the step began" }, TEXT,
  } },
  { "bytes", "Bytes are transferred; at most one event a second for each transfer, and its last.", {
    PHASE, { "of", "string?: what is transferred: context, or a layer" },
    { "current", "integer: bytes done" }, { "total", "integer: bytes in all" },
  } },
  { "layer", "The registry has a layer, since a push sent it or from before.", {
    PHASE, { "layer", "string: the beginning of the layer's diff id" },
    { "state", "string: pushed or exists" },
    { "created_by", "string?: the instruction that made it" },
  } },
  { "image", "An image is built.", {
    { "steps", "integer: how many steps its Dockerfile has" },
    { "cached", "integer: how many of them came from the cache" },
    { "sent", "integer: bytes of the build context that were sent" },
    { "bytes", "integer?: the size of the image" },
  } },
  { "layers", "The layers of the image, the lowest first.", {
    { "layers", "list: {bytes, created_by}: its size as it lies on the disk, and the instruction "
      .. "that made it" },
  } },
  { "push", "An image is pushed.", {
    { "sent", "integer: bytes of the layers that were sent, before compression" },
    { "pushed", "integer: how many layers had to move" },
    { "exists", "integer: how many layers the registry had already" },
    { "digest", "string: of the manifest" },
  } },
  { "note", "Something to know.", { TEXT } },
  { "warning", "Something to look into.", { TEXT } },
  { "left", "What a run that failed leaves behind.", { TEXT } },
  { "error", "The run failed; the last event.", {
    { "kind", "string: the only one to branch on; see docs/scripting.md" },
    { "op", "string: the name of the operation that failed" },
    { "exit", "integer: the exit code" },
    { "message", "string: one line for people" }, { "hint", "string?: what to do" },
    { "detail", "string?: the output of the step that failed, or an excerpt of an answer" },
    { "traceback", "string?: with -v" },
  } },
}

return M
