--- Mounts that os2 does not serve, base images and references.
local dockerfile = require("os2.docker.dockerfile")
local reference = require("os2.docker.reference")

describe("os2.docker.dockerfile.unserved_mount", function()
  local CASES <const> = {
    { "RUN --mount=type=secret,id=npm npm ci", "secret" },
    { "RUN --mount=id=npm,type=secret npm ci", "secret" },
    { "run --network=none --mount=type=ssh git clone x", "ssh" },
    { "RUN --mount=type=cache,target=/c \\\n  # said in between\n  --mount=type=secret,id=a \\\n  x", "secret" },
    { "# escape=`\nRUN --mount=type=cache,target=c `\n --mount=type=ssh x", "ssh" },
    { "RUN --mount=type=cache,target=/root/.npm npm ci", nil },
    { "RUN --mount=type=bind,source=a,target=/b x", nil },
    { "# RUN --mount=type=secret x", nil },
    { "RUN echo --mount=type=secret", nil },
    { "COPY --from=x /a --mount=type=secret", nil },
    { "", nil },
  }

  for _, case in ipairs(CASES) do
    it(("finds %s in %q"):format(case[2] or "nothing", case[1]), function()
      assert.are.equal(case[2], (dockerfile.unserved_mount(case[1])))
    end)
  end
end)

describe("os2.docker.dockerfile.bases", function()
  it("names what the stages stand on", function()
    assert.are.same({ "a/b:1", "c@sha256:1", "stage" }, dockerfile.bases(table.concat({
      "FROM --platform=linux/amd64 a/b:1 AS stage", "FROM scratch", "from c@sha256:1", "FROM stage",
    }, "\n")))
  end)
end)

describe("os2.docker.reference", function()
  it("splits names, tags and digests", function()
    local CASES <const> = {
      { "app", "app" }, { "app:1", "app", "1" }, { "localhost:5000/app", "localhost:5000/app" },
      { "localhost:5000/a/b:x.y", "localhost:5000/a/b", "x.y" },
      { "r.io/a@sha256:1", "r.io/a", nil, "sha256:1" },
      { "r.io/a:t@sha256:1", "r.io/a", "t", "sha256:1" },
    }
    for _, case in ipairs(CASES) do
      assert.are.same({ case[2], case[3], case[4] }, { reference.split(case[1]) })
    end
  end)

  it("knows the registry", function()
    assert.are.equal("docker.io", reference.registry("debian:12"))
    assert.are.equal("docker.io", reference.registry("team/app"))
    assert.are.equal("ghcr.io", reference.registry("ghcr.io/team/app:1"))
    assert.are.equal("localhost", reference.registry("localhost/app"))
    assert.are.equal("127.0.0.1:5000", reference.registry("127.0.0.1:5000/app"))
  end)
end)
