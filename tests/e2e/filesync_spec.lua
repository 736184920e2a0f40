--- Contexts by the build's session: os2's build against the Docker CLI's, by what a COPY takes.
local docker = require("os2.docker")
local env = require("os2.env")
local fixture = require("tests.lib.docker_fixture")
local fs = require("os2.fs")
local patience = require("tests.lib.patience")
local policy = require("os2.policy")
local proc = require("os2.proc")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")
local tree = require("tests.lib.tree")

local DOCKER <const> = "/usr/bin/docker"
local NOBODY <const> = "65534"
-- Another run of these tests may share the engine, where equal images are one: its label makes an image this
-- run's own, or one run would remove what the other reads. Equal content is one layer, with the times of
-- whoever was first; so content differs, and where it cannot, times are fixed.
local UNIQUE <const> = temporary.unique()
local LABELS <const> = { by = "os2-" .. UNIQUE }

-- One tree for all cases, with something of each kind.
local TREE <const> = ([[
set -e
umask 022
mkdir -p src/deep/er src/x.d other empty 'with space' sticky setgid m/n/o
for f in a b1 b2 src/g1 src/g2 src/one src/deep/er/leaf src/x.d/g3 other/t other/u m/n/o/p \
  m/n/q 'with space/a b' sticky/s setgid/s tool run; do echo "this is $f of %s" > "$f"; done
ln src/one src/two; ln src/one zz-hard; ln a src/a-hard; ln m/n/q m/n/o/q-hard
ln -s other/t lnk; ln -s /other/t abs; ln -s ../../../other up; ln -s nowhere dangling
ln -s loop2 loop1; ln -s loop1 loop2; ln -s self/x self; ln -s src dirlnk; ln -s c2 c1
ln -s src/g1 c2; ln -s ../other/t src/out; ln -s ../other src/outdir; ln -s . dot
chmod 600 b1; chmod 755 tool; chmod 4755 run; chmod 2755 setgid; chmod 1777 sticky; chmod 700 m/n
: > nothing; : > "$(printf 'caf\351')"; : > 'q?m'; : > 'st*r'; : > "$(printf 'new\nline')"
: > '#hash'; : > '!bang'; : > 'a-b'; : > 'a.b'; : > A; mkdir a.d; : > a.d/in
dd if=/dev/urandom of=big bs=1000 count=700 2>/dev/null
find . -exec touch -h -d '2002-05-06 07:08:09Z' '{}' +
touch -d '2001-02-03 04:05:06.789012345Z' a; touch -d '1999-01-01Z' src/deep/er/leaf other
touch -h -d '2003-03-03Z' lnk
]]):format(UNIQUE)

---@type {[1]: string, rules: string?}[]
local CASES <const> = {
  { "COPY . /x/" },
  { "COPY . /x/", rules = "*\n!src\n" },
  { "COPY . /x/", rules = "src\n!src/deep/er/leaf\nDockerfile\n.dockerignore\n" },
  { "COPY . /x/", rules = "**/g*\n#comment\n#hash\n!src/g2\n/other\n" },
  { "COPY . /x/", rules = "src/one\n" }, -- the first name of a file with three
  { "COPY . /x/", rules = "a\nm/n/o\n" },
  { "COPY src/ ./a /b1 s/../tool /y/" },
  { "COPY src /y" },
  { "COPY src/one /y/\nCOPY zz-hard /z/" },
  { "COPY src/two zz-hard /y/" },
  { "COPY b* src/x*/g* /y/" }, -- with src/* the CLI stumbles over src/out, a link to a file
  { "COPY src/[xd]* /y/" },
  { "COPY s?c /y/" },
  { "COPY lnk /z/" },
  { "COPY abs /z/" },
  { "COPY up /z/" },
  { "COPY up/t /z/" },
  { "COPY c1 /z/" },
  { "COPY dirlnk /z/" },
  { "COPY dirlnk/ /z/" },
  { "COPY dirlnk/deep /z/" },
  { "COPY dirlnk/out /z/" },
  { "COPY src/outdir/t /z/" },
  { "COPY src/out* /z/" },
  { "COPY l*k /z/" },
  { "COPY d* /z/" },
  { "COPY dot/src /z/" },
  { "COPY dot/dot/dot/a /z/" },
  { "COPY dangling /z/" },
  { "COPY loop1 /z/" },
  { "COPY self /z/" },
  { "COPY nowhere /z/" },
  { "COPY a/b /z/" },
  { "COPY empty /z/" },
  { "COPY empty nothing /z/" },
  { "COPY m/n/o /z/" },
  { "COPY m/n /z/", rules = "m\n!m/n/o/p\n" },
  { 'COPY ["with space/a b", "/z/"]' },
  { "COPY sticky setgid run tool /z/" },
  { "COPY a a-b a.b a.d A /z/" },
  { "COPY big /z/\nCOPY src/g1 /z/" },
  { "ADD src/g1 other/ /z/" },
  { "ARG what=src\nCOPY $what/deep /z/" },
  { "COPY --chown=12:34 src/deep /z/" },
  { "COPY src/deep /z/", rules = "src/deep\n" },
  { "COPY src /z/", rules = "*.log\nsrc/*\n!src/g?\n" },
  { "COPY Dockerfile /z/" },
  { "COPY .dockerignore /z/", rules = "# nothing\n" },
  { "COPY . /x/\nFROM scratch\nCOPY a /only" }, -- the first stage is not needed
  { "COPY src/deep /x/\nFROM scratch AS two\nCOPY --from=0 /x /y\nCOPY other /z" },
}

local function run(words, options)
  options.timeout = patience.SECONDS
  return proc.run(words, options)
end

describe("a context by the session", function()
  local home, directory, get

  setup(function()
    assert(fs.exists(DOCKER), DOCKER .. " is missing; ./bootstrap test installs it")
  end)

  before_each(function()
    home = temporary.directory()
    directory = home .. "/context"
    fs.mkdir_p(directory)
    policy.set("docker.context_transport", "filesync")
    get = env.get
    env.get = function(name)
      return name == "XDG_CACHE_HOME" and home .. "/cache" or get(name)
    end
  end)

  after_each(function()
    env.get = get
    policy.reset()
    run({ "chmod", "-R", "u+rwX", home }, {})
    temporary.remove(home)
  end)

  local function sh(script)
    local ran = run({ "sh", "-c", script }, { cwd = directory })
    assert(ran.code == 0, ran.stderr)
  end

  local function write(path, text) temporary.write(directory .. "/" .. path, text) end

  -- Returns the image's members and what the build told of bytes.
  local function build(options)
    local context <close> = docker.context{ path = directory, dockerfile = options and options.dockerfile }
    local stream <close> = docker.build{ context = context, labels = LABELS }
    local done = stream:result()
    local _ <close> = task.defer(function() task.try(docker.untag, done.id) end)
    return tree.members(done.id), done
  end

  local function run_cli(words)
    local argv = { DOCKER, "build", "-q", "--label", "by=cli-" .. UNIQUE } -- an image of its own
    table.move(words or {}, 1, 9, #argv + 1, argv)
    argv[#argv + 1] = directory
    return run(argv, { env = { DOCKER_BUILDKIT = "1", DOCKER_CONFIG = home .. "/config" } })
  end

  local function cli_members(ran)
    local id = ran.stdout:match("%S+")
    local _ <close> = task.defer(function() task.try(docker.untag, id) end)
    return tree.members(id)
  end

  local WHOLE <const> = { is_whole = true, has_times = true }

  local function assert_same(words, options)
    local cli = run_cli(words)
    local members, failure = task.try(build, options)
    if cli.code ~= 0 then
      assert.is_nil(members, "the Docker CLI says: " .. cli.stderr)
      assert.is_truthy(failure)
    else
      assert.is_truthy(members, tostring(failure))
      assert.equal(tree.describe(cli_members(cli), WHOLE), tree.describe(members, WHOLE))
    end
  end

  for _, case in ipairs(CASES) do
    local rules = case.rules and " with " .. case.rules:gsub("\n", " ") or ""
    it("arrives as with the Docker CLI: " .. case[1]:gsub("\n", "; ") .. rules, function()
      sh(TREE)
      local comment = ("# %s\n"):format(UNIQUE)
      write("Dockerfile", "FROM scratch\n" .. case[1] .. "\n" .. comment)
      if case.rules then write(".dockerignore", case.rules .. comment) end
      assert_same()
    end)
  end

  it("has a Dockerfile that lies outside, is ignored or a link, and none of it in the image", function()
    sh("mkdir sub; echo a > a; printf 'FROM scratch\\nCOPY . /x/\\n' > ../Outside; "
      .. "cp ../Outside Inside; ln -s ../Outside Link; printf 'Inside\\n' > Inside.dockerignore")
    for _, file in ipairs{ home .. "/Outside", directory .. "/Inside", directory .. "/Link" } do
      local members = build{ dockerfile = file }
      for _, member in ipairs(members) do
        assert.is_nil(member.path:find(".dockerfile.", 1, true), member.path)
      end
      if file ~= directory .. "/Link" then
        assert.equal(tree.describe(cli_members(run_cli{ "-f", file }), WHOLE),
          tree.describe(members, WHOLE))
      end
    end
  end)

  it("sends what changed, and nothing of what no COPY takes", function()
    sh("echo unneeded > unneeded; mkdir d; for n in 1 2 3 4 5; do echo $n > d/$n; done")
    write("Dockerfile", "FROM scratch\nCOPY d /d/\n")
    sh("sleep 0.05")
    local _, first = build()
    assert.same({ 5, 10 }, { first.files_sent, first.bytes_sent })
    local _, again = build()
    assert.same({ 0, 0 }, { again.files_sent, again.bytes_sent })
    sh("echo more > d/3; sleep 0.05")
    local members, changed = build()
    assert.same({ 1, 5 }, { changed.files_sent, changed.bytes_sent })
    assert.matches("more", tree.describe(members), 1, true)
  end)

  it("is never stale: other content with the same size and time", function()
    for _, way in ipairs{ "echo two > f", "echo two > g; mv g f" } do
      write("Dockerfile", "FROM scratch\nCOPY f /f\n")
      sh("rm -f f; echo one > f; touch -d '2020-02-02Z' f; sleep 0.05")
      assert.matches("one", tree.describe(build()), 1, true)
      sh(way .. "; touch -d '2020-02-02Z' f; sleep 0.05")
      assert.matches("two", tree.describe(build()), 1, true)
    end
  end)

  it("is never stale: changed as soon as it was sent", function()
    write("Dockerfile", "FROM scratch\nCOPY f /f\n")
    for number = 10, 15 do
      write("f", tostring(number))
      sh("touch -d '2020-02-02Z' f")
      assert.matches(tostring(number), tree.describe(build()), 1, true)
    end
  end)

  it("is never stale: a state that is torn, gone, or held by another build", function()
    write("Dockerfile", "FROM scratch\nCOPY f /f\n")
    write("f", "one")
    sh("touch -d '2020-02-02Z' f; sleep 0.05")
    build()
    sh("echo two > f; truncate -s 3 f; touch -d '2020-02-02Z' f; sleep 0.05; "
      .. "for s in ../cache/os2/contexts/*; do truncate -s 130 $s; done")
    assert.matches("two", tree.describe(build()), 1, true)
    local holder <close> = docker.context{ path = directory }
    sh("printf six > f; touch -d '2020-02-02Z' f; sleep 0.05")
    assert.matches("six", tree.describe(build()), 1, true)
    assert.equal(1, holder.files - 1)
  end)

  it("keeps two projects of the same names, sizes and times apart", function()
    local first = directory
    for _, name in ipairs{ "one", "two", "one" } do
      directory = home .. "/" .. name .. "/project"
      fs.mkdir_p(directory)
      write("Dockerfile", "FROM scratch\nCOPY f /f\n")
      write("f", "this is " .. name)
      sh("touch -d '2020-02-02Z' f Dockerfile .; sleep 0.05")
      assert.matches("this is " .. name, tree.describe(build()), 1, true)
    end
    directory = first
  end)

  it("takes a Dockerfile and its ignore file for what they are now, whatever their time", function()
    for _, name in ipairs{ "a", "b", "a" } do
      write("a", "A")
      write("b", "B")
      write("Dockerfile", "FROM scratch\nCOPY . /" .. name .. "\n")
      write(".dockerignore", name .. "\n")
      sh("touch -d '2020-02-02Z' Dockerfile .dockerignore")
      local described = tree.describe(build())
      assert.matches('"' .. name .. "/" .. (name == "a" and "b" or "a") .. '"', described, 1, true)
      assert.is_nil(described:find('"' .. name .. "/" .. name .. '"', 1, true))
    end
  end)

  it("remembers no more contexts than the policy says", function()
    policy.set("docker.state_contexts", 2)
    local first = directory
    for number = 1, 4 do
      directory = home .. "/p" .. number
      fs.mkdir_p(directory)
      write("Dockerfile", "FROM scratch\nCOPY Dockerfile /\n")
      build()
    end
    directory = first
    assert.is_true(#fs.list(home .. "/cache/os2/contexts") <= 3)
    policy.set("docker.state_files", 0)
    write("Dockerfile", "FROM scratch\nCOPY Dockerfile /\n")
    assert.is_truthy(build())
  end)

  it("goes by a tar where a file has capabilities, which that keeps", function()
    policy.set("docker.context_transport", "auto")
    write("Dockerfile", "FROM scratch\nCOPY tool /tool\n")
    sh("echo x > tool; chmod 755 tool; sleep 0.05")
    local set = run({ "/usr/sbin/setcap", "cap_net_raw+ep", directory .. "/tool" }, {})
    if set.code ~= 0 then return pending("this file system keeps no capabilities: " .. set.stderr) end
    local members, done = build()
    assert.is_nil(done.files_sent)
    local found
    for _, member in ipairs(members) do found = found or member.capability end
    assert.is_truthy(found)
  end)

  it("has no generated Dockerfile in an image of the classic builder", function()
    write("Dockerfile", "FROM scratch\nCOPY . /x/\n")
    write("a", UNIQUE)
    for _, rules in ipairs{ "*\n!a\n", "Dockerfile\n", "*\n!a\n!.dockerignore\n" } do
      write(".dockerignore", rules)
      local context <close> = docker.context{ path = directory }
      local id = fixture.build{ context = context, builder = "1" }
      local _ <close> = task.defer(function() task.try(docker.untag, id) end)
      local found = {}
      for _, member in ipairs(tree.members(id)) do
        found[member.path] = true
        assert.is_nil(member.path:find(".dockerfile.", 1, true), member.path)
      end
      assert.is_true(found["x/a"])
    end
  end)

  -- As somebody who may not read everything, where the tests run as root.
  local function as_user(words)
    local found = fs.stat(fixture.socket())
    if run({ "id", "-u" }, {}).stdout ~= "0\n" or not found then return words end
    local argv = { "setpriv", "--reuid", NOBODY, "--regid", tostring(found.gid), "--clear-groups" }
    table.move(words, 1, #words, #argv + 1, argv)
    return argv
  end

  local SCRIPT <const> = 'local c = os2.docker.context{ path = arg[1] } '
    .. 'os2.docker.build{ context = c }:result()'

  it("that cannot be read is as with the Docker CLI: only what COPY takes is in the way", function()
    sh("chmod 755 .. .; mkdir d locked; for f in f secret d/s; do echo " .. UNIQUE .. " > $f; done; "
      .. "chmod 000 secret locked")
    for _, copy in ipairs{ "f", "d", ".", "secret", "locked", "f d", "s*" } do
      write("Dockerfile", "FROM scratch\nCOPY " .. copy .. " /x/\n")
      local cli = run(as_user{ DOCKER, "build", "-q", directory },
        { env = { DOCKER_BUILDKIT = "1", DOCKER_CONFIG = "/nonexistent", HOME = "/nonexistent" } })
      local ours = run(as_user{ env.get("OS2"), "--isolated", "-e", SCRIPT, directory },
        { env = { HOME = "/nonexistent", XDG_CACHE_HOME = "/nonexistent" } })
      assert.equal(cli.code == 0, ours.code == 0, ("COPY %s: %s / %s"):format(copy, cli.stderr, ours.stderr))
      if ours.code ~= 0 then assert.matches("ermission denied", ours.stderr, 1, true) end
    end
  end)
end)
