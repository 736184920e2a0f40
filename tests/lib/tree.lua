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

-- The Dockerfile and its ignore file travel in their own way in a tar.
local function is_apart(path)
  return path == "Dockerfile" or path == ".dockerignore"
end

-- A hard link is the file that it is another name of.
local function content_of(member, by_path)
  return member.type == "hard link" and by_path[member.target] or member
end

-- Of a directory that holds something older engines keep no time. Seconds: an archive of an image
-- has no more.
local function time_of(real)
  return real.type == "directory" and "" or real.mtime:match("^-?%d+")
end

local function line_of(path, member, by_path, options)
  local real = content_of(member, by_path)
  return ("%q %s %o %d:%d %s -> %q %q"):format(path, real.type, real.mode & 4095, real.uid,
    real.gid, options.has_times and time_of(real) or "", real.type == "link" and real.target or "",
    real.content)
end

--- Returns a line for each path with everything that has to be the same, sorted.
---@param members tests.lib.tar.member[]
---@param options? {is_whole: boolean?, has_times: boolean?}  is_whole: also the Dockerfile and its
---  ignore file; has_times: with the times of files and links
---@return string
function M.describe(members, options)
  options = options or {}
  local by_path, lines = {}, {}
  for _, member in ipairs(members) do by_path[member.path] = member end
  for path, member in pairs(by_path) do
    if path ~= "" and (options.is_whole or not is_apart(path)) then
      lines[#lines + 1] = line_of(path, member, by_path, options)
    end
  end
  table.sort(lines)
  return table.concat(lines, "\n")
end

return M
