--- Memory that runs out: each command with one allocation that fails, or with all from there on.
local fs = require("os2.fs")
local hostile = require("tests.lib.hostile")
local lfs = require("lfs")
local program = require("tests.lib.program")
local worlds = require("tests.lib.world")

local PRELOADED <const> = program.path:gsub("[^/]*$", "") .. "tests/failing_malloc.so"
-- Of a command's allocations, where it makes more.
local SAMPLES <const> = hostile.IS_LONG and 5000 or 60
local LIMIT <const> = 30 -- seconds after which a run hangs

-- failed, usage, bug, unavailable (docs/design.md); lua-cjson ends the process with 255. A policy
-- file is told as faulty (3) where a module could not be loaded that a line of it asks for.
local CODES <const> = {
  [1] = true, [2] = true, [3] = true, [70] = true, [75] = true, [255] = true,
}

-- What Lua and the dynamic linker say of a file that they could not open; they do not tell why.
local UNTOLD <const> = { "no file '", "there is no script named ", "error loading module '" }

local function names_in(directory, into, at)
  for name in lfs.dir(directory .. at) do
    local path = at .. "/" .. name
    if name ~= "." and name ~= ".." then
      into[#into + 1] = path
      if lfs.symlinkattributes(directory .. path, "mode") == "directory" then
        names_in(directory, into, path)
      end
    end
  end
  table.sort(into)
  return into
end

-- Where there is memory again at once, who failed for want of it may not know.
local function is_said(stderr, fail_at)
  if stderr:find("memory", 1, true) then return true end
  if fail_at:find("-", 1, true) then return false end
  for _, words in ipairs(UNTOLD) do
    if stderr:find(words, 1, true) then return true end
  end
  return false
end

-- What is wrong with how a run ended, nil where nothing is.
local function fault_of(ran, fail_at, stdout)
  if ran.signal then return "signal " .. ran.signal end
  if ran.code == 0 then return ran.stdout ~= stdout and "exit code 0, another result" or nil end
  if not CODES[ran.code] then return ("exit code %d: %s"):format(ran.code, ran.stderr) end
  return not is_said(ran.stderr, fail_at) and "no word of memory: " .. ran.stderr or nil
end

local is_built = not hostile.IS_SANITIZED -- a sanitizer brings an allocator of its own
local maybe = is_built and describe or pending

maybe("memory that runs out", function()
  local world

  setup(function()
    world = worlds.start()
    world:control("POST", "seed", {
      name = worlds.PREFIX .. "20261101-100000", createdAt = "2026-11-01T10:00:00Z",
    })
    world:write("sub/more", "more\n")
    world:write("policy.lua", 'policy.api(1) policy.set("cache.ttl", 86400)\n')
  end)

  teardown(function() if world then world:stop() end end)

  local function run(words, fail_at, report)
    return program.run(words, {
      timeout = LIMIT, cwd = world.project, env = world:environment{
        LD_PRELOAD = PRELOADED, OS2_TEST_FAIL_AT = fail_at, OS2_TEST_FAIL_REPORT = report or false,
      },
    })
  end

  -- Returns how many allocations the command makes, and its result.
  local function counted(words)
    local report = world.directory .. "/allocations"
    assert.equal(0, run(words, "0").code) -- which keeps what there is to keep
    local _, asked = world:requests()
    local ran = run(words, "0", report)
    assert.equal(0, ran.code, ran.stderr)
    assert.equal(asked, select(2, world:requests()))
    return tonumber(fs.read(report)), ran.stdout
  end

  -- Returns what was wrong, and how many runs failed.
  local function tried(words, allocations, stdout)
    local faults, failed = {}, 0
    for number = 1, allocations, math.max(1, allocations // SAMPLES) do
      for _, fail_at in ipairs{ tostring(number), number .. "-" } do
        local ran = run(words, fail_at)
        if ran.code ~= 0 or ran.signal then failed = failed + 1 end
        local fault = fault_of(ran, fail_at, stdout)
        if fault then faults[#faults + 1] = fail_at .. ": " .. fault end
      end
    end
    return faults, failed
  end

  local function is_survived(title, words)
    it("is told by " .. title, function()
      local allocations, stdout = counted(words)
      local names = names_in(world.directory, {}, "")
      local faults, failed = tried(words, allocations, stdout)
      assert.same({}, faults)
      assert.same(names, names_in(world.directory, {}, ""))
      assert.is_true(failed > 30) -- else the library was not loaded
    end)
  end

  is_survived("a start", { "-e", "" })
  is_survived("a cached answer", { "--policy", "policy.lua", "resolve" })
  is_survived("the list of a context", { "snapshot", "--list-context" })
end)
