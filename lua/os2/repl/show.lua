--- Values as a person reads them: bounded in depth, in length and in width; secrets are masked, and
--- nothing controls the terminal.
local foreign = require("os2.text.foreign")
local json = require("os2.json")
local paged = require("os2.base.paged")
local policy = require("os2.policy")
local secrets = require("os2.text.secrets")
local terminal = require("os2.text.terminal")

---@class os2.repl.show
local M = {}

local MASK <const> = "***"
local ELLIPSIS <const> = "…"
local CUT <const> = ", … }" -- the end of a table that is cut
local INDENT <const> = "  "
local NARROW_COLUMNS <const> = 20 -- the least that a line has
local DEFAULT_COLUMNS <const> = 80

---@class os2.repl.show.bounds
---@field items integer
---@field depth integer
---@field text integer  bytes
---@field columns integer

-- The keys by which a person knows a record.
local RANKS <const> = { name = 1, id = 2, state = 3 }
local LAST_RANK <const> = 4

local KEYWORDS <const> = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat "
  .. "return then true until while"):gmatch("%a+") do KEYWORDS[word] = true end

-- ---- what has one line ----

local ESCAPES <const> = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r",
}

local function quoted(text, limit)
  local head, is_cut = foreign.head(text, limit)
  local seen = foreign.valid(head):gsub('["\\\n\t\r]', ESCAPES)
  local line = ('"%s"'):format(foreign.visible(seen, "?"))
  return is_cut and ("%s%s (%d bytes)"):format(line, ELLIPSIS, #text) or line
end

-- An iterator inside of a table is not walked.
local function function_text(value)
  if paged.ahead(value, 0) then return "iterator" end
  local info = debug.getinfo(value, "S")
  if info.what == "C" then return "function (of C)" end
  return ("function (%s:%d)"):format(terminal.clean(info.short_src), info.linedefined)
end

-- A person's own __tostring may fail.
local function tostring_text(value)
  local ok, text = pcall(tostring, value)
  return terminal.clean(ok and text or type(value))
end

local function has_text(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and rawget(meta, "__tostring") ~= nil
end

-- Returns nil for a table that is shown by its fields.
local function plain(value, limit)
  local kind = type(value)
  if value == nil or value == json.null then return "nil" end
  if kind == "string" then return quoted(value, limit) end
  if kind == "function" then return function_text(value) end
  if kind == "table" and not has_text(value) then return nil end
  return tostring_text(value)
end

local function key_text(key, limit)
  if type(key) == "string" and key:find("^[%a_][%w_]*$") and not KEYWORDS[key] then return key end
  return ("[%s]"):format(plain(key, limit) or tostring_text(key))
end

-- ---- the fields of a table ----

local function is_before(left, right)
  local first, second = RANKS[left] or LAST_RANK, RANKS[right] or LAST_RANK
  if first ~= second then return first < second end
  if type(left) ~= type(right) then return type(left) < type(right) end
  if type(left) == "number" or type(left) == "string" then return left < right end
  return tostring_text(left) < tostring_text(right)
end

-- Returns the length of the list in a table, and its other keys in order.
local function parts_of(value)
  local length, keys = rawlen(value), {}
  for key in next, value do
    local is_item = math.type(key) == "integer" and key >= 1 and key <= length
    if not is_item then keys[#keys + 1] = key end
  end
  table.sort(keys, is_before)
  return length, keys
end

-- The value of a field whose name marks it as secret is not shown.
local function is_hidden(key, value)
  return type(key) == "string" and type(value) == "string" and value ~= "" and secrets.is_name(key)
end

---@class os2.repl.show.entry
---@field label string  "key = " or ""
---@field value any
---@field is_hidden boolean?

-- Returns the first entries of a table, and how many more there are.
local function entries_of(value, bounds)
  local length, keys = parts_of(value)
  local list = {}
  for index = 1, math.min(length, bounds.items) do
    list[index] = { label = "", value = rawget(value, index) }
  end
  for index = 1, math.min(#keys, bounds.items - #list) do
    local key = keys[index]
    local item = rawget(value, key)
    list[#list + 1] = {
      label = key_text(key, bounds.text) .. " = ", value = item, is_hidden = is_hidden(key, item),
    }
  end
  return list, length + #keys - #list
end

-- ---- a table in one line ----

-- Returns a value in one line; a table that needs more cells is cut.
local function flat(value, bounds, depth, cells, open)
  local text = plain(value, math.min(bounds.text, math.max(cells * 4, 1)))
  if text then return text end
  if open[value] then return "{ (itself) }" end
  if next(value) == nil then return "{}" end
  if depth == 0 or cells < NARROW_COLUMNS // 2 then return "{ … }" end
  open[value] = true
  local parts, left = {}, cells - 2
  local list, more = entries_of(value, bounds)
  for index, entry in ipairs(list) do
    local shown = entry.is_hidden and MASK
      or flat(entry.value, bounds, depth - 1, left - #entry.label, open)
    local part = entry.label .. shown
    left = left - terminal.width(part) - 2
    if left < 0 and index > 1 then more = 1 break end
    parts[index] = part
  end
  if more > 0 then parts[#parts + 1] = ELLIPSIS end
  open[value] = nil
  return ("{ %s }"):format(table.concat(parts, ", "))
end

-- Returns true when one line shows all of a table, down to the depth.
local function fits(line, cells)
  return terminal.width(line) <= cells and not line:find(CUT, 1, true)
end

-- ---- a table in lines ----

local deep

local function entry_text(entry, bounds, depth, indent, open, is_row)
  if entry.is_hidden then return entry.label .. MASK end
  local cells = bounds.columns - #indent - #INDENT - #entry.label - 1
  local line = flat(entry.value, bounds, depth - 1, cells, open)
  if is_row or type(entry.value) ~= "table" or fits(line, cells) then
    return entry.label .. terminal.fit(line, math.max(cells, NARROW_COLUMNS))
  end
  return entry.label .. deep(entry.value, bounds, depth - 1, indent .. INDENT, open)
end

local function more_text(more, policy_name)
  return ("%s %s more (policy %s)"):format(ELLIPSIS, terminal.count(more), policy_name)
end

function deep(value, bounds, depth, indent, open)
  local cells = bounds.columns - #indent
  local line = flat(value, bounds, depth, cells, open)
  if type(value) ~= "table" or plain(value, 1) or depth == 0 or fits(line, cells) then
    return terminal.fit(line, math.max(cells, NARROW_COLUMNS))
  end
  open[value] = true
  local lines = { "{" }
  local list, more = entries_of(value, bounds)
  local is_list = rawlen(value) > 1
  for _, entry in ipairs(list) do
    local is_row = is_list and entry.label == ""
    lines[#lines + 1] = indent .. INDENT
      .. entry_text(entry, bounds, depth, indent, open, is_row) .. ","
  end
  if more > 0 then lines[#lines + 1] = indent .. INDENT .. more_text(more, "repl.items") end
  open[value] = nil
  lines[#lines + 1] = indent .. "}"
  return table.concat(lines, "\n")
end

-- Shows the items that an iterator gives next, and takes none of them. Returns nil for another
-- function.
local function iterator_text(value, bounds)
  local items = paged.ahead(value, bounds.items + 1)
  if not items then return nil end
  local has_more = #items > bounds.items
  if has_more then table.remove(items) end
  local text = "iterator " .. deep(items, bounds, bounds.depth, "", {})
  if not has_more then return secrets.masked(text) end
  return ("%s\n%s more (policy repl.items); `for item in … do … end` walks all of them")
    :format(secrets.masked(text), ELLIPSIS)
end

-- A text of lines is shown as such.
local function text_lines(text, bounds)
  local head, is_cut = foreign.head(text, bounds.text)
  local seen = foreign.visible(head, "?")
  return is_cut and ("%s%s (%d bytes, policy repl.text)"):format(seen, ELLIPSIS, #text) or seen
end

--- Returns the bounds that the policies give, for the terminal on stdout.
---@return os2.repl.show.bounds
function M.bounds()
  local columns = require("os2.fs").terminal_columns(1) or DEFAULT_COLUMNS
  return {
    items = policy.ask("repl.items"), depth = policy.ask("repl.depth"),
    text = policy.ask("repl.text"), columns = math.max(columns, NARROW_COLUMNS),
  }
end

--- Returns a value as text of one or more lines. An iterator over pages is shown by the items that
--- it gives next, for which it may ask for pages; it still gives them afterwards.
---@param value any
---@param bounds? os2.repl.show.bounds
---@return string
function M.text(value, bounds)
  bounds = bounds or M.bounds()
  if type(value) == "string" and value:find("\n", 1, true) then return text_lines(value, bounds) end
  local shown = type(value) == "function" and iterator_text(value, bounds)
  if shown then return shown end
  if type(value) ~= "table" then return plain(value, bounds.text) end
  return secrets.masked(deep(value, bounds, bounds.depth, "", {}))
end

--- Returns values as text: those of one line each, in one line with tabs.
---@param values {n: integer}
---@param text_of fun(value: any): string
---@return string
function M.all(values, text_of)
  local texts, has_lines = {}, false
  for index = 1, values.n do
    texts[index] = text_of(values[index])
    has_lines = has_lines or texts[index]:find("\n", 1, true) ~= nil
  end
  return table.concat(texts, has_lines and "\n" or "\t")
end

-- As `print` shows it: a string whole and without quotes.
local function printed(value)
  if type(value) ~= "string" then return M.text(value) end
  local masked = secrets.masked(value)
  return require("os2.fs").is_terminal(1) and foreign.steerless(masked) or masked
end

--- Returns true when an expression has nothing to show: it gives no value, or, as `io.write` does,
--- the stream that it has written to.
---@param values {n: integer}
---@return boolean
function M.is_silent(values)
  local first = values[1]
  return values.n == 0 or values.n == 1 and first ~= nil
    and (first == io.stdout or first == io.stderr)
end

--- Prints the values of an expression for `os2 -e`.
function M.print(...)
  if M.is_silent(table.pack(...)) then return end
  io.stdout:write(M.all(table.pack(...), printed), "\n")
end

return M
