--- Reads tar archives whole: ustar with the extended headers of pax and GNU.
---@class tests.lib.tar
local M = {}

local BLOCK <const> = 512
local TYPES <const> = {
  ["0"] = "file", ["\0"] = "file", ["1"] = "hard link", ["2"] = "link", ["5"] = "directory",
}

---@class tests.lib.tar.member
---@field path string  without a leading "./" and a slash at the end
---@field type string  "file", "directory", "link", "hard link", or the type's letter
---@field mode integer
---@field uid integer
---@field gid integer
---@field target string  of a link
---@field mtime string  seconds, with a fraction where there is one
---@field capability string?  the attribute security.capability
---@field content string

local function text(block, from, length)
  return block:sub(from, from + length - 1):match("^[^\0]*")
end

local function number(block, from, length)
  return tonumber(text(block, from, length):match("[0-7]+") or "0", 8)
end

local function pax_records(content)
  local records, at = {}, 1
  while at <= #content do
    local length = tonumber(content:match("^%d+", at))
    local key, value = content:sub(at, at + length - 2):match("^%d+ ([^=]*)=(.*)$")
    records[key] = value
    at = at + length
  end
  return records
end

local function header(block)
  local prefix = text(block, 258, 5) == "ustar" and text(block, 346, 155) or ""
  local name = text(block, 1, 100)
  return {
    path = prefix ~= "" and prefix .. "/" .. name or name, target = text(block, 158, 100),
    mode = number(block, 101, 8), uid = number(block, 109, 8), gid = number(block, 117, 8),
    size = number(block, 125, 12), letter = block:sub(157, 157),
    mtime = tostring(number(block, 137, 12)),
  }
end

-- Headers that speak of the next member; true when this was one.
local function take_extension(found, content, more)
  if found.letter == "x" then
    local records = pax_records(content)
    more.path, more.target = records.path or more.path, records.linkpath or more.target
    more.mtime, more.capability = records.mtime, records["SCHILY.xattr.security.capability"]
  elseif found.letter == "L" then
    more.path = content:match("^[^\0]*")
  elseif found.letter == "K" then
    more.target = content:match("^[^\0]*")
  else
    return found.letter == "g"
  end
  return true
end

local function member(found, content, more)
  return {
    path = (more.path or found.path):gsub("^%./", ""):gsub("/$", ""), content = content,
    type = TYPES[found.letter] or found.letter, target = more.target or found.target,
    mode = found.mode, uid = found.uid, gid = found.gid, mtime = more.mtime or found.mtime,
    capability = more.capability,
  }
end

--- Returns the members of an archive.
---@param archive string
---@return tests.lib.tar.member[]
function M.members(archive)
  local members, more, at = {}, {}, 1
  while at + BLOCK <= #archive and archive:byte(at) ~= 0 do
    local found = header(archive:sub(at, at + BLOCK - 1))
    local content = archive:sub(at + BLOCK, at + BLOCK + found.size - 1)
    if not take_extension(found, content, more) then
      members[#members + 1] = member(found, content, more)
      more = {}
    end
    at = at + BLOCK + (found.size + BLOCK - 1) // BLOCK * BLOCK
  end
  return members
end

return M
