--- Commands at Daytona whose stdin is that of os2.
---
--- The toolbox takes input only as text in requests, and a session's stdin never ends. So os2 sends
--- pieces in base64, each after a line with its length, and a line "end"; a reader in the machine
--- passes the bytes to the command's stdin and ends that. docs/decisions says why.
local err = require("os2.err")
local native_docker = require("host.docker")
local native_tty = require("host.tty")
local retry = require("os2.client.retry")
local shell = require("os2.providers.daytona.shell")
local task = require("os2.task")

---@class os2.providers.daytona.fed
local M = {}

local PIECE_BYTES <const> = 192 * 1024 -- that one request sends at most, but for one read more
local GONE <const> = 410 -- the status for input to a command that has ended

-- dd reads exactly the bytes of a piece, and base64 writes them when they are there. The reader's
-- process id comes first in the pipe: it is ended with the command, which may not read to the end.
-- SIGPIPE ends it, because shells report other signals.
local READER <const> = [[(%s
{ dd iflag=fullblock count=0 </dev/null && base64 -d </dev/null; } >/dev/null 2>&1 || {
  echo "os2: -i needs base64 and a dd with iflag=fullblock in the machine" >&2; exit 126; }
{ sh -c 'echo "$PPID"'
  while read -r size; do
    case $size in
      end) break ;;
      ?*) dd bs="$size" count=1 iflag=fullblock | base64 -d || break ;;
    esac
  done; } 2>/dev/null | {
  exec 3>&2 2>/dev/null # shells report how a program was ended
  read -r reader; (exec %s 2>&3 3>&-); code=$?; kill -PIPE "$reader" 2>/dev/null; exit "$code"; })]]

--- Returns the command line for the session.
---@param argv string[]
---@param cwd? string
---@return string
function M.command(argv, cwd)
  local enter = cwd and ("cd -- %s || exit"):format(shell.quoted(cwd)) or ""
  return READER:format(enter, shell.words(argv))
end

local function base64(bytes)
  return (native_docker.base64_url(bytes):gsub("[-_]", { ["-"] = "+", ["_"] = "/" }))
end

local function refuse_lost(failure)
  err.raise(err.new{
    kind = failure.kind, op = "machine.exec", cause = failure,
    message = "a part of the input may have reached the machine or not: " .. failure.message,
    hint = "the command was ended; what it did until then remains",
  })
end

-- Returns false when the command has ended. Input whose answer was lost is not sent again, because
-- the command could get it twice.
local function send(input, data)
  local attempt = 0
  while true do
    attempt = attempt + 1
    local _, failure = task.try(input.send, data)
    if not failure then return true end
    if failure.status == GONE then return false end
    if retry.is_lost(failure) then refuse_lost(failure) end
    task.sleep(retry.delay(failure, { attempt = attempt }))
  end
end

local function send_piece(input, bytes)
  local text = base64(bytes)
  return send(input, ("%d\n%s\n"):format(#text, text))
end

--- Returns the stdin of a command that was started with `command`. `send_from(fd)` sends all that
--- comes on a descriptor and `send_text(text)` a text, and then the end. Both wait; the command's
--- reading sets the pace. They return early when the command has ended, and raise when a part may
--- be lost.
---@param api toolbox.api
---@param session string
---@param command string
---@param timeout number  seconds for each request
---@return {send_from: fun(fd: integer), send_text: fun(text: string)}
function M.input(api, session, command, timeout)
  local input = {
    send = function(data)
      return api.send_input({ sessionId = session, commandId = command, data = data },
        { timeout = timeout })
    end,
  }
  function input.send_from(fd)
    local pieces <close> = err.check(native_tty.input(fd))
    for piece in pieces do
      if not send_piece(input, piece .. pieces:held(PIECE_BYTES - #piece)) then return end
    end
    err.check(pieces:result())
    send(input, "end\n")
  end
  function input.send_text(text)
    for from = 1, #text, PIECE_BYTES do
      if not send_piece(input, text:sub(from, from + PIECE_BYTES - 1)) then return end
    end
    send(input, "end\n")
  end
  return input
end

return M
