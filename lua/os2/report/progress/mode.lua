--- Chooses how a run is shown: by `--progress`, or else by OS2_PROGRESS, or else by what stderr is.
local env = require("os2.env")
local fs = require("os2.fs")
local options = require("os2.run.options")
local refusal = require("os2.base.refusal")

---@class os2.report.progress.mode
local M = {}

---@alias os2.report.progress.mode.name "tty"|"lines"|"plain"|"json"|"quiet"

--- The words that `--progress` and OS2_PROGRESS take.
M.WORDS = { "auto", "tty", "plain", "json", "quiet" }

local function is_word(value)
  for _, word in ipairs(M.WORDS) do
    if word == value then return true end
  end
  return false
end

local function refuse(exit, name, value)
  local all = "use auto, tty, plain, json or quiet"
  refusal.of("progress", exit)(("%s is '%s', which is no way to show progress"):format(name, value),
    require("os2.text.nearest").hint(value, M.WORDS, all))
end

--- Raises `invalid` (exit "usage") when the value of `--progress` is none of `WORDS`.
---@param value string
function M.check_option(value)
  if not is_word(value) then refuse("usage", "--progress", value) end
end

-- The word that was asked for, unchecked, and where it comes from.
local function asked()
  if options.progress then return options.progress end
  return env.get("OS2_PROGRESS") or "auto"
end

--- Whether stderr is a terminal that a line can be redrawn on.
---@return boolean
function M.is_terminal()
  return env.get("TERM") ~= "dumb" and fs.is_terminal(2)
end

--- Returns how to show the run: "auto" becomes "tty" on a terminal and "lines" elsewhere. Raises
--- `invalid` when the option (exit "usage") or the variable (exit "config") has another value.
---@return os2.report.progress.mode.name
function M.choose()
  local word = asked()
  if options.progress then M.check_option(word) end
  if not is_word(word) then refuse("config", "OS2_PROGRESS", word) end
  if word ~= "auto" then return word end
  return M.is_terminal() and "tty" or "lines"
end

--- Whether the run is shown as JSON, without a check of what else was asked for.
---@return boolean
function M.is_json()
  return asked() == "json"
end

return M
