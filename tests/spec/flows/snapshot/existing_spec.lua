--- The digest of an image that was registered as it was, against what Daytona has pulled.
local existing = require("os2.flows.snapshot.existing")
local failure_of = require("tests.lib.failure_of")
local silent = require("tests.lib.silent")

local ONE <const>, TWO <const> = ("1"):rep(64), ("2"):rep(64)

describe("os2.flows.snapshot.existing.verify", function()
  local deleted, warned

  local function ctx_of(image, digest, pulled)
    deleted, warned = nil, nil
    local ui = silent.open()
    ui.warn = function(_, words) warned = words end
    return {
      args = { image = image }, name = "dev--20260111-193045", ref = "r.io/app:1", ui = ui,
      digest = digest and "sha256:" .. digest,
      snapshot = { id = "1d", ref = pulled and ("r.io/p/daytona-%s:daytona"):format(pulled) },
      provider = { delete_snapshot = function(id) deleted = id end },
    }
  end

  for _, row in ipairs{ { ONE, ONE }, { ONE, nil }, { nil, ONE } } do
    it(("takes %s for %s"):format(tostring(row[2]), tostring(row[1])), function()
      local ctx = ctx_of("r.io/app:1", row[1], row[2])
      existing.verify(ctx)
      assert.equal("sha256:" .. ONE, ctx.digest)
      assert.is_nil(deleted or warned)
    end)
  end

  it("warns of a tag that was moved, and records what is there", function()
    local ctx = ctx_of("r.io/app:1", ONE, TWO)
    existing.verify(ctx)
    assert.matches("was moved meanwhile", warned)
    assert.equal("sha256:" .. TWO, ctx.digest)
    assert.is_nil(deleted)
  end)

  it("withdraws what has not the digest that was given", function()
    local ctx = ctx_of("r.io/app:1@sha256:" .. ONE, ONE, TWO)
    local failure = failure_of(existing.verify, ctx)
    assert.equal("conflict", failure.kind)
    assert.equal("1d", deleted)
  end)
end)
