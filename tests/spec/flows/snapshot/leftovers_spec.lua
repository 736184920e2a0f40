--- What a run that stopped says of the server.
local docker = require("os2.docker")
local err = require("os2.err")
local leftovers = require("os2.flows.snapshot.leftovers")
local options = require("os2.run.options")
local silent = require("tests.lib.silent")

describe("os2.flows.snapshot.leftovers", function()
  local function told(fields, kind)
    local ctx = { ui = silent.open(), given = {}, name = "dev--n", tags = {}, provider = {} }
    for key, value in pairs(fields) do ctx[key] = value end
    leftovers.tell(ctx, err.new{ kind = kind or "network", op = "test", message = "stopped" })
    return ctx.ui.told[1]
  end

  it("says nothing when nothing is left", function()
    assert.is_nil(told{})
    assert.is_nil(told({ provider = { is_local = true } }, "cancelled"))
  end)

  it("says after an interrupt that nothing is left", function()
    assert.equal("left: nothing at Daytona", told({}, "cancelled"))
  end)

  it("says of what is live how to remove it", function()
    local words = told{ snapshot = { id = "1d", state = "active" } }
    assert.matches("is live (id 1d); remove it", words, 1, true)
  end)

  it("says nothing where the error itself does", function()
    assert.is_nil(told({ snapshot = { id = "1d", state = "error" }, has_verdict = true }))
  end)

  it("names what goes on, and how to follow it", function()
    local words = told{ snapshot = { id = "1d", state = "pulling" }, is_create_sent = true }
    assert.truthy(words:find("becomes live by itself", 1, true))
    assert.truthy(words:find("remove it: os2 snapshot delete --force dev--n", 1, true), words)
    assert.truthy(words:find("id 1d, state pulling", 1, true))
    assert.truthy(words:find("--name dev--n", 1, true))
  end)

  describe("goes on with all that the run was told", function()
    local kept

    before_each(function()
      kept = { options.isolated, options.policy_file, options.docker_context }
      options.isolated, options.policy_file, options.docker_context = nil, nil, nil
      options.environment = nil
    end)
    after_each(function()
      options.isolated, options.policy_file, options.docker_context = table.unpack(kept, 1, 3)
      options.environment = nil
    end)

    it("about place, image and machine", function()
      assert.equal("os2 snapshot --name dev--n", leftovers.resume_command{ name = "dev--n",
        given = { build_args = {} } })
      assert.equal("os2 snapshot --name dev--n --prefix dev-- --provider docker "
        .. "--dockerfile 'a b/Dockerfile' --context src --context-from git --cpu 3 --memory 5 "
        .. "--disk 7 --region eu --timeout 0.5 --allow-older --allow-dirty",
        leftovers.resume_command{ name = "dev--n", given = {
          prefix = "dev--", provider = "docker", dockerfile = "a b/Dockerfile", context = "src",
          context_from = "git", cpu = 3.0, memory = 5, disk = 7, regions = { "eu" }, timeout = 0.5,
          is_older_allowed = true, is_dirty_allowed = true,
        } })
    end)

    it("about the environment whose key --environment loads", function()
      options.environment = "stg"
      assert.equal("os2 snapshot --name dev--n --verify --environment stg",
        leftovers.resume_command{ name = "dev--n", given = { is_verify = true } })
      assert.equal("os2 snapshot delete --force dev--n dev--m --environment stg",
        leftovers.delete_command("dev--n", "dev--m"))
    end)

    it("about the machines", function()
      assert.equal("os2 snapshot --name dev--n --gpu 1 --gpu-type H100 --sandbox-class linux-vm "
        .. "--region eu --region us --on-timeout delete --entrypoint '[\"/run\",\"it\"]'",
        leftovers.resume_command{ name = "dev--n", given = {
          gpu = 1, gpu_type = "H100", sandbox_class = "linux-vm", regions = { "eu", "us" },
          on_timeout = "delete", entrypoint = { "/run", "it" },
        } })
    end)

    it("about the build", function()
      assert.equal("os2 snapshot --name dev--n --target tools --platform linux/arm64 --no-cache "
        .. "--pull --cache-from r/a:1 --cache-from r/b:1 --add-host db:10.0.0.1 --network none "
        .. "--secret id=npm,env=NPM --ssh default --label a=1 --label 'b=x y'",
        leftovers.resume_command{ name = "dev--n", given = {
          target = "tools", platform = "linux/arm64", is_uncached = true, is_base_pulled = true,
          cache_from = { "r/a:1", "r/b:1" }, hosts = { "db:10.0.0.1" }, network = "none",
          secrets = { "id=npm,env=NPM" }, ssh = { "default" }, labels = { b = "x y", a = "1" },
        } })
    end)

    it("and with what it had pushed, until that is registered", function()
      local ctx = { name = "dev--n", given = {}, is_pushed = true, ref = "r:5000/p/os2:tag" }
      assert.equal("os2 snapshot --name dev--n --pushed r:5000/p/os2:tag",
        leftovers.resume_command(ctx))
      ctx.snapshot = { id = "1d" }
      assert.equal("os2 snapshot --name dev--n", leftovers.resume_command(ctx))
    end)

    it("of build arguments by name only", function()
      local command = leftovers.resume_command{ name = "dev--n", given = {
        build_args = { KEY = "secret", ALSO = "hidden" },
      } }
      assert.equal("os2 snapshot --name dev--n --build-arg ALSO --build-arg KEY "
        .. "(with the values of ALSO, KEY in the environment)", command)
    end)

    it("before the script's name too", function()
      options.isolated, options.policy_file, options.docker_context = true, "my policy.lua", "far"
      assert.equal("os2 --isolated --context far --policy 'my policy.lua' snapshot --name dev--n",
        leftovers.resume_command{ name = "dev--n", given = {} })
    end)
  end)

  describe("of the run's own tags", function()
    local api = docker.api

    after_each(function() docker.api = api end)

    -- What is said where a removal fails, and a look finds the tag or not.
    local function said(kind, is_there)
      local function fail(with)
        return function() err.raise(err.new{ kind = with, op = "docker", message = "stopped" }) end
      end
      docker.api = { image_delete = fail(kind), image_inspect = is_there and function() end or fail("not_found") }
      local ctx = { ui = silent.open(), tags = { "dev--n:build" } }
      leftovers.remove_tags(ctx)
      assert.same({}, ctx.tags)
      return ctx.ui.told[1]
    end

    it("leaves a tag that another run of the same second has taken", function()
      for id, left in pairs{ own = { "r/p/os2:1", "dev--n:build" }, others = { "r/p/os2:1" } } do
        local removed = {}
        docker.api = {
          image_delete = function(params) removed[#removed + 1] = params.name end,
          image_inspect = function() return { Id = id } end,
        }
        leftovers.remove_tags{
          ui = silent.open(), tags = { "r/p/os2:1", "dev--n:build" }, image = { Id = "own" },
          local_ref = "dev--n:build",
        }
        table.sort(removed, function(one, other) return one > other end)
        assert.same(left, removed)
      end
    end)

    it("names what stays, and nothing that is gone all the same", function()
      assert.matches("the local tag dev--n:build stays (stopped)", said("timeout", true), 1, true)
      assert.is_nil(said("timeout", false))
      assert.is_nil(said("conflict", false))
      assert.is_nil(said("not_found", true))
    end)
  end)

  it("says that a create may have arrived", function()
    assert.truthy(told{ is_create_sent = true }:find("may have been registered", 1, true))
  end)

  it("names an image that was pushed only", function()
    assert.truthy(told{ is_pushed = true, ref = "r/p/os2:tag" }:find("r/p/os2:tag", 1, true))
  end)
end)
