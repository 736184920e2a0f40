--- A terminal for tests: os2 in a session of tmux, on a server of its own.
local clock = require("os2.clock")
local lfs = require("lfs")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

---@class tests.lib.tmux
---@field directory string  HOME and the state of the session
---@field private socket string
local Tmux = {}
Tmux.__index = Tmux

local M = {}

local PATIENCE_SECONDS <const> = 60

function Tmux:run(...)
  local ran = proc.run({ "tmux", "-f", "/dev/null", "-S", self.socket, ... }, {
    -- neither the caller's shell nor that of the account
    timeout = PATIENCE_SECONDS, env = { SHELL = "/bin/sh" },
  })
  assert(ran.code == 0, ran.stderr)
  return ran.stdout
end

--- Starts os2 with these words, which need no quotes in a shell, on a terminal of 80 columns. With
--- a directory, its files are those of an earlier session.
---@param words string[]
---@param options? {directory: string?, variables: string[]?, cwd: string?}  words for env(1)
---@return tests.lib.tmux
function M.start(words, options)
  options = options or {}
  local directory = options.directory or temporary.directory()
  local socket = ("%s/tmux-%s"):format(directory, temporary.unique())
  local self = setmetatable({ directory = directory, socket = socket }, Tmux)
  local command = { "env", "-u", "NO_COLOR", table.unpack(options.variables or {}) }
  for _, word in ipairs{
    "HOME=" .. directory, ("XDG_STATE_HOME=%s/state"):format(directory),
    ("EDITRC=%s/editrc"):format(directory), "DAYTONA_API_KEY=key-of-the-terminal",
    program.path, "--isolated", table.unpack(words),
  } do command[#command + 1] = word end
  -- Ctrl-C is sent to the shell, too, which other than bash would end before its command does.
  self:run("new-session", "-d", "-x", "80", "-y", "40", "-c", options.cwd or lfs.currentdir(),
    ("trap : INT QUIT; %s; echo ended $?; cat >/dev/null"):format(table.concat(command, " ")))
  return self
end

--- Types a text as it is.
---@param text string
function Tmux:type(text)
  self:run("send-keys", "-l", text)
end

--- Presses keys by tmux's names: "Enter", "Tab", "C-c".
function Tmux:press(...)
  self:run("send-keys", ...)
end

--- Types a line and ends it.
---@param text string
function Tmux:enter(text)
  self:type(text)
  self:press("Enter")
end

--- Returns what the terminal has shown, without blanks at the ends of lines.
---@return string
function Tmux:screen()
  return (self:run("capture-pane", "-p", "-J", "-S", "-500"):gsub(" +\n", "\n"))
end

--- Waits until the terminal shows a text, and returns all that it shows.
---@param text string
---@return string
function Tmux:wait(text)
  local due = clock.monotonic() + PATIENCE_SECONDS
  while true do
    local screen = self:screen()
    if screen:find(text, 1, true) then return screen end
    assert(clock.monotonic() < due, ("%s is not shown on\n%s"):format(text, screen))
    task.sleep(0.05)
  end
end

--- Returns the modes of the terminal as stty tells them.
---@return string
function Tmux:modes()
  local tty = self:run("display-message", "-p", "#{pane_tty}"):match("%S+")
  return proc.run({ "stty", "-a", "-F", tty }, { timeout = 20 }).stdout
end

--- Ends the session's server; the directory stays for another one.
function Tmux:stop()
  pcall(self.run, self, "kill-server")
end

--- Ends all, and removes the directory.
function Tmux:remove()
  self:stop()
  temporary.remove(self.directory)
end

return M
