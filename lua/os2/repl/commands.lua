--- The commands of a session, which begin with a colon.
local blank = require("os2.text.blank")
local clock = require("os2.clock")
local err = require("os2.err")
local policy = require("os2.policy")
local terminal = require("os2.text.terminal")

---@class os2.repl.commands
local M = {}

local SHARE <const> = package.os2_share -- luacheck: ignore 143

local HELP <const> = [[
A statement is Lua; the value of an expression is shown. The verbs are globals (`:help daytona`).
_             the last value          _err   the last error
spawn(fn, …)  runs fn while you type, until it ends or the session does
:help NAME    tells of a command, a verb, an operation of an API or a policy
:source NAME  tells where a verb, a function or a policy stands
:time CODE    runs a statement and tells how long it took
:quit         ends the session; so does Ctrl-D
TAB completes, Up and Ctrl-R find earlier statements, and Ctrl-C ends a statement.]]

local function refuse(message, hint)
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "os2", message = message, hint = hint,
  })
end

local function help(_, name)
  if name == "" then return HELP end
  local find = require("os2.help.find")
  local word, action = name:match("^(%S+)%s*(%S*)$")
  return find.text(find.find(word or name, action ~= "" and action or nil))
end

-- ---- :source ----

local function is_policy(name)
  for _, record in ipairs(policy.list()) do
    if record.name == name then return true end
  end
end

local function line_of_verb(module, verb)
  local path = ("%s/lua/os2/%s.lua"):format(SHARE, module)
  local number = 0
  for line in require("os2.fs").read(path):gmatch("([^\n]*)\n") do
    number = number + 1
    local name = line:match("^function M%.([%w_]+)%(") or line:match("^M%.([%l_]+) = ")
    if name == verb then return ("%s:%d"):format(path, number) end
  end
end

local function place_of_function(fn)
  local info = debug.getinfo(fn, "S")
  if info.what == "C" then return "a function of C" end
  return ("%s:%d"):format((info.source:gsub("^[@=]", "")), info.linedefined)
end

local function place_of_operation(name)
  local found = require("os2.help.reference").lookup(name)
  local operation = found and found.operation
  return operation and ("%s: %s %s, in the table of the API's operations")
    :format(operation.name, operation.method, operation.path)
end

local function value_named(scope, name)
  local value
  for word in name:gmatch("[^.:]+") do
    if value == nil then value = scope:look(word)
    elseif type(value) == "table" then value = rawget(value, word)
    else return nil end
  end
  return value
end

local function source(scope, name)
  if name == "" then refuse(":source needs a name", ":source cache.ttl shows the form") end
  if is_policy(name) then return policy.place_of(name) end
  local module, verb = name:match("^(%w+)%.([%w_]+)$")
  local value = value_named(scope, name)
  local is_verb = module and value ~= nil and value == rawget(require("os2")[module] or {}, verb)
  local place = is_verb and line_of_verb(module, verb)
    or type(value) == "function" and place_of_function(value) or place_of_operation(name)
  if place then return place end
  refuse(("%s is no verb, no operation, no function and no policy"):format(terminal.clean(name)),
    ":help lists what there is")
end

-- ---- :time ----

local function time(_, code, run)
  if code == "" then refuse(":time needs a statement", ":time daytona.snapshot('x')") end
  local begun = clock.monotonic()
  local ok = run(code)
  return ("%.3f s"):format(clock.monotonic() - begun), ok
end

-- {what it does; gets the scope, the rest of the line and `run(code)`; returns a text to show}
local COMMANDS <const> = { help = help, source = source, time = time }

--- Returns the names of the commands.
---@return string[]
function M.names()
  return { "help", "quit", "source", "time" }
end

--- Returns the name and the rest of a command; nil when the line is none.
---@param text string
---@return string? name
---@return string? rest
function M.parse(text)
  return blank.trim(text):match("^:(%a+)%s*(.*)$")
end

--- Runs a command. Returns the text to show, and false when the statement in it failed.
---@param scope os2.repl.scope
---@param name string
---@param rest string
---@param run fun(code: string): boolean  runs a statement and shows its values
---@return string?
---@return boolean? ok
function M.run(scope, name, rest, run)
  local command = COMMANDS[name]
  if command then return command(scope, rest, run) end
  refuse(("there is no command :%s"):format(name),
    require("os2.text.nearest").hint(name, M.names(), ":help lists them"))
end

return M
