--- What a built image must be like: rows of facts and decisions.
local policy = require("os2.policy")
require("os2.policies.snapshot")

local function decides(name, rows)
  for index, row in ipairs(rows) do
    it(("%s, row %d: %s"):format(name, index, row[2]), function()
      row[1].provider = row[1].provider or "daytona"
      local action, why = policy.ask(name, row[1])
      assert.equal(row[2], action)
      assert.equal(row[2] ~= "take", why ~= nil)
      if row[3] then assert.matches(row[3], why, 1, true) end
    end)
  end
end

describe("snapshot.command", function()
  local function facts(entrypoint, cmd, written, more)
    local all = { has_entrypoint = entrypoint, has_cmd = cmd, is_cmd_written = written }
    for key, value in pairs(more or {}) do all[key] = value end
    return all
  end
  decides("snapshot.command", {
    { facts(true, true, true, { is_shell_form = true }), "warn", "write it as a list" },
    { facts(true, true, true, { is_shell_form = false }), "take" },
    { facts(true, false, false, { is_shell_form = true, provider = "docker" }), "take" },
  })
end)

describe("snapshot.image_platform", function()
  decides("snapshot.image_platform", {
    { { platform = "linux/amd64", wanted = "linux/amd64" }, "take" },
    { { platform = "linux/amd64", wanted = "linux/amd64/v2" }, "take" },
    { { platform = "linux/arm64", wanted = "linux/amd64" }, "refuse", "linux/arm64" },
    { { platform = "linux/arm64", wanted = "linux/arm64" }, "take" },
    { { platform = "linux/arm64", wanted = "linux/amd64", provider = "docker" }, "refuse" },
  })
end)

describe("snapshot.image_size", function()
  local GIB <const> = 1024 ^ 3 // 1 | 0
  decides("snapshot.image_size", {
    { { bytes = GIB, disk = 8 }, "take" },
    { { bytes = 7 * GIB + GIB // 2, disk = 8 }, "warn", "leaves little" },
    { { bytes = 8 * GIB + GIB // 2, disk = 8 }, "refuse", "8.5 GB" },
    { { bytes = 9 * GIB, disk = 8, provider = "docker" }, "take" },
  })
end)

describe("snapshot.exposed", function()
  local function file(name, own, provider)
    return { kind = "file", name = name, instruction = "COPY", is_own = own, provider = provider }
  end
  decides("snapshot.exposed", {
    { file("/root/.ssh/id_rsa", true), "refuse", "/root/.ssh/id_rsa" },
    { file("id_rsa", nil), "refuse" },
    { file("id_rsa", false), "take" },
    { file("id_rsa", true, "docker"), "warn" },
    { file("id_rsa.pub", true), "take" },
    { file("app/.env", true), "warn" },
    { file(".env.example", true), "take" },
    { { kind = "variable", name = "API_KEY", instruction = "ENV", is_own = true }, "warn", "API_KEY" },
    { { kind = "variable", name = "GPG_KEY", instruction = "ENV", is_own = false }, "take" },
    { { kind = "argument", name = "NPM_TOKEN", instruction = "ARG", is_own = true }, "warn",
      "docker history" },
  })
end)
