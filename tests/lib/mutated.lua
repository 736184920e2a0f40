--- Runs os2's commands in this process with one field of what is decoded changed at a time: every
--- field of every record that a command gets, each to every kind of value there is.
---
--- os2 --isolated tests/lib/mutated.lua CASES: a JSON list of {words, setup}, where words are a
--- script's name and its arguments, and setup are requests {method, path, body} for the controls of
--- the stand-in at MUTATED_CONTROL. Of all pairs of a field and a value each MUTATED_EVERY-th one
--- is run, counted through all commands. Prints {"runs", "fields", "bugs"}, where a bug is told as
--- "words: field = value: …".
local cli = require("os2.cli")
local clock = require("os2.clock")
local command_result = require("os2.cli.result")
local document = require("os2.cli.document")
local env = require("os2.env")
local err = require("os2.err")
local native_json = require("host.json")
local http = require("os2.http")
local json = require("os2.json")
local policy = require("os2.policy")
local task = require("os2.task")

local SECONDS <const> = 0.15 -- a run that waits for what never comes is given up: no bug
local WELL_SECONDS <const> = 30 -- the run where nothing is changed comes to its end

local real_decode <const> = native_json.decode

-- What a field becomes; nil is absent, as null is.
local MUTATIONS <const> = {
  { name = "null" }, { name = "number", value = -5.5 }, { name = "text", value = "x" },
  { name = "list", value = { json.null, 1 } }, { name = "object", value = { x = { 1 } } },
}

local seen, wanted, mutation -- of the run under way

-- Documents are told apart by their fields: the same path in another record is another field.
local function signature(value)
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = math.type(key) and "#" or key end
  table.sort(keys)
  return table.concat(keys, ",", 1, math.min(#keys, 4))
end

local function visit(value, path)
  for key, field in pairs(value) do
    local place = path .. "." .. (math.type(key) and "#" or key)
    seen[place] = true
    if place == wanted then value[key] = mutation.value
    elseif type(field) == "table" then visit(field, place) end
  end
end

local function decode(...)
  local value, failure = real_decode(...)
  if type(value) ~= "table" or not seen then return value, failure end
  local place = signature(value)
  seen[place] = true
  if place == wanted then return mutation.value end
  visit(value, place)
  return value, failure
end

local function control(request)
  local answer = http.request{
    method = request.method, url = env.get("MUTATED_CONTROL") .. request.path, body = request.body
      and json.encode(request.body), headers = { ["content-type"] = "application/json" },
  }
  assert(answer.status == 200, answer.body)
end

local commands = {}

local function command_of(script)
  if commands[script] then return commands[script] end
  local path = env.get("MUTATED_SCRIPTS") .. "/" .. script .. ".lua"
  commands[script] = cli.command_of(assert(loadfile(path)))
  return commands[script]
end

local function run(words, seconds)
  local command = command_of(words[1])
  local args = cli.parser(command):parse(table.move(words, 2, #words, 1, {}))
  local outputs = { json = true, declared = command.documents and command.documents[args.action] }
  local _ <close> = command_result.open_listing(outputs, args, command.lists)
  return task.timeout(seconds, function()
    local fields, _, failure = command.run(args, {})
    return document.encode(document.new(fields, failure))
  end)
end

-- What is no error object, or one of a bug's, is a bug in os2.
local function bug_of(case, seconds)
  for _, request in ipairs(case.setup) do control(request) end
  seen = {}
  local ok, failure = pcall(run, case.words, seconds or SECONDS)
  local places = seen
  seen = nil
  if ok or err.is(failure) and failure.kind ~= "internal" then return places end
  return places, tostring(failure)
end

local function places_of(case)
  wanted = nil
  local found, bug = bug_of(case, WELL_SECONDS)
  assert(not bug, bug)
  local places = {}
  for place in pairs(found) do places[#places + 1] = place end
  table.sort(places)
  return places
end

local function quicken()
  policy.override("retry.delay", function() return nil end)
  policy.override("poll.interval", 0.005)
  policy.override("machine.first_look", 0.01)
  policy.override("machine.last_look", 0.05)
  policy.override("timeouts.lock", 0)
  for _, name in ipairs{ "cleanup", "machine_cleanup", "machine_undo" } do
    policy.override("timeouts." .. name, 0)
  end
end

-- With a number that five does not divide, a field that several commands read, and each kind of
-- value, gets its turn as often as any other.
local EVERY <const> = tonumber(env.get("MUTATED_EVERY"))
local turn = 0

local function is_turn()
  turn = turn + 1
  return turn % EVERY == 0
end

local report = { runs = 0, fields = 0, bugs = json.array{} }

local function try(case, place)
  for _, each in ipairs(MUTATIONS) do
    if is_turn() then
      wanted, mutation, report.runs = place, each, report.runs + 1
      local _, bug = bug_of(case)
      if bug then
        table.insert(report.bugs, ("%s: %s = %s: %s"):format(table.concat(case.words, " "), place,
          each.name, bug))
      end
    end
  end
end

native_json.decode = decode
quicken()
for _, case in ipairs(real_decode(arg[1])) do
  local began = clock.monotonic()
  for _, place in ipairs(places_of(case)) do
    report.fields = report.fields + 1
    try(case, place)
  end
  io.stderr:write(("%s: %.1f s\n"):format(table.concat(case.words, " "), clock.monotonic() - began))
end
seen = nil
print(json.encode(report))
