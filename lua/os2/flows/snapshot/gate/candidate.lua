--- The snapshot by which an image is tried before it is published: its name, its registration, and
--- what becomes of it.
---
--- It is removed only when the real snapshot is active: Daytona keeps one copy of an image on its
--- runners for all snapshots of one digest, and removes it with the last active one.
local clock = require("os2.clock")
local err = require("os2.err")
local leftovers = require("os2.flows.snapshot.leftovers")
local policy = require("os2.policy")
local register = require("os2.flows.snapshot.register")
local registration = require("os2.flows.snapshot.registration")
local snapshot_name = require("os2.flows.snapshot.name")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.gate.candidate
local M = {}

local SHOWN <const> = 5

-- A candidate that `resolve` of the prefix could see would be published before it has passed.
local function name_of(ctx)
  local prefix = policy.ask("naming.candidate", { prefix = ctx.prefix })
  local time = policy.ask("naming.parse", { name = ctx.name })
  local name = policy.ask("naming.format", { prefix = prefix, now = time })
  if policy.ask("naming.parse", { name = name }) then
    policy.refuse("naming.candidate", ("%s would be a snapshot of the prefix %s"):format(name,
      ctx.prefix))
  end
  return name, prefix
end

local function delete_command(ctx, ...)
  return leftovers.delete_command(...) .. (ctx.provider.is_local and " --provider docker" or "")
end

local function left_words(ctx)
  return ("the candidate %s; delete it: %s"):format(ctx.candidate.name,
    delete_command(ctx, ctx.candidate.name))
end

local function remember(ctx)
  local candidate = ctx.candidate
  if not ctx.last_words then return end
  local is_left = (candidate.record or candidate.is_sent) and not candidate.is_removed
  ctx.last_words:set(candidate, is_left and left_words(ctx) or nil)
end

local function wish_of(ctx, prefix, phase)
  local candidate = ctx.candidate
  local wish = register.wish(ctx)
  wish.name, wish.is_named, wish.prefix = candidate.name, false, prefix
  wish.is_candidate = true
  wish.record, wish.registrations, wish.phase = nil, nil, phase
  wish.on = { change = function()
    candidate.name, candidate.record, candidate.is_sent = wish.name, wish.record, wish.is_sent
    remember(ctx)
  end }
  return wish
end

local function age_of(snapshot)
  local created = type(snapshot.createdAt) == "string" and clock.parse_iso(snapshot.createdAt)
  return created and clock.now() - created or 0
end

-- A run that was killed has left its candidate; nobody else deletes it.
local function tell_old(ctx, prefix)
  local names = {}
  local page = ctx.provider.pages(policy.ask("resolution.query", { prefix = prefix }))()
  for _, snapshot in ipairs(page or {}) do
    local is_one = policy.ask("naming.parse", { name = snapshot.name, prefix = prefix })
    local is_old = age_of(snapshot) > policy.ask("snapshot.orphan_after")
    if is_one and is_old and not snapshot.general then
      names[#names + 1] = terminal.clean(snapshot.name)
    end
  end
  if #names == 0 then return end
  ctx.ui:warn(("%s left by earlier runs; delete: %s"):format(terminal.plural(#names, "candidate"),
    delete_command(ctx, table.unpack(names, 1, math.min(#names, SHOWN)))))
end

-- On the local engine a name is a tag, and tagging takes it away from another run's candidate.
local function tag_here(ctx, prefix)
  local candidate = ctx.candidate
  local wish = { name = candidate.name, prefix = prefix, ui = ctx.ui, provider = ctx.provider }
  snapshot_name.take_free(wish, true)
  candidate.name, candidate.is_sent = wish.name, true
  remember(ctx)
  candidate.record = ctx.provider.create_snapshot{ name = wish.name, image = ctx.image.Id }
end

--- Registers the image as a candidate, and waits until machines can start from it.
---@param ctx table  `candidate` is set
---@param phase os2.report.progress.phase
function M.register(ctx, phase)
  local name, prefix = name_of(ctx)
  tell_old(ctx, prefix)
  ctx.candidate = { name = name, checks = {} }
  phase:show("registering " .. name)
  if ctx.provider.is_local then
    tag_here(ctx, prefix)
  else
    registration.publish(wish_of(ctx, prefix, phase))
  end
end

local function snapshots_of(ctx)
  return require(("os2.providers.%s.snapshots"):format(ctx.provider.name))
end

-- A create without an answer may have made it.
local function find(ctx)
  local candidate = ctx.candidate
  if candidate.record or not candidate.is_sent then return candidate.record end
  return ctx.provider.find_snapshot(candidate.name, true)
end

local function delete(ctx)
  local record = find(ctx)
  if not record then return end
  -- on the local engine a name is a tag, and the record of a run has been found by it
  local _, failure = task.try(snapshots_of(ctx).delete, {
    id = record.id, name = ctx.candidate.name,
  })
  if failure and failure.kind ~= "not_found" then err.raise(failure) end
end

--- Removes the candidate. A failure is a warning that says how to do it.
---@param ctx table
---@param seconds? number  at most; by default timeouts.request
function M.remove(ctx, seconds)
  local candidate = ctx.candidate
  if not candidate or candidate.is_removed or candidate.is_kept then return end
  local _, failure = task.try(task.timeout, seconds or policy.ask("timeouts.request"), delete, ctx)
  if failure then
    return ctx.ui:warn(("the candidate %s stays (%s); delete it: %s"):format(candidate.name,
      failure.message, delete_command(ctx, candidate.name)))
  end
  candidate.is_removed = true
  remember(ctx)
end

--- Decides whether the machine of a candidate that failed is kept, and names its logs then.
---@param ctx table
---@param machine {id: string?, name: string}
---@return boolean
function M.keep_machine(ctx, machine)
  if not ctx.args.is_candidate_kept or not machine.id then return false end
  local where = ctx.provider.is_local and " --provider docker" or ""
  ctx.candidate.machine = machine.name
  ctx.ui:left(("the machine %s; its logs: os2 machine logs%s %s; delete it: %s"):format(
    machine.name, where, machine.name, ("os2 machine delete%s %s"):format(where, machine.name)))
  return true
end

-- Its image may be the only copy on the runners until the real snapshot is active.
local function is_needed(ctx)
  if not ctx.candidate.is_passed or ctx.provider.is_local then return false end
  if not ctx.snapshot then return ctx.is_create_sent or false end
  return policy.ask("snapshot.progress", { snapshot = ctx.snapshot }) == "waiting"
end

local function settle(ctx, failure)
  local candidate = ctx.candidate
  local is_interrupted = err.is(failure, "cancelled")
  local is_kept = ctx.args.is_candidate_kept and not candidate.is_passed and not is_interrupted
  if is_kept or is_needed(ctx) then
    candidate.is_kept = true
    return ctx.ui:left(left_words(ctx) .. (is_needed(ctx) and ", once " .. ctx.name .. " is active"
      or ""))
  end
  M.remove(ctx, is_interrupted and policy.ask("timeouts.cleanup") or nil)
end

--- Removes the candidate of a run that a failure has ended, or says why it stays.
---@param ctx table
---@param failure any
function M.settle(ctx, failure)
  local candidate = ctx.candidate
  local may_be_there = candidate and (candidate.record or candidate.is_sent)
  if may_be_there then settle(ctx, failure) end
end

--- Returns the candidate's fields of the command's document.
---@param candidate table
---@return table
function M.fields(candidate)
  local json = require("os2.json")
  return {
    name = candidate.name, id = candidate.record and candidate.record.id,
    passed = candidate.is_passed or false, removed = candidate.is_removed or false,
    url = candidate.url, machine = candidate.machine, healthy_seconds = candidate.healthy_seconds,
    checks = json.array(candidate.checks),
  }
end

return M
