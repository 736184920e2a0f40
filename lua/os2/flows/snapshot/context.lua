--- Snapshot step: lists the files of the directory that go into the build.
local docker = require("os2.docker")
local err = require("os2.err")
local fs = require("os2.fs")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.context
local M = {}

local function require_file(path)
  if fs.exists(path) then return end
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "snapshot",
    message = ("there is no Dockerfile %s in %s"):format(path, fs.realpath(".")),
    hint = "run this in the project's directory, or name the file with --dockerfile FILE",
  })
end

local function require_directory(path)
  local found = fs.stat(path)
  if found and found.mode == "directory" then return end
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "snapshot",
    message = ("the build context %s is no directory"):format(path),
    hint = "name the directory with --context DIR",
  })
end

--- Raises `invalid` (exit 3) when the Dockerfile or the context directory does not exist.
---@param args table  the command's arguments
function M.check(args)
  require_directory(args.context)
  require_file(args.dockerfile)
end

--- Returns the files of the directory that git tracks or would add; nil: all are taken.
---@param args table
---@return string[]?
function M.files_of(args)
  if args.context_from ~= "git" then return nil end
  return require("os2.git").files(args.context) -- required here, because it loads libgit2
end

--- Opens the build context that the arguments describe.
---@param args table
---@return table  see `os2.docker.context`
function M.open(args)
  M.check(args)
  return docker.context{
    path = args.context, dockerfile = args.dockerfile, only = M.files_of(args),
    args = args.build_args, platform = args.platform,
    target = args.target ~= "" and args.target or nil,
  }
end

local function ignored_by(args)
  return args.context_from == "git" and "git and .dockerignore" or ".dockerignore"
end

--- Returns how much the rules leave out, in words; "" where they leave out nothing.
---@param context {ignored: integer}
---@param args table
---@return string
function M.ignored_words(context, args)
  if context.ignored == 0 then return "" end
  return ("   (%s ignored by %s)"):format(terminal.count(context.ignored), ignored_by(args))
end

-- Nothing else is sent where the engine asks for files.
local function taken_words(context)
  local taken = context.taken
  if not taken or taken.files == context.files then return "" end
  return (", %s of it copied: %s"):format(terminal.size(taken.bytes),
    terminal.plural(taken.files, "file"))
end

--- The step itself.
---@param ctx table
function M.run(ctx)
  local phase <close> = ctx.ui:phase("context")
  local context = M.open(ctx.args)
  ctx.context = context
  local kept = terminal.plural(context.files, "file") .. ", " .. terminal.size(context.bytes)
  phase:done(kept .. taken_words(context) .. M.ignored_words(context, ctx.args))
  for _, notice in ipairs(context.notices or {}) do ctx.ui:note(notice) end
end

return M
