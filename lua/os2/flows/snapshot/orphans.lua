--- What earlier runs of the prefix have left on the server, which nobody waits for any more.
local images = require("os2.text.images")
local policy = require("os2.policy")
local run_key = require("os2.flows.snapshot.run_key")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.orphans
local M = {}

local SHOWN <const> = 3

local function is_own(snapshot)
  local tag = type(snapshot.imageName) == "string" and images.tag_of(snapshot.imageName)
  return tag and policy.ask("snapshot.read_tag", { tag = tag }).is_own == true or false
end

-- A run that was killed between its registration and its withdrawal for another run with its key
-- leaves a second snapshot of that run.
local function is_second(ctx, snapshot)
  if snapshot.state ~= "active" or not run_key.is_same(ctx, snapshot) then return false end
  local winner = run_key.winner(ctx, ctx.listed)
  -- one image may be registered in several regions
  return winner ~= nil and winner.state == "active" and winner.id ~= snapshot.id
    and winner.imageName ~= snapshot.imageName
end

local function why_left(ctx, snapshot)
  if is_second(ctx, snapshot) then return "a second one of this run" end
  local is_left, why = policy.ask("snapshot.orphan", {
    snapshot = snapshot, is_own = is_own(snapshot),
  })
  if not is_left then return nil end
  return type(why) == "string" and why or tostring(snapshot.state)
end

local function find(ctx)
  local words, names = {}, {}
  for _, snapshot in ipairs(ctx.listed or {}) do
    local why = policy.ask("naming.parse", { name = snapshot.name }) and why_left(ctx, snapshot)
    if why then
      words[#words + 1] = ("%s (%s)"):format(terminal.clean(snapshot.name), terminal.clean(why))
      names[#names + 1] = terminal.clean(snapshot.name)
    end
  end
  return words, names
end

--- Reports, in one line, what earlier runs of the prefix have left, by the last list.
---@param ctx table
function M.tell(ctx)
  local words, names = find(ctx)
  if #words == 0 then return end
  local more = #words > SHOWN and (" and %d more"):format(#words - SHOWN) or ""
  local shown = math.min(#words, SHOWN)
  ctx.ui:warn(("%s left by earlier runs: %s%s; delete them: os2 snapshot delete %s"):format(
    terminal.plural(#words, "snapshot"), table.concat(words, ", ", 1, shown), more,
    table.concat(names, " ", 1, shown)))
end

return M
