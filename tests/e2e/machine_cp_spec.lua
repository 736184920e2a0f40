--- `os2 machine cp` beside `docker cp`: what comes where, on the engine and at the Daytona stand-in.
local fs = require("os2.fs")
local patience = require("tests.lib.patience")
local proc = require("os2.proc")
local worlds = require("tests.lib.world")

local NAME <const> = worlds.PREFIX:gsub("%-+$", "") .. "-cp"
local BOX <const> = "box-1"

-- What every case finds, here and in the machine.
local TREE <const> = [[mkdir -p src/deep exist/sub clash/one && echo 1 >src/f && echo 2 >src/deep/g &&
  echo F >one && echo old >file && echo old >clash/src && ln -s src slink && ln -s one olink &&
  ln -s exist dlink && ln -s file flink && ln -s nowhere dangling && chmod 750 src]]

local SOURCES <const> = { "one", "src", "src/", "src/.", "slink", "slink/", "one/.", "none" }
local TARGETS <const> = { "new", "new/", "new/.", "exist", "exist/.", "file", "file/", "dlink", "flink",
  "dangling", "clash", ".", "no/dir" }

local CASES <const> = { { ".", "new" }, { ".", "exist" } }
for _, source in ipairs(SOURCES) do
  for _, target in ipairs(TARGETS) do CASES[#CASES + 1] = { source, target } end
end

-- What there is below a directory: kinds, modes, places, where links lead, and contents.
local LOOK <const> = [[find . -printf '%P|%M|%l\n' | LC_ALL=C sort &&
  find . -type f -printf '%P\n' | LC_ALL=C sort | while read -r name; do echo "$name: $(cat "$name")"; done]]

-- So many directories, each with the tree.
local MAKE <const> = ("for case in $(seq %d); do mkdir $case && (cd $case && %s) || exit 1; done"):format(#CASES, TREE)

-- The lines of each case's directory.
local function by_case(text)
  local found = {}
  for index = 1, #CASES do found[index] = {} end
  for line in text:gmatch("[^\n]+") do
    local index = math.tointeger(tonumber(line:match("^%d+") or ""))
    if index then table.insert(found[index], (line:gsub("^%d+/?", ""))) end
  end
  return found
end

describe("machine cp, as docker cp:", function()
  local world, image, container

  local function sh(script, ...)
    local ran = proc.run({ "sh", "-c", script, "sh", ... }, { timeout = patience.SECONDS, cwd = world.project })
    assert(ran.code == 0, ran.stderr)
    return (ran.stdout:gsub("\n$", ""))
  end

  local function in_box(script)
    local ran = world:run({ "machine", "exec", BOX, "--", "sh", "-c", script })
    assert(ran.code == 0, ran.stderr)
    return ran.stdout
  end

  setup(function()
    world = worlds.start()
    sh("mkdir -p image/want image/got docker local box here && cd here && " .. TREE)
    for _, name in ipairs{ "image/want", "docker", "local", "box" } do sh('cd "$1" && ' .. MAKE, name) end
    sh("cp -a image/want/. image/got && mkdir image/tree && cd image/tree && " .. TREE)
    image = sh("tar -C image -c . | docker import -c 'ENV A=1' -")
    container = sh([[docker create --label "os2.machine=$1" --name "$1" "$2" /none]], NAME, image)
    sh("rm -r image sandbox hello")
    world:control("POST", "seed-sandboxes", { count = 1 })
    in_box(MAKE)
  end)

  teardown(function()
    if container then sh('docker rm -f "$1"', container) end
    if image then sh('docker rmi -f "$1"', image) end
    if world then world:stop() end
  end)

  local RUN <const> = {
    docker = function(directory, ...)
      return proc.run({ "docker", "cp", ... }, { timeout = patience.SECONDS, cwd = directory })
    end,
    ["local"] = function(directory, ...)
      local words = world:command("machine", "cp", "--provider", "docker", ...)
      return proc.run(words, {
        timeout = patience.SECONDS, cwd = directory, env = world:environment{ DAYTONA_API_KEY = false },
      })
    end,
    box = function(directory, ...)
      return proc.run(world:command("machine", "cp", ...), {
        timeout = patience.SECONDS, cwd = directory, env = world:environment(),
      })
    end,
  }

  -- Runs every case; returns the words of those that failed, by their index.
  local function run_all(how, places_of)
    local failed = {}
    for index, case in ipairs(CASES) do
      local directory, source, target = places_of(index, case)
      local ran = RUN[how](world.project .. directory, source, target)
      failed[index] = ran.code ~= 0 and ran.stderr or false
    end
    return failed
  end

  local function into(how, root)
    return run_all(how, function(index, case)
      return "/here", case[1], ("%s:%s%d/%s"):format(how == "box" and BOX or NAME, root, index, case[2])
    end)
  end

  local function out_of(how, root)
    return run_all(how, function(index, case)
      return ("/%s/%d"):format(how, index), ("%s:%s%s"):format(how == "box" and BOX or NAME, root, case[1]), case[2]
    end)
  end

  local function assert_same(wanted, wanted_failed, got, failed)
    for index, case in ipairs(CASES) do
      local words = ("%s -> %s"):format(case[1], case[2])
      assert.equal(not wanted_failed[index], not failed[index],
        ("%s: %s | %s"):format(words, wanted_failed[index], failed[index]))
      assert.same({ words, wanted[index] }, { words, got[index] })
    end
  end

  it("into a machine", function()
    local wanted_failed, failed, failed_box = into("docker", "/want/"), into("local", "/got/"), into("box", "")
    sh('mkdir exported && docker export "$1" | tar -C exported -x want got', container)
    local wanted = by_case(sh("cd exported/want && " .. LOOK))
    assert_same(wanted, wanted_failed, by_case(sh("cd exported/got && " .. LOOK)), failed)
    assert_same(wanted, wanted_failed, by_case(in_box(LOOK)), failed_box)
  end)

  it("out of a machine", function()
    in_box("mkdir tree && cd tree && " .. TREE)
    local wanted_failed, failed, failed_box = out_of("docker", "/tree/"), out_of("local", "/tree/"),
      out_of("box", "tree/")
    local wanted = by_case(sh("cd docker && " .. LOOK))
    assert_same(wanted, wanted_failed, by_case(sh("cd local && " .. LOOK)), failed)
    assert_same(wanted, wanted_failed, by_case(sh("cd box && " .. LOOK)), failed_box)
  end)

  -- Each word list, with the machine's own name for NAME and its paths below a directory of its own.
  for _, how in ipairs{ "local", "box" } do
    describe("between here and a machine (" .. how .. ")", function()
      local root = how == "box" and "" or "/"
      local name = how == "box" and BOX or NAME

      local function cp(...) return RUN[how](world.project .. "/streams", ...) end

      local function assert_ok(ran)
        assert.equal(0, ran.code, ran.stderr)
        return ran
      end

      -- Runs os2 in a shell's pipe.
      local function piped(script)
        local words = world:command("machine", "cp")
        if how == "local" then words[#words + 1] = "--provider=docker" end
        return proc.run({ "sh", "-c", script, "sh", table.unpack(words) }, {
          timeout = patience.SECONDS, cwd = world.project .. "/streams",
          env = world:environment{ DAYTONA_API_KEY = how == "box" and "dtn_test_key_full", P = name .. ":" .. root },
        })
      end

      before_each(function()
        sh("rm -rf streams; mkdir -p streams/tree/deep; echo 1 >streams/tree/f; echo 2 >streams/tree/deep/g")
        assert_ok(cp("tree", name .. ":" .. root .. "s-tree"))
      end)

      it("`-` is a tar on stdout, of a file too", function()
        for source, wanted in pairs{
          ["s-tree"] = "s-tree/|s-tree/deep/|s-tree/deep/g|s-tree/f", ["s-tree/."] = "./|./deep/|./deep/g|./f",
          ["s-tree/f"] = "f", ["s-tree/"] = "s-tree/|s-tree/deep/|s-tree/deep/g|s-tree/f",
        } do
          local ran = assert_ok(piped('"$@" "${P}' .. source .. '" - | tar -t | sort | paste -sd "|"'))
          assert.equal(wanted .. "\n", ran.stdout)
        end
        assert.equal("2\n", piped('"$@" "${P}s-tree/deep" - | tar -xO deep/g').stdout)
        assert.is_nil(fs.stat(world.project .. "/streams/-"))
      end)

      it("`-` is a tar on stdin, which is unpacked in a directory", function()
        assert_ok(piped('tar -c tree | "$@" - "${P}s-tree"'))
        assert.equal("2\n", piped('"$@" "${P}s-tree/tree/deep" - | tar -xO deep/g').stdout)
        assert.equal(4, piped('tar -c tree | "$@" - "${P}s-none"; exit $?').code)
        assert.equal(2, piped('"$@" - "${P}s-tree" <&-; exit $?').code)
      end)

      it("`-` is refused where it cannot be meant", function()
        assert.equal(2, cp("-", "-").code)
        local ran = piped('"$@" "${P}s-tree" - --json')
        assert.equal(2, ran.code)
        assert.matches("both go to stdout", ran.stdout .. ran.stderr)
      end)

      it("a directory with a log that grows goes along, with a warning where tar says so", function()
        sh([[cd streams && head -c 30000000 /dev/zero >tree/log]])
        local growing = proc.spawn({ "sh", "-c", "while :; do head -c 100000 /dev/zero >>log; done" }, {
          cwd = world.project .. "/streams/tree", group = true, timeout = patience.SECONDS,
        })
        local ran = cp("tree", name .. ":" .. root .. "s-live")
        growing:close()
        assert_ok(ran)
        if ran.stderr ~= "" then assert.matches("warning: tree: .*file changed as we read it", ran.stderr) end
        sh("cd streams && rm tree/log")
        assert.truthy(assert_ok(piped('"$@" "${P}s-live" - | tar -t')).stdout:find("s-live/log", 1, true))
      end)
    end)
  end

  describe("of a sandbox", function()
    local directory

    local function cp(...) return RUN.box(directory, ...) end

    before_each(function()
      sh("rm -rf box-files; mkdir box-files")
      directory = world.project .. "/box-files"
      in_box("rm -rf keep; mkdir keep; echo x >keep/f; chmod 6750 keep/f; mkfifo keep/p; ln keep/f keep/hard")
    end)

    it("takes of a mode what is for reading, writing and running", function()
      assert.equal(0, cp(BOX .. ":keep/f", "one").code)
      local ran = cp(BOX .. ":keep", "all")
      assert.equal(0, ran.code, ran.stderr)
      assert.matches("warning: box%-1:keep: left out, as no file, directory or link: %./p %(a fifo%)", ran.stderr)
      assert.equal("750 all/f\n750 all/hard\n750 one", sh("cd box-files && stat -c '%a %n' all/f all/hard one"))
      assert.same({ "f", "hard" }, fs.list(directory .. "/all"))
    end)

    it("takes no permissions that are none, and says so", function()
      local own = world.directory .. "/reference"
      sh('echo x >"$1" && chmod 4711 "$1"', own)
      for _, permissions in ipairs{ "--reference=" .. own, "u+s", "99999", "" } do
        world:control("POST", "faults", {
          match = { method = "GET", path = "/files/info" }, times = 2,
          action = { type = "status", status = 200, body = {
            name = "f", path = "f", isDir = false, size = 2, mode = "-rw-r--r--", permissions = permissions,
          } },
        })
        local ran = cp(BOX .. ":keep/f", "other")
        assert.equal(0, ran.code, ran.stderr)
        assert.matches("warning: box%-1:keep/f: the machine tells permissions that are none", ran.stderr)
        assert.matches("^6[04][04]$", sh("stat -c %a box-files/other"))
        world:control("DELETE", "faults")
      end
    end)

    it("sends of a file that grows what was announced, and says so", function()
      -- So large, and written to so often, that no machine reads it between two writes.
      local LARGE_BYTES <const> = 32000000
      sh("truncate -s 32000000 box-files/log")
      local growing = proc.spawn({ "sh", "-c", "while :; do printf x; done >>log" },
        { cwd = directory, group = true, timeout = patience.SECONDS })
      patience.until_true("it grows", function() return fs.stat(directory .. "/log").size > LARGE_BYTES end)
      local ran = cp("log", BOX .. ":log")
      growing:close()
      assert.equal(0, ran.code, ran.stderr)
      assert.matches("warning: log: it grew while it was read; its first %d+ bytes were copied", ran.stderr)
      local size = tonumber(in_box("stat -c %s log"))
      assert.is_true(size >= LARGE_BYTES)
    end)

    it("takes files that do not tell their size", function()
      assert.equal(0, cp("/proc/version", BOX .. ":version").code)
      assert.equal(fs.read("/proc/version"), in_box("cat version"))
    end)
  end)
end)
