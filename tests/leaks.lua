--- A busted helper: fails a test that leaves something behind, or that takes longer than its
--- deadline (`-Xhelper deadline=SECONDS`).
local busted = require("busted")
local clock = require("host.clock")
local deadline = require("tests.lib.deadline")
local lfs = require("lfs")
local loop = require("host.loop")

local PATIENCE <const> = 120 -- seconds until what was closed must be gone: a child takes a moment

local before

local function globals()
  local names = {}
  for name in pairs(_G) do names[name] = true end
  return names
end

-- Lets closed handles go; children that were killed have to end first.
local function settle(allowed)
  collectgarbage()
  collectgarbage()
  local due = clock.monotonic() + PATIENCE
  repeat loop.poll() until loop.pending() <= allowed or clock.monotonic() > due
end

local function take_state(allowed)
  settle(allowed)
  return { operations = loop.pending(), directory = lfs.currentdir(), globals = globals() }
end

local function differences(now)
  local found = {}
  if now.operations > before.operations then
    found[#found + 1] = ("%d operations are still alive"):format(now.operations - before.operations)
  end
  if now.directory ~= before.directory then
    found[#found + 1] = "the current directory is now " .. now.directory
    lfs.chdir(before.directory)
  end
  for name in pairs(now.globals) do
    if not before.globals[name] then
      found[#found + 1] = "there is a new global " .. tostring(name)
    end
  end
  return found
end

for _, option in ipairs(arg) do
  deadline.set(assert(tonumber(option:match("^deadline=(.+)$")), "-Xhelper deadline=SECONDS"))
end

-- What stands around tests (set-ups and clean-ups) waits until the next of these.
for _, channel in ipairs{ "file", "describe" } do
  for _, point in ipairs{ "start", "end" } do
    busted.subscribe({ channel, point }, function(element)
      deadline.begin(element)
      return nil, true
    end)
  end
end

busted.subscribe({ "test", "start" }, function(element)
  deadline.stop()
  before = take_state(math.huge)
  deadline.begin(element)
  return nil, true
end)

busted.subscribe({ "test", "end" }, function(element, parent, status)
  local late = deadline.stop()
  local found = differences(take_state(before.operations))
  if late then table.insert(found, 1, late) end
  if #found > 0 and status == "success" then
    busted.publish({ "failure", element.descriptor }, element, parent,
      (late and "" or "left behind: ") .. table.concat(found, "; "), {})
  end
  deadline.begin(parent)
  return nil, true
end)
