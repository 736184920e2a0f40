--- Asks the user whether the content of a pack is trusted. Only a terminal is asked; elsewhere
--- `--trust HASH` says so.
local err = require("os2.err")
local fs = require("os2.fs")
local keyboard = require("os2.console.keyboard")
local packs = require("os2.run.packs")
local progress = require("os2.report.progress")
local terminal = require("os2.text.terminal")

---@class os2.flows.scripts.trust
local M = {}

local STDIN <const>, STDERR <const> = 0, 2
local LONGEST_ANSWER_BYTES <const> = 100

local function refuse(kind, message, hint)
  err.raise(err.new{ kind = kind, op = "add", message = message, hint = hint })
end

-- What is known of each file before: path -> its content; nothing of a pack that is new.
local function contents(folder)
  local known = {}
  for _, file in ipairs(folder and packs.files(folder) or {}) do
    known[file.path] = fs.read(folder .. "/" .. file.path)
  end
  return known
end

local function mark_of(known, folder, file)
  local before = known[file.path]
  known[file.path] = nil
  if before == nil then return "+" end
  return before == fs.read(folder .. "/" .. file.path) and "=" or "~"
end

-- Shows the files: + is new, = is as before, ~ is changed, - is gone.
local function show(pack, before)
  local known = contents(before)
  progress.say(terminal.clean(("%s  %s@%s"):format(pack.name, pack.url, pack.commit)))
  for _, file in ipairs(pack.files) do
    local mark = before and mark_of(known, pack.folder, file) or "+"
    progress.say(("%s %7d  %s"):format(mark, file.bytes, terminal.clean(file.path)))
  end
  local gone = {}
  for path in pairs(known) do gone[#gone + 1] = path end
  table.sort(gone)
  for _, path in ipairs(gone) do progress.say(("-          %s"):format(terminal.clean(path))) end
  progress.say("hash " .. pack.hash)
end

-- Returns the line that the user types; "" at the end of the input.
local function read_line()
  local input <close> = keyboard.input()
  local text = ""
  for bytes in input do
    text = text .. bytes
    if text:find("\n", 1, true) or #text > LONGEST_ANSWER_BYTES then break end
  end
  return text:match("^[^\r\n]*")
end

local function ask(pack)
  progress.say("the files are in " .. pack.folder)
  io.stderr:write(("Run these scripts as %s from now on? Type yes to trust this content: ")
    :format(os.getenv("USER") or "this user"))
  io.stderr:flush()
  if read_line() == "yes" then return end
  refuse("denied", ("the content of %s is not trusted, and nothing is changed"):format(pack.name))
end

--- Returns when the content is trusted. Raises `denied` when it is not.
---@param pack {name: string, url: string, commit: string, hash: string, folder: string,
---  files: os2.run.packs.file[]}
---@param trust? string  the hash that is trusted
---@param before? string  the directory of the pack's content until now
function M.ask(pack, trust, before)
  if trust and trust:lower() == pack.hash then return end
  show(pack, before)
  if trust then
    refuse("denied", ("the hash of the content is %s, not %s"):format(pack.hash, trust),
      "look at the files; give --trust the hash of what you have read")
  end
  if fs.is_terminal(STDIN) and fs.is_terminal(STDERR) then return ask(pack) end
  refuse("denied", ("the content of %s is not trusted"):format(pack.name),
    ("read the files at that commit, then give --trust %s"):format(pack.hash))
end

return M
