--- Knows which texts are secret and masks them: values of variables and build arguments whose names
--- mark them as secret, passwords in URLs, credentials of registries.
---
--- A text is masked before it is cut, joined or split: a part of a secret would not be recognized
--- any more.
local blank = require("os2.text.blank")
local native_record = require("host.record")
local names = require("os2.text.names")

---@class os2.text.secrets
local M = {}

local MASK <const> = "***"
local LEAST_BYTES <const> = 8 -- bytes; a shorter value may be an ordinary word of the text
-- A user name without a password is not secret, but a longer one may be a token.
local LONGEST_NAME_BYTES <const> = 19
-- How many bytes after "://" are searched for a password when a text is cut.
local LONGEST_LOGIN_BYTES <const> = 512

local is_secret_name -- made at first use
local texts -- longest first; collected at first use
local is_known = {}
local observer -- is called with each text that is masked from then on

-- Masking works also when the policies cannot be loaded, because their fault is printed.
local function ask_names()
  local ok, list = pcall(function() return require("os2.policy").ask("secrets.names") end)
  return ok and list or names.SECRETS
end

local is_asking = false

local function decide_name(name)
  if not is_secret_name then
    -- used while the policy is asked, which may ask for names itself
    is_secret_name, is_asking = names.matcher(names.SECRETS), true
    is_secret_name, is_asking = names.matcher(ask_names()), false
  end
  return is_secret_name(name)
end

local function remember(names_known, name)
  local is_secret = decide_name(name)
  if not is_asking then names_known[name] = is_secret end
  return is_secret
end

--- Whether a name marks its value as secret: has true for those that do.
---@type table<string, boolean>
M.names = setmetatable({}, { __index = remember })

--- Returns true when a variable's name marks its value as secret (policy `secrets.names`).
---@param name string
---@return boolean
function M.is_name(name)
  return M.names[name]
end

--- As `is_name`, for words that are not written as variables are: apiKey, --api-key, authorization.
---@param word string
---@return boolean
function M.is_word(word)
  if word:lower() == "authorization" then return true end
  return M.is_name((word:gsub("^%-+", ""):gsub("%-", "_"):gsub("(%l)(%u)", "%1_%2")))
end

local function add(text, least)
  if #text < (least or LEAST_BYTES) or is_known[text] then return end
  is_known[text] = true
  local at = 1
  while texts[at] and #texts[at] >= #text do at = at + 1 end
  table.insert(texts, at, text)
  if observer then observer(text) end
end

-- Returns the text as it is written in JSON and URLs.
local function escaped(text)
  return (text:gsub('[\\"]', "\\%0"))
end

local function encoded(text, kept, form)
  return (text:gsub(kept, function(byte) return form:format(byte:byte()) end))
end

-- RFC 3986; as programs write it in small letters; as JavaScript's encodeURIComponent does.
local PERCENT <const> = {
  { "[^%w%-._~]", "%%%02X" }, { "[^%w%-._~]", "%%%02x" }, { "[^%w%-._~!'()*]", "%%%02X" },
}

local function add_percent_forms(line, least)
  if not line:find("[^%w%-._~]") then return end
  for _, row in ipairs(PERCENT) do add(encoded(line, row[1], row[2]), least) end
end

-- Adds each line, because servers and shells move and indent the lines of a secret.
local function add_lines(value, least)
  for line in value:gmatch("[^\r\n]+") do
    line = blank.trim(line)
    add(line, least)
    add(escaped(line), least)
    add_percent_forms(line, least)
    if #line >= LEAST_BYTES then
      for _, form in ipairs(native_record.forms(line)) do add(form) end
    end
  end
end

local function decoded(text)
  return (text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

-- Returns where the secret part of a URL's user information begins and ends; nil for none. `at` is
-- the position after "://".
local function login_at(text, at)
  local from, to = text:match("^[^/%s:@?#]*:()[^/%s?#]*()@", at)
  if from then return from, to - 1 end
  to = text:match("^[^/%s:@?#]*()@", at)
  if to and to - at > LONGEST_NAME_BYTES then return at, to - 1 end
end

-- Iterates over the positions of "://" that are followed by an "@", each once.
local function each_url(text)
  local at, sign = -2, 0
  return function()
    at = text:find("://", at + 3, true)
    if at and sign < at then sign = text:find("@", at, true) or math.huge end
    return at and sign < math.huge and at or nil
  end
end

local function add_passwords(value)
  for at in each_url(value) do
    local from, to = login_at(value, at + 3)
    if from then
      add(value:sub(from, to))
      add(decoded(value:sub(from, to)))
    end
  end
end

local function find_texts()
  texts = {}
  for _, entry in ipairs(native_record.suspects(M.names)) do
    local name, value = entry:match("^([^=]+)=(.*)$")
    if name then
      if M.is_name(name) then add_lines(value) end
      add_passwords(value)
    end
  end
end

local function all_texts()
  if not texts then find_texts() end
  return texts
end

--- Calls `fn` with every text that is masked, now or later, each once; nil ends it. A text has one
--- line. `fn` must not wait.
---@param fn? fun(text: string)
function M.observe(fn)
  observer = nil
  for _, text in ipairs(fn and all_texts() or {}) do fn(text) end
  observer = fn
end

--- Masks a text from now on, each line by itself. Short lines are not masked, because they may be
--- ordinary words.
---@param least? integer  bytes of the shortest line that is masked
---@param least? integer  bytes of the shortest line that is hidden
function M.conceal(value, least)
  all_texts()
  add_lines(value, least)
end

--- Masks a value from now on if its name marks it as secret, and the passwords of URLs in it.
---@param name string
---@param value string
function M.conceal_named(name, value)
  all_texts()
  if M.is_name(name) then add_lines(value) end
  add_passwords(value)
end

local function replaced(text, secret)
  local at, parts, from = text:find(secret, 1, true), {}, 1
  if not at then return text end -- it was a part of a longer one
  while at do
    parts[#parts + 1] = text:sub(from, at - 1)
    from = at + #secret
    at = text:find(secret, from, true)
  end
  parts[#parts + 1] = text:sub(from)
  return table.concat(parts, MASK)
end

local function without_passwords(text)
  local parts, begin = {}, 1
  for at in each_url(text) do
    local from, to = login_at(text, at + 3)
    if from then
      parts[#parts + 1] = text:sub(begin, from - 1)
      begin = to + 1
    end
  end
  parts[#parts + 1] = text:sub(begin)
  return table.concat(parts, MASK)
end

--- Returns the text with "***" in place of every secret, also where it stands inside of base64 or
--- is percent-encoded.
---@param text string
---@return string
function M.masked(text)
  for _, secret in ipairs(native_record.found(text, all_texts())) do
    text = replaced(text, secret)
  end
  return without_passwords(text)
end

--- As `masked`, for text that is kept on disk: hides the queries of URLs, too.
---@param text string
---@return string
function M.masked_everywhere(text)
  return native_record.without_queries(M.masked(text))
end

-- Returns where a secret begins that continues after `at`.
local function known_across(text, at)
  for _, secret in ipairs(texts) do
    local begin = math.max(at - #secret + 2, 1)
    local from = text:sub(begin, at + #secret - 1):find(secret, 1, true)
    if from then return begin + from - 1 end
  end
end

local function login_across(text, at)
  local begin = math.max(at - LONGEST_LOGIN_BYTES, 1)
  local window = text:sub(begin, at + LONGEST_LOGIN_BYTES)
  for slashes in each_url(window) do
    if begin + slashes - 1 > at then return nil end
    local from, to = login_at(window, slashes + 3)
    -- the slashes before it stay, because they identify it
    if from and begin + to - 1 >= at then return begin + slashes - 1 end
  end
end

--- Returns how many bytes after a position decide whether the text may be cut there.
---@return integer
function M.reach()
  local longest = all_texts()[1]
  return math.max(longest and #longest or 0, LONGEST_LOGIN_BYTES)
end

--- Returns the position at or before `at` where the text may be cut without cutting a secret; 0
--- when that is its beginning.
---@param text string  must contain `reach()` bytes after the position, or its end
---@param at integer  how many bytes to keep
---@return integer
function M.place_to_cut(text, at)
  all_texts()
  while at > 0 do
    local from = known_across(text, at) or login_across(text, at)
    if not from then return at end
    at = from - 1
  end
  return 0
end

--- Forgets the masked texts and asks the policy again; for tests.
function M.forget()
  is_secret_name, texts, is_known, observer = nil, nil, {}, nil
  for name in pairs(M.names) do M.names[name] = nil end
end

return M
