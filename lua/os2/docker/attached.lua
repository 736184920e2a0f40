--- A command in a container that gets a stdin, and maybe a terminal. Source: Docker Engine API,
--- POST /exec/{id}/start with "Upgrade: tcp".
local client = require("os2.docker.client")
local clock = require("os2.clock")
local err = require("os2.err")
local errors = require("os2.docker.errors")
local foreign = require("os2.text.foreign")
local json = require("os2.json")

---@class os2.docker.attached
---@field private op userdata  the host operation
---@field private id string
---@field private is_tty boolean
---@field private code_of fun(id: string): integer
---@field private said string  the engine's own message
local Attached = {}
Attached.__index = Attached

---@class os2.docker.attached.module
local M = {}

local OP <const>, NAME <const> = "docker.exec", "exec_start"
local JSON_BODY <const> = { "Content-Type: application/json" }
local LONGEST_SAID_BYTES <const> = 64 * 1024
-- The engine would end the output of a terminal, too, when its input ends. A terminal's own sign
-- for the end is a byte.
local END_OF_TERMINAL <const> = "\4"

--- Waits until the command takes bytes. Returns false when it never will.
---@return boolean
function Attached:wait_open()
  return self.op:head() ~= nil
end

--- Sends bytes; waits while the command does not read. Returns nil and an error when it takes none
--- any more.
---@param bytes string
---@return boolean?
---@return os2.Err?
function Attached:send(bytes)
  return self.op:send(bytes)
end

--- Tells the command the end of its stdin.
function Attached:send_end()
  if self.is_tty then return self.op:send(END_OF_TERMINAL) end
  return self.op:send_end()
end

--- Sends all that comes on a descriptor of os2, and then the end. Does not wait.
---@param fd integer
function Attached:send_from(fd)
  err.check(self.op:send_from(fd))
end

local PIECE_BYTES <const> = 64 * 1024

--- Sends a text, and then the end. Waits while the command does not read; returns early when it
--- takes no more.
---@param text string
function Attached:send_text(text)
  for from = 1, #text, PIECE_BYTES do
    if not self:send(text:sub(from, from + PIECE_BYTES - 1)) then return end
  end
  self:send_end()
end

--- Sets the size of the terminal.
---@param rows integer
---@param columns integer
function Attached:resize(rows, columns)
  client.ask("exec_resize", { id = self.id, h = rows, w = columns })
end

local function say(self, words)
  self.said = self.said .. words:sub(1, LONGEST_SAID_BYTES - #self.said)
end

--- Returns the next piece of output and "stdout" or "stderr"; nil at the end. With a terminal all
--- of it is stdout; with `is_written` there is none, because it was written already. Waits.
---@return string? bytes
---@return string? stream
function Attached:next()
  while true do
    local bytes, stream = self.op:next()
    if bytes == nil or stream ~= "error" then return bytes, stream end
    say(self, bytes)
  end
end

local function check(self, failure)
  local answer = failure and failure.response or nil
  local failed = client.check(OP, NAME, self.started, answer or not failure and { status = 200 }
    or nil, failure)
  if failed then err.raise(failed) end
  if self.said == "" then return end
  local said = #self.said < LONGEST_SAID_BYTES and self.said
    or foreign.head(self.said, LONGEST_SAID_BYTES // 2)
  err.raise(errors.of_answer(OP, { status = 500, body = said }))
end

--- Returns the exit code, after the output has ended. Raises what ended the connection. Waits.
---@return integer
function Attached:code()
  local _, failure = self.op:result()
  check(self, failure)
  return self.code_of(self.id)
end

--- Ends the connection; the command goes on.
function Attached:close()
  self.op:close()
end

--- Starts a prepared command. `is_written`: its output is written to that of os2.
---@param id string
---@param options {timeout: number, is_tty: boolean?, is_written: boolean?, rows: integer?, columns:
---  integer?}
---@param code_of fun(id: string): integer  returns the exit code of a command that has ended
---@return os2.docker.attached
function M.open(id, options, code_of)
  local is_tty = options.is_tty or false
  -- an engine before API 1.42 leaves ConsoleSize out: the terminal is 0 x 0 there until a resize
  local size = is_tty and options.rows and json.array{ options.rows, options.columns } or nil
  return setmetatable({
    id = id, is_tty = is_tty, code_of = code_of, said = "", started = clock.monotonic(),
    op = client.upgrade(NAME, { id = id }, {
      timeout = options.timeout, headers = JSON_BODY, is_framed = not is_tty,
      is_written = options.is_written,
      body = json.encode{ Detach = false, Tty = is_tty, ConsoleSize = size },
    }),
  }, Attached)
end

return M
