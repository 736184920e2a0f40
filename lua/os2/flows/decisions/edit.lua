--- Opens the user's policy file in an editor, and saves it when it is correct.
local draft = require("os2.flows.decisions.draft")
local env = require("os2.env")
local err = require("os2.err")
local fs = require("os2.fs")
local keyboard = require("os2.console.keyboard")
local policy = require("os2.policy")
local policy_files = require("os2.run.policy_files")
local proc = require("os2.proc")
local native_loop = require("host.loop")
local random = require("os2.base.random")
local refusal = require("os2.base.refusal")
local scheduler = require("os2.run.scheduler")
local task = require("os2.task")

---@class os2.flows.decisions.edit
local M = {}

local refuse = refusal.of("policy.edit", "usage")
local STDIN <const>, STDERR <const> = 0, 2
local PRIVATE <const> = tonumber("600", 8)

local function editor_of(path)
  local editor = env.get("VISUAL") or env.get("EDITOR")
  if editor then return editor end
  refuse("no editor is named", ("set VISUAL or EDITOR, or edit %s yourself"):format(path))
end

-- A link stays: its target is written.
local function target_of()
  local path = policy_files.user_file()
  if not path then refuse("there is no home, so there is no file of yours", "set HOME") end
  local real = task.try(fs.realpath, path)
  return path, real or path
end

-- Returns the permissions, "rw-r--r--", as a number.
local function mode_of(permissions)
  local mode = 0
  for letter in permissions:sub(1, 9):gmatch(".") do
    mode = mode * 2 + (letter == "-" and 0 or 1)
  end
  return mode
end

local function read(path)
  if not fs.exists(path) then return nil end
  return fs.read(path), mode_of(fs.stat(path).permissions)
end

-- The value of EDITOR is a command line by convention: `code --wait`.
-- SIGINT of the terminal is the editor's (Ctrl-G of emacs is one), as with git.
local function open_editor(editor, path)
  local before = scheduler.interrupt
  scheduler.interrupt = native_loop.forget_signal
  local _ <close> = task.defer(function() scheduler.interrupt = before end)
  -- without a deadline: a person edits for as long as it takes
  local process <close> = proc.spawn({ "sh", "-c", editor .. ' "$@"', editor, path }, {
    stdin = "inherit", stdout = "inherit", stderr = "inherit",
  })
  for _ in process do end -- luacheck: ignore 542
  local status = err.check(process:result())
  if status.code == 0 then return end
  err.raise(err.new{
    kind = "cancelled", exit = "failed", op = "policy.edit",
    message = ("the editor ended with %d; nothing was saved"):format(status.code),
  })
end

-- Loads the text as policy files are loaded, in the place of the user's file. Returns the fault.
local function fault_of(ctx, text)
  local path = ctx.draft .. ".checked"
  fs.write_atomic(path, text, { mode = PRIVATE })
  local _ <close> = task.defer(function() fs.remove(path) end)
  policy.reset()
  local _, failure = task.try(policy.load_sources, { user_file = path })
  -- a fault in a file that is loaded later is none of this text
  if not (failure and failure.message:find(path, 1, true)) then return nil end
  failure.message = failure.message:gsub(path:gsub("%p", "%%%0"), (ctx.path:gsub("%%", "%%%%")))
  return failure
end

local function wants_again(failure)
  if not (fs.is_terminal(STDIN) and fs.is_terminal(STDERR)) then return false end
  io.stderr:write("os2: ", failure.message, "\nEdit again? [Y/n] ")
  local input <close> = keyboard.input()
  local piece = input()
  return piece ~= nil and not piece:match("^%s*[nN]")
end

-- What the person has written stays when it cannot be saved.
local function keep(ctx, failure)
  ctx.is_kept = true
  failure.hint = ("%s is as it was; what you wrote is in %s"):format(ctx.path, ctx.draft)
  err.raise(failure)
end

-- A signal, or what else ends the run, loses nothing either.
local function leave(ctx, failure)
  if ctx.is_kept then return end
  local text = failure and task.try(fs.read, ctx.draft)
  if not text or draft.saved(text) == draft.saved(ctx.first) then return fs.remove(ctx.draft) end
  io.stderr:write(("os2: what you wrote is in %s\n"):format(ctx.draft))
end

local function check_unchanged(ctx)
  if read(ctx.target) == ctx.content then return end
  keep(ctx, err.new{
    kind = "conflict", op = "policy.edit",
    message = ctx.path .. " was changed by somebody else meanwhile",
  })
end

local function edit(ctx)
  while true do
    local _, gone = task.try(open_editor, ctx.editor, ctx.draft)
    local text = draft.saved(fs.read(ctx.draft))
    local is_same = text == draft.saved(ctx.first)
    if gone and is_same then err.raise(gone) end
    if gone then keep(ctx, gone) end
    if is_same then return nil end
    local fault = fault_of(ctx, text)
    if not fault then return text end
    if not wants_again(fault) then keep(ctx, fault) end
  end
end

local function folder_of(path)
  return path:match("^(.*)/") or "."
end

local function prepare(args)
  local record = policy.explain(args.name, true)
  local path, target = target_of()
  local ctx = { path = path, target = target, editor = editor_of(path) }
  ctx.content, ctx.mode = read(target)
  fs.mkdir_p(folder_of(target))
  ctx.draft = ("%s/policy-%s.draft.lua"):format(folder_of(target), random.word(6))
  ctx.first = draft.text(ctx.content, record)
  fs.write_atomic(ctx.draft, ctx.first, { mode = PRIVATE })
  return ctx
end

--- Opens the user's policy file in the editor of VISUAL or EDITOR, beside what os2 ships of one
--- policy as a comment. The result is loaded as policy files are, and saved when it has no fault;
--- otherwise the file stays as it was, and the draft is kept and named.
---@param args {name: string}
---@return table fields
---@return string? path  of the file, when it was saved
function M.run(args)
  local ctx = prepare(args)
  local _ <close> = task.defer(function(failure) leave(ctx, failure) end)
  local text = edit(ctx)
  if text then
    check_unchanged(ctx)
    fs.write_atomic(ctx.target, text, { mode = ctx.mode })
  end
  return { name = args.name, path = ctx.path, is_saved = text ~= nil }, text and ctx.path or nil
end

return M
