// observed: requests, and what the real API (v0.190.0) was seen to answer.
"use strict"

const HEX = "a".repeat(64)
const UUID = "11111111-2222-4333-8444-555555555555"
const IMAGE = { name: "new", imageName: "alpine:3.20" }
const CPU =
  "CPU request 1000 exceeds maximum allowed per sandbox (100).\nNeed higher resource limits" +
  " per-sandbox? Contact us at support@daytona.io and let us know about your use case."
const LIMIT = "limit must not be less than 1, limit must not be greater than 200"
const NAME = "Invalid snapshot name format. May contain letters, digits, dots, colons, and dashes"
const SORT = "sort must be one of the following values: name, state, lastUsedAt, createdAt"
const TAG = "Image name must include a tag (e.g., ubuntu:22.04) or digest (@sha256:...)"
const UNSAFE = "name must not contain HTML tags, URLs, or control characters"
const SANDBOX_SORT =
  "sort must be one of the following values:" +
  " name, cpu, memoryGib, diskGib, lastActivityAt, createdAt"
const CLASSES =
  "sandboxClass must be one of the following values: linux-vm, container, android, windows"
const NO_REGION =
  "This organization does not have a default region." +
  " Please open the Daytona Dashboard to set a default region."
const MAINTENANCE = "Service is currently under maintenance. Please try again later."
const DOWN = { maintenance: true }
const IMAGE_FORMAT =
  "Invalid image name format. Must be lowercase, may contain digits, dots, dashes," +
  " and single slashes between components"

const list = (query) => ({ path: `/api/snapshots${query}` })
const create = (body, more) => ({ method: "POST", path: "/api/snapshots", body, ...more })
const named = (name) => create({ ...IMAGE, name })
const image = (imageName) => create({ name: "new", imageName })
const jwtOnly = (route) => ({ path: `/api/${route}` })
const as = (key) => ({ path: "/api/snapshots", key: `dtn_test_key_${key}` })
const withHeaders = (headers) => ({ path: "/api/snapshots", key: null, headers })
const sandbox = (body) => ({ method: "POST", path: "/api/sandbox", body })

// [what, request, status, message or undefined, config]; an active snapshot `seeded` exists.
const ROWS = [
  // Error envelope
  ["malformed JSON", create("{"), 400, "Invalid JSON in request body"],
  ["malformed JSON before auth", create("{", { key: null }), 400, "Invalid JSON in request body"],
  [
    "a body over the limit",
    create({ ...IMAGE, x: "x".repeat(102400) }),
    404,
    "Cannot POST /api/snapshots",
  ],
  [
    "an unsupported charset",
    create(IMAGE, { headers: { "content-type": "application/json; charset=latin1" } }),
    404,
    "Cannot POST /api/snapshots",
  ],
  [
    "a wrong content type",
    create("{}", { headers: { "content-type": "text/plain" } }),
    400,
    "name must be a string",
  ],
  ["an unknown route", { path: "/api/nosuch", key: null }, 404, "Cannot GET /api/nosuch"],
  [
    "an unknown method",
    { method: "PUT", path: "/api/snapshots" },
    404,
    "Cannot PUT /api/snapshots",
  ],
  ["no /api", { path: "/snapshots" }, 404, "Cannot GET /snapshots"],
  ["a path that is like /api", { path: "/apisnapshots" }, 404, "Cannot GET /apisnapshots"],
  ["two slashes at the end", { path: "/api/snapshots//" }, 404, "Cannot GET /api/snapshots//"],
  ["two slashes within", { path: "/api//snapshots" }, 404, "Cannot GET /api//snapshots"],
  [
    "malformed percent-encoding",
    { path: "/api/snapshots/%zz" },
    400,
    "Failed to decode path parameter",
  ],

  // Auth
  ["no key", { path: "/api/snapshots", key: null }, 401, "Invalid credentials"],
  ["a bad key", as("nosuch"), 401, "Invalid credentials"],
  ["an expired key", as("expired"), 401, "Invalid credentials"],
  ["basic auth", withHeaders({ authorization: "Basic YTpi" }), 401, "Invalid credentials"],
  ["X-API-Key", withHeaders({ "x-api-key": "dtn_test_key_full" }), 401, "Invalid credentials"],
  [
    "JWT-looking garbage",
    withHeaders({ authorization: "Bearer eyJhbGciOi.e30.x" }),
    401,
    "Invalid credentials",
  ],
  ["a lower-case scheme", withHeaders({ authorization: "bearer dtn_test_key_full" }), 200],
  [
    "another organization's id",
    { path: "/api/snapshots", headers: { "x-daytona-organization-id": UUID } },
    200,
  ],
  [
    "a JWT without organization",
    { path: "/api/snapshots", key: "test.jwt.token" },
    403,
    "Invalid authentication context",
  ],
  ["listing without permissions", as("read"), 200],
  [
    "creating without permission",
    create(IMAGE, { key: "dtn_test_key_read" }),
    403,
    "Access denied",
  ],
  [
    "deleting without permission",
    { method: "DELETE", path: `/api/snapshots/${UUID}`, key: "dtn_test_key_read" },
    403,
    "Access denied",
  ],
  [
    "push access without permission",
    { path: "/api/docker-registry/registry-push-access", key: "dtn_test_key_read" },
    403,
    "Access denied",
  ],
  [
    "a sandbox without permission",
    { ...sandbox({}), key: "dtn_test_key_read" },
    403,
    "Access denied",
  ],
  ["/users/me", jwtOnly("users/me"), 401, "Invalid credentials"],
  ["/organizations", jwtOnly("organizations"), 401, "Invalid credentials"],
  ["/organizations/{id}", jwtOnly(`organizations/${UUID}`), 401, "Invalid credentials"],
  ["/organizations/{id}/usage", jwtOnly(`organizations/${UUID}/usage`), 401, "Invalid credentials"],
  ["health is public", { path: "/api/health", key: null }, 200],
  ["config is public", { path: "/api/config", key: null }, 200],

  ["maintenance", { path: "/api/snapshots" }, 503, MAINTENANCE, DOWN],
  ["health in maintenance", { path: "/api/health", key: null }, 503, MAINTENANCE, DOWN],
  ["config in maintenance", { path: "/api/config", key: null }, 503, MAINTENANCE, DOWN],
  ["secrets", { path: "/api/secret" }, 404, "Cannot GET /api/secret"],
  ["audit's scenarios", { path: "/api/audit/scenarios" }, 404],

  // GET /snapshots
  ["sort=createdTime", list("?sort=createdTime"), 400, SORT],
  ["sort=createdAt", list("?sort=createdAt&order=desc"), 200],
  ["order=DESC", list("?order=DESC"), 400, "order must be one of the following values: asc, desc"],
  ["limit=0", list("?limit=0"), 400, "limit must not be less than 1"],
  ["limit=201", list("?limit=201"), 400, "limit must not be greater than 200"],
  ["limit=200", list("?limit=200"), 200],
  [
    "limit=abc&page=0",
    list("?limit=abc&page=0"),
    400,
    `page must not be less than 1, limit must be an integer number, ${LIMIT}`,
  ],
  ["page=1.5", list("?page=1.5"), 400, "page must be an integer number"],
  ["a page past the end", list("?page=99"), 200],
  ["name twice", list("?name=a&name=b"), 400, "name must be a string"],
  ["createdAtAfter=bogus", list("?createdAtAfter=bogus"), 400],
  ["createdAtAfter", list("?createdAtAfter=2026-01-01T00:00:00Z"), 200],
  ["an unknown parameter", list("?nosuch=1"), 200],
  ["a trailing slash", list("/"), 200],

  // POST /snapshots
  ["name and image", create(IMAGE), 200],
  [
    "an existing name",
    named("seeded"),
    409,
    'Snapshot with name "seeded" already exists for this organization',
  ],
  ["the name in another case", named("SEEDED"), 200],
  [":latest", image("alpine:latest"), 400, 'Images with tag ":latest" are not allowed'],
  ["no tag", image("alpine"), 400, TAG],
  ["an empty tag", image("host/base:"), 400, TAG],
  ["no tag, a port", image("127.0.0.1:16000/daytona/base"), 200],
  [
    "a short digest",
    image("alpine@sha256:abc"),
    400,
    "Invalid digest format. Must be image@sha256:64_hex_characters",
  ],
  ["a digest", image(`alpine@sha256:${HEX}`), 200],
  ["tag and digest", image(`alpine:3@sha256:${HEX}`), 200],
  ["a space in the image", image("Alpine Linux:3"), 400, IMAGE_FORMAT],
  ["name a%b", named("a%b"), 400, NAME],
  ["name with a space", named("has space"), 400, NAME],
  ["name with a leading slash", named("/lead"), 400, NAME],
  ["an empty name", named(""), 400, NAME],
  ["name with an accent", named("h\u00e9llo"), 400, NAME],
  ["name x:latest", named("x:latest"), 200],
  ["name with underscore and slash", named("a_b/c"), 200],
  ["a name of 300 characters", named("n".repeat(300)), 200],
  ["name <script>", named("<script>"), 400, UNSAFE],
  ["no name", create({ imageName: "alpine:3" }), 400, "name must be a string"],
  ["an array", create([]), 400, "name must be a string"],
  ["an empty body", create(undefined), 400, "name must be a string"],
  [
    "no image",
    create({ name: "new" }),
    400,
    "Must specify an image name when not using a build info entry",
  ],
  [
    "an empty image",
    image(""),
    400,
    "Must specify an image name when not using a build info entry",
  ],
  [
    "build and image",
    create({ ...IMAGE, buildInfo: { dockerfileContent: "" } }),
    400,
    "Cannot specify an image name when using a build info entry",
  ],
  [
    "build and entrypoint",
    create({ name: "new", entrypoint: ["a"], buildInfo: { dockerfileContent: "" } }),
    400,
    "Cannot specify an entrypoint when using a build info entry",
  ],
  ["an empty build", create({ name: "new", buildInfo: {} }), 500, "An unexpected error occurred."],
  [
    "a build that is a string",
    create({ name: "new", buildInfo: "x" }),
    400,
    "buildInfo must be an object",
  ],
  [
    "an empty Dockerfile",
    create({ name: "new", buildInfo: { dockerfileContent: "", contextHashes: "abc" } }),
    200,
  ],
  [
    "an entrypoint that is a string",
    create({ ...IMAGE, entrypoint: "x" }),
    400,
    "entrypoint must be an array",
  ],
  ["an unknown field", create({ ...IMAGE, nosuch: 1 }), 200],
  ["cpu 1000", create({ ...IMAGE, cpu: 1000 }), 400, CPU],
  [
    'cpu "two"',
    create({ ...IMAGE, cpu: "two" }),
    400,
    "cpu must not be less than 0, cpu must be a number conforming to the specified constraints",
  ],
  ["cpu 1.5", create({ ...IMAGE, cpu: 1.5 }), 500, "An unexpected error occurred."],
  [
    "a GPU",
    create({ ...IMAGE, gpu: 1 }),
    400,
    "GPU quota exceeded. Maximum allowed: 0.",
  ],
  ["an unknown region", create({ ...IMAGE, regionId: "mars" }), 404, "Region not found"],
  ["a bad class", create({ ...IMAGE, sandboxClass: "x" }), 400, CLASSES],
  ["no default region", create(IMAGE), 400, NO_REGION, { defaultRegion: null }],
  ["a full quota", create(IMAGE), 400, "Snapshot quota exceeded. Maximum allowed: 1", { quota: 1 }],

  // Other snapshot routes
  ["get by name", list("/seeded"), 200],
  ["get in another case", list("/SEEDED"), 404, "Snapshot with name SEEDED not found"],
  ["get unknown", list("/nosuch"), 404, "Snapshot with name nosuch not found"],
  ["get an unknown id", list(`/${UUID}`), 404, `Snapshot with name ${UUID} not found`],
  ["get with a bare slash", list("/a/b"), 404, "Cannot GET /api/snapshots/a/b"],
  [
    "delete by name",
    { method: "DELETE", path: "/api/snapshots/seeded" },
    400,
    "Validation failed (uuid is expected)",
  ],
  [
    "delete unknown",
    { method: "DELETE", path: "/api/snapshots/nosuch" },
    404,
    "Snapshot with name nosuch not found",
  ],
  [
    "activate by name",
    { method: "POST", path: "/api/snapshots/seeded/activate" },
    400,
    "Validation failed (uuid is expected)",
  ],
  [
    "activate unknown",
    { method: "POST", path: "/api/snapshots/nosuch/activate" },
    404,
    "Snapshot with name nosuch not found",
  ],
  ["build logs by name", list("/seeded/build-logs-url"), 500, "An unexpected error occurred."],
  [
    "push access without a registry",
    { path: "/api/docker-registry/registry-push-access" },
    500,
    "An unexpected error occurred.",
  ],

  // Sandboxes
  [
    "an unknown snapshot",
    sandbox({ snapshot: "nosuch" }),
    400,
    "Snapshot nosuch not found. Did you add it through the Daytona Dashboard?",
  ],
  [
    "cpu with a snapshot",
    sandbox({ snapshot: "seeded", cpu: 1 }),
    400,
    "Cannot specify Sandbox resources when using a snapshot",
  ],
  [
    "a negative auto-stop",
    sandbox({ snapshot: "seeded", autoStopInterval: -1 }),
    400,
    "Auto-stop interval must be non-negative",
  ],
  [
    "an auto-stop that is a string",
    sandbox({ autoStopInterval: "x" }),
    400,
    "autoStopInterval must be a number conforming to the specified constraints",
  ],
  ["labels that are a string", sandbox({ labels: "x" }), 400, "labels must be an object"],
  ["env that is a string", sandbox({ env: "x" }), 400, "env must be an object"],
  ["public that is a string", sandbox({ public: "yes" }), 400, "public must be a boolean value"],
  ["an unknown target", sandbox({ target: "mars" }), 404, "Region not found"],
  [
    "no runner",
    sandbox({ snapshot: "seeded" }),
    400,
    "No available runners",
    { runnerReady: false },
  ],
  [
    "get an unknown sandbox",
    { path: "/api/sandbox/nosuch" },
    404,
    "Sandbox with ID or name nosuch not found",
  ],
  ["a bad cursor", { path: "/api/sandbox?cursor=bogus" }, 400, "Invalid cursor provided: bogus"],
  ["bad labels", { path: "/api/sandbox?labels=x" }, 400, "Invalid labels JSON format"],
  ["sort=bogus", { path: "/api/sandbox?sort=bogus" }, 400, SANDBOX_SORT],
]

module.exports = { IMAGE, ROWS, SORT }
