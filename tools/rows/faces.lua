--- Writes editor stubs of the everyday verbs from the library's doc comments.
local doc_comments = require("os2.help.doc_comments")

local M = {}

local HEAD <const> = [[
---@meta
--- Editor stubs of the verbs that scripts have at hand; made by tools/rows.lua, not by hand.

---@alias os2.null userdata  JSON's null, to be sent: os2.json.null

---@class os2.http.response
---@field status integer
---@field headers table<string, string>  names in lower case
---@field body string
---@field elapsed number  seconds
]]

-- The fields of the clients besides their verbs.
local CALLS <const> = {
  daytona = { "api daytona.api", "each daytona.each" },
  docker = { "api docker.api" },
}

local function module_text(name)
  local lines = { "---@class os2." .. name }
  for _, field in ipairs(CALLS[name] or {}) do lines[#lines + 1] = "---@field " .. field end
  lines[#lines + 1] = ("%s = {}\n"):format(name)
  for _, verb in ipairs(doc_comments.verbs(name)) do
    for _, line in ipairs(verb.doc) do lines[#lines + 1] = "---" .. line end
    lines[#lines + 1] = ("function %s.%s(%s) end\n"):format(name, verb.name, verb.arguments)
  end
  return table.concat(lines, "\n")
end

local function whole()
  local lines = { "---@class os2", "---@field version string" }
  for _, name in ipairs(doc_comments.modules) do
    lines[#lines + 1] = ("---@field %s os2.%s"):format(name, name)
  end
  lines[#lines + 1] = "os2 = {}\n"
  return table.concat(lines, "\n")
end

--- Returns the text of lua/meta/os2.lua.
---@return string
function M.text()
  local parts = { HEAD }
  for _, name in ipairs(doc_comments.modules) do parts[#parts + 1] = module_text(name) end
  parts[#parts + 1] = whole()
  return table.concat(parts, "\n")
end

return M
