--- Machines: made, looked at, changed, spoken to; a function for each sub-command of
--- scripts/machine.lua.

---@class os2.flows.machine
local M = {}

-- Each part is loaded when it is used.
local function part(name)
  return require("os2.flows.machine." .. name)
end

function M.create(args) return part("create").run(args) end
function M.list(args) return part("look").list(args) end
function M.get(args) return part("look").get(args) end
function M.url(args) return part("look").url(args) end
function M.start(args) return part("change").run("start", args) end
function M.stop(args) return part("change").run("stop", args) end
function M.archive(args) return part("change").run("archive", args) end
function M.delete(args) return part("change").run("delete", args) end
function M.exec(args) return part("exec").run(args) end
function M.logs(args) return part("exec").logs(args) end
function M.cp(args) return part("copy").run(args) end
function M.each(args) return part("each").run(args) end

return M
