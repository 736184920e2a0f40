--- What os2 reads of a Dockerfile, and references.
local dockerfile = require("os2.docker.dockerfile")
local reader = require("os2.docker.dockerfile.reader")
local reference = require("os2.docker.reference")
local words = require("os2.docker.dockerfile.words")

local function text(...)
  return table.concat({ ... }, "\n") .. "\n"
end

describe("os2.docker.dockerfile.reader", function()
  -- Each instruction as "line NAME flags | text | documents".
  local function shown(file)
    local list = {}
    for index, found in ipairs((reader.read(file))) do
      local documents = {}
      for place, document in ipairs(found.documents) do documents[place] = document.text end
      list[index] = ("%d %s%s|%s|%s"):format(found.line, found.name,
        #found.flags > 0 and " " .. table.concat(found.flags, " ") or "", found.text,
        table.concat(documents, "/"))
    end
    return list
  end

  local CASES <const> = {
    ["joins continued lines, past comments and empty lines"] = {
      text("FROM a", "RUN one \\", "  # a comment", "", " two \\  ", " three", "CMD x"),
      { "1 FROM|a|", "2 RUN|one  two  three|", "7 CMD|x|" },
    },
    ["joins without a blank"] = { text("FROM a\\", "b"), { "1 FROM|ab|" } },
    ["takes the escape directive"] = {
      text("# escape=`", "FROM a", "RUN x `", "y", "RUN c:\\", "CMD z"),
      { "2 FROM|a|", "3 RUN|x y|", "5 RUN|c:\\|", "6 CMD|z|" },
    },
    ["takes no escaped escape for a continuation"] = {
      text("RUN a\\\\", "CMD b"), { "1 RUN|a\\\\|", "2 CMD|b|" },
    },
    ["takes what stands behind a comment for no directive"] = {
      text("# a comment", "# escape=`", "RUN x `", "CMD y"), { "3 RUN|x `|", "4 CMD|y|" },
    },
    ["reads Windows' lines and a byte order mark"] = {
      "\239\187\191FROM a\r\nRUN b \\\r\n c\r\n", { "1 FROM|a|", "2 RUN|b  c|" },
    },
    ["takes flags off, quoted ones too"] = {
      text('run --mount=type=cache,target=/c --mount="type=bind,from=a b" -- --x'),
      { "1 RUN --mount=type=cache,target=/c --mount=type=bind,from=a b|--x|" },
    },
    ["passes over a here-document"] = {
      text("RUN <<EOF", "FROM x", "EOF", "CMD y"), { "1 RUN|<<EOF|FROM x", "4 CMD|y|" },
    },
    ["knows the here-documents' forms"] = {
      text("COPY <<A <<-\"B\" 3<<'C D' /x", "1", "A", "\t2", "\tB", "3", "C D", "CMD y"),
      { "1 COPY|<<A <<-\"B\" 3<<'C D' /x|1/\t2/3", "8 CMD|y|" },
    },
    ["takes an end that is not alone for none"] = {
      text("RUN <<-EOF", " EOF", "EOF ", "\tEOF", "CMD y"), { "1 RUN|<<-EOF| EOF\nEOF ", "5 CMD|y|" },
    },
    ["takes a here-document behind a continued line"] = {
      text("RUN a && \\", " cat <<EOF", "b \\", "EOF", "CMD y"),
      { "1 RUN|a &&  cat <<EOF|b \\", "5 CMD|y|" },
    },
    ["knows no here-document in quotes, in JSON, of other instructions, or without an end"] = {
      text("RUN echo '<<EOF'", 'RUN ["a", "<<EOF"]', "LABEL a=<<EOF", "RUN <<EOF", "CMD y"),
      { "1 RUN|echo '<<EOF'|", '2 RUN|["a", "<<EOF"]|', "3 LABEL|a=<<EOF|", "4 RUN|<<EOF|", "5 CMD|y|" },
    },
    ["unwraps ONBUILD"] = {
      text("ONBUILD RUN --network=none <<EOF", "x", "EOF"), { "1 RUN --network=none|<<EOF|x" },
    },
    ["reads nothing out of nothing"] = { text("", "# only", "\\"), {} },
  }

  for name, case in pairs(CASES) do
    it(name, function() assert.same(case[2], shown(case[1])) end)
  end

  it("knows the directives", function()
    local _, found = reader.read(text("#Syntax = a/b:1 ", "# unknown=x", "# escape = `", "FROM x"))
    assert.same({ syntax = "a/b:1", escape = "`" }, found)
    _, found = reader.read(text("", "# syntax=a/b:1", "FROM x"))
    assert.is_nil(found.syntax)
  end)
end)

describe("os2.docker.dockerfile.words", function()
  it("fills variables in as a shell does", function()
    local variables = { A = "one", EMPTY = "", HOST = "r.io:5000/x/y.tar.gz" }
    for word, wanted in pairs{
      ["$A/${A}x"] = "one/onex", ["'$A'"] = "$A", ['"$A b"'] = "one b", ["\\$A"] = "$A",
      ["${B:-${A}}"] = "one", ["${EMPTY:-d}"] = "d", ["${EMPTY-d}"] = "", ["${A:+y}${B+n}"] = "y",
      ["${B}$C"] = "", ["$"] = "$", ["${A"] = "${A", ["${HOST%%/*}"] = "r.io:5000",
      ["${HOST%/*}"] = "r.io:5000/x", ["${HOST#*/}"] = "x/y.tar.gz", ["${HOST##*/}"] = "y.tar.gz",
      ["${HOST%.?z}"] = "r.io:5000/x/y.tar",
    } do
      assert.equal(wanted, words.expand(word, variables, "\\"), word)
    end
  end)
end)

describe("os2.docker.dockerfile", function()
  local function images(file, options)
    return dockerfile.read(file, options):images()
  end

  it("names the images of stages, copies, mounts and the front end", function()
    assert.same({ "f.io/front:1", "a/b:1", "c@sha256:1", "copied.io/x", "mounted.io/x" }, images(text(
      "# syntax=f.io/front:1 with more", "FROM --platform=linux/amd64 a/b:1 AS stage", "FROM scratch",
      "from c@sha256:1", "FROM Stage", "COPY --from=stage /a /b", "COPY --from=1 /a /b",
      "COPY --chown=1 --from=copied.io/x /a /b", "COPY --from=copied.io/x /c /d",
      "RUN --mount=type=bind,from=mounted.io/x,target=/x --mount=from=stage,target=/y true")))
  end)

  it("fills in arguments and their defaults", function()
    local file = text("ARG HOST=r.io", "ARG TAG", "ARG BASE=${HOST}/base:${TAG:-1}", "FROM $BASE AS x",
      "ARG HOST", "ARG OTHER=o.io", "ENV DEEP=$HOST/deep", "COPY --from=$DEEP/a:1 /a /b",
      "ONBUILD COPY --from=$OTHER/b /a /b", "FROM t.io/$TARGETARCH")
    assert.same({ "r.io/base:1", "r.io/deep/a:1", "o.io/b", "t.io/" }, images(file))
    assert.same({ "z.io/base:2", "z.io/deep/a:1", "o.io/b", "t.io/arm64" }, images(file,
      { args = { HOST = "z.io", TAG = 2 }, platform = "linux/arm64/v8" }))
  end)

  it("takes text of a here-document for no instruction", function()
    assert.same({ "a" }, images(text("FROM a", "COPY <<EOF /Dockerfile", "FROM b", "EOF")))
  end)

  it("knows a foreign front end", function()
    for syntax, wanted in pairs{
      ["docker/dockerfile:1"] = false, ["docker.io/docker/dockerfile:1.4@sha256:0"] = false,
      ["docker/dockerfile-upstream:master"] = false, ["r.io/docker/dockerfile:1"] = true, ["me/front"] = true,
    } do
      assert.equal(wanted, dockerfile.read("# syntax=" .. syntax .. "\nFROM a\n"):has_foreign_front_end())
    end
    assert.is_false(dockerfile.read("FROM a\n"):has_foreign_front_end())
    assert.is_true(dockerfile.read("FROM a\n", { args = { BUILDKIT_SYNTAX = "me/front" } })
      :has_foreign_front_end())
  end)

  local SERVED <const> = { secret = true, ssh = true }
  local MOUNTS <const> = {
    { "RUN --mount=type=secret,id=npm npm ci", "secret npm" },
    { "RUN --mount=id=npm,type=secret,required npm ci", "secret npm required" },
    { "RUN --mount=type=secret,id=npm,required=true npm ci", "secret npm required" },
    { "RUN --mount=type=secret,target=/run/x,required=false npm ci", "secret /run/x" },
    { "run --network=none --mount=type=ssh git clone x", "ssh" },
    { "RUN --mount=type=cache,target=/c \\\n  # in between\n  --mount=type=secret,id=a \\\n  x", "secret a" },
    { "RUN --mount=type=cache,target=/root/.npm npm ci" },
    { "# RUN --mount=type=secret x" },
    { "RUN echo --mount=type=secret" },
    { "COPY --from=x /a --mount=type=secret" },
    { "COPY <<EOF /x\nRUN --mount=type=secret,id=a,required=true make\nEOF" },
  }

  for _, case in ipairs(MOUNTS) do
    it(("finds %s in %q"):format(case[2] or "nothing", case[1]), function()
      local mount = dockerfile.read("FROM a\n" .. case[1] .. "\n"):mounts(SERVED)[1]
      local words_of = mount and { mount.type, mount.id or mount.target, mount.is_required and "required" }
      local list = {}
      for index = 1, 3 do list[#list + 1] = words_of and words_of[index] or nil end
      assert.equal(case[2], mount and table.concat(list, " "))
    end)
  end

  it("says which arguments stay in the image", function()
    local file = dockerfile.read(text("ARG GLOBAL", "FROM a AS base", "ARG KEPT", "FROM b AS other",
      "ARG GONE", "FROM base", "ARG ONE=1 TWO", "COPY --from=other /a /b"))
    assert.same({ KEPT = true, ONE = true, TWO = true }, file:kept_args())
  end)

  it("says what the image has of this file, and what stands in it", function()
    local file = dockerfile.read(text("FROM a AS base", 'CMD ["x"]', "FROM b", "ENTRYPOINT y",
      "FROM base", "ONBUILD USER z", "HEALTHCHECK NONE"))
    assert.is_true(file:writes("CMD"))
    assert.is_false(file:writes("ENTRYPOINT"))
    assert.is_false(file:writes("USER"))
    assert.same({ "HEALTHCHECK", "ONBUILD" }, file:having{ "HEALTHCHECK", "SHELL", "ONBUILD" })
    assert.is_false(file:has_documents())
    assert.is_true(dockerfile.read("FROM a\nRUN <<A\nA\n"):has_documents())
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

  it("completes a short name", function()
    for ref, wanted in pairs{
      ["debian:12"] = "docker.io/library/debian", ["team/app"] = "docker.io/team/app",
      ["index.docker.io/debian@sha256:1"] = "docker.io/library/debian", ["r.io:1/a:2"] = "r.io:1/a",
    } do
      assert.equal(wanted, reference.full_name(ref))
    end
  end)
end)

describe("os2.docker.dockerfile: the line that failed", function()
  local FILE <const> = text("# syntax=docker/dockerfile:1", "FROM debian:12 AS builder", "ARG A", "RUN one \\",
    "  two", "WORKDIR /w", "COPY a b", "FROM scratch", "ENV X=y", "COPY --from=builder /w /w", "RUN three",
    "FROM builder AS last", "RUN four", "CMD five")

  local function line_of(step, message) return dockerfile.read(FILE):line_of(step, message or "") end

  it("is found by the stage and the number of a step", function()
    local rows = {
      { "builder", 1, 4, "FROM docker.io/library/debian:12", 2 }, { "builder", 2, 4, "RUN one   two", 4 },
      { "builder", 3, 4, "WORKDIR /w", 6 }, { "builder", 4, 4, "COPY a b", 7 },
      { "linux/amd64 builder", 4, 4, "COPY a b", 7 },
      { "stage-1", 1, 2, "COPY --from=builder /w /w", 10 }, { "stage-1", 2, 2, "RUN three", 11 },
      { "last", 1, 1, "RUN four", 13 },
    }
    for _, row in ipairs(rows) do
      assert.equal(row[5], line_of{ stage = row[1], index = row[2], total = row[3], name = row[4] }, row[4])
    end
  end)

  it("is found in a file of one stage, and as the classic builder counts", function()
    local one = dockerfile.read(text("FROM scratch", "ENV A=b", "COPY x /", "RUN y"))
    assert.equal(3, one:line_of({ index = 1, total = 2, name = "COPY x /" }, ""))
    assert.equal(4, one:line_of({ index = 2, total = 2, name = "RUN y" }, ""))
    assert.equal(2, one:line_of({ index = 2, total = 4, name = "ENV A=b" }, ""))
    assert.equal(3, one:line_of({ index = 3, total = 4, name = "COPY x /" }, ""))
  end)

  it("is that of the FROM whose image is missing, or the one that the parser names", function()
    assert.equal(2, line_of{ name = "[internal] load metadata for docker.io/library/debian:12" })
    assert.equal(9, line_of(nil, "failed: dockerfile parse error line 9: unknown instruction: RUNN"))
    assert.equal(3, line_of(nil, "dockerfile parse error on line 3: x"))
  end)

  it("is unknown rather than wrong", function()
    assert.is_nil(line_of(nil, "something else"))
    assert.is_nil(line_of{ name = "[internal] load build context" })
    assert.is_nil(line_of{ stage = "nobody", index = 1, total = 2, name = "RUN x" })
    assert.is_nil(line_of{ stage = "builder", index = 2, total = 4, name = "COPY x" })
    assert.is_nil(line_of{ stage = "builder", index = 1, total = 9, name = "RUN x" })
  end)
end)
