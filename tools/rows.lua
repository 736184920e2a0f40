--- Makes os2's rows, editor stubs and help from the API descriptions in the project: `os2
--- --isolated tools/rows.lua [--into DIRECTORY]`, by default into the project itself.
local fs = require("os2.fs")
local json = require("os2.json")

local HERE <const> = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = HERE .. "/?.lua;" .. package.path

local c = require("rows.c")
local corrections = require("rows.corrections")
local documents = require("rows.documents")
local faces = require("rows.faces")
local help = require("rows.help")
local meta = require("rows.meta")
local model = require("rows.model")
local policies = require("rows.policies")

local ROOT <const> = HERE .. "/.."

local APIS <const> = {
  { name = "daytona", title = "the Daytona API", from = "tests/daytona/api.json" },
  { name = "toolbox", title = "the toolbox in a sandbox", from = "tests/daytona/toolbox.json" },
  { name = "docker", title = "the Docker Engine API", from = "tests/docker/engine.json" },
}

local function write(into, path, text)
  local target = into .. "/" .. path
  fs.mkdir_p(target:match("^(.*)/"))
  fs.write_atomic(target, text, { mode = tonumber("644", 8) })
end

local function generate(api, into)
  local description = json.decode(fs.read(ROOT .. "/" .. api.from))
  local read = model.read(api, description, corrections[api.name])
  write(into, ("host/core/rest/%s_rows.c"):format(api.name), c.text(read))
  write(into, ("lua/meta/%s.lua"):format(api.name), meta.text(read))
  write(into, ("lua/os2/help/types/%s.lua"):format(api.name), help.text(read))
  return #read.operations
end

local function read_arguments(words)
  if #words == 0 then return ROOT end
  assert(words[1] == "--into" and words[2], "usage: os2 tools/rows.lua [--into DIRECTORY]")
  return words[2]
end

local into = read_arguments(arg)
for _, api in ipairs(APIS) do print(api.name, generate(api, into)) end
write(into, "lua/meta/os2.lua", faces.text())
write(into, "lua/meta/policies.lua", policies.text())
write(into, "docs/json.md", documents.text())
