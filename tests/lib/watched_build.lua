--- Builds an image from a context and prints, as JSON, what that took of this process:
--- `os2 --isolated tests/lib/watched_build.lua DIRECTORY TRANSPORT`. The image is removed again.
local docker = require("os2.docker")
local fs = require("os2.fs")
local json = require("os2.json")
local lfs = require("lfs")
local policy = require("os2.policy")

local function add_open_files(found)
  for _, fd in ipairs(fs.list("/proc/self/fd")) do
    local target = lfs.symlinkattributes("/proc/self/fd/" .. fd, "target")
    if target then found[target] = true end
  end
end

local function sorted(set)
  local list = {}
  for key in pairs(set) do list[#list + 1] = key end
  table.sort(list)
  return json.array(list)
end

policy.set("docker.context_transport", arg[2])
local open_files, sent = {}, 0
local context <close> = docker.context{ path = arg[1] }
local stream <close> = docker.build{ context = context }
for event in stream do
  if event.type == "bytes" and event.id == "context" then
    sent = event.current
    add_open_files(open_files)
  end
end
-- an engine that others use at the same time may need long for 20 000 files
docker.api.image_delete({ name = stream:result().id }, { timeout = 200 })

local file <close> = assert(io.open("/proc/self/status"))
local maps <close> = assert(io.open("/proc/self/maps"))
print(json.encode{
  open_files = sorted(open_files), sent = sent,
  peak = tonumber(file:read("a"):match("VmHWM:%s*(%d+) kB")) * 1024,
  is_sanitized = maps:read("a"):find("libasan", 1, true) ~= nil,
})
