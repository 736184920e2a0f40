--- The body of a form: named parts, as multipart/form-data (RFC 7578).
local arguments = require("os2.base.arguments")
local random = require("os2.base.random")

---@class os2.client.multipart
local M = {}

---@class os2.client.multipart.part
---@field name string  the name of the form's field
---@field data string  the content
---@field filename? string  when set, the part is a file

--- The media type of operations whose body is a form.
M.TYPE = "multipart/form-data"

-- A name in quotes must not end the quotes, nor the line.
local function quoted(text)
  return '"' .. text:gsub('[\r\n"]', { ["\r"] = "%0D", ["\n"] = "%0A", ['"'] = "%22" }) .. '"'
end

local function head(part)
  local text = "Content-Disposition: form-data; name=" .. quoted(part.name)
  if not part.filename then return text .. "\r\n\r\n" end
  return text .. "; filename=" .. quoted(part.filename)
    .. "\r\nContent-Type: application/octet-stream\r\n\r\n"
end

-- Returns a boundary that occurs in no part.
local function boundary_of(parts)
  local boundary = "os2-part"
  for _, part in ipairs(parts) do
    while part.data:find(boundary, 1, true) do
      boundary = "os2-part-" .. random.word()
    end
  end
  return boundary
end

--- Returns the bytes before and after a form's one file, whose content is streamed, and the form's
--- content type. The boundary has 128 random bits, so the file does not contain it.
---@param name string  the name of the form's field
---@param filename string
---@return string before
---@return string behind
---@return string content_type
function M.frame(name, filename)
  local boundary = "os2-part-" .. random.word(32)
  local before = ("--%s\r\n%s"):format(boundary, head{ name = name, filename = filename })
  return before, ("\r\n--%s--\r\n"):format(boundary), M.TYPE .. "; boundary=" .. boundary
end

--- Returns the body's text and its content type.
---@param caller string  for misuse errors: "toolbox.upload_file"
---@param parts os2.client.multipart.part[]
---@return string text
---@return string content_type
function M.encode(caller, parts)
  for _, part in ipairs(parts) do
    arguments.check(caller, part, { name = "string", data = "string", filename = "string?" })
  end
  local boundary = boundary_of(parts)
  local pieces = {}
  for _, part in ipairs(parts) do
    pieces[#pieces + 1] = ("--%s\r\n%s%s\r\n"):format(boundary, head(part), part.data)
  end
  pieces[#pieces + 1] = ("--%s--\r\n"):format(boundary)
  return table.concat(pieces), M.TYPE .. "; boundary=" .. boundary
end

return M
