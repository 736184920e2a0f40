--- What Daytona's builder makes of what it is sent, with the real engine: of a context's archives
--- it keeps names, modes and contents of files, and nothing of directories and links.
local fs = require("os2.fs")
local lfs = require("lfs")
local proc = require("os2.proc")
local tar = require("tests.lib.tar")
local temporary = require("tests.lib.temporary")

---@class tests.lib.daytona_builder
local M = {}

-- Debian's; a docker that stands elsewhere need not have BuildKit's client.
local DOCKER <const> = "/usr/bin/docker"

local function lay_out(directory, archives)
  for _, archive in ipairs(archives) do
    for _, member in ipairs(tar.members(archive)) do
      if member.type ~= "directory" then
        temporary.write(directory .. "/" .. member.path, member.content or "")
        local mode = ("%o"):format(member.mode & 4095)
        local done = proc.run({ "chmod", mode, directory .. "/" .. member.path }, { timeout = 10 })
        assert(done.code == 0, done.stderr)
      end
    end
  end
end

--- Returns whether the Docker CLI is there.
---@return boolean
function M.is_there()
  return fs.exists(DOCKER)
end

--- Builds, and returns the members of the image; nil and the output where that fails. Waits.
---@param dockerfile string
---@param archives string[]  of the context
---@return tests.lib.tar.member[]?
---@return string? output
function M.build(dockerfile, archives)
  local home = temporary.directory()
  local directory <const> = home .. "/context"
  lfs.mkdir(directory)
  temporary.write(directory .. "/Dockerfile", dockerfile)
  lay_out(directory, archives)
  local ran = proc.run({ "sh", "-c", "tar -cf - --format=ustar Dockerfile $(ls -A | grep -vx "
    .. "Dockerfile) | " .. DOCKER .. " build -q --platform linux/amd64 -o type=tar,dest=- -" }, {
    timeout = 60, cwd = directory, env = { DOCKER_BUILDKIT = "1", DOCKER_CONFIG = home .. "/none" },
  })
  temporary.remove(home)
  if ran.code ~= 0 then return nil, ran.stderr end
  return tar.members(ran.stdout)
end

return M
