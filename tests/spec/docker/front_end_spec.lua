--- What of a Dockerfile an engine cannot do.
local dockerfile = require("os2.docker.dockerfile")
local front_end = require("os2.docker.front_end")

describe("os2.docker.front_end", function()
  local function look(text, builder, is_podman)
    return front_end.look(dockerfile.read(text), { builder = builder, is_podman = is_podman or false })
  end

  it("says what Podman loses", function()
    local text = "FROM a\nHEALTHCHECK NONE\nSHELL [\"x\"]\nONBUILD RUN x\nCMD y\n"
    assert.matches("keeps no HEALTHCHECK, SHELL, ONBUILD", look(text, "1", true)[1], 1, true)
    assert.same({}, look(text, "1"))
    assert.same({}, look("FROM a\nCMD x\n", "1", true))
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
