--- From the command line to the exit code: finds the script, runs it as the root task, and prints
--- what went wrong.
local collector = require("os2.run.collector")
local err = require("os2.err")
local native_chunk = require("host.chunk")
local options = require("os2.run.options")
local scheduler = require("os2.run.scheduler")

---@class os2.run.boot
local M = {}

local CLEANUP_WITHOUT_POLICY_SECONDS <const> = 1

local SIGPIPE <const> = 13

-- ---- what to run ----

-- Offers the verbs as globals that load at their first use.
local function offer_verbs()
  setmetatable(_G, {
    __index = function(_, name)
      local os2 = require("os2")
      return name == "os2" and os2 or os2[name]
    end,
  })
end

local function set_arguments(argv, script_index)
  local words = table.move(argv, script_index + 1, #argv, 1, {})
  words[0] = argv[script_index]
  arg = words -- luacheck: globals arg
end

local function own_scripts()
  return require("os2.run.own_scripts") -- late: most runs name a path
end

local function user_scripts()
  return require("os2.run.user_scripts")
end

-- What most runs do not need.
local function starts()
  return require("os2.run.starts")
end

local function warn(words)
  io.stderr:write("os2: warning: ", require("os2.text.terminal").clean(words), "\n")
end

-- os2's own scripts win over the user's of the same name, and say so.
local function find_script(word)
  if word:find("/", 1, true) or word:match("%.lua$") then return word end
  local path = own_scripts().path(word)
  local file, why, code = io.open(path)
  if file then
    file:close()
    local hidden = user_scripts().hidden(word)
    if hidden then warn(user_scripts().hidden_words(word, hidden)) end
    return path
  end
  local kind = require("host.err").kind_of_errno(code)
  if kind ~= "not_found" then
    err.raise(err.new{ kind = kind, op = "os2", message = "cannot open the script: " .. why })
  end
  return user_scripts().find(word) or starts().refuse_name(word)
end

local function no_finish() end

-- What a script sees as globals, and what is called once it has ended.
local function globals_of_script()
  if not require("os2.run.policy_files").has_any() then return _G, no_finish end
  return require("os2.run.script_environment").new()
end

local function load_script(path)
  local globals, finish = globals_of_script()
  local chunk, message = native_chunk.load(path, globals)
  if chunk then return chunk, finish end
  require("os2.fs").exists(path) -- raises when the current directory is gone
  local name = path:match("([^/]+)%.lua$")
  local is_own = own_scripts().has(name)
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "os2", message = "cannot load the script: " .. message,
    hint = is_own and ("`os2 %s` runs os2's own from anywhere"):format(name) or nil,
  })
end

local function load_text(text, name)
  offer_verbs()
  local chunk, message = load(text, name, "t")
  if chunk then return chunk end
  err.raise(err.new{ kind = "invalid", exit = "usage", op = "os2", message = message })
end

-- Shows the values of an expression, unless it has ended the run.
local function show_values(...)
  if select("#", ...) > 0 and not scheduler.exit_code then require("os2.repl.show").print(...) end
end

-- As `lua` does at its prompt, -e shows what an expression gives. With a variable to close, its
-- call is no tail call, so that an error can name the line.
local function load_expression(text)
  offer_verbs()
  local chunk = load("local os2_ <close> = nil return " .. text, "=(-e)", "t")
  if not chunk then return load_text(text, "=(-e)") end
  return function(...) show_values(chunk(...)) end
end

-- What stands on the command line in place of a script and of -e.
local function choose_other(argv, index, word)
  if word == nil or word == "-i" then
    starts().check_session(argv, index)
    set_arguments(argv, index)
    offer_verbs()
    return starts().session
  end
  if word == "--help" or word == "-h" then return starts().help, no_finish end
  if word == "--version" then return starts().versions, no_finish end
  if word == "--explain" then
    local kind = argv[index + 1] or starts().refuse("--explain needs a value")
    set_arguments({ "help", kind }, 1)
    return load_script(find_script("help"))
  end
  if word ~= "-" then starts().refuse_option(word) end
  set_arguments(argv, index)
  return load_text(starts().stdin(), "=stdin")
end

-- Returns the chunk that the command line names. When there is a second value, the chunk checks the
-- policy files itself; call the value when the chunk has ended.
local function choose(argv)
  options.argv = argv
  local index = 1
  local word = argv[index]
  if word and word:sub(1, 1) == "-" and word ~= "-e" then
    index = require("os2.run.own_options").read(argv)
    word = argv[index]
  end
  options.script = word
  if word == "-e" then
    local text = argv[index + 1] or starts().refuse("-e needs a value")
    set_arguments(argv, index + 1)
    return load_expression(text)
  end
  if word and word:sub(1, 1) ~= "-" then
    set_arguments(argv, index)
    return load_script(find_script(word))
  end
  return choose_other(argv, index, word)
end

-- ---- policies ----

-- The first use of a policy loads the user's files, so that a run without policies pays nothing.
local function load_policy()
  local path = assert(package.searchpath("os2.policy", package.path))
  local policy = assert(native_chunk.load(path))("os2.policy")
  package.loaded["os2.policy"] = policy
  local sources = {
    file = options.policy_file, isolated = options.isolated, faults = options.faults,
  }
  if require("os2.run.policy_files").any(sources) then policy.load_sources(sources) end
  return policy
end

-- A faulty policy file must not prevent the clean-up.
local function cleanup_timeout()
  local ok, seconds = pcall(function() return require("os2.policy").ask("timeouts.cleanup") end)
  return ok and seconds or CLEANUP_WITHOUT_POLICY_SECONDS
end

-- ---- the run and its end ----

local function run(argv)
  local chunk, finish = choose(argv)
  if not finish then require("os2.run.policy_files").check() end
  chunk(table.unpack(arg or {}))
  if finish then finish() end
end

-- Returns why the run failed. A cancellation that a script has caught (pcall) is a failure, too.
local function failure_of(root)
  if not root.ok then return err.from(root.failure) end
  return root.raised > 0 and root.cancel_failure or nil
end

-- Returns the exit code, after the failure was told.
local function end_of(failure)
  if scheduler.exit_code and (not failure or failure.kind == "cancelled") then
    return scheduler.exit_code
  end
  if not failure then return 0 end
  io.stdout:flush()
  -- a reader that closes the pipe early has what it wanted; like other programs, os2 ends without a
  -- message
  if scheduler.signal == SIGPIPE then return 128 + SIGPIPE end
  local shown = require("os2.run.failure") -- late: most runs succeed
  local code = scheduler.signal and 128 + scheduler.signal or shown.exit_code(failure)
  shown.tell(failure, code)
  return code
end

-- A run without any event has not loaded the recorder, and is recorded only when it failed.
local function record_end(code, failure)
  local recorder = package.loaded["os2.history.recorder"]
  if scheduler.exit_code == 0 then failure = nil end -- os.exit(0) is none
  if not recorder and not failure then return end
  recorder = recorder or require("os2.history.recorder")
  require("os2.history.writer").finish(code, failure, recorder.result)
end

local function finish(root)
  local failure = failure_of(root)
  if options.guard then
    require("os2.guard.plan").show(arg, failure ~= nil and not scheduler.exit_code)
  end
  local code = end_of(failure)
  record_end(code, failure)
  return code
end

local function lua_exit(code)
  if code == nil or code == true then return 0 end
  return code == false and 1 or code
end

-- Lua's own seed is the time in seconds and an address; two processes could share it, and would
-- make the same names.
local function seed_random()
  local source <close> = io.open("/dev/urandom", "rb")
  if not source then return end
  source:setvbuf("no")
  math.randomseed(string.unpack("jj", source:read(16)))
end

--- Runs what the arguments name. Returns the exit code.
---@param argv string[]
---@return integer
function M.main(argv)
  collector.start()
  seed_random()
  package.preload["os2.policy"] = load_policy
  scheduler.cleanup_timeout = cleanup_timeout
  os.exit = function(code) scheduler.exit(lua_exit(code)) end -- luacheck: ignore 122
  return finish(scheduler.run(run, argv))
end

return M
