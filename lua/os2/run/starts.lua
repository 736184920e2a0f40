--- What os2 starts with other than a script or -e: a session, help, a script on stdin; and what it
--- refuses to start with. Most runs need none of it, so that boot loads it late.
local err = require("os2.err")
local own_scripts = require("os2.run.own_scripts")
local policy_files = require("os2.run.policy_files")
local user_scripts = require("os2.run.user_scripts")

---@class os2.run.starts
local M = {}

--- Raises `invalid` (exit 2).
---@param message string
---@param hint? string
function M.refuse(message, hint)
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "usage", message = message,
    hint = hint or "os2 --help shows the usage",
  })
end

--- Raises `not_found` (exit 2): there is no script of that name.
---@param word string
function M.refuse_name(word)
  local names, others = own_scripts.names(), user_scripts.names()
  table.move(others, 1, #others, #names + 1, names)
  err.raise(err.new{
    kind = "not_found", exit = "usage", op = "os2",
    hint = require("os2.text.nearest").hint(word, names,
      "scripts are " .. table.concat(names, ", ")),
    message = ("there is no script named %s (a path has a slash or ends in .lua)"):format(word),
  })
end

--- Raises `invalid` (exit 2): there is no option of that name.
---@param word string
function M.refuse_option(word)
  local known = require("os2.run.own_options").names()
  table.move({ "-e", "-i", "--version", "--help", "--explain" }, 1, 5, #known + 1, known)
  M.refuse("unknown option " .. word, require("os2.text.nearest").hint(word, known,
    ("`os2 --help` shows os2's own options; a command's stand behind its name: os2 NAME %s")
      :format(word)))
end

-- Without any word, a session begins on a terminal.
local function is_on_terminal()
  local is_terminal = require("host.fs").is_terminal
  return is_terminal(0) and is_terminal(1)
end

--- Refuses a session with words behind it, and one that nobody has asked for.
---@param argv string[]
---@param index integer  of -i
function M.check_session(argv, index)
  if argv[index] == nil and not is_on_terminal() then M.refuse("nothing to run is named") end
  if argv[index + 1] ~= nil then
    M.refuse("-i takes nothing behind it; " .. argv[index + 1] .. " is there")
  end
end

--- Runs a session.
function M.session()
  require("os2.repl.session").run()
end

--- Returns what stands on stdin.
---@return string
function M.stdin()
  local text, why = io.read("a")
  if text then return text end
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "os2", message = "cannot read stdin: " .. why,
    hint = "give the script on stdin (os2 - <FILE), or name its file",
  })
end

local function warn(words)
  io.stderr:write("os2: warning: ", require("os2.text.terminal").clean(words), "\n")
end

-- A request for help must succeed; faults in policy files are only warnings then.
local function warn_of_faults()
  for _, fault in ipairs(policy_files.faults()) do warn(tostring(fault)) end
end

--- Prints the usage.
function M.help()
  io.stdout:write(require("os2.text.locale").shown(require("os2.help.usage").text()))
  for _, words in ipairs(user_scripts.warnings()) do warn(words) end
  warn_of_faults()
end

--- Prints the versions of os2 and its libraries.
function M.versions()
  io.stdout:write(require("os2.run.versions").text(), "\n")
  warn_of_faults()
end

return M
