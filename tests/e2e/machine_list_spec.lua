--- What a list of machines shows on a terminal, and what a long one costs beside the iterator that it
--- is made of.
local env = require("os2.env")
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")
local worlds = require("tests.lib.world")

local ITERATOR <const> = [[
for _ in require("os2.daytona").machines{ limit = 200 } do end
]]

describe("a list of machines", function()
  it("has titles on a terminal, as many as its width has place for, and none elsewhere", function()
    local world = worlds.start()
    local _ <close> = require("os2.task").defer(function() world:stop() end)
    world:control("POST", "seed-sandboxes", { count = 1, name = "box-{n}",
      body = { labels = { k = "v" } } })
    assert.matches("^box%-1 [^\n]*k=v\n$", world:run{ "machine", "list" }.stdout)
    local environment = world:environment()
    environment.COMMAND = table.concat(world:command("machine", "list"), " ")
    for columns, titles in pairs{ [120] = "NAME   STATE     SNAPSHOT  BEHIND  CREATED                   LABELS",
      [30] = "NAME   STATE     SNAPSHOT" } do
      local ran = proc.run({ "script", "-qec", ("stty cols %d; $COMMAND"):format(columns), "/dev/null" },
        { timeout = 60, cwd = world.project, env = environment })
      assert.equal(titles, ran.stdout:match("^([^\r\n]*)"))
    end
  end)

  -- Counted, not timed: with what a start takes besides, the bound is less than 1.3 times the time.
  local long_it = env.get("OS2_LONG") and it or function() end -- it needs valgrind
  long_it("takes less than 1.4 times the iterator's instructions, and as many for each machine", function()
    local world, directory = worlds.start(), temporary.directory()
    local _ <close> = require("os2.task").defer(function()
      world:stop()
      temporary.remove(directory)
    end)
    temporary.write(directory .. "/iterator.lua", ITERATOR)
    local function instructions(command)
      local words = { "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null" }
      table.move(command, 1, #command, #words + 1, words)
      local ran = proc.run(words, { timeout = 120, cwd = world.project, env = world:environment() })
      assert.equal(0, ran.code, ran.stderr)
      return tonumber(ran.stderr:match("Collected : (%d+)"))
    end
    local start = instructions(world:command("machine", "list", "--json"))
    local function made(count, name)
      world:control("POST", "seed-sandboxes", { count = count, name = name .. "-{n}",
        body = { labels = { k = "v" } } })
    end
    made(2000, "a")
    local first = instructions(world:command("machine", "list", "--json")) - start
    made(2000, "b")
    local second = instructions(world:command("machine", "list", "--json")) - start
    assert.is_true(second <= first * 2.1, ("%d and %d"):format(first, second))
    local iterator = instructions{ world:command("machine")[1], directory .. "/iterator.lua" }
    for _, form in ipairs{ "--json", "--jsonl", "--progress=plain" } do
      local list = instructions(world:command("machine", "list", form))
      assert.is_true(list <= iterator * 1.4, ("%s: %d and %d"):format(form, list, iterator))
    end
  end)
end)
