--- References of images: rows of texts and whether they are taken.
local images = require("os2.text.images")

local DIGEST <const> = "sha256:" .. ("0a"):rep(32)

describe("os2.text.images.check_reference", function()
  for _, ref in ipairs{
    "app", "app:1", "team/app:1.2-x_Y", "localhost:5000/app", "r.io/a/b/c:1", "r.io:443/a:1@" .. DIGEST,
    "app@" .. DIGEST, "a--b__c.d/e:1",
  } do
    it("takes " .. ref, function() assert.is_true((images.check_reference(ref))) end)
  end

  for _, ref in ipairs{
    "", ":1", "App:1", "a b:1", "app:", "app:.1", "/app", "app/", "a//b", "app@sha256:1", "app@" .. ("0"):rep(64),
    "http://r.io/app:1", "app:" .. ("x"):rep(129), "app\n:1", "-app",
  } do
    it(("refuses %q"):format(ref), function()
      local ok, why = images.check_reference(ref)
      assert.is_nil(ok)
      assert.is_string(why)
    end)
  end
end)
