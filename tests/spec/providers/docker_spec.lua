--- Snapshots as local images: their references.
local docker = require("os2.docker")
local json = require("os2.json")
local provider = require("os2.providers.docker")

describe("os2.providers.docker", function()
  local function is_accepted(reference)
    local repository, tag = reference:match("^(.+):([%w_][%w_.-]*)$")
    if not repository or #repository > 200 or #tag > 128 then return false end
    for part in (repository .. "/"):gmatch("([^/]*)/") do
      local rest = part:gsub("[a-z0-9]+", "\0")
      if not part:match("^[a-z0-9]") or not part:match("[a-z0-9]$") then return false end
      for separator in rest:gmatch("[^%z]+") do
        if not separator:match("^%-+$") and separator ~= "." and separator ~= "_"
          and separator ~= "__" then return false end
      end
    end
    return true
  end

  it("makes a reference of a snapshot name, as it is where the engine takes that", function()
    for _, name in ipairs{ "dev--20260111-193045", "team/dev_x--20260111-193045",
      "a.b__c--20260111-193045" } do
      assert.equal(name .. ":snapshot", provider.reference(name, "snapshot"))
    end
  end)

  it("makes references that the engine takes of all other names, each another one", function()
    local seen = {}
    for _, name in ipairs{ "Team/Dev_X--1", "team/dev_x--1", "team/Dev_x--1", "a:b--1", "a-b--1",
      "team/--1", "team--1", "a___b--1", "a__b--1", "a_b--1", "a..b--1", "a.b--1", "a.b/c--1",
      "localhost/c--1", "library/c--1", "c--1", "--odd--", "odd", "_--", "-_-", "a./b--1",
      "x:80/c--1", ("x"):rep(300) .. "--1", ("x"):rep(301) .. "--1" } do
      local reference = provider.reference(name, "snapshot")
      assert.is_true(is_accepted(reference), reference)
      assert.is_nil(seen[reference], reference)
      seen[reference] = name
      assert.is_nil(reference:match("^[^/]*%.[^/]*/"), reference)
    end
  end)

  describe("lists", function()
    local real

    before_each(function() real = docker.images end)
    after_each(function() docker.images = real end)

    local function image(name, tags)
      return { Id = "sha256:" .. name, Size = 1, RepoTags = tags,
        Labels = { ["os2.snapshot"] = name, ["os2.created"] = "2026-01-11T19:30:45Z" } }
    end

    it("what has the reference of its name, not what was built from it", function()
      docker.images = function()
        return {
          image("dev--1", { "mine:latest" }), image("dev--2", { "mine:2", "dev--2:snapshot" }),
          image("dev--3", json.null), image("dev--4", {}), image("dev--5", nil),
          image("dev--6", { "dev--6:build" }), image("dev--7", { "localhost/dev--7:snapshot" }),
          image("Dev--8", { provider.snapshot_reference("Dev--8") }),
        }
      end
      local names = {}
      for snapshots in provider.pages() do
        for _, snapshot in ipairs(snapshots) do names[#names + 1] = snapshot.name end
      end
      table.sort(names)
      assert.same({ "Dev--8", "dev--2", "dev--7" }, names)
    end)

    it("tells of each what Daytona tells, of the same types", function()
      docker.images = function()
        local sized, plain = image("dev--1", { "dev--1:snapshot" }), image("dev--2", { "dev--2:snapshot" })
        for key, value in pairs(provider.labels("dev--1", { cpu = 8, memory = 16, disk = 32 })) do
          sized.Labels[key] = value
        end
        return { sized, plain }
      end
      local by_name = {}
      for _, snapshot in ipairs(provider.pages()()) do by_name[snapshot.name] = snapshot end
      local sized, plain = by_name["dev--1"], by_name["dev--2"]
      assert.same({ 8, 16, 32, 0 }, { sized.cpu, sized.mem, sized.disk, sized.gpu })
      assert.same({ 2, 4, 8, 0 }, { plain.cpu, plain.mem, plain.disk, plain.gpu })
      for field, kind in pairs{ size = "number", state = "string", regionIds = "table",
        createdAt = "string", updatedAt = "string", lastUsedAt = "string", sandboxClass = "string",
        imageName = "string", ref = "string", general = "boolean" } do
        assert.equal(kind, type(plain[field]), field)
      end
    end)
  end)

  it("labels with the name as it is, and the time of making", function()
    local labels = provider.labels("Team/Dev--20260111-193045")
    assert.equal("Team/Dev--20260111-193045", labels["os2.snapshot"])
    assert.truthy(labels["os2.created"]:match("^%d+%-%d+%-%d+T%d+:%d+:%d+Z$"))
  end)

  it("needs no key and says that it is local", function()
    assert.is_true(provider.is_available())
    assert.is_true(provider.is_local)
  end)
end)
