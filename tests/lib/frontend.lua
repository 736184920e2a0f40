--- The BuildKit front end of the tests (frontend.c), compiled where a test wants it.
local proc = require("os2.proc")

local M = {}

--- Compiles the program, static, so that it stands in an image FROM scratch.
---@param path string  where it is written
function M.build(path)
  local made = proc.run({
    "cc", "-std=gnu17", "-O1", "-static", "-Ihost", "-o", path, "tests/lib/frontend.c",
    "host/core/base/mem.c", "host/core/base/protobuf.c", "-lnghttp2",
  }, { timeout = 240 })
  assert(made.code == 0, made.stderr)
end

return M
