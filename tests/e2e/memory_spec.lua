--- Memory while a large context is sent: it does not grow with the context, and no file is made.
local env = require("os2.env")
local fixture = require("tests.lib.docker_fixture")
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")

local OS2 <const> = env.get("OS2") or "build/os2"
local LIMIT <const> = 24 * 1024 -- kB
local SANITIZER_SLACK <const> = 4 * 1024 -- kB above a small build, where a sanitizer takes its share

-- The classic builder throws a context away; BuildKit would keep it twice in its cache.
local SCRIPT <const> = [[
local docker = require("os2.docker")
local context = docker.context{ path = arg[1] }
local stream <close> = docker.build{ context = context, builder = "1", tags = { arg[2] } }
stream:result()
for line in io.lines("/proc/self/status") do
  local peak = line:match("^VmHWM:%s*(%d+) kB")
  if peak then print(context.bytes, peak) end
end
]]

describe("a context of 500 MB", function()
  local here

  before_each(function()
    here = fixture.open()
    temporary.write(here.directory .. "/build.lua", SCRIPT)
  end)

  after_each(function() here:close() end)

  -- Builds with a file of that size beside the Dockerfile; returns what was sent and the peak in kB.
  local function build(name, size)
    local directory = here.directory .. "/" .. name
    temporary.write(directory .. "/Dockerfile", "FROM scratch\nCOPY hello /hello\n")
    temporary.write(directory .. "/hello", "hello")
    local file <close> = assert(io.open(directory .. "/large", "wb"))
    file:seek("set", size - 1)
    file:write("\0")
    file:flush()
    local ref = here:owned(("os2-memory-%s-%d:1"):format(name, math.random(1 << 30)))
    local done = proc.run({ OS2, "--isolated", here.directory .. "/build.lua", directory, ref }, {
      timeout = 300, env = { TMPDIR = "/nonexistent" },
    })
    assert.are.equal(0, done.code, done.stderr)
    local sent, peak = done.stdout:match("(%d+)%s+(%d+)")
    return tonumber(sent), tonumber(peak)
  end

  it("takes no more than 24 MB", function()
    local _, small = build("small", 1)
    local sent, large = build("large", 500000000)
    assert.is_true(sent >= 500000000)
    assert.is_true(large <= math.max(LIMIT, small + SANITIZER_SLACK),
      ("%d kB for 500 MB, %d kB for next to nothing"):format(large, small))
  end)
end)
