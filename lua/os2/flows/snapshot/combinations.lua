--- Options of `os2 snapshot` that have no effect together: what a person asked for must not be
--- passed over in silence.
local policy = require("os2.policy")
local refusal = require("os2.base.refusal")
local run_key = require("os2.flows.snapshot.run_key")

---@class os2.flows.snapshot.combinations
local M = {}

local refuse = refusal.of("snapshot", "usage")

local function is_given(value)
  return value and value ~= "" and not (type(value) == "table" and next(value) == nil)
end

local WITHOUT_TAG <const> = "the key stands in the tag that os2 gives, and this image keeps its own"

-- Each rule: what was given, what makes it useless, the message, and the way on.
local RULES <const> = {
  { "verify_env", function(_, all) return not all.is_verify end,
    "--verify-env is for the machine of --verify, which is not given", "add --verify" },
  { "is_candidate_kept", function(_, all) return not all.is_verify end,
    "--keep-candidate is for the candidate of --verify, which is not given", "add --verify" },
  { "run_key", function(given) return given.is_unkeyed end,
    "--run-key and --no-run-key contradict each other", "leave out one of them" },
  { "run_key", function(given) return given.name end,
    "--run-key has no effect with --name: the name tells which snapshot is meant",
    "leave out one of them" },
  { "run_key", function(given) return given.image and not given.is_push end,
    "--run-key has no effect with --image: " .. WITHOUT_TAG,
    "add --push, or use --if-changed, which compares the digest" },
  { "is_older_allowed", function(given) return given.on_newer and given.on_newer ~= "publish" end,
    "--allow-older means --on-newer publish, and another --on-newer is given",
    "leave out one of them" },
  { "gpu_type", function(given) return (given.gpu or policy.ask("snapshot.gpu")) == 0 end,
    "--gpu-type is given, and the number of GPUs is 0", "add --gpu N" },
}

--- Raises `invalid` (exit 2) for options of which one makes another one useless.
---@param given table  the arguments of the command, as they were given
---@param all table  the same with their defaults
function M.check(given, all)
  for _, rule in ipairs(RULES) do
    if is_given(given[rule[1]]) and rule[2](given, all) then refuse(rule[3], rule[4]) end
  end
end

-- What the local engine does not have.
local OF_DAYTONA <const> = {
  { "--region", "regions" }, { "--gpu", "gpu" }, { "--gpu-type", "gpu_type" },
  { "--sandbox-class", "sandbox_class" }, { "--entrypoint", "entrypoint" },
  { "--run-key", "run_key" }, { "--timeout", "timeout" }, { "--on-timeout", "on_timeout" },
  { "--on-newer", "on_newer" }, { "--allow-older", "is_older_allowed" },
}

local function useless_here(given)
  local words = {}
  for _, option in ipairs(OF_DAYTONA) do
    if is_given(given[option[2]]) then words[#words + 1] = option[1] end
  end
  return words
end

-- A rerun of a CI's job makes one more where its key cannot be carried.
local function is_rerun_doubled(ctx)
  local args = ctx.args
  return not run_key.is_carried(ctx) and not ctx.provider.is_local and not args.name
    and not args.is_if_changed and run_key.is_asked(args)
end

--- Warns of options without effect that are no error.
---@param ctx table
function M.tell(ctx)
  local words = ctx.provider.is_local and useless_here(ctx.given) or {}
  if words[1] then
    ctx.ui:warn(("%s: no effect with --provider docker"):format(table.concat(words, ", ")))
  end
  if is_rerun_doubled(ctx) then
    ctx.ui:warn(("a rerun of this CI job makes another snapshot, because %s has no run key; "
      .. "--if-changed makes none for the same content"):format(
      ctx.args.is_remote and "--remote" or "--image"))
  end
end

return M
