--- Lines that a person types on a terminal, edited with libedit.
local blank = require("os2.text.blank")
local complete = require("os2.repl.complete")
local err = require("os2.err")
local native_edit = require("host.edit")
local native_loop = require("host.loop")
local policy = require("os2.policy")
local scheduler = require("os2.run.scheduler")
local terminal = require("os2.text.terminal")

---@class os2.repl.editor
---@field private edit userdata
---@field private scope os2.repl.scope
---@field private stderr file*
local Editor = {}
Editor.__index = Editor

local M = {}

local GAP_CELLS <const> = 2
local DEFAULT_COLUMNS <const> = 80
local STDERR <const> = 2

-- What tasks write while one types appears above the line.
local function flush_before_waits(edit)
  local before = scheduler.before_wait
  scheduler.before_wait = function()
    if before then before() end
    edit:flush()
  end
end

-- Takes the place of stderr where that is the terminal, too: what is written to it while a person
-- types appears above the line.
local function stderr_of(edit)
  if not require("os2.fs").is_terminal(STDERR) then return io.stderr end
  local methods = { flush = function() return true end, setvbuf = function() return true end }
  function methods:write(...)
    edit:write(table.concat{ ... })
    return self
  end
  return setmetatable({}, { __index = methods })
end

--- Opens the editor. `history` are the statements that the keys Up and ^R find, oldest first.
---@param scope os2.repl.scope
---@param history string[]
---@return os2.repl.editor
function M.open(scope, history)
  local edit = err.check(native_edit.open())
  for _, text in ipairs(history) do edit:remember(text) end
  flush_before_waits(edit)
  local self = setmetatable({ edit = edit, scope = scope, stderr = io.stderr }, Editor)
  io.stderr = stderr_of(edit) -- luacheck: ignore 122
  return self
end

local function in_columns(words)
  local limit = policy.ask("repl.completions")
  local width, columns = 0, require("os2.fs").terminal_columns(1) or DEFAULT_COLUMNS
  for index = 1, math.min(#words, limit) do
    width = math.max(width, terminal.width(words[index]))
  end
  local in_row = math.max(columns // (width + GAP_CELLS), 1)
  local lines = {}
  for index = 1, math.min(#words, limit) do
    local line = (index - 1) // in_row + 1
    lines[line] = (lines[line] or "") .. terminal.pad(words[index], width + GAP_CELLS)
  end
  for index, line in ipairs(lines) do lines[index] = blank.trim_end(line) end
  if #words > limit then
    lines[#lines + 1] = ("… %d more (policy repl.completions)"):format(#words - limit)
  end
  return table.concat(lines, "\n")
end

function Editor:complete(before, text)
  local insert, words = complete.at(self.scope, before .. text)
  if insert ~= "" then self.edit:insert(insert)
  elseif words[2] then self.edit:show(in_columns(words)) end
end

--- Reads a line. Returns "line" and its text, "interrupt", or "eof".
---@param prompt string
---@param before string  the lines of the statement so far
---@return "line"|"interrupt"|"eof"
---@return string? text
function Editor:read(prompt, before)
  err.check(self.edit:begin(prompt))
  while true do
    local event, text = self.edit:next()
    if event ~= "complete" then return event or "eof", text end
    self:complete(before, text)
  end
end

--- Remembers a statement for the keys Up and ^R.
---@param text string
function Editor:remember(text)
  self.edit:remember(text)
end

--- Begins the line anew, after a SIGINT that another process has sent.
function Editor:interrupt()
  native_loop.forget_signal()
  self.edit:interrupt()
  self.edit:begin("os2> ")
end

--- Gives the terminal back.
function Editor:close()
  io.stderr = self.stderr -- luacheck: ignore 122
  self.edit:close()
end

return M
