--- Finds in an image's history what looks like a secret: files that were copied, variables and
--- build arguments.
local foreign = require("os2.text.foreign")
local names = require("os2.text.names")
local policy = require("os2.policy")
local secrets = require("os2.text.secrets")

---@class os2.flows.snapshot.exposed
local M = {}

---@class os2.flows.snapshot.exposed.finding
---@field kind "file"|"variable"|"argument"
---@field name string
---@field instruction string  masked and cut
---@field is_own boolean?  nil: it is not known whether it is of the base image

local LONGEST_ENTRY_BYTES <const> = 64 * 1024
local LONGEST_INSTRUCTION_BYTES <const> = 120

-- The instruction of an entry: the classic builder writes "/bin/sh -c #(nop) COPY …".
local function text_of(entry)
  local told = type(entry) == "table" and entry.CreatedBy
  local text = type(told) == "string" and told or ""
  text = text:sub(1, LONGEST_ENTRY_BYTES):gsub("%s*# buildkit$", "")
  return text:match("^/bin/sh %-c #%(nop%)%s*(.*)$") or text
end

-- A value may be a secret that no policy knows by its name, so only the names are shown.
local function shown(word, text)
  if word == "COPY" or word == "ADD" then return foreign.line(text, LONGEST_INSTRUCTION_BYTES) end
  return word
end

local function files_of(text, found)
  local is_secret = names.matcher(policy.ask("snapshot.secret_files"))
  for word in text:gmatch("[^%s,%[%]\"]+") do
    if is_secret(word:match("[^/]*$")) then found("file", foreign.line(word, 200)) end
  end
end

local function variables_of(kind)
  return function(text, found)
    for name, value in text:gmatch("([%a_][%w_]*)=(%S?)") do
      if value ~= "" and secrets.is_name(name) then found(kind, name) end
    end
  end
end

-- "RUN |1 TOKEN=x /bin/sh -c …": the arguments that a step was given.
local function arguments_of(text, found)
  local given = text:match("^R?U?N? ?|%d+ (.-) ?/bin/sh %-c ")
  if given then variables_of("argument")(given, found) end
end

local READERS <const> = {
  COPY = files_of, ADD = files_of, ENV = variables_of("variable"), ARG = variables_of("argument"),
  RUN = arguments_of,
}

--- Returns what in a history looks like a secret, each name once.
---@param history table[]  the entries of the engine's answer, the newest first
---@param own integer?  how many of them are of the Dockerfile; nil: not known
---@return os2.flows.snapshot.exposed.finding[]
function M.find(history, own)
  local list, seen = {}, {}
  for index, entry in ipairs(history) do
    local text = text_of(entry)
    local word = text:match("^|%d") and "RUN" or text:match("^%u+") or ""
    local read = READERS[word]
    if read then
      read(text, function(kind, name)
        if seen[kind .. " " .. name] then return end
        seen[kind .. " " .. name] = true
        local is_own = nil
        if own then is_own = index <= own end
        list[#list + 1] = {
          kind = kind, name = name, instruction = shown(word, text), is_own = is_own,
        }
      end)
    end
  end
  return list
end

return M
