--- What of a Dockerfile an engine cannot do.
local dockerfile = require("os2.docker.dockerfile")
local failure_of = require("tests.lib.failure_of")
local front_end = require("os2.docker.front_end")

describe("os2.docker.front_end", function()
  local function look(text, builder, is_podman)
    return front_end.look(dockerfile.read(text),
      { builder = builder, is_podman = is_podman or false, args = {} })
  end

  describe("of a build argument", function()
    local function warnings(text, args, builder)
      return front_end.look(dockerfile.read(text, { args = args }),
        { builder = builder or "2", is_podman = false, args = args })
    end

    it("says that no ARG declares it, which BuildKit does not", function()
      local list = warnings("ARG A\nFROM x\nARG B=1\nRUN true\n", { A = "1", B = "2", C = "3", b = "4" })
      assert.same({
        "no ARG of the Dockerfile declares the build argument C: it has no effect",
        "no ARG of the Dockerfile declares the build argument b: it has no effect",
      }, list)
    end)

    it("leaves that to the classic builder, and to a front end that it does not know", function()
      assert.same({}, warnings("FROM x\n", { C = "3" }, "1"))
      assert.same({}, warnings("# syntax=r.io/own/front-end\nFROM x\n", { C = "3" }))
    end)

    it("knows those that every build has", function()
      assert.same({}, warnings("FROM x\n", {
        HTTP_PROXY = "p", no_proxy = "p", BUILDKIT_INLINE_CACHE = "1", SOURCE_DATE_EPOCH = "0",
      }))
    end)
  end)

  describe("of a target", function()
    local FILE <const> = "FROM a AS Base\nFROM base AS tools\nFROM b\n"
    local function target(name, text)
      return front_end.look(dockerfile.read(text or FILE, { target = name }),
        { builder = "2", is_podman = false, args = {} })
    end

    it("takes a stage by its name in any case, or by its number", function()
      for _, name in ipairs{ "base", "BASE", "tools", "0", "2" } do assert.same({}, target(name)) end
    end)

    it("refuses one that is not there, and names those that are", function()
      local failure = failure_of(function() target("tool") end)
      assert.equal("the Dockerfile has no stage 'tool'", failure.message)
      assert.matches("tools", failure.hint, 1, true)
      failure = failure_of(function() target("nosuch") end)
      assert.matches("its stages are base, tools", failure.hint, 1, true)
      assert.matches("3", failure_of(function() target("3") end).message, 1, true)
      assert.matches("FROM image AS name", failure_of(function() target("x", "FROM a\n") end).hint, 1, true)
    end)

    it("leaves it to a front end that it does not know", function()
      assert.same({}, target("nosuch", "# syntax=r.io/own/front-end\nFROM x\n"))
    end)
  end)

  it("says what Podman loses", function()
    local text = "FROM a\nHEALTHCHECK NONE\nSHELL [\"x\"]\nONBUILD RUN x\nCMD y\n"
    assert.matches("keeps no HEALTHCHECK, SHELL, ONBUILD", look(text, "1", true)[1], 1, true)
    assert.same({}, look(text, "1"))
    assert.same({}, look("FROM a\nCMD x\n", "1", true))
  end)

  describe("of mounts", function()
    local function warnings(line, given)
      given = given or {}
      return front_end.look(dockerfile.read("FROM a\n" .. line .. "\n"), {
        builder = given.builder or "2", is_podman = false, args = {}, secrets = given.secrets,
        ssh = given.ssh,
      })
    end

    it("says which are not given, and how they are", function()
      assert.same({ "line 2 of the Dockerfile runs without the secret npm: it is not given "
        .. "(--secret id=npm)" }, warnings("RUN --mount=type=secret,id=npm x"))
      assert.same({ "line 2 of the Dockerfile runs without the SSH agent default: it is not given "
        .. "(--ssh default)" }, warnings("RUN --mount=type=ssh x"))
      assert.same({}, warnings("RUN --mount=type=secret,id=npm x", { secrets = { npm = "v" } }))
      assert.same({}, warnings("RUN --mount=type=ssh x", { ssh = { default = "/s" } }))
    end)

    it("take the last part of the target as their id, as BuildKit does", function()
      assert.same({}, warnings("RUN --mount=type=secret,target=/root/.npmrc x",
        { secrets = { [".npmrc"] = "v" } }))
    end)

    it("have their source as their id, which goes before others", function()
      assert.same({}, warnings("RUN --mount=type=secret,source=a,id=b,required x", { secrets = { a = "v" } }))
      assert.same({}, warnings("RUN --mount=type=secret,src=a,required x", { secrets = { a = "v" } }))
    end)

    it("count only in stages that are built", function()
      local file = dockerfile.read("FROM a AS one\nRUN --mount=type=secret,id=x,required y\nFROM b AS two\n",
        { target = "two" })
      assert.same({}, front_end.look(file, { builder = "2", is_podman = false, args = {} }))
    end)

    it("refuses a required one that is not given", function()
      local failure = failure_of(function() warnings("RUN --mount=type=ssh,id=git,required x") end)
      assert.matches("line 2 of the Dockerfile requires the SSH agent git", failure.message, 1, true)
      assert.matches("--ssh git", failure.hint, 1, true)
    end)

    it("says what is given for nothing", function()
      assert.same({ "no RUN of the Dockerfile mounts the secret npm",
        "no RUN of the Dockerfile mounts the SSH agent git" },
        warnings("RUN x", { secrets = { npm = "v" }, ssh = { git = "/s" } }))
    end)

    it("refuses what is given to a builder that is not BuildKit", function()
      local failure = failure_of(function()
        warnings("RUN x", { builder = "1", secrets = { npm = "v" } })
      end)
      assert.matches("neither secrets nor SSH agents", failure.message, 1, true)
    end)
  end)

  it("leaves mounts to the classic builder's own words", function()
    assert.same({}, look("FROM a\nRUN --mount=type=secret,required true\n", "1"))
  end)

  it("names the newer front end where the engine's own is too old", function()
    local document = "FROM a\nRUN <<EOF\nx\nEOF\n"
    for _, case in ipairs{
      { document, "dockerfile parse error line 3: unknown instruction: X", true },
      { "# syntax=docker/dockerfile:1\n" .. document, "unknown instruction: X", false },
      { "FROM a\nRUNN x\n", "unknown instruction: RUNN", false },
      { "FROM a\nCOPY --link a b\n", "dockerfile parse error line 2: Unknown flag: link", true },
      { "FROM a\nCOPY --lnk a b\n", "unknown flag: --lnk", false },
      { "FROM a\nCOPY --parents a b\n", "unknown flag: --parents", true },
    } do
      local hint = front_end.hint(dockerfile.read(case[1]), case[2])
      assert.equal(case[3], hint ~= nil and hint:find("# syntax=docker/dockerfile:1", 1, true) ~= nil, case[2])
    end
  end)
end)
