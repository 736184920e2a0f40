--- stdout whose reader sleeps: what goes on meanwhile, and what ends the run.
local fs = require("os2.fs")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local temporary = require("tests.lib.temporary")

-- Runs a chunk whose stdout is a full pipe that nobody reads; `before` is a command of bash's.
local SLEEPING <const> = [[
  mkfifo "$1/pipe"; exec 3<>"$1/pipe"; head -c 65536 /dev/zero >&3
  "$2" --isolated -e "$3" >&3 2>"$1/said" & pid=$!
  until grep -q ready "$1/said"; do sleep 0.02; done
  eval "$4"
  wait "$pid"; echo "$?"]]

describe("stdout whose reader sleeps", function()
  local directory

  before_each(function() directory = temporary.directory() end)
  after_each(function() temporary.remove(directory) end)

  local function run(chunk, action)
    local ran = proc.run({ "bash", "-c", SLEEPING, "bash", directory, program.path, chunk, action }, {
      timeout = 30,
    })
    return ran.stdout, fs.read(directory .. "/said")
  end

  local BUSY <const> = {
    ["io.write"] = "io.write(('x'):rep(100000)) io.stdout:flush()",
    ["print at the end"] = "print(1)",
    ["os2.console.output"] = "require('os2.console.output').write(('x'):rep(100000))",
  }
  for name, chunk in pairs(BUSY) do
    it("is ended by a signal, after its clean-ups: " .. name, function()
      local code, said = run([[
        local _ <close> = task.defer(function() print("more") io.stderr:write("cleaned up") end)
        io.stderr:write("ready ")]] .. chunk, "kill -TERM $pid")
      assert.equal("143\n", code)
      assert.matches("cleaned up", said, 1, true)
    end)
  end

  it("is ended by a signal, also while the reader of stderr sleeps", function()
    local ran = proc.run({ "bash", "-c", [[
      mkfifo "$1/pipe"; exec 3<>"$1/pipe"; head -c 65536 /dev/zero >&3
      "$2" --isolated -e 'print("ready") io.stdout:flush() io.stderr:write(("x"):rep(100000))' \
        >"$1/said" 2>&3 & pid=$!
      until grep -q ready "$1/said"; do sleep 0.02; done
      kill -TERM "$pid"; wait "$pid"; echo "$?"]], "bash", directory, program.path }, { timeout = 30 })
    assert.equal("143\n", ran.stdout)
  end)

  it("is ended by a second signal that has something to say, while the reader of stderr sleeps", function()
    local ran = proc.run({ "bash", "-c", [[
      mkfifo "$1/pipe"; exec 3<>"$1/pipe"; head -c 65536 /dev/zero >&3
      "$2" --isolated -e "$3" >"$1/said" 2>&3 & pid=$!
      until grep -q ready "$1/said"; do sleep 0.02; done
      kill -TERM "$pid"
      until grep -q cleaning "$1/said"; do sleep 0.02; done
      while kill -TERM "$pid"; do sleep 0.1; done # one that comes at once is the same signal
      wait "$pid"; echo "$?"]], "bash", directory, program.path, [[
      require("os2.run.last_words").open():set("box", "machine box")
      local _ <close> = task.defer(function()
        io.stdout:write("cleaning ") io.stdout:flush()
        task.sleep(600)
      end, { timeout = 600 })
      io.stdout:write("ready ") io.stdout:flush()
      task.sleep(600)]] }, { timeout = 30 })
    assert.equal("143\n", ran.stdout)
  end)

  it("lets other tasks and deadlines go on", function()
    local code, said = run([[
      local output = require("os2.console.output")
      local _, failure = task.try(task.timeout, 0.2, output.write, ("x"):rep(100000))
      io.stderr:write("ready ", failure.kind)]], ":")
    assert.same({ "0\n", "ready timeout" }, { code, said })
  end)

  it("gets all once it wakes, and no text inside of another", function()
    local chunk = [[
      local output = require("os2.console.output")
      io.stderr:write("ready ")
      io.write("first ")
      task.group(function(group)
        for _, letter in ipairs{ "a", "b" } do
          group:spawn(function() output.write(letter:rep(150000)) end)
        end
      end)
      io.write(" last")]]
    local code = run(chunk, [[
      { head -c 65536 >/dev/null; head -c 300011 >"$1/got"; } <&3]])
    assert.equal("0\n", code)
    local letters = ("a"):rep(150000) .. ("b"):rep(150000)
    assert.is_true(fs.read(directory .. "/got") == "first " .. letters .. " last")
  end)
end)
