--- `os2 --help`: the usage of os2 itself.
local own_scripts = require("os2.run.own_scripts")
local sections = require("os2.help.sections")

---@class os2.help.usage
local M = {}

local TEXT <const> = [[
Usage: os2 [options] SCRIPT|NAME [arguments]     run a script; a NAME is one of os2's own
       os2 [options] -e CHUNK [arguments]        run a chunk of Lua, with the verbs at hand
       os2 [options] - [arguments]               run what stands on stdin

  -v              say each request, with its status and time, and tracebacks
  --policy FILE   load this policy file after the others
  --isolated      no policy files but --policy's
  --context NAME  the Docker engine, by the name of a Docker context
  --progress MODE how progress is shown: auto, tty, plain, json or quiet
  --version       versions of os2 and of the libraries it can load
  --help          this text

Own scripts: %s (each with --help).

%s
]]

local EXAMPLES <const> = {
  { "Make a snapshot of this directory.", "doppler run --config dev -- os2 snapshot" },
  { "Run a script of your own.", "os2 path/to/script.lua" },
  { "Ask the API something.", "os2 -e 'for s in daytona.snapshots{} do print(s.name) end'" },
}

--- Returns the text of `os2 --help`.
---@return string
function M.text()
  return TEXT:format(table.concat(own_scripts.names(), ", "), sections.of({}, {
    examples = EXAMPLES, environment = { "daytona", "prefix", "docker", "os2" },
  }))
end

return M
