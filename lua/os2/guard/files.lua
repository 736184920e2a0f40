--- Files that a dry run would have written or removed: later reads of the same run find them as if
--- it had been done.
local lfs = require("lfs")

---@class os2.guard.files
local M = {}

---@class os2.guard.files.file
---@field mode "file"|"directory"|"gone"
---@field data? string
---@field at? number  when it was written

local made = {} ---@type table<string, os2.guard.files.file>
local attributes = lfs.attributes
local ENOENT <const> = 2

local function absolute(path)
  if path:sub(1, 1) ~= "/" then path = (lfs.currentdir() or "") .. "/" .. path end
  path = path:gsub("/%.?/", "/"):gsub("/%.?/", "/")
  return #path > 1 and path:gsub("/+$", "") or path
end

--- Notes what a path would be.
---@param path string
---@param file os2.guard.files.file
function M.note(path, file)
  made[absolute(path)] = file
end

--- Returns what the run would have made of a path; nil when it has not touched it.
---@param path string
---@return os2.guard.files.file?
function M.find(path)
  return type(path) == "string" and made[absolute(path)] or nil
end

--- Notes that a path would have another name.
---@param from string
---@param to string
function M.move(from, to)
  local file = M.find(from)
  if not file then
    local source <close> = io.open(from, "rb")
    local mode = attributes(from, "mode")
    file = { mode = mode or "file", data = mode == "file" and source and source:read("a") or nil }
  end
  M.note(to, file)
  M.note(from, { mode = "gone" })
end

--- Returns LuaFileSystem's attributes of such a file.
---@param file os2.guard.files.file
---@param path string
---@param wanted? string|table
---@return any, string?, integer?
function M.attributes(file, path, wanted)
  if file.mode == "gone" then
    local message = "cannot obtain information from file '%s': No such file or directory"
    return nil, message:format(path), ENOENT
  end
  local found = {
    mode = file.mode, size = #(file.data or ""), permissions = "rw-r--r--", modification = file.at,
    access = file.at, change = file.at, nlink = 1, uid = 0, gid = 0, ino = 0, dev = 0,
  }
  if type(wanted) == "string" then return found[wanted] end
  return found
end

-- ---- reading ----

local Reader = {}
Reader.__index = Reader

local READ <const> = {}

function READ.a(text, at) return text:sub(at), #text + 1 end

function READ.L(text, at)
  if at > #text then return nil, at end
  local stop = text:find("\n", at, true) or #text
  return text:sub(at, stop), stop + 1
end

function READ.l(text, at)
  local line, after = READ.L(text, at)
  return line and line:gsub("\n$", ""), after
end

function READ.n(text, at)
  local word = text:match("^%s*([%w%.+-]+)", at)
  local _, stop = text:find("^%s*[%w%.+-]*", at)
  return word and tonumber(word), stop + 1
end

--- As a file's.
function Reader:read(format)
  if math.type(format) then
    local piece = self.text:sub(self.at, self.at + format - 1)
    self.at = self.at + #piece
    return (piece ~= "" or format == 0) and piece or nil
  end
  local value
  value, self.at = READ[(format or "l"):gsub("^%*", "")](self.text, self.at)
  return value
end

--- As a file's.
function Reader:lines(format)
  return function() return self:read(format) end
end

--- As a file's.
function Reader:seek(whence, offset)
  local from = { set = 0, cur = self.at - 1, ["end"] = #self.text }
  self.at = from[whence or "cur"] + (offset or 0) + 1
  return self.at - 1
end

--- As a file's.
function Reader.close() return true end

--- As a file's.
function Reader.setvbuf() return true end

Reader.__close = function() end

--- Returns what reads a file that would have been written, with the methods of Lua's files; or nil,
--- a message and an error number.
---@param file os2.guard.files.file
---@param path string
---@return table?, string?, integer?
function M.open(file, path)
  if file.mode == "gone" then return nil, path .. ": No such file or directory", ENOENT end
  return setmetatable({ text = file.data or "", at = 1 }, Reader)
end

return M
