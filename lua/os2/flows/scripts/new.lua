--- Writes the first form of a script and of its test.
local err = require("os2.err")
local fs = require("os2.fs")
local own_scripts = require("os2.run.own_scripts")
local user_scripts = require("os2.run.user_scripts")

---@class os2.flows.scripts.new
local M = {}

local SCRIPT <const> = [[
--- Lists snapshots by a part of their names.
local cli = require("os2.cli")
local daytona = require("os2.daytona")

local function run(args)
  local names = {}
  for snapshot in daytona.snapshots{ name = args.part } do
    names[#names + 1] = snapshot.name
  end
  return { names = names }, names[1] and table.concat(names, "\n")
end

cli.run{
  name = "@NAME@",
  summary = "List snapshots by a part of their names.",
  document = { names = "list?: the names" },
  environment = { "daytona" },
  examples = { { "List those of the environment dev.", "os2 @NAME@ dev" } },
  args = function(parser)
    cli.argument(parser, "part", { args = "?", default = "all",
      description = "A part of the names." })
  end,
  run = run,
}
]]

local TEST <const> = [[
--- Run by `os2 test`.
test("lists the snapshots with that part", function()
  test.world{ snapshots = { { name = "app-dev--1" }, { name = "app-prd--1" } } }
  local ran = test.run("@NAME@.lua", { "dev", "--json" })
  assert(ran.code == 0, ran.stderr)
  test.equal(ran.document.names, { "app-dev--1" })
end)

test("tells that the key is refused", function()
  test.world{ faults = { { op = "get_all_snapshots", status = 401 } } }
  local ran = test.run("@NAME@.lua")
  test.equal(ran.failure.kind, "denied")
end)
]]

local function refuse(kind, message, hint)
  err.raise(err.new{ kind = kind, exit = "usage", op = "new", message = message, hint = hint })
end

local function check_name(name)
  if not user_scripts.is_name(name) then
    refuse("invalid", ("'%s' is no name of a script"):format(name),
      "take letters, digits, - and _, with a letter or digit first and no _test at the end")
  end
  if own_scripts.has(name) then
    refuse("exists", ("%s is a command of os2's own, which would hide it"):format(name),
      "take another name")
  end
end

local function directory_of(args)
  local directory = args.dir or user_scripts.user_folder()
  if directory then return directory end
  refuse("invalid", "HOME is not set, so this user has no scripts", "name a directory with --dir")
end

--- Writes the two files. Raises `exists` when one of them is there, and then writes neither.
---@param args {name: string, dir: string?}
---@return table fields, string text
function M.run(args)
  check_name(args.name)
  local base = ("%s/%s"):format(directory_of(args), args.name)
  local script, test = base .. ".lua", base .. "_test.lua"
  for _, path in ipairs{ script, test } do
    if fs.exists(path) then refuse("exists", path .. " is there already", "take another name") end
  end
  fs.mkdir_p(base:match("^(.*)/"))
  fs.write_atomic(script, (SCRIPT:gsub("@NAME@", args.name)))
  fs.write_atomic(test, (TEST:gsub("@NAME@", args.name)))
  return { script = script, test = test }, ("%s\n%s"):format(script, test)
end

return M
