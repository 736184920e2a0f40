--- Finds the functions of a C file that clang-format has written.
local M = {}

-- The name of the function whose definition begins on a line and reaches to its "{"; nil where
-- nothing is defined there.
local function name_in(head)
  if head:find("^typedef") or head:find("^[^(]*=") or head:find("^#") then return nil end
  local plain = head:gsub("__attribute__%b() ", "")
  return plain:match("^[%a_][%w_ *]-([%w_]+)%(")
end

--- Returns {name, line, count, is_static} of each function, where `count` is its number of lines
--- with its head.
---@param source string
---@return {name: string, line: integer, count: integer, is_static: boolean}[]
function M.of(source)
  local found, head, first, open, number = {}, nil, nil, nil, 0
  for line in source:gmatch("([^\n]*)\n?") do
    number = number + 1
    if open then
      if line == "}" then
        open.count = number - open.line + 1
        open = nil
      end
    elseif line:find("^[%a_]") or (head and line:find("^%s+%S")) then
      if line:find("^[%a_]") then head, first = line, number else head = head .. line end
      local name = head:find("{") and name_in(head)
      if name then
        found[#found + 1] = {
          name = name, line = first, count = number - first + 1,
          is_static = head:find("%f[%w]static ") ~= nil,
        }
        if not line:find("}$") then open = found[#found] end
      end
      if head:find("[{;]") then head = nil end
    else
      head = nil
    end
  end
  return found
end

return M
