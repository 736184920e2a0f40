--- Tells an editor's Lua server of os2: writes `.luarc.json`, and changes nothing else in one that
--- is there.
local err = require("os2.err")
local fs = require("os2.fs")
local json = require("os2.json")
local lists = require("os2.base.lists")

---@class os2.flows.scripts.setup
local M = {}

local FILE <const> = ".luarc.json"
local SHARE <const> = package.os2_share -- luacheck: ignore 143
local GLOBALS <const> = { "arg", "policy", "test" }

-- Under which keys a setting may stand; the first is that of a new one.
local function forms_of(group, name)
  local dotted = group .. "." .. name
  return { { dotted }, { "Lua." .. dotted }, { group, name }, { "Lua", group, name },
    { "Lua", dotted } }
end

local function value_at(settings, form)
  local value = settings
  for _, key in ipairs(form) do
    value = type(value) == "table" and value[key] or nil
  end
  return value
end

local function find(settings, forms)
  for _, form in ipairs(forms) do
    local value = value_at(settings, form)
    if value ~= nil then return form, value end
  end
end

local function refuse(why)
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "setup",
    message = ("%s is not changed: %s"):format(FILE, why),
    hint = ("add %s to workspace.library there, and %s to diagnostics.globals"):format(
      json.encode(SHARE .. "/lua"), table.concat(GLOBALS, ", ")),
  })
end

local function decode(text)
  local ok, settings = pcall(json.decode, text, { null = json.null })
  if not ok then refuse("it is no plain JSON (comments are not taken): " .. tostring(settings)) end
  if type(settings) ~= "table" or settings[1] ~= nil then refuse("it is no JSON object") end
  return settings
end

-- ---- changes of the text, so that its form and order stay ----

local function quoted(key) return (json.encode(key):gsub("%p", "%%%0")) end

-- Returns the position behind the bracket that opens the list of a setting.
local function position_of(text, form)
  local at = 1
  for index, key in ipairs(form) do
    local opening = index == #form and "%[" or "{"
    local _, last = text:find(quoted(key) .. "%s*:%s*" .. opening, at)
    if not last then return nil end
    at = last + 1
  end
  return at
end

local function insert(text, at, words)
  local is_last = text:find("^%s*[%]}]", at) ~= nil
  return text:sub(1, at - 1) .. words .. (is_last and "" or ",") .. text:sub(at)
end

local function add_setting(text, key, value)
  local _, at = text:find("^%s*{")
  local is_empty = text:find("^%s*}", at + 1) ~= nil
  return insert(text, at + 1, ("\n  %s: %s"):format(json.encode(key), value)
    .. (is_empty and "\n" or ""))
end

-- Returns the text with the items in the list of a setting.
local function with_items(text, group, name, items)
  local forms = forms_of(group, name)
  local form, list = find(decode(text), forms)
  if not form then return add_setting(text, forms[1][1], json.encode(json.array(items))) end
  if type(list) ~= "table" then refuse(("its %s.%s is no list"):format(group, name)) end
  for index = #items, 1, -1 do
    if not lists.has(list, items[index]) then
      local at = position_of(text, form)
      if not at then refuse(("its %s.%s is no list"):format(group, name)) end
      text = insert(text, at, json.encode(items[index]))
    end
  end
  return text
end

local function with_version(text)
  local forms = forms_of("runtime", "version")
  if find(decode(text), forms) then return text end
  return add_setting(text, forms[1][1], '"Lua 5.4"')
end

-- ---- proof that nothing is lost ----

-- Whether all of a value stands in another one; a list may have more items.
local function is_within(value, other)
  if type(value) ~= "table" or value == json.null then return value == other end
  if type(other) ~= "table" then return false end
  for key, item in pairs(value) do
    local is_there = math.type(key) and type(item) ~= "table" and lists.has(other, item)
      or is_within(item, other[key])
    if not is_there then return false end
  end
  return true
end

local function check(before, text)
  local after = decode(text)
  local _, library = find(after, forms_of("workspace", "library"))
  local _, globals = find(after, forms_of("diagnostics", "globals"))
  local has_all = library and lists.has(library, SHARE .. "/lua") and globals ~= nil
  for _, name in ipairs(GLOBALS) do has_all = has_all and lists.has(globals, name) end
  if not has_all or not is_within(before, after) then refuse("its form is not understood") end
end

--- Writes the settings into the current directory.
---@return table fields, string text
function M.run()
  local text = fs.exists(FILE) and fs.read(FILE) or "{}\n"
  local before = decode(text)
  local changed = with_items(text, "diagnostics", "globals", GLOBALS)
  changed = with_items(changed, "workspace", "library", { SHARE .. "/lua" })
  changed = with_version(changed)
  check(before, changed)
  local is_changed = changed ~= text
  if is_changed then fs.write_atomic(FILE, changed) end
  local fields = { file = FILE, changed = is_changed, library = SHARE .. "/lua",
    has_stubs = fs.exists(SHARE .. "/lua/meta") }
  return fields, ("%s  %s"):format(FILE, is_changed and "written" or "has it all already")
end

return M
