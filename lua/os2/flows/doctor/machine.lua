--- Checks of this machine: the libraries that os2 loads, and the room on its disks.
local cache = require("os2.store.cache")
local docker_provider = require("os2.providers.docker")
local env = require("os2.env")
local err = require("os2.err")
local fs = require("os2.fs")
local lfs = require("lfs")
local policy = require("os2.policy")
local proc = require("os2.proc")
local run_options = require("os2.run.options")
local terminal = require("os2.text.terminal")
local versions = require("os2.run.versions")

---@class os2.flows.doctor.machine
local M = {}

local KB_BYTES <const>, GB_BYTES <const> = 1024, 1e9

--- Returns the versions of the libraries. Raises `internal` when one cannot be loaded.
---@return string
function M.libraries()
  local found = {}
  for text in versions.text():gmatch("[^\n]+") do
    if text:find("cannot be loaded", 1, true) then
      err.raise(err.new{ kind = "invalid", op = "doctor", message = text,
        hint = "install os2 again, with the packages that it needs" })
    end
    if not text:find("^os2 ") and not text:find("^Lua ") then found[#found + 1] = text end
  end
  return table.concat(found, ", ")
end

-- The nearest directory above a path that is there: a cache may not have been made yet.
local function existing(path)
  while path ~= "" and not fs.exists(path) do path = path:match("^(.*)/[^/]*$") or "" end
  return path ~= "" and path or "/"
end

-- Returns the free bytes of the disk that holds a path, as df says, and where it is mounted.
local function room_at(path)
  local argv = { "df", "-Pk", "--", existing(path) }
  if run_options.guard then run_options.guard.allow(argv, "df") end
  local ran = proc.run(argv, { timeout = 10 })
  local free, mount = ran.stdout:match("\n%S+%s+%d+%s+%d+%s+(%d+)%s+%d+%%%s+([^\n]+)")
  return free and tonumber(free) * KB_BYTES, mount
end

-- The engine's directory can be looked at only where the engine runs on this machine.
local function places(state)
  local list = { cache.directory() or "/", env.get("TMPDIR") or "/tmp", lfs.currentdir() or "." }
  local root = state.has_engine and docker_provider.root_directory()
  if root and fs.exists(root) then list[#list + 1] = root end
  return list
end

local function check_room(mount, free)
  local least = policy.ask("status.room")
  if free >= least * GB_BYTES then return end
  err.raise(err.new{
    kind = "invalid", op = "doctor",
    message = ("%s has %s left, less than %g GB (status.room)"):format(mount,
      terminal.size(free), least),
    hint = "make room: docker system prune removes what no image and no container needs",
  })
end

--- Returns how much room the disks have that os2 and the engine write to. Raises `invalid` when one
--- has less than the policy `status.room`.
---@param state table
---@return string
---@return boolean? skipped  true when df says nothing
function M.room(state)
  local words, seen = {}, {}
  for _, path in ipairs(places(state)) do
    local free, mount = room_at(path)
    if free and not seen[mount] then
      seen[mount] = true
      check_room(mount, free)
      words[#words + 1] = ("%s free at %s"):format(terminal.size(free), mount)
    end
  end
  if #words == 0 then return "not known: df says nothing", true end
  return table.concat(words, ", ")
end

return M
