--- What is in an image, in a form that two of them can be compared in.
local docker = require("os2.docker")
local json = require("os2.json")
local tar = require("tests.lib.tar")

---@class tests.lib.tree
local M = {}

--- Returns the members of all layers of an image, in order. Waits.
---@param image string  reference or id
---@return tests.lib.tar.member[]
function M.members(image)
  local files, members = {}, {}
  local archive = docker.request("GET", "/images/" .. image .. "/get")
  for _, member in ipairs(tar.members(archive)) do files[member.path] = member.content end
  for _, layer in ipairs(json.decode(files["manifest.json"])[1].Layers) do
    table.move(tar.members(files[layer]), 1, 1 << 20, #members + 1, members)
  end
  return members
end

-- The Dockerfile and its ignore file travel in their own way.
local function is_apart(path)
  return path == "Dockerfile" or path == ".dockerignore" or path:find("^%.dockerfile%.%x+$")
end

-- A hard link is the file that it is another name of.
local function content_of(member, by_path)
  return member.type == "hard link" and by_path[member.target] or member
end

--- Returns a line for each path with everything that has to be the same, sorted. The Dockerfile and
--- its ignore file are left out.
---@param members tests.lib.tar.member[]
---@return string
function M.describe(members)
  local by_path, lines = {}, {}
  for _, member in ipairs(members) do by_path[member.path] = member end
  for path, member in pairs(by_path) do
    if path ~= "" and not is_apart(path) then
      local real = content_of(member, by_path)
      lines[#lines + 1] = ("%q %s %o %d:%d -> %q %q"):format(path, real.type, real.mode & 4095,
        real.uid, real.gid, real.type == "link" and real.target or "", real.content)
    end
  end
  table.sort(lines)
  return table.concat(lines, "\n")
end

return M
