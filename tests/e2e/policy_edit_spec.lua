--- `os2 policy edit`: with editors that are programs.
local fs = require("os2.fs")
local json = require("os2.json")
local proc = require("os2.proc")
local tmux = require("tests.lib.tmux")
local temporary = require("tests.lib.temporary")
local worlds = require("tests.lib.world")

describe("policy edit", function()
  local world, folder

  setup(function()
    world = worlds.start()
    folder = world.directory .. "/config/os2"
  end)
  teardown(function() if world then world:stop() end end)
  before_each(function()
    world:reset()
    if fs.exists(folder) then
      for _, name in ipairs(fs.list(folder)) do fs.remove(folder .. "/" .. name) end
    end
  end)

  local function own() return fs.exists(folder .. "/policy.lua") and fs.read(folder .. "/policy.lua") end

  local function have(text)
    fs.mkdir_p(folder)
    fs.write_atomic(folder .. "/policy.lua", text, { mode = tonumber("600", 8) })
  end

  -- An editor that runs a shell command on its file, which is $1.
  local function edit(name, command, changes)
    world:write("editor", "#!/bin/sh\n" .. command .. "\n")
    changes = changes or { VISUAL = false, EDITOR = "sh " .. world.project .. "/editor" }
    return world:run({ "policy", "edit", name, "--json" }, changes)
  end

  local function put(text)
    return ("{ printf '%%s\\n' '%s'; cat \"$1\"; } >\"$1.new\" && mv \"$1.new\" \"$1\""):format(text)
  end

  it("shows what os2 ships, and saves what is above the line", function()
    local ran = edit("naming.parse", 'cp "$1" "$HOME_COPY"; ' .. put("-- mine"), {
      EDITOR = "sh " .. world.project .. "/editor", VISUAL = false,
      HOME_COPY = world.project .. "/seen",
    })
    assert.equal(0, ran.code, ran.stderr)
    assert.equal("-- mine\npolicy.api(1)\n", own())
    local seen = fs.read(world.project .. "/seen")
    assert.matches("^policy.api%(1%)\n\n%-%- %-%-%-%- os2 policy edit: ", seen)
    for _, words in ipairs{ "function M.parse(facts)", "facts", "answers 1793880000",
      'policy.override("naming.parse", function(base, facts)' } do
      assert.truthy(seen:find(words, 1, true), words)
    end
    assert.same({ "policy.lua" }, fs.list(folder))
    assert.is_true(json.decode(ran.stdout).is_saved)
  end)

  it("writes nothing when nothing was changed, and keeps the mode when something was", function()
    have("policy.api(1)\npolicy.set('cache.ttl', 60)\n")
    assert.is_false(json.decode(edit("cache.ttl", "true").stdout).is_saved)
    assert.equal(0, edit("cache.ttl", "sed -i 's/60/90/' \"$1\"").code)
    assert.equal("policy.api(1)\npolicy.set('cache.ttl', 90)\n", own())
    assert.equal("rw-------", fs.stat(folder .. "/policy.lua").permissions)
  end)

  it("saves no fault, and keeps both what was there and what was written", function()
    local before = "policy.api(1)\npolicy.set('cache.ttl', 60)\n"
    have(before)
    local ran = edit("cache.ttl", "sed -i 's/60/-1/' \"$1\"")
    assert.equal(3, ran.code, ran.stderr)
    assert.matches("/os2/policy%.lua:2: policy.set: cache.ttl", ran.stderr)
    assert.equal(before, own())
    local draft = ran.stderr:match("what you wrote is in (%S+)")
    assert.matches("'cache.ttl', %-1", fs.read(draft))
    ran = edit("cache.ttl", put("-- lost?") .. "; exit 3")
    assert.equal(1, ran.code, ran.stderr)
    assert.equal(before, own())
    assert.matches("^%-%- lost%?", fs.read(ran.stderr:match("what you wrote is in (%S+)")))
    ran = edit("cache.ttl", put("-- x") .. "; echo '-- other' >>" .. folder .. "/policy.lua")
    assert.equal(6, ran.code, ran.stderr)
    assert.equal(before .. "-- other\n", own())
  end)

  it("mends a file that has a fault, and writes through a link", function()
    have("policy.api(1)\nnonsense(\n")
    assert.equal(0, edit("cache.ttl", "sed -i /nonsense/d \"$1\"").code)
    assert.equal("policy.api(1)\n", own())
    fs.write_atomic(world.project .. "/dotfile", "policy.api(1)\n")
    fs.remove(folder .. "/policy.lua")
    assert.equal(0, proc.run({ "ln", "-s", world.project .. "/dotfile", folder .. "/policy.lua" },
      { timeout = 10 }).code)
    assert.equal(0, edit("cache.ttl", put("-- mine")).code)
    assert.equal("-- mine\npolicy.api(1)\n", fs.read(world.project .. "/dotfile"))
  end)

  it("offers to edit again on a terminal", function()
    local again = ([[#!/bin/sh
if [ -e again ]; then sed -i 's/, -1)/, 7)/' "$1"
else touch again; sed -i '1a policy.set("cache.ttl", -1)' "$1"
fi
]])
    for answer, saved in pairs{ ["\n"] = 'policy.api(1)\npolicy.set("cache.ttl", 7)\n', ["n\n"] = false } do
      world:reset()
      fs.remove(folder .. "/policy.lua")
      world:write("editor", again)
      local words = world:command("policy", "edit", "cache.ttl")
      local ran = proc.run({ "script", "-qec", table.concat(words, " "), "/dev/null" }, {
        timeout = 60, cwd = world.project, input = answer,
        env = world:environment{ VISUAL = false, EDITOR = "sh ./editor", TERM = "xterm" },
      })
      assert.matches("Edit again%? %[Y/n%] ", ran.stdout)
      assert.equal(saved, own())
    end
  end)

  it("refuses without an editor and names the file, and refuses unknown names", function()
    local ran = edit("cache.ttl", "", { VISUAL = false, EDITOR = false })
    assert.equal(2, ran.code)
    assert.truthy(ran.stderr:find("or edit " .. folder .. "/policy.lua yourself", 1, true), ran.stderr)
    assert.equal(4, edit("cache.tll", "").code)
    assert.is_false(own())
  end)
end)

describe("Ctrl-C in policy edit", function()
  local terminal

  after_each(function() terminal:remove() end)

  local function start(line)
    local directory = temporary.directory()
    temporary.write(directory .. "/editor", ([[
trap : INT
sed -i '1i %s' "$1"
echo ready
read -r _ || read -r _
]]):format(line))
    terminal = tmux.start({ "policy", "edit", "cache.ttl" }, {
      directory = directory, variables = { "-u", "VISUAL", "-u", "XDG_CONFIG_HOME", "EDITOR=sh\\ ./editor" },
      cwd = directory,
    })
    terminal:wait("ready")
    terminal:press("C-c")
    terminal:wait("^C")
    terminal:press("Enter")
  end

  it("is the editor's while it runs", function()
    start("-- mine")
    terminal:wait("ended 0")
    local folder = terminal.directory .. "/.config/os2"
    assert.matches("^%-%- mine\n", fs.read(folder .. "/policy.lua"))
    assert.same({ "policy.lua" }, fs.list(folder))
  end)

  it("keeps and names what was written when it ends os2", function()
    start("nonsense(")
    terminal:wait("Edit again?")
    terminal:press("C-c")
    local screen = terminal:wait("ended 130")
    local draft = screen:match("what you wrote is in (%S+)")
    assert.matches("^nonsense%(\n", fs.read(draft))
    assert.is_false(fs.exists(terminal.directory .. "/.config/os2/policy.lua"))
  end)
end)
