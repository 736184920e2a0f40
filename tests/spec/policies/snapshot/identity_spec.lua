--- What an image is, as its tag tells.
local policy = require("os2.policy")

describe("the identity of an image", function()
  local function image(changes)
    local made = {
      Os = "linux", Architecture = "amd64", RootFS = { Layers = { "sha256:a", "sha256:b" } },
      Config = { Env = { "A=1" }, Entrypoint = { "x" }, Labels = { team = "blue" } },
    }
    for key, value in pairs(changes or {}) do made[key] = value end
    return made
  end

  local function same(one, other)
    local first, second = policy.ask("snapshot.identity", { image = one }),
      policy.ask("snapshot.identity", { image = other })
    return pcall(assert.same, first, second)
  end

  local function config(changes)
    local made = image().Config
    for key, value in pairs(changes) do made[key] = value end
    return image{ Config = made }
  end

  it("is another one where layers, platform or configuration differ", function()
    assert.is_true(same(image(), image()))
    assert.is_false(same(image(), image{ RootFS = { Layers = { "sha256:b", "sha256:a" } } }))
    assert.is_false(same(image(), image{ Architecture = "arm64" }))
    assert.is_false(same(image(), config{ Env = { "A=2" } }))
    assert.is_false(same(image(), config{ Entrypoint = { "y" } }))
    assert.is_false(same(image(), config{ Labels = { team = "red" } }))
  end)

  it("is the image itself where the engine tells no layers", function()
    assert.is_false(same(image{ RootFS = {}, Id = "sha256:1" }, image{ RootFS = {}, Id = "sha256:2" }))
    assert.is_true(same(image{ RootFS = {}, Id = "sha256:1" }, image{ RootFS = {}, Id = "sha256:1" }))
  end)

  it("is the same one where only time, commit or os2's own labels differ", function()
    assert.is_true(same(image(), image{ Created = "2026-01-01T00:00:00Z", Id = "sha256:1" }))
    assert.is_true(same(image(), config{ Hostname = "h", Image = "sha256:2" }))
    assert.is_true(same(image(), config{ Labels = {
      team = "blue", ["org.opencontainers.image.created"] = "now", ["os2.snapshot"] = "n",
      ["org.opencontainers.image.revision"] = "c1",
    } }))
  end)
end)

describe("the tag of a pushed image", function()
  local CLEAN <const> = { commit = "1a2b3c4d5e6f7a8b9c0d", is_clean = true }
  local function tag(facts)
    facts.now, facts.random = 1768159845.5, 0.1
    return policy.ask("snapshot.tag", facts)
  end
  local function read(text) return policy.ask("snapshot.read_tag", { tag = text }) end

  it("tells time, commit and content, and is read back", function()
    local text = tag{ git = CLEAN, content = "0123456789ab" }
    assert.equal("20260111-193045-g1a2b3c4d5e-c0123456789ab-19999999", text)
    assert.same({ commit = "1a2b3c4d5e", is_dirty = false, content = "0123456789ab", is_own = true },
      read(text))
    text = tag{ git = { commit = CLEAN.commit, is_clean = false }, content = "0123456789ab" }
    assert.equal("20260111-193045-g1a2b3c4d5e-dirty-c0123456789ab-19999999", text)
    assert.same({ commit = "1a2b3c4d5e", is_dirty = true, content = "0123456789ab", is_own = true },
      read(text))
    text = tag{ git = CLEAN, content = "0123456789ab", run_key = "ba9876543210" }
    assert.equal("20260111-193045-g1a2b3c4d5e-c0123456789ab-kba9876543210-19999999", text)
    assert.equal("ba9876543210", read(text).run_key)
    assert.equal("0123456789ab", read(text).content)
  end)

  it("tells no more than is known", function()
    assert.equal("20260111-193045-19999999", tag{})
    assert.same({ is_dirty = false, is_own = true }, read(tag{}))
    assert.equal("0123456789ab", read(tag{ content = "0123456789ab" }).content)
    assert.same({ is_dirty = false, is_own = true, run_key = "0123456789ab" },
      read(tag{ run_key = "0123456789ab" }))
    for _, text in ipairs{ "1", "latest", "v1-c0ffee", "20260111-193045", "x-k0123456789ab" } do
      assert.same({ is_dirty = false, is_own = false }, read(text))
    end
  end)
end)
