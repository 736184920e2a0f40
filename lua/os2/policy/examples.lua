--- Worked examples of the shipped policies that are functions: facts, and the answer and what
--- follows it. `os2 policy explain` shows them. A file of its own, because no run needs them.

-- The answer is one of the records in the facts.
local LATEST <const> = { createdAt = "2026-11-02T10:00:00.000Z", general = false, id = "b7a1",
  imageName = "r/p/os2:b", name = "dev--20261102-100000", state = "active" }
local GOOD <const> = { createdAt = "2026-11-01T10:00:00.000Z", general = false, id = "47cd",
  imageName = "r/p/os2:a", name = "dev--20261101-100000", state = "active" }

---@class os2.policy.example
---@field facts table
---@field answer any[]  what the function returns

---@type table<string, os2.policy.example>
return {
  ["cache.may_stand_in"] = {
    facts = { err = { kind = "unavailable", op = "daytona.snapshot",
      message = "the service is away" }, now = 1793880000, stored_at = 1793879400 },
    answer = { true },
  },
  ["cache.state"] = { facts = { now = 1793880000, stored_at = 1793879940 }, answer = { "fresh" } },
  ["docker.credentials"] = {
    facts = { has_foreign_front_end = false, host = "ghcr.io", is_named = true },
    answer = { true },
  },
  ["doppler.check"] = { facts = { asked = "stg", doppler = "stg" }, answer = { true } },
  ["doppler.config"] = { facts = { asked = "dev", doppler = "dev" }, answer = { "dev" } },
  ["entry.environment"] = {
    facts = { command = "daemon", env = {} },
    answer = { { HOSTNAME = "0.0.0.0", PORT = "3000" } },
  },
  ["entry.further"] = {
    facts = { env = { HOME = "/home/ann" }, name = "iterate", owner = "acme" },
    answer = { { path = "/home/ann/src/github.com/acme/iterate",
      url = "https://github.com/acme/iterate.git" } },
  },
  ["entry.is_healthy"] = { facts = { body = "ok", status = 200 }, answer = { true } },
  ["entry.move"] = {
    facts = { is_branch_contained = true, is_branch_elsewhere = false, is_contained = true,
      is_own = true, is_switched = false, overwritten = {} },
    answer = { "update" },
  },
  ["entry.needs_install"] = {
    facts = { has_modules = true, is_changed = false, is_incomplete = false },
    answer = { false },
  },
  ["entry.on_unreachable"] = { facts = { kind = "network" }, answer = { "use" } },
  ["entry.path"] = {
    facts = { env = { HOME = "/home/ann" } },
    answer = { "/home/ann/src/github.com/iterate/iterate" },
  },
  ["entry.repository"] = {
    facts = { env = {} },
    answer = { "https://github.com/iterate/iterate.git" },
  },
  ["entry.restart"] = {
    facts = { code = 1, failures = 1, kind = "unavailable", seconds = 5 },
    answer = { 1 },
  },
  ["entry.update"] = {
    facts = { is_clean = true, is_other = false, is_own = true, is_shallow = false },
    answer = { "update" },
  },
  ["environment.guard"] = {
    facts = { env = {}, prefix = "iterate-sandbox-dev--" },
    answer = { { environment = "dev" } },
  },
  ["environment.name"] = {
    facts = { env = {}, prefix = "iterate-sandbox-stg--" },
    answer = { "stg" },
  },
  ["environment.prefix"] = {
    facts = { env = { DAYTONA_SNAPSHOT_PREFIX = "dev-jonas--" } },
    answer = { "dev-jonas--" },
  },
  ["github.commands"] = { facts = { progress = "lines" }, answer = { true } },
  ["github.enabled"] = { facts = { env = { GITHUB_ACTIONS = "true" } }, answer = { true } },
  ["helper.environment"] = {
    facts = { env = {}, helper = "git" },
    answer = { { "PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "LANG", "LANGUAGE", "LC_*",
      "TZ", "TMPDIR", "TERM", "XDG_*", "LD_LIBRARY_PATH", "*_PROXY", "SSL_CERT_*", "CURL_CA_BUNDLE",
      "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY",
      "DBUS_SESSION_BUS_ADDRESS", "GPG_*", "GNUPGHOME", "SSH_*", "KRB5*", "GIT_*", "EMAIL" } },
  },
  ["machine.aged_out"] = {
    facts = { now = 1793880000, snapshot = { createdAt = "2026-11-01T10:00:00.000Z",
      general = false, id = "47cd", lastUsedAt = "2026-10-01T00:00:00.000Z",
      name = "dev--20261101-100000", state = "inactive", updatedAt = "2026-11-01T00:00:00.000Z" } },
    answer = { true },
  },
  ["machine.awaited"] = {
    facts = { env = {}, machine = { desired_state = "started", id = "x", name = "a",
      state = "starting" } },
    answer = { true },
  },
  ["machine.health_path"] = { facts = { env = {} }, answer = { "/api/health" } },
  ["machine.labels"] = {
    facts = { env = { USER = "jonas" }, run = "20261105-120000-ab12cd34" },
    answer = { { ["os2-run"] = "20261105-120000-ab12cd34", ["os2-user"] = "jonas" } },
  },
  ["machine.listed"] = {
    facts = { all = false, machine = { id = "x", name = "a", state = "destroying" } },
    answer = { false },
  },
  ["machine.name"] = {
    facts = { count = 2, given = "web", index = 1, random = 0.5 },
    answer = { "web-1" },
  },
  ["machine.progress"] = {
    facts = { machine = { id = "x", name = "a", state = "starting" }, wanted = "started" },
    answer = { "waiting" },
  },
  ["naming.candidate"] = { facts = { prefix = "dev--" }, answer = { "dev-candidate--" } },
  ["naming.check"] = {
    facts = { name = "dev--20261105-120000", prefix = "dev--" },
    answer = { true },
  },
  ["naming.check_prefix"] = { facts = { prefix = "dev--" }, answer = { true } },
  ["naming.filter"] = { facts = { prefix = "dev_a--" }, answer = { "dev\\_a--" } },
  ["naming.format"] = {
    facts = { now = 1793880000, prefix = "dev--" },
    answer = { "dev--20261105-120000" },
  },
  ["naming.next"] = {
    facts = { name = "dev--20261105-120000", prefix = "dev--" },
    answer = { "dev--20261105-120001" },
  },
  ["naming.parse"] = {
    facts = { name = "dev--20261105-120000", prefix = "dev--" },
    answer = { 1793880000 },
  },
  ["naming.prefix"] = { facts = { name = "dev--20261105-120000" }, answer = { "dev--" } },
  ["poll.interval"] = { facts = { attempt = 3 }, answer = { 1.125 } },
  ["resolution.pick"] = {
    facts = { now = 1793880000, prefix = "dev--",
      snapshots = { { createdAt = "2026-11-01T10:00:00.000Z", general = false, id = "47cd",
      name = "dev--20261102-100000", state = "error" }, { createdAt = "2026-11-01T10:00:00.000Z",
      general = false, id = "47cd", name = "dev--20261101-100000", state = "active" } } },
    answer = { { createdAt = "2026-11-01T10:00:00.000Z", general = false, id = "47cd",
      name = "dev--20261101-100000", state = "active" }, { newer_inactive = {},
      passed = { ["state error"] = 1 } } },
  },
  ["resolution.pin"] = {
    facts = { env = { DAYTONA_SNAPSHOT_PIN = "dev--20261101-100000" } },
    answer = { "dev--20261101-100000" },
  },
  ["resolution.prefixes"] = { facts = { prefix = "dev--" }, answer = { { "dev--" } } },
  ["resolution.query"] = {
    facts = { prefix = "dev--" },
    answer = { { limit = 100, name = "dev--", order = "desc", sort = "createdAt" } },
  },
  ["resolution.reviving"] = {
    facts = { snapshot = { createdAt = "2026-11-01T10:00:00.000Z", general = false, id = "47cd",
      lastUsedAt = "2026-11-01T12:00:00.000Z", name = "dev--20261101-100000", state = "pulling" } },
    answer = { true },
  },
  ["resolution.usable"] = {
    facts = { now = 1793880000, prefix = "dev--",
      snapshot = { createdAt = "2026-11-01T10:00:00.000Z", general = false, id = "47cd",
      name = "dev--20261101-100000", state = "error" } },
    answer = { false, "state error" },
  },
  ["retention.candidate"] = { facts = { prefix = "dev-candidate--" }, answer = { true } },
  ["retention.foreign"] = {
    facts = { action = "delete", is_local = false, is_named = false, is_newest = false,
      is_orphan = false, is_pinned = false, is_whole = true, machines = 0, newer = 5,
      now = 1793880000, prefix = "dev--", snapshot = { createdAt = "2026-11-01T10:00:00.000Z",
      general = true, id = "47cd", name = "dev--20261101-100000", state = "active" } },
    answer = { true, "it is Daytona's" },
  },
  ["retention.in_flight"] = {
    facts = { action = "delete", is_local = false, is_named = false, is_newest = false,
      is_orphan = false, is_pinned = false, is_whole = true, machines = 0, newer = 5,
      now = 1793880000, prefix = "dev--", snapshot = { createdAt = "2026-11-01T10:00:00.000Z",
      general = false, id = "47cd", name = "dev--20261101-100000", state = "building" } },
    answer = { true, "it is in flight (building)" },
  },
  ["retention.newest"] = {
    facts = { action = "delete", is_local = false, is_named = false, is_newest = true,
      is_orphan = false, is_pinned = false, is_whole = true, machines = 0, newer = 5,
      now = 1793880000, prefix = "dev--", snapshot = { createdAt = "2026-11-01T10:00:00.000Z",
      general = false, id = "47cd", name = "dev--20261101-100000", state = "active" } },
    answer = { true, "it is the newest usable one of dev--" },
  },
  ["retention.pinned"] = {
    facts = { action = "delete", is_local = false, is_named = false, is_newest = false,
      is_orphan = false, is_pinned = true, is_whole = true, machines = 0, newer = 5,
      now = 1793880000, prefix = "dev--", snapshot = { createdAt = "2026-11-01T10:00:00.000Z",
      general = false, id = "47cd", name = "dev--20261101-100000", state = "active" } },
    answer = { true, "it is pinned" },
  },
  ["retention.recent"] = {
    facts = { action = "delete", is_local = false, is_named = false, is_newest = false,
      is_orphan = false, is_pinned = false, is_whole = true, machines = 0, newer = 1,
      now = 1793880000, prefix = "dev--", snapshot = { createdAt = "2026-11-01T10:00:00.000Z",
      general = false, id = "47cd", name = "dev--20261101-100000", state = "active" } },
    answer = { true, "it is one of the newest 5 of dev--" },
  },
  ["retention.settled"] = {
    facts = { action = "delete", is_local = false, is_named = false, is_newest = false,
      is_orphan = false, is_pinned = false, is_whole = true, machines = 0, newer = 5,
      now = 1793880000, prefix = "dev--", snapshot = { createdAt = "2026-11-01T10:00:00.000Z",
      general = false, id = "47cd", name = "dev--20261101-100000", state = "removing" } },
    answer = { true, "it is being removed" },
  },
  ["retention.shared"] = {
    facts = { action = "delete", is_local = false, is_named = false, is_newest = false,
      is_orphan = false, is_pinned = false, is_whole = true, machines = 0, newer = 5,
      now = 1793880000, prefix = "dev--", sharing = "stg--20261101-100000",
      snapshot = { createdAt = "2026-11-01T10:00:00.000Z", general = false, id = "47cd",
      name = "dev--20261101-100000", state = "active" } },
    answer = { true, "stg--20261101-100000 has the same image" },
  },
  ["retention.unread"] = {
    facts = { action = "delete", is_local = false, is_named = false, is_newest = false,
      is_orphan = false, is_pinned = false, is_whole = false, machines = 0, newer = 5,
      now = 1793880000, prefix = "dev--", snapshot = { createdAt = "2026-11-01T10:00:00.000Z",
      general = false, id = "47cd", name = "dev--20261101-100000", state = "active" } },
    answer = { true, "the list was not read to its end" },
  },
  ["retention.used"] = {
    facts = { action = "delete", is_local = false, is_named = false, is_newest = false,
      is_orphan = false, is_pinned = false, is_whole = true, machines = 2, newer = 5,
      now = 1793880000, prefix = "dev--", snapshot = { createdAt = "2026-11-01T10:00:00.000Z",
      general = false, id = "47cd", name = "dev--20261101-100000", state = "active" } },
    answer = { true, "2 machines use it" },
  },
  ["retention.verified"] = {
    facts = { action = "delete", is_local = false, is_named = false, is_newest = false,
      is_orphan = false, is_pinned = false, is_whole = true, machines = 0, newer = 5,
      now = 1793880000, prefix = "dev-candidate--",
      snapshot = { createdAt = "2026-11-05T11:59:00.000Z", general = false, id = "47cd",
      name = "dev-candidate--20261105-115900", state = "active" } },
    answer = { true, "it is a candidate that is being verified" },
  },
  ["retention.young"] = {
    facts = { action = "delete", is_local = false, is_named = false, is_newest = false,
      is_orphan = false, is_pinned = false, is_whole = true, machines = 0, newer = 5,
      now = 1793880000, prefix = "dev--", snapshot = { createdAt = "2026-11-05T11:00:00.000Z",
      general = false, id = "47cd", name = "dev--20261101-100000", state = "active" } },
    answer = { true, "it is younger than 7 days" },
  },
  ["retry.delay"] = {
    facts = { attempt = 2, deadline = 60, elapsed = 1, err = { kind = "unavailable",
      op = "daytona.snapshot", message = "the service is away" }, idempotent = true, random = 0.5 },
    answer = { 0.75 },
  },
  ["retry.passing"] = {
    facts = { err = { kind = "unavailable", op = "daytona.snapshot",
      message = "the service is away" }, is_wait = true },
    answer = { true },
  },
  ["snapshot.again"] = {
    facts = { attempt = 1, snapshot = { createdAt = "2026-11-01T10:00:00.000Z",
      errorReason = "Failed to pull the image: connection reset by peer", general = false,
      id = "47cd", name = "dev--20261101-100000", state = "error" } },
    answer = { true },
  },
  ["snapshot.build_again"] = {
    facts = { attempt = 1, err = { kind = "invalid", op = "docker.build",
      message = "failed to get digest sha256:4f: open /var/lib/docker/4f: no such file" } },
    answer = { true },
  },
  ["snapshot.command"] = {
    facts = { has_cmd = false, has_entrypoint = true, is_cmd_written = false,
      provider = "daytona" },
    answer = { "take" },
  },
  ["snapshot.dirty"] = {
    facts = { environment = "prd", is_allowed = false, prefix = "iterate-sandbox-prd--" },
    answer = { "refuse" },
  },
  ["snapshot.exposed"] = {
    facts = { instruction = "ARG", is_own = true, kind = "argument", name = "TOKEN",
      provider = "daytona" },
    answer = { "warn",
      "the build argument TOKEN looks like a secret, and docker history shows its value (ARG)" },
  },
  ["snapshot.healthy"] = {
    facts = { snapshot = { createdAt = "2026-11-01T10:00:00.000Z", general = false, id = "47cd",
      name = "dev--20261101-100000", state = "active" } },
    answer = { true },
  },
  ["snapshot.identity"] = {
    facts = { image = { Config = {}, Id = "sha256:ab", RootFS = { Layers = { "sha256:01" } } } },
    answer = { { config = {}, layers = { "sha256:01" }, platform = "nil/nil" } },
  },
  ["snapshot.image_platform"] = {
    facts = { platform = "linux/arm64", provider = "daytona", wanted = "linux/amd64" },
    answer = { "refuse", "the image is for linux/arm64, sandboxes need linux/amd64" },
  },
  ["snapshot.image_size"] = {
    facts = { bytes = 9000000000, disk = 8, provider = "daytona" },
    answer = { "refuse", "it has 8.4 GB, and the disk of a machine 8 GB" },
  },
  ["snapshot.labels"] = {
    facts = { build_args = {}, env = {},
      git = { commit = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", is_clean = true },
      now = 1793880000, prefix = "dev--" },
    answer = { { ["org.opencontainers.image.created"] = "2026-11-05T12:00:00Z",
      ["org.opencontainers.image.revision"] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" } },
  },
  ["snapshot.on_conflict"] = {
    facts = { attempt = 1, lost = true, ref = "r/p/os2:a",
      snapshot = { createdAt = "2026-11-01T10:00:00.000Z", general = false, id = "47cd",
      imageName = "r/p/os2:a", name = "dev--20261101-100000", state = "active" } },
    answer = { "use" },
  },
  ["snapshot.orphan"] = {
    facts = { is_own = true, now = 1793880000, snapshot = { createdAt = "2026-11-01T10:00:00.000Z",
      general = false, id = "47cd", name = "dev--20261101-100000", state = "pending" } },
    answer = { true, "still pending" },
  },
  ["snapshot.progress"] = {
    facts = { snapshot = { createdAt = "2026-11-01T10:00:00.000Z", general = false, id = "47cd",
      name = "dev--20261101-100000", state = "pulling" } },
    answer = { "waiting" },
  },
  ["snapshot.promote_name"] = {
    facts = { name = "dev--20261101-100000", now = 1793880000, prefix = "stg--", snapshots = {} },
    answer = { "stg--20261101-100000" },
  },
  ["snapshot.promote_prefix"] = {
    facts = { env = {}, to = "stg" },
    answer = { "iterate-sandbox-stg--" },
  },
  ["snapshot.publishable"] = { facts = { labels = {} }, answer = { true } },
  ["snapshot.push_again"] = {
    facts = { attempt = 1, err = { kind = "unavailable", op = "daytona.snapshot",
      message = "the service is away" } },
    answer = { false },
  },
  ["snapshot.read_tag"] = {
    facts = { tag = "20261105-120000-g1a2b3c4d5e-c0123456789ab-19999999" },
    answer = { { commit = "1a2b3c4d5e", content = "0123456789ab", is_dirty = false,
      is_own = true } },
  },
  ["snapshot.reference_gone"] = {
    facts = { snapshot = { createdAt = "2026-11-01T10:00:00.000Z",
      errorReason = "failed to inspect in registry: manifest unknown", general = false, id = "47cd",
      name = "dev--20261101-100000", state = "error" } },
    answer = { true },
  },
  ["snapshot.registrable"] = {
    facts = { snapshot = { general = false, id = "47cd", imageName = "",
      name = "dev--20261101-100000", state = "active" } },
    answer = { false, "it was made from a machine, so it has no image to register again" },
  },
  ["snapshot.renewed_name"] = {
    facts = { now = 1793880000, prefix = "dev--", snapshots = {} },
    answer = { "dev--20261105-120000" },
  },
  ["snapshot.rollback_target"] = {
    facts = { contents = { ["47cd"] = "ba9876543210", b7a1 = "0123456789ab" }, latest = LATEST,
      now = 1793880000, prefix = "dev--", snapshots = { LATEST, GOOD } },
    answer = { GOOD },
  },
  ["snapshot.run_key"] = {
    facts = { variables = { GITHUB_JOB = "build", GITHUB_RUN_ID = "17" } },
    answer = { "GITHUB_RUN_ID=17 GITHUB_JOB=build" },
  },
  ["snapshot.same_image"] = {
    facts = { one = { imageName = "r/p/os2:a" }, other = { imageName = "r/p/os2:a" } },
    answer = { true },
  },
  ["snapshot.superseded"] = {
    facts = { name = "dev--20261101-100000", now = 1793600000, prefix = "dev--",
      snapshots = { { createdAt = "2026-11-02T10:00:00.000Z", general = false, id = "47cd",
      name = "dev--20261102-100000", state = "active" } } },
    answer = { true, "dev--20261102-100000" },
  },
  ["snapshot.tag"] = {
    facts = { content = "0123456789ab", git = { commit = "1a2b3c4d5e000000000000000000000000000000",
      is_clean = true }, now = 1793880000, prefix = "dev--", random = 0.5 },
    answer = { "20261105-120000-g1a2b3c4d5e-c0123456789ab-80000000" },
  },
  ["terminal.links"] = {
    facts = { env = { TERM_PROGRAM = "WezTerm" }, is_terminal = true },
    answer = { true },
  },
  ["terminal.progress"] = {
    facts = { env = { CI = "true", WT_SESSION = "1" }, is_terminal = true },
    answer = { false },
  },
}
