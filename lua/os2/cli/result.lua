--- Writes a command's result: text or a document to stdout, and a document to a file.
local document = require("os2.cli.document")
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local fs = require("os2.fs")
local locale = require("os2.text.locale")
local options = require("os2.run.options")

---@class os2.cli.result
local M = {}

---@class os2.cli.outputs
---@field json boolean?
---@field is_jsonl boolean?
---@field listing os2.cli.listing?  the list of the result that was written as it came
---@field result string?  the path of --result
---@field is_written boolean?
---@field is_parsing boolean?  the arguments are being parsed
---@field declared os2.cli.declared?  the fields of the command's document
---@field failure_exit string?  name of the exit code for every failure

--- Returns the outputs that the words request. It works also for arguments that cannot be parsed,
--- so that their failure goes to the right place. Words after `--` belong to another program.
---@param argv string[]
---@return os2.cli.outputs
function M.scan(argv)
  local outputs = {}
  for index, word in ipairs(argv) do
    if word == "--" then break end
    if word == "--json" then outputs.json = true end
    if word == "--jsonl" then outputs.is_jsonl = true end
    outputs.result = word:match("^%-%-result=(.+)") or outputs.result
    if word == "--result" then outputs.result = argv[index + 1] end
  end
  return outputs
end

--- Refuses a path to which no file can be written; found out only after the work, the result would
--- be lost.
---@param path string?
function M.check_path(path)
  local directory = path and (path:match("^(.*)/[^/]*$") or ".")
  local found = path and fs.stat(path)
  if found and found.mode == "directory" then
    err.raise(err.new{
      kind = "invalid", exit = "usage", op = "usage", hint = "name a file in it",
      message = ("--result %s is a directory"):format(path),
    })
  end
  if not directory or fs.exists(directory == "" and "/" or directory) then return end
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "usage",
    message = ("--result %s: there is no directory %s"):format(path, directory),
    hint = "make the directory first",
  })
end

local function write_out(piece)
  io.stdout:write(piece)
end

-- Writes a document that has a list: to stdout in pieces.
local function emit_listing(outputs, fields)
  if outputs.json then
    outputs.listing:document(fields, write_out)
    io.stdout:write("\n")
  end
  if not outputs.result then return end
  local pieces = {}
  outputs.listing:document(fields, function(piece) pieces[#pieces + 1] = piece end)
  document.write(outputs.result, table.concat(pieces))
end

local function emit_whole(outputs, fields, text)
  -- the last line of a list that ended early says so
  local is_told = outputs.json or outputs.is_jsonl and not fields.ok
  local json = (is_told or outputs.result) and document.encode(fields)
  if is_told then
    io.stdout:write(json, "\n")
  elseif text then
    io.stdout:write(locale.shown(foreign.steerless(text)), "\n")
  end
  if outputs.result then document.write(outputs.result, json) end
end

-- The plan of a dry run is a part of the document; boot prints it where there is none.
local function add_plan(outputs, fields)
  if options.guard.mode ~= "dry-run" then return end
  fields.plan = require("os2.guard.plan").document()
  options.guard.is_told = outputs.json or outputs.is_jsonl and not fields.ok
end

--- Writes the document, the text, or both. The list of a run that succeeded was written already,
--- but for what the document has of it; a failure's document has no part of it.
---@param outputs os2.cli.outputs
---@param fields table  the document
---@param text string?
function M.emit(outputs, fields, text)
  outputs.is_written = true
  if options.guard then add_plan(outputs, fields) end
  require("os2.history.recorder").result = fields
  if outputs.listing and fields.ok then
    emit_listing(outputs, fields)
  else
    emit_whole(outputs, fields, text)
  end
  io.stdout:flush()
end

--- Gives the arguments the list of their command, when the result is one. Returns it, to be closed
--- at the end of the run. Refuses --json beside --jsonl.
---@param outputs os2.cli.outputs
---@param args table
---@param lists? table<string, string>  action, or "" without sub-commands -> field
---@return os2.cli.listing?
function M.open_listing(outputs, args, lists)
  local field = lists and lists[args.action or ""]
  if not field then return nil end
  if args.is_jsonl and outputs.json then
    err.raise(err.new{
      kind = "invalid", exit = "usage", op = "usage",
      message = "--json and --jsonl are two forms of the same list", hint = "take one of them",
    })
  end
  args.listing = require("os2.cli.listing").new(outputs, args, field,
    outputs.declared[field].fields)
  outputs.listing = args.listing
  return args.listing
end

-- `--help` ends the run with os.exit, which is not a failure.
local function is_to_tell(outputs, failure)
  return failure ~= nil and not outputs.is_written
    and not (outputs.is_parsing and err.is(failure, "cancelled"))
end

--- Returns a to-be-closed value that writes the document of a failure. It is used instead of pcall,
--- so that the host still sees the traceback of the error.
---@param outputs os2.cli.outputs
---@return any
function M.on_failure(outputs)
  return setmetatable({}, {
    __close = function(_, failure)
      if outputs.failure_exit and err.is(failure) then failure.exit = outputs.failure_exit end
      if not is_to_tell(outputs, failure) then return end
      -- an error here must not hide the failure itself
      local ok, why = pcall(M.emit, outputs, document.failure(failure, outputs.declared))
      if not ok then io.stderr:write("os2: ", tostring(why), "\n") end
    end,
  })
end

return M
