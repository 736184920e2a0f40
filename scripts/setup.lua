--- Sets up a directory for writing scripts.
local cli = require("os2.cli")

cli.run{
  name = "setup",
  summary = "Tell an editor's Lua server where os2's types are, in this directory's .luarc.json.",
  document = {
    file = "string?: the file",
    changed = "boolean?: whether it was written",
    library = "string?: the directory of os2's Lua that it names",
    has_stubs = "boolean?: whether the stubs of the APIs are installed there",
  },
  examples = {
    { "Set up the directory of your scripts.", "cd ~/.config/os2/scripts && os2 setup" },
  },
  run = function()
    local fields, text = require("os2.flows.scripts.setup").run()
    if not fields.has_stubs then
      require("os2.report.progress").warn(("there are no stubs in %s/meta; with Debian's package, "
        .. "install os2-doc"):format(fields.library))
    end
    return fields, text
  end,
}
