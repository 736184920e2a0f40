--- What os2 never does: it writes nothing outside of its own folders and what it was told to write.
local fs = require("os2.fs")
local lfs = require("lfs")
local proc = require("os2.proc")
local scripts = require("tests.lib.scripts")
local worlds = require("tests.lib.world")

describe("os2 never", function()
  local world, home, temporary

  setup(function()
    world = worlds.start()
    world:reset()
    home, temporary = world.directory .. "/home", world.directory .. "/tmp"
    fs.mkdir_p(home)
    fs.mkdir_p(temporary)
    world:control("POST", "seed", { name = worlds.PREFIX .. "20261101-100000",
      createdAt = "2026-11-01T10:00:00Z" })
  end)
  teardown(function() if world then world:stop() end end)

  -- All files below a folder, with their contents.
  local function tree(folder, found, below)
    found, below = found or {}, below or ""
    for _, name in ipairs(fs.list(folder)) do
      local path, shown = folder .. "/" .. name, below .. name
      if lfs.symlinkattributes(path, "mode") == "directory" then tree(path, found, shown .. "/")
      else found[shown] = fs.read(path) end
    end
    return found
  end

  local function run(words, code)
    local ran = scripts.os2(world, words, { HOME = home, TMPDIR = temporary, XDG_CACHE_HOME = false,
      XDG_STATE_HOME = false, XDG_CONFIG_HOME = false, OS2_NO_HISTORY = false })
    assert.equal(code or 0, ran.code, table.concat(words, " ") .. ": " .. ran.stderr)
  end

  it("writes into the project, the home or the temporary folder, but for its own folders", function()
    fs.write_atomic(home .. "/.profile", "mine")
    assert.equal(0, proc.run({ "git", "init", "-q", world.project }, { timeout = 30 }).code)
    local before = tree(world.project)
    run{ "resolve" }
    run{ "status" }
    run{ "snapshot", "list" }
    run{ "snapshot", "--dry-run", "--remote" }
    run{ "machine", "create", "--name", "m" }
    run{ "machine", "exec", "--no-stdin", "m", "--", "true" }
    run({ "machine", "get", "nope" }, 4)
    run{ "machine", "delete", "m" }
    run{ "policy", "list" }
    run{ "help" }
    run{ "history" , "list" }
    run({ "-e", "error('x')" }, 1)
    assert.same(before, tree(world.project))
    assert.same({}, tree(temporary))
    for path in pairs(tree(home)) do
      local is_own = path:find("^%.cache/os2/") or path:find("^%.local/state/os2/")
      assert.is_true(is_own ~= nil or path == ".profile", path)
    end
  end)

  it("talks to anybody but the API that it was given", function()
    local ran = scripts.os2(world, { "-v", "resolve", "--fresh" }, { HOME = home })
    assert.equal(0, ran.code, ran.stderr)
    local origin = world.api_url:match("^(%a+://[^/]+)")
    for address in ran.stderr:gmatch("%a+://[^/%s]+") do assert.equal(origin, address) end
  end)
end)
