--- A build context as an archive in an archive: what its name depends on, and the Dockerfile that
--- unpacks it.
local docker = require("os2.docker")
local dockerfile = require("os2.docker.dockerfile")
local lfs = require("lfs")
local proc = require("os2.proc")
local tar = require("tests.lib.tar")
local temporary = require("tests.lib.temporary")

describe("docker.nested_context", function()
  local home

  before_each(function()
    home = temporary.directory()
    temporary.write(home .. "/Dockerfile", "FROM scratch\nCOPY . /\n")
  end)

  after_each(function() temporary.remove(home) end)

  local function open()
    return docker.nested_context{ path = home, dockerfile = home .. "/Dockerfile" }
  end

  local function digest()
    local context <close> = open()
    return context:digest()
  end

  local function sh(script)
    local ran = proc.run({ "sh", "-c", script }, { timeout = 10, cwd = home })
    assert.equal(0, ran.code, ran.stderr)
  end

  local function read()
    local context <close> = open()
    local pieces, op = context:pieces()
    local _ <close> = op
    local list = {}
    for piece in pieces do list[#list + 1] = piece end
    local archive = table.concat(list)
    assert.equal(context.size, #archive)
    local outer = tar.members(archive)
    assert.equal(1, #outer)
    assert.equal("os2-context.tar", outer[1].path)
    return tar.members(outer[1].content)
  end

  it("has a name that depends on paths, modes, links and contents, and on no time", function()
    sh("printf c >ab && ln -s ab l && mkdir d && printf x >d/f && chmod 644 ab")
    local seen = { [digest()] = "first" }
    sh("touch -d 2001-01-01 ab d d/f && touch -h -d 2001-01-01 l")
    assert.equal("first", seen[digest()])
    for _, script in ipairs{
      "mv ab a && printf bc >a", "chmod 755 a", "ln -sf a l", "mv d e", "chmod 700 e", "mkdir e/n",
      "printf y >e/f", "ln a hard", "rm hard && cp a hard",
    } do
      sh(script)
      local name = digest()
      assert.is_nil(seen[name], script)
      seen[name] = script
    end
  end)

  it("holds what the Dockerfile takes, and an empty one still is an archive", function()
    sh("mkdir d e && touch a b d/f && printf 'FROM scratch\\nCOPY a d /\\n' >Dockerfile")
    local paths = {}
    for index, member in ipairs(read()) do paths[index] = member.path end
    assert.same({ "a", "d", "d/f" }, paths)
    sh("printf '*\\n' >.dockerignore && printf 'FROM scratch\\nCOPY . /\\n' >Dockerfile")
    local members = read()
    assert.same({ 1, "directory" }, { #members, members[1].type })
  end)

  it("makes a file of a hard link whose file is not taken", function()
    sh("printf x >a && ln a b && ln a c && printf 'FROM scratch\\nCOPY b c /\\n' >Dockerfile")
    local members = read()
    assert.same({ "b", "file", "x" }, { members[1].path, members[1].type, members[1].content })
    assert.same({ "c", "file", "x" }, { members[2].path, members[2].type, members[2].content })
  end)

  it("fails when a file becomes shorter while it is read", function()
    temporary.write(home .. "/big", ("x"):rep(1 << 20))
    local context <close> = open()
    temporary.write(home .. "/big", "x")
    local ok, failure = pcall(context.digest, context)
    assert.is_false(ok)
    assert.matches("made shorter", tostring(failure), 1, true)
  end)

  it("takes nothing where the Dockerfile takes nothing", function()
    temporary.write(home .. "/Dockerfile", "FROM scratch\nCOPY --from=alpine /x /\n")
    local context <close> = open()
    assert.equal(0, context.size)
    assert.same({}, context:paths())
    assert.equal("FROM scratch\nCOPY --from=alpine /x /\n", context.text)
    assert.equal("directory", lfs.attributes(home, "mode"))
  end)
end)

describe("os2.docker.dockerfile.nested", function()
  local function rewritten(text)
    local options = { file = "F", is_archive = function(path) return path == "a.tar" end }
    return (dockerfile.nested(text, options))
  end

  local HEAD <const> = "FROM scratch AS os2-context\nADD F /\n"

  local CASES <const> = {
    ["COPY a /"] = "COPY --from=os2-context a /",
    ["  copy --chown=1 a /"] = "  COPY --from=os2-context --chown=1 a /",
    ["COPY --from=x a /"] = "COPY --from=x a /",
    ["COPY --from=0 a /"] = "COPY --from=1 a /",
    ['COPY ["a b", "/"]'] = 'COPY --from=os2-context ["a b", "/"]',
    ["COPY \\\n  # said\n  --chmod=7 \\\n  a /"] =
      "COPY --from=os2-context \\\n  # said\n  --chmod=7 \\\n  a /",
    ["COPY <<E /x\nCOPY a /\nE"] = "COPY <<E /x\nCOPY a /\nE",
    ["ADD a d /x/"] = "COPY --from=os2-context a d /x/",
    ["ADD https://x/$V.tar /x"] = "ADD https://x/$V.tar /x",
    ["RUN --mount=type=bind,source=a,target=/m x"] =
      "RUN --mount=type=bind,source=a,target=/m,from=os2-context x",
    ["RUN --mount=target=/m --mount=type=cache,target=/c \\\n --mount=type=bind,from=0,target=/n x"] =
      "RUN --mount=target=/m,from=os2-context --mount=type=cache,target=/c \\\n "
        .. "--mount=type=bind,from=1,target=/n x",
    ["RUN x --mount=target=/m"] = "RUN x --mount=target=/m",
    ["RUN <<E\nCOPY a /\nE"] = "RUN <<E\nCOPY a /\nE",
    ["# COPY a /"] = "# COPY a /",
  }

  it("takes the context from the first stage", function()
    for text, wanted in pairs(CASES) do
      assert.equal(HEAD .. "FROM x\n" .. wanted .. "\n", rewritten("FROM x\n" .. text .. "\n"))
    end
  end)

  it("puts the stage behind directives and arguments, under a name of its own", function()
    assert.equal("# syntax=docker/dockerfile:1\nARG A\nFROM scratch AS os2-context-2\nADD F /\n"
      .. "FROM x AS os2-context\nCOPY --from=os2-context-2 a /\n",
      rewritten("\239\187\191# syntax=docker/dockerfile:1\nARG A\nFROM x AS os2-context\nCOPY a /"))
  end)

  it("refuses what it cannot take from there, with the line", function()
    for text, words in pairs{
      ["ADD a.tar /"] = "ADD unpacks the archive a.tar",
      ["ADD ./a.tar /"] = "ADD unpacks the archive",
      ["ADD $X /"] = "whether $X is an archive",
      ["ADD a* /"] = "whether a* is an archive",
      ["COPY a <<E /x/\ny\nE"] = "others at once",
      ["ONBUILD COPY a /"] = "ONBUILD",
      ["ONBUILD RUN --mount=target=/m x"] = "ONBUILD",
      ['RUN --mount="target=/m" x'] = "does not read",
      ["RUN --mount=type=$T,target=/m x"] = "has variables or escapes",
      ["COPY --fr\\\nom=x a /"] = "does not read",
    } do
      local ok, failure = pcall(rewritten, "FROM x\n" .. text .. "\n")
      assert.is_false(ok, text)
      assert.matches("line 2 of the Dockerfile", failure.message, 1, true)
      assert.matches(words, failure.message, 1, true)
      assert.equal("config", failure.exit)
    end
  end)
end)
