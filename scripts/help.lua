--- Tells what the verbs and the operations of the APIs take and give.
local cli = require("os2.cli")
local help = require("os2.help")
local text = require("os2.help.text")

cli.run{
  name = "help",
  summary = "Tell what os2's verbs and the operations of the APIs take and give.",
  args = function(parser)
    parser:argument("name", "A module, a verb or an operation, such as daytona.create_snapshot.")
      :args("?")
  end,
  run = function(args)
    if args.name then
      local found = help.find(args.name)
      return { help = found }, text.of(found)
    end
    local modules = help.modules()
    return { modules = modules, apis = help.apis() }, text.all(modules, help.apis())
  end,
}
