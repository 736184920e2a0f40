--- What `./bootstrap run` decides otherwise: its machine is healthy when its daemon says so.
-- luacheck: read globals policy
policy.api(1)
policy.set("machine.health_path", policy.ask("entry.health_path"))
policy.set("timeouts.machine_healthy", 900, { why = "it installs and builds first" })
