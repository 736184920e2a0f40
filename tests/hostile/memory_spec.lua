--- Memory that runs out: each command with one allocation that fails, or with all from there on.
local fs = require("os2.fs")
local hostile = require("tests.lib.hostile")
local lfs = require("lfs")
local program = require("tests.lib.program")
local worlds = require("tests.lib.world")

local PRELOADED <const> = program.path:gsub("[^/]*$", "") .. "tests/failing_malloc.so"
local SAMPLES <const> = 60 -- of a command's allocations, where not each is tried
local LIMIT <const> = 30 -- seconds after which a run hangs
local ABORT <const> = 6

-- failed, not found, bug (docs/design.md): a run without memory ends by one of these, or it aborts.
local CODES <const> = { [1] = true, [4] = true, [70] = true }

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

-- Lua's search of a module does not tell why a file could not be opened.
local function is_said(stderr)
  return stderr:find("memory", 1, true) or stderr:find("module '[%w._]+' not found")
end

-- What is wrong with how a run ended, nil where nothing is.
local function fault_of(ran, stdout)
  if ran.signal and ran.signal ~= ABORT then return "signal " .. ran.signal end
  if ran.code == 0 then return ran.stdout ~= stdout and "exit code 0, another result" or nil end
  if not ran.signal and not CODES[ran.code] then return "exit code " .. ran.code end
  return not is_said(ran.stderr) and "no word of memory: " .. ran.stderr or nil
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
    assert(world:run{ "resolve" }.code == 0) -- which keeps the answer
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
    local ran = run(words, "0", report)
    assert.equal(0, ran.code, ran.stderr)
    return tonumber(fs.read(report)), ran.stdout
  end

  local function is_survived(title, words)
    it("is told by " .. title, function()
      local allocations, stdout = counted(words)
      assert.is_true(allocations > SAMPLES)
      local names = names_in(world.directory, {}, "")
      local step = hostile.IS_LONG and 1 or allocations // SAMPLES
      local faults, failed = {}, 0
      for number = 1, allocations, step do
        for _, fail_at in ipairs{ tostring(number), number .. "-" } do
          local ran = run(words, fail_at)
          if ran.code ~= 0 then failed = failed + 1 end
          local fault = fault_of(ran, stdout)
          if fault then faults[#faults + 1] = fail_at .. ": " .. fault end
        end
      end
      assert.same({}, faults)
      assert.same(names, names_in(world.directory, {}, ""))
      assert.is_true(failed > SAMPLES // 2) -- else nothing was failed at all
    end)
  end

  is_survived("a start", { "-e", "" })
  is_survived("a cached answer", { "resolve" })
  is_survived("the list of a context", { "snapshot", "--list-context" })
end)
