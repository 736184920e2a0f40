--- Writes the manual pages: `os2 --isolated tools/pages.lua DIRECTORY`, as man1/os2.1 and so on.
local fs = require("os2.fs")
local man = require("os2.help.man")

local into = assert(arg[1], "usage: os2 --isolated tools/pages.lua DIRECTORY")
for _, page in ipairs(man.pages()) do
  local directory = ("%s/man%d"):format(into, page.section)
  fs.mkdir_p(directory)
  fs.write_atomic(("%s/%s.%d"):format(directory, page.name, page.section), page.text,
    { mode = tonumber("644", 8) })
end
