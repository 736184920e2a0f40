--- What os2 has to know of a Dockerfile before the engine reads it.
local blank = require("os2.text.blank")

---@class os2.docker.dockerfile
local M = {}

local function escape_character(text)
  return text:match("^#%s*[Ee][Ss][Cc][Aa][Pp][Ee]%s*=%s*(`)") and "`" or "\\"
end

-- Instructions as the engine sees them: comments dropped, continued lines joined.
local function instructions(text)
  local found, held = {}, ""
  local escape = escape_character(text)
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    line = blank.trim_end(line)
    if not line:find("^%s*#") and line ~= "" then
      if line:sub(-1) == escape then
        held = held .. line:sub(1, -2) .. " "
      else
        found[#found + 1] = held .. line
        held = ""
      end
    end
  end
  if held ~= "" then found[#found + 1] = held end
  return found
end

local function mount_type(flag)
  local value = flag:match("^%-%-mount=(.*)$")
  return value and ("," .. value:lower()):match(",type=(%a+)")
end

--- Returns the first mount in the text that needs more of a session than os2 serves.
---@param text string  the Dockerfile
---@return "secret"|"ssh"|nil kind
---@return string? instruction
function M.unserved_mount(text)
  for _, instruction in ipairs(instructions(text)) do
    local flags = instruction:match("^%s*[Rr][Uu][Nn]%s+(.*)$")
    for flag in (flags or ""):gmatch("%S+") do
      if flag:sub(1, 2) ~= "--" then break end
      local kind = mount_type(flag)
      if kind == "secret" or kind == "ssh" then return kind, instruction end
    end
  end
end

--- Returns the images that the stages stand on, as written; variables are not resolved.
---@param text string
---@return string[]
function M.bases(text)
  local refs = {}
  for _, instruction in ipairs(instructions(text)) do
    local rest = instruction:match("^%s*[Ff][Rr][Oo][Mm]%s+(.*)$")
    local ref = rest and rest:gsub("^%-%-%S+%s+", ""):match("^%S+")
    if ref and ref:lower() ~= "scratch" then refs[#refs + 1] = ref end
  end
  return refs
end

return M
