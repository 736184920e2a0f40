--- Layers and their instructions: rows of what the engine answers and what it comes to.
local layers = require("os2.flows.snapshot.layers")

local function entry(created_by, size) return { CreatedBy = created_by, Size = size } end

-- As the engine lists them: the newest first.
local function history(...)
  local list, given = {}, { ... }
  for index = #given, 1, -1 do list[#list + 1] = given[index] end
  return list
end

local function words(list)
  local all = {}
  for index, layer in ipairs(list) do
    all[index] = ("%s %d %s"):format(layer.diff_id or "-", layer.bytes, layer.created_by or "-")
  end
  return all
end

describe("os2.flows.snapshot.layers", function()
  it("reads the instructions of BuildKit and of the classic builder", function()
    local rows = {
      ["RUN /bin/sh -c make all # buildkit"] = "RUN make all",
      ["RUN |2 A=1 B=two /bin/sh -c make /bin/sh -c # buildkit"] = "RUN make /bin/sh -c",
      ["RUN make all # buildkit"] = "RUN make all",
      ["COPY hello /hello # buildkit"] = "COPY hello /hello",
      ["/bin/sh -c make all"] = "RUN make all",
      ["|1 A=1 /bin/sh -c make all"] = "RUN make all",
      ["/bin/sh -c #(nop) COPY file:0123 in /hello "] = "COPY file:0123 in /hello",
      ["/bin/sh -c #(nop)  CMD [\"a\"]"] = "CMD [\"a\"]",
      [""] = "-",
    }
    for created_by, expected in pairs(rows) do
      assert.same({ "sha256:a 1 " .. expected }, words(layers.join({ "sha256:a" }, { entry(created_by, 1) })))
    end
  end)

  it("takes entries with bytes for layers where their count fits", function()
    assert.same({ "a 5 -", "b 7 COPY x y" }, words(layers.join({ "a", "b" },
      history(entry("", 5), entry("ENV a=b", 0), entry("COPY x y # buildkit", 7), entry("CMD [\"x\"]", 0)))))
  end)

  it("takes instructions that make a layer, too, where there are more layers", function()
    assert.same({ "a 5 -", "b 0 RUN true", "c 7 COPY x y" }, words(layers.join({ "a", "b", "c" },
      history(entry("", 5), entry("RUN /bin/sh -c true # buildkit", 0), entry("ENV a=b", 0), entry("COPY x y", 7)))))
  end)

  it("knows sizes only where neither fits", function()
    assert.same({ "- 5 -", "- 7 COPY x y" }, words(layers.join({ "a", "b", "c" },
      history(entry("", 5), entry("COPY x y", 7)))))
  end)

  it("passes over entries of another shape", function()
    assert.same({ "a 1 x" }, words(layers.join({ "a" }, { 1, {}, { Size = "1" }, { Size = 1, CreatedBy = "x" } })))
  end)

  it("finds the layer that a push names", function()
    local digest = ("0123456789ab"):rep(6):sub(1, 64)
    local known = {
      { bytes = 1, diff_id = "sha256:" .. digest, created_by = "RUN a" }, { bytes = 1, created_by = "RUN b" },
    }
    assert.equal(known[1], layers.find(known, "0123456789ab"))
    assert.is_nil(layers.find(known, "123456789abc"))
    assert.is_nil(layers.find(known, ""))
    assert.is_nil(layers.find(nil, "0123456789ab"))
  end)
end)
