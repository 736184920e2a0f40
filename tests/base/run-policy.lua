--- What `./bootstrap run` decides otherwise: its machine may take long.
-- luacheck: read globals policy
policy.api(1)
policy.set("timeouts.machine_healthy", 900, { why = "it installs and builds first" })
