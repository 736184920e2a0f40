--- A registry that answers pushes wrongly: what a real engine tells of it, and os2 after that.
---
--- A long run tries all of tests/lib/registry_faults.lua, what any server can do wrong at each
--- request of a push, and pushes that the engine repeats until it gives up. A normal run tries each
--- third fault of each list, and a fifth of what any server can do wrong.
local docker = require("os2.docker")
local faults = require("tests.lib.registry_faults")
local fs = require("os2.fs")
local hostile = require("tests.lib.hostile")
local hostile_server = require("tests.lib.hostile_server")
local lfs = require("lfs")
local native = require("host.docker")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local EVERY <const> = hostile.IS_LONG and 1 or 3
-- Seconds that a push may take: where the engine says what is wrong, where a loaded one has to have
-- tried again, and where it does not matter how far it comes.
local TOLD <const>, LATE <const>, SHORT <const>, WHOLE <const> = 60, 8, 2, 120

local CONTROL <const> = "[\0-\8\11-\31\127]"
local POLICY <const> = 'policy.set("timeouts.push", %d)\npolicy.set("timeouts.push_visible", 1)\n'

describe("a registry that answers a push wrongly", function()
  local server, registry, lanes, login

  -- Each run has a stand-in of its own, which sends it to the front of its own.
  setup(function()
    server, lanes = hostile_server.start(), {}
    for index = 1, hostile.AT_ONCE do
      local world = worlds.start{ registry = index == 1 and "password" or nil }
      lanes[index] = {
        world = world, temporary = world.directory .. "/tmp",
        prefix = ("%s%d--"):format(worlds.PREFIX, index), -- two runs of a second have two names
      }
      registry = registry or world.registry
    end
    login = native.base64_url(registry.REGISTRY_USER .. ":" .. registry.REGISTRY_PASSWORD)
      :gsub("-", "+"):gsub("_", "/")
  end)

  teardown(function()
    if server then server:stop() end
    for _, lane in ipairs(lanes or {}) do lane.world:stop() end
  end)

  local function is_tagged(port)
    for _, image in ipairs(docker.api.image_list{}) do
      for _, tag in ipairs(image.RepoTags or {}) do
        if tag:find(("127.0.0.1:%d/"):format(port), 1, true) then return true end
      end
    end
    return false
  end

  local function secret_in(said)
    for _, secret in ipairs{ registry.REGISTRY_PASSWORD, login, "dtn_test_key_full" } do
      if said:find(secret, 1, true) then return "it shows a secret" end
    end
  end

  local function left_by(lane)
    local names = table.concat(fs.list(lane.temporary), " ")
    if names ~= "" then return "it left " .. names end
    return is_tagged(lane.port) and "it left its local tag" or nil
  end

  -- What a run that failed must have said and must not have done.
  local function failure_fault(lane, ran)
    if ran.stdout ~= "" then return "it printed a result" end
    if not ran.stderr:find(("127.0.0.1:%d/"):format(lane.port), 1, true) then
      return "the image is not named"
    end
    if not ran.stderr:find("go on: os2 ", 1, true) then return "how to go on is not said" end
    return lane.world:requests()["POST /api/snapshots"] and "it registered a snapshot" or nil
  end

  local function success_fault(lane, ran)
    if not ran.stdout:find("^%S+\n$") then return "it printed no name" end
    return lane.world:requests()["POST /api/snapshots"] ~= 1 and "it registered no snapshot" or nil
  end

  local function any_fault(lane, ran)
    local told = ran.code == 0 and success_fault or failure_fault
    return told(lane, ran) or secret_in(ran.stdout .. ran.stderr)
      or ran.stderr:find(CONTROL) and "it shows control characters" or left_by(lane)
  end

  local function fault_of(lane, job, ran)
    job.is_ended = true
    if job.code and ran.code ~= job.code then return "the exit code should be " .. job.code end
    if job.says and not ran.stderr:find(job.says, 1, true) then return "no word of " .. job.says end
    return any_fault(lane, ran)
  end

  local function open(lane, front)
    lane.port = front.port
    lane.world:control("POST", "config", { registry = {
      url = "http://127.0.0.1:" .. front.port, username = registry.REGISTRY_USER,
      password = registry.REGISTRY_PASSWORD,
    } })
    return lane.world:environment{
      TMPDIR = lane.temporary, DAYTONA_SNAPSHOT_PREFIX = lane.prefix,
    }
  end

  -- An image that no registry has anything of: the requests of a push are the same each time.
  local function prepare(lane, name)
    lane.world:reset()
    lane.world:write("hello", worlds.PREFIX .. name)
    lfs.mkdir(lane.temporary)
  end

  local function verb(lane, job)
    local seconds = job.seconds or job.is_late and LATE or job.code and TOLD or SHORT
    return {
      words = { "snapshot" }, upstream = "http://" .. registry.REGISTRY, only = job.only or "/v2/",
      is_typed = true, cwd = lane.world.project, policy = POLICY:format(seconds),
      limit = seconds + 60,
      prepare = function(name) prepare(lane, name) end,
      environment = function(front) return open(lane, front) end,
      check = function(ran) return fault_of(lane, job, ran) end,
    }
  end

  local function trial(job)
    local lane = table.remove(lanes)
    local _ <close> = task.defer(function() lanes[#lanes + 1] = lane end)
    local fault = hostile.trial(server, verb(lane, job), job)
    if fault or not job.name or job.is_ended then return fault end
    return job.name .. ": the registry was not asked"
  end

  local function jobs_of(list)
    local jobs = {}
    for index = 1, #list, EVERY do
      local job = setmetatable({ mode = "given", after = list[index].after or 0 },
        { __index = list[index] })
      jobs[#jobs + 1] = job
    end
    return jobs
  end

  for title, name in pairs{
    ["challenges and tokens"] = "tokens", statuses = "statuses", bodies = "bodies",
    ["the codes of a refused manifest"] = "codes", ["places of uploads"] = "locations",
    ["answers to a manifest"] = "manifests", ["a connection that is reset"] = "resets",
  } do
    it("is told: " .. title, function()
      assert.same({}, hostile.collect(jobs_of(faults[name]), trial))
    end)
  end

  it("is left to Daytona where the engine takes it", function()
    assert.same({}, hostile.collect(jobs_of(faults.taken), trial))
  end)

  it("ends a push by its deadline, whatever it does", function()
    assert.same({}, hostile.collect(hostile.jobs(server:modes(), faults.REQUESTS), trial))
  end)

  if hostile.IS_LONG then
    it("is told when the engine gives up", function()
      local jobs = {}
      for _, fault in ipairs(faults.statuses) do
        if fault.is_late then
          jobs[#jobs + 1] = setmetatable({ mode = "given", after = 0, seconds = WHOLE, code = 75,
            says = fault.name:match("%d+") }, { __index = fault })
        end
      end
      assert.same({}, hostile.collect(jobs, trial))
    end)
  end
end)
