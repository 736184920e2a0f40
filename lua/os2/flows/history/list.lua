--- What the past runs were, and what one of them did.
local clock = require("os2.clock")
local columns = require("os2.text.columns")
local json = require("os2.json")
local reader = require("os2.history.reader")
local terminal = require("os2.text.terminal")

---@class os2.flows.history.list
local M = {}

local function fits(summary, args)
  if args.command and summary.command ~= args.command then return false end
  return not args.is_failed or summary.code ~= 0
end

local function outcome(summary)
  if not summary.is_ended then return "unended" end
  return summary.code == 0 and "ok" or ("exit %d"):format(summary.code)
end

-- The word that names a script by its path is of no use beside the command.
local function words_of(summary)
  local words = {}
  for index, word in ipairs(summary.arguments) do
    words[index] = index == 1 and (word:match("([^/]+)%.lua$") or word) or word
  end
  return terminal.clean(table.concat(words, " "))
end

local function row_of(summary)
  return {
    summary.run, summary.time, outcome(summary),
    summary.seconds and terminal.duration(summary.seconds) or "", words_of(summary),
  }
end

local function record_of(summary)
  summary.arguments = json.array(summary.arguments)
  return summary
end

local TITLES <const> = { "RUN", "BEGAN", "RESULT", "TOOK", "ARGUMENTS" }

local function text_of(page)
  local rows = {}
  for index, summary in ipairs(page) do rows[index] = row_of(summary) end
  return columns.new{ titles = TITLES }:text(rows)
end

--- Writes the newest runs that fit.
---@param args {limit: integer, command: string?, is_failed: boolean?, since: number?,
---  listing: os2.cli.listing}
---@return table fields
function M.run(args)
  local since, page = args.since and clock.now() - args.since, {}
  for _, id in ipairs(reader.ids(since)) do
    if #page >= args.limit then break end
    local summary = reader.summary(id)
    if summary and fits(summary, args) then page[#page + 1] = record_of(summary) end
  end
  args.listing:page(page, text_of)
  return {}
end

return M
