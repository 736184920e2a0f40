--- What policies and steps are given: what is declared is what os2 gives, and a wrong name raises.
local commands = require("os2.help.commands")
local fs = require("os2.fs")
local lfs = require("lfs")
local cli = require("os2.cli")
local policy = require("os2.policy")
local registry = require("os2.policy.registry")
local shape = require("os2.base.shape")
local step_runner = require("os2.flows.step_runner")

-- Facts that only scripts give.
local OF_SCRIPTS <const> = { ["retry.delay.method"] = true }

local function sources(directory, found)
  for _, name in ipairs(fs.list(directory)) do
    local path = directory .. "/" .. name
    if lfs.attributes(path, "mode") == "directory" then sources(path, found)
    elseif name:match("%.lua$") then found[path] = fs.read(path) end
  end
  return found
end

-- The names that a table constructor, from behind its "{", gives.
local function names_in(text, at)
  local names, depth, flat = {}, 1, {}
  while depth > 0 do
    local letter = text:sub(at, at)
    if letter:match("[})]") then depth = depth - 1 end
    if depth == 1 then flat[#flat + 1] = letter end
    if letter:match("[{(]") then depth = depth + 1 end
    at = at + 1
  end
  for name in ("," .. table.concat(flat)):gmatch("[,{]%s*([%l_]+)%s*=[^=]") do names[name] = true end
  return names
end

-- Policy -> fact -> the file that gives it.
local function given_facts()
  local given = {}
  for path, text in pairs(sources("lua/os2", {})) do
    for name, at in text:gmatch('ask%(%s*"([%l_]+%.[%l_.]+)",%s*{()') do
      given[name] = given[name] or {}
      for fact in pairs(names_in(text, at)) do given[name][fact] = path end
    end
  end
  return given
end

describe("what policies and steps are given", function()
  before_each(policy.reset)
  after_each(policy.reset)

  local given = given_facts()

  it("is declared, wherever os2 asks", function()
    assert.is_truthy(given["retry.delay"].attempt)
    for name, facts in pairs(given) do
      local entry = assert(registry.find(name))
      for fact, path in pairs(facts) do
        assert.is_truthy(entry.facts.by_name[fact], ("%s gives %s the fact %s"):format(path, name, fact))
      end
    end
  end)

  it("is given, whatever is declared of a policy that is asked with facts of its own", function()
    for name, facts in pairs(given) do
      for _, field in ipairs(shape.fields(registry.find(name).facts)) do
        local is_given = facts[field.name] or registry.COMMON[field.name]
          or OF_SCRIPTS[name .. "." .. field.name] or field.type:sub(-1) == "?"
        assert.is_truthy(is_given, ("nobody gives %s the fact %s"):format(name, field.name))
      end
    end
  end)

  it("has a type and a sentence each", function()
    for _, record in ipairs(policy.list()) do
      local known = policy.explain(record.name)
      assert.is_truthy(known.facts or known.ctx, record.name)
      for _, field in ipairs(known.facts or known.ctx) do
        assert.is_true(#field.type > 0 and #field.doc > 3, record.name .. "." .. field.name)
      end
    end
  end)

  it("of arguments is what the command takes", function()
    for list, command in pairs{ ["snapshot.steps"] = "snapshot", ["resolution.steps"] = "resolve" } do
      local declared = registry.find(list).ctx.by_name.args.shape.by_name
      local taken = {}
      for _, option in ipairs(cli.parser(commands.find(command))._options) do
        local target = option._target or option:_get_default_target()
        if not ({ help = 1, verbose = 1, policy = 1, isolated = 1, progress = 1, github = 1, no_github = 1,
          no_history = 1, read_only = 1 })[target]
          and not (target == "context" and command == "resolve") then
          taken[target] = true
          assert.is_truthy(declared[target], ("%s: args.%s"):format(list, target))
        end
      end
      for name, field in pairs(declared) do
        local is_option = field.doc:find("no option", 1, true) == nil
        assert.is_true(not is_option or taken[name] == true, ("%s: args.%s"):format(list, name))
      end
    end
  end)

  -- Promotion and rollback stand with the flow of snapshots, and have steps of their own.
  local function lists_of(flow, path)
    local list = flow == "snapshot" and path:match("flows/snapshot/([pr]%l+)")
    if list == "promote" or list == "rollback" then return { ("snapshot.%s_steps"):format(list) } end
    if list == "republish" then return { "snapshot.promote_steps", "snapshot.rollback_steps" } end
    return { flow == "resolve" and "resolution.steps" or flow .. ".steps" }
  end

  it("in ctx is what the flows use", function()
    for _, flow in ipairs{ "snapshot", "resolve", "entry" } do
      local texts = sources("lua/os2/flows/" .. flow, {})
      texts[flow] = fs.read(("lua/os2/flows/%s.lua"):format(flow))
      for path, text in pairs(texts) do for _, list in ipairs(lists_of(flow, path)) do
        local known = registry.find(list).ctx.by_name
        for name, inner in text:gmatch("%f[%w_]ctx%.([%l_]+)%.?([%l_]*)") do
          assert.is_truthy(known[name], ("%s: ctx.%s of %s"):format(path, name, list))
          local fields = known[name].shape
          assert.is_truthy(not fields or inner == "" or fields.by_name[inner],
            ("%s: ctx.%s.%s of %s"):format(path, name, inner, list))
        end
      end end
    end
  end)

  local function refusal(fn, ...)
    local ok, why = pcall(fn, ...)
    assert.is_false(ok)
    return tostring(type(why) == "table" and why.message or why)
  end

  it("raises with the nearest name in a policy, reading and writing", function()
    policy.override("cache.ttl", function(_, facts) return facts.enviroment == "prd" and 1 or 2 end)
    assert.matches("shape_spec.lua:%d+: facts has no enviroment; did you mean environment",
      refusal(policy.ask, "cache.ttl"))
    policy.override("poll.interval", function(base, facts)
      facts.atempt = 1
      return base(facts)
    end)
    assert.matches("facts has no atempt; did you mean attempt", refusal(policy.ask, "poll.interval", { attempt = 1 }))
    assert.matches("facts has no atempt", refusal(policy.ask, "poll.longest", { atempt = 1 }))
  end)

  it("reads as nil where it may be absent, can be set, and goes on to the policy below", function()
    policy.override("cache.state", function(base, facts)
      assert(facts.environment == nil and facts.failed == nil)
      facts.stored_at = facts.now - 1
      return base(facts)
    end)
    assert.equal("fresh", policy.ask("cache.state", {}))
    policy.override("cache.state", function(base) return base{ now = 100, stored_at = 99 } end)
    assert.equal("fresh", policy.ask("cache.state", {}))
  end)

  it("raises with the nearest name in a step", function()
    local function run(step)
      policy.reset()
      policy.insert_before("snapshot.steps", "preflight", { name = "mine", run = step })
      return refusal(step_runner.run, "snapshot.steps", {}, { args = { build_args = {} }, name = "n" })
    end
    assert.matches("shape_spec.lua:%d+: ctx.args has no build_arg; did you mean build_args",
      run(function(ctx) ctx.args.build_arg = { A = "b" } end))
    assert.matches("ctx has no paths; ", run(function(ctx) return #ctx.paths end))
    assert.matches("ctx has no nmae; did you mean .*name", run(function(ctx) return ctx.nmae end))
    assert.matches("no step named 'preflight'", run(function(ctx)
      ctx.args.cpu, ctx.digest, ctx.own.anything = 4, nil, 1
    end))
  end)

  it("of a policy of one's own is what it says, or all", function()
    policy.define("acme.open", { doc = "Open.", default = function(facts) return facts.n end,
      returns = { type = "number" } })
    policy.define("acme.closed", { doc = "Closed.", default = function(facts) return facts.n end,
      returns = { type = "number" }, facts = { n = "number: a count" } })
    assert.same({ 4, 5 }, { policy.ask("acme.open", { n = 4 }), policy.ask("acme.closed", { n = 5 }) })
    assert.matches("facts has no m; did you mean", refusal(policy.ask, "acme.closed", { n = 5, m = 1 }))
    assert.is_nil(shape.of({}))
  end)
end)
