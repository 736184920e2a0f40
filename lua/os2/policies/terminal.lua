--- What the terminal on stderr is told besides text, where it is known to understand it.
local policy = require("os2.policy")

---@class os2.policies.terminal
local M = {}

local function is_set(value) return value ~= nil and value ~= "" end

-- Nothing is told to a CI job, to a screen reader, and to a person who wants plain text.
local function is_plain(facts)
  local env = facts.env
  return not facts.is_terminal or env.TERM == "dumb" or is_set(env.NO_COLOR) or is_set(env.CI)
end

local LINKING <const> = { ["iTerm.app"] = true, WezTerm = true, vscode = true, ghostty = true,
  Hyper = true, Tabby = true }

--- Decides whether addresses are written as hyperlinks (OSC 8): where the terminal is known to show
--- them.
---@param facts {is_terminal: boolean, env: table<string, string>}
---@return boolean
function M.links(facts)
  local env = facts.env
  if is_plain(facts) or is_set(env.STY) then return false end -- screen drops the sequence
  local term = env.TERM or ""
  return LINKING[env.TERM_PROGRAM] == true or (tonumber(env.VTE_VERSION) or 0) >= 5000
    or is_set(env.WT_SESSION) or is_set(env.KONSOLE_VERSION)
    or term:find("kitty", 1, true) ~= nil or term:find("^foot") ~= nil
    or term:find("alacritty", 1, true) ~= nil or term:find("ghostty", 1, true) ~= nil
end

--- Decides whether the terminal shows the progress of the run in its tab or in the taskbar (OSC
--- 9;4): where it is known to. Others show the sequence as a message.
---@param facts {is_terminal: boolean, env: table<string, string>}
---@return boolean
function M.progress(facts)
  local env = facts.env
  if is_plain(facts) or is_set(env.TMUX) or is_set(env.STY) then return false end
  return is_set(env.WT_SESSION) or env.ConEmuANSI == "ON" or env.TERM_PROGRAM == "ghostty"
end

local FACTS <const> = { is_terminal = "boolean: stderr is a terminal on which lines are redrawn" }
local ANSWER <const> = { type = "boolean", doc = "true or false" }

policy.define("terminal.links", {
  facts = FACTS, default = M.links, returns = ANSWER,
  doc = "Whether addresses are hyperlinks (OSC 8) in what is shown of a run.",
})

policy.define("terminal.progress", {
  facts = FACTS, default = M.progress, returns = ANSWER,
  doc = "Whether the terminal is told the progress of a run (OSC 9;4), for its tab or the taskbar.",
})

return M
