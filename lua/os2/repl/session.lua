--- The interactive session (`os2 -i`): reads statements, runs each, and shows its values.
local background = require("os2.repl.background")
local chunk = require("os2.repl.chunk")
local commands = require("os2.repl.commands")
local err = require("os2.err")
local run_failure = require("os2.run.failure")
local foreground = require("os2.repl.foreground")
local fs = require("os2.fs")
local history = require("os2.repl.history")
local scheduler = require("os2.run.scheduler")
local repl_scope = require("os2.repl.scope")
local show = require("os2.repl.show")

---@class os2.repl.session
---@field private scope os2.repl.scope
---@field private reader os2.repl.editor|os2.repl.stream
---@field private is_typed boolean  a person types the statements
---@field private has_colors boolean
---@field private has_failed boolean?
---@field private is_dropped boolean?  the statement so far is dropped
local Session = {}
Session.__index = Session

local M = {}

local PROMPT <const>, MORE_PROMPT <const> = "os2> ", "..   "
local RED <const>, PLAIN <const> = "\27[31m", "\27[0m"
local STDIN <const>, STDOUT <const>, STDERR <const> = 0, 1, 2

-- ---- what a statement gives ----

function Session:show(values)
  if show.is_silent(values) then return end
  self.scope:set("_", values[1])
  io.stdout:write(show.all(values, show.text), "\n")
end

function Session:tell(failure)
  self.scope:set("_err", failure)
  self.has_failed = true
  io.stdout:flush()
  if self.has_colors then io.stderr:write(RED) end
  run_failure.tell(failure, err.exit_code(failure))
  if self.has_colors then io.stderr:write(PLAIN) end
end

-- Calls `fn` as a statement. Returns whether it succeeded.
function Session:try(fn)
  local ok, failure = foreground.run(fn, self.idle)
  if not ok then self:tell(failure) end
  return ok
end

local function syntax_error(message)
  return err.new{ kind = "invalid", exit = "usage", op = "lua", message = message }
end

function Session:statement(text)
  local fn, message = chunk.compile(text, self.scope)
  if not fn then
    self:tell(syntax_error(message))
    return false
  end
  return self:try(function() self:show(table.pack(fn())) end)
end

function Session:command(name, rest)
  if name == "time" and rest ~= "" then
    io.stdout:write(commands.run(self.scope, name, rest, function(code)
      return self:statement(code)
    end), "\n")
    return
  end
  self:try(function() io.stdout:write(commands.run(self.scope, name, rest), "\n") end)
end

-- ---- what is typed ----

-- Returns the next statement; nil at the end.
function Session:read()
  local text
  while true do
    local prompt, before = PROMPT, ""
    if text then prompt, before = MORE_PROMPT, text .. "\n" end
    self.is_dropped = false
    local event, line = self.reader:read(prompt, before)
    if event == "eof" then return text end
    if event == "interrupt" then
      text = nil
    else
      if self.is_dropped then text = nil end -- SIGINT came while the line was typed
      text = text and text .. "\n" .. line or line
      if commands.parse(text) or not chunk.is_incomplete(text) then return text end
    end
  end
end

function Session:remember(text)
  if not self.is_typed then return end
  self.reader:remember(text)
  history.keep(text)
end

function Session:loop()
  for text in function() return self:read() end do
    if text:find("%S") then
      self:remember(text)
      local name, rest = commands.parse(text)
      if name == "quit" then return end
      if name then self:command(name, rest) else self:statement(text) end
    end
  end
end

-- ---- the session ----

local function is_dumb()
  local kind = os.getenv("TERM")
  return kind == nil or kind == "" or kind == "dumb"
end

local function open_reader(scope)
  local is_terminal = fs.is_terminal(STDIN) and fs.is_terminal(STDOUT)
  if is_terminal and not is_dumb() then
    return require("os2.repl.editor").open(scope, history.load()), true
  end
  return require("os2.repl.stream").open(is_terminal), is_terminal
end

local function has_colors(is_typed)
  local none = os.getenv("NO_COLOR")
  return is_typed and not is_dumb() and fs.is_terminal(STDERR) and (none == nil or none == "")
end

local function greet()
  io.stdout:write(("os2 %s, %s. :help tells of the session, Ctrl-D ends it.\n")
    :format(require("os2").version, _VERSION))
end

local function closing(reader, tasks)
  return setmetatable({}, {
    __close = function()
      scheduler.interrupt = nil
      reader:close()
      tasks:stop()
    end,
  })
end

--- Runs the session until its input ends. Off a terminal a statement that fails makes the exit code
--- that of a failure; the others still run.
function M.run()
  local scope = repl_scope.new()
  local tasks = background.new()
  local reader, is_typed = open_reader(scope)
  local self = setmetatable({
    scope = scope, reader = reader, is_typed = is_typed, has_colors = has_colors(is_typed),
  }, Session)
  self.idle = is_typed and function()
    self.is_dropped = true
    reader:interrupt()
  end or nil
  scheduler.interrupt = self.idle
  scope:set("spawn", function(...) return tasks:spawn(...) end)
  scope:declare{ "_", "_err" }
  if is_typed then greet() end
  local _ <close> = closing(reader, tasks)
  self:loop()
  if self.has_failed and not is_typed then scheduler.exit_code = err.exit_codes.failed end
end

return M
