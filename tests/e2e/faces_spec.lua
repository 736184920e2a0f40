--- What a person sees of os2 elsewhere: variables for options, narrow terminals, dumb ones.
local scripts = require("tests.lib.scripts")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX

describe("os2", function()
  local world

  setup(function() world = worlds.start() end)
  teardown(function() if world then world:stop() end end)
  before_each(function()
    world:reset()
    for _, prefix in ipairs{ PREFIX, PREFIX:gsub("%-%-$", "-b--"), PREFIX:gsub("%-%-$", "-c--") } do
      world:control("POST", "seed", { name = prefix .. "20261101-100000",
        createdAt = "2026-11-01T10:00:00Z" })
    end
  end)

  local function resolve(words, changes)
    return scripts.os2(world, { "resolve", table.unpack(words) }, changes)
  end

  it("takes the prefix from the option, else OS2_PREFIX, else DAYTONA_SNAPSHOT_PREFIX", function()
    local own, other = PREFIX:gsub("%-%-$", "-b--"), PREFIX:gsub("%-%-$", "-c--")
    assert.equal(PREFIX .. "20261101-100000\n", resolve{}.stdout)
    assert.equal(own .. "20261101-100000\n", resolve({}, { OS2_PREFIX = own }).stdout)
    assert.equal(other .. "20261101-100000\n",
      resolve({ "--prefix", other }, { OS2_PREFIX = own }).stdout)
    assert.equal(own .. "20261101-100000\n",
      resolve({}, { OS2_PREFIX = own, DAYTONA_SNAPSHOT_PREFIX = false }).stdout)
    assert.equal(3, resolve({}, { OS2_PREFIX = "no prefix" }).code)
  end)

  it("takes the provider from the option, else OS2_PROVIDER, else Daytona", function()
    local here = resolve({}, { OS2_PROVIDER = "docker" })
    assert.equal(4, here.code)
    assert.matches("LOCAL ONLY", here.stderr)
    assert.equal(0, resolve({ "--provider", "daytona" }, { OS2_PROVIDER = "docker" }).code)
    local ran = resolve({}, { OS2_PROVIDER = "dockr" })
    assert.equal(3, ran.code)
    assert.matches("OS2_PROVIDER is 'dockr', which is no provider; use daytona or docker", ran.stderr)
    assert.equal("daytona\n", scripts.run(world,
      'print(require("os2").snapshots.newest{ provider = "daytona" }.provider)',
      { OS2_PROVIDER = "docker" }).stdout)
  end)

  it("fits its help into 40 columns, but for words and commands that are longer", function()
    for _, words in ipairs{ {}, { "snapshot" }, { "machine", "create" }, { "policy", "try" } } do
      words[#words + 1] = "--help"
      local ran = scripts.os2(world, words, { COLUMNS = "40" })
      assert.equal(0, ran.code, ran.stderr)
      for line in ran.stdout:gmatch("[^\n]+") do
        local is_command = line:find("^   %S*%f[%w]os2 ") or line:find("^   [%w|]")
        local is_title = line:find("^%S.*:$")
        local is_word = not line:match("^%s*[%-#]?%s*(.-)$"):find("%S %S+ %S")
        assert.is_true(#line <= 40 or is_command ~= nil or is_title ~= nil or is_word, line)
      end
    end
  end)

  it("redraws no line on a dumb terminal, and writes ASCII in the locale C", function()
    local ran = scripts.os2(world, { "machine", "create", "--name", "m" },
      { TERM = "dumb", LC_ALL = "C" })
    assert.equal(0, ran.code, ran.stderr)
    assert.matches("started %- id ", ran.stderr)
    assert.is_nil(ran.stderr:find("[\r\27\x80-\xff]"))
  end)
end)
