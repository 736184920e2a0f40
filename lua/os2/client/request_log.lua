--- Records each request, and prints it on stderr when os2 runs with -v. Headers, bodies and what
--- else may be secret are left out.
local options = require("os2.run.options")
local recorder = require("os2.history.recorder")

---@class os2.client.request_log
local M = {}

-- Query keys whose values may be printed. Other values may be secret: build arguments are.
local SHOWN <const> = {
  all = true, cursor = true, filters = true, follow = true, force = true, labels = true,
  limit = true, name = true, order = true, page = true, repo = true, sort = true, states = true,
  t = true, tag = true, tail = true,
}

local function shown_pair(pair)
  local key = pair:match("^[^=]*")
  return SHOWN[key] and pair or key .. "=***"
end

--- Returns the path and query of a request in printable form.
---@param target string  "/snapshots?name=a"
---@param template? string  "/preview/{id}/validate/{authToken}", when the operation has a row
---@return string
function M.target(target, template)
  local path, query = target:match("^([^?]*)%??(.*)$")
  if template and template:lower():find("token}", 1, true) then path = template end
  local pairs_shown = {}
  for pair in query:gmatch("[^&]+") do pairs_shown[#pairs_shown + 1] = shown_pair(pair) end
  return #pairs_shown > 0 and path .. "?" .. table.concat(pairs_shown, "&") or path
end

--- Records one request, and prints it under -v: method, place, outcome (a status or an error kind)
--- and seconds.
---@param method string
---@param where string
---@param outcome string|integer
---@param seconds number
function M.request(method, where, outcome, seconds)
  local is_status = math.type(outcome) == "integer"
  recorder.event("request", {
    method = method, where = where, ms = math.floor(seconds * 1000 + 0.5),
    status = is_status and outcome or nil, outcome = not is_status and outcome or nil,
  })
  if not options.verbose then return end
  local line = ("os2: %s %s  %s  %.3f s"):format(method, where, outcome, seconds)
  require("os2.report.progress").say(line)
end

--- Records a line about a decision of os2, and prints it under -v.
---@param words string  without secrets
function M.say(words)
  recorder.event("note", { text = words })
  if options.verbose then require("os2.report.progress").say("os2: " .. words) end
end

return M
