---@meta
--- Editor stubs of the facts of policies and the `ctx` of steps; made by tools/rows.lua.

---@class os2.flows.facts
---@field env table<string, string>  the variables of the environment, without secrets
---@field environment string?  the environment of the prefix, when it is known
---@field git os2.flows.snapshot.git?  the revision of the build context, when it is in a repository
---@field now number  the time, in seconds since 1970, UTC
---@field prefix string?  the snapshot prefix of the run, when it is known

---@class os2.flows.facts.cache.error_ttl: os2.flows.facts
---@field failed boolean?  the cached answer is an error
---@field stored_at number?  the time when the answer was cached, in seconds since 1970

---@class os2.flows.facts.cache.may_stand_in: os2.flows.facts
---@field err os2.Err  the error because of which there is no newer answer
---@field fresh boolean?  --fresh is given
---@field publish boolean?  the answer is for a publish
---@field stored_at number?  the time when the answer was cached, in seconds since 1970

---@class os2.flows.facts.cache.stale: os2.flows.facts
---@field failed boolean?  the cached answer is an error
---@field stored_at number?  the time when the answer was cached, in seconds since 1970

---@class os2.flows.facts.cache.state: os2.flows.facts
---@field failed boolean?  the cached answer is an error
---@field stored_at number?  the time when the answer was cached, in seconds since 1970

---@class os2.flows.facts.cache.ttl: os2.flows.facts
---@field failed boolean?  the cached answer is an error
---@field stored_at number?  the time when the answer was cached, in seconds since 1970

---@class os2.flows.facts.docker.credentials: os2.flows.facts
---@field has_foreign_front_end boolean  the front end is not docker/dockerfile
---@field host string  the registry's host
---@field is_named boolean  the Dockerfile, or --cache-from, names an image of the registry

---@class os2.flows.facts.doppler.check: os2.flows.facts
---@field asked string  the environment of --env
---@field doppler string  Doppler's name for it, from environment.table

---@class os2.flows.facts.doppler.config: os2.flows.facts
---@field asked string  the environment of --env
---@field doppler string  Doppler's name for it, from environment.table

---@class os2.flows.facts.doppler.strict: os2.flows.facts
---@field asked string  the environment of --env
---@field doppler string  Doppler's name for it, from environment.table

---@class os2.flows.facts.entry.environment: os2.flows.facts
---@field command string  install, build or daemon

---@class os2.flows.facts.entry.further: os2.flows.facts
---@field branch string?  the branch in GITHUB_REPOS, if it has one
---@field name string  the repository's name
---@field owner string  the repository's owner in GITHUB_REPOS

---@class os2.flows.facts.entry.is_healthy: os2.flows.facts
---@field body string  the body of the answer
---@field status integer  the status of the answer

---@class os2.flows.facts.entry.move: os2.flows.facts
---@field is_branch_contained boolean  the fetched commits contain the commit of the local branch
---@field is_branch_elsewhere boolean  another worktree has the local branch checked out
---@field is_contained boolean  the fetched commits contain the checkout's commit
---@field is_own boolean  the checkout is at the commit that os2 checked out
---@field is_switched boolean  somebody has switched to another branch
---@field overwritten string[]  the files in no commit that are in the way

---@class os2.flows.facts.entry.needs_build: os2.flows.facts
---@field is_changed boolean  the code has changed

---@class os2.flows.facts.entry.needs_install: os2.flows.facts
---@field has_modules boolean  node_modules exists
---@field is_changed boolean  the code has changed
---@field is_incomplete boolean  the last install was interrupted or failed

---@class os2.flows.facts.entry.on_unreachable: os2.flows.facts
---@field is_disk_full boolean?  the disk is full
---@field kind os2.ErrKind  the error's kind

---@class os2.flows.facts.entry.restart: os2.flows.facts
---@field code integer?  the daemon's exit code, if it exited
---@field failures integer  number of failures in a row, including this one
---@field kind os2.ErrKind  the kind of the failure
---@field seconds number  seconds for which the daemon was ready; 0: it never was

---@class os2.flows.facts.entry.restart_cap: os2.flows.facts
---@field code integer?  the daemon's exit code, if it exited
---@field failures integer  number of failures in a row, including this one
---@field kind os2.ErrKind  the kind of the failure
---@field seconds number  seconds for which the daemon was ready; 0: it never was

---@class os2.flows.facts.entry.restart_first: os2.flows.facts
---@field code integer?  the daemon's exit code, if it exited
---@field failures integer  number of failures in a row, including this one
---@field kind os2.ErrKind  the kind of the failure
---@field seconds number  seconds for which the daemon was ready; 0: it never was

---@class os2.flows.facts.entry.restarts: os2.flows.facts
---@field code integer?  the daemon's exit code, if it exited
---@field failures integer  number of failures in a row, including this one
---@field kind os2.ErrKind  the kind of the failure
---@field seconds number  seconds for which the daemon was ready; 0: it never was

---@class os2.ctx.entry.steps
---@field commit string?  the commit that is checked out; set from the step checkout on
---@field is_changed boolean?  the code has changed; set from the step checkout on
---@field is_dev boolean  ITERATE_DEV is true; the code is not changed
---@field is_finished boolean?  when a step sets it, the flow ends after that step
---@field own table  empty; for values that steps of your own share
---@field path string  the path of the checkout

---@class os2.flows.facts.entry.update: os2.flows.facts
---@field is_clean boolean  no tracked file differs from the commit
---@field is_other boolean  the checkout's origin is not the wanted repository
---@field is_own boolean  the checkout is at the commit that os2 checked out
---@field is_shallow boolean  the checkout's history was cut by a depth

---@class os2.flows.facts.environment.guard: os2.flows.facts
---@field asked string?  the environment that --env names
---@field key_name string?  the name of the API key, when it is known

---@class os2.flows.facts.environment.name: os2.flows.facts
---@field asked string?  the environment that --env names
---@field key_name string?  the name of the API key, when it is known

---@class os2.flows.facts.environment.table: os2.flows.facts
---@field asked string?  the environment that --env names
---@field key_name string?  the name of the API key, when it is known

---@class os2.flows.facts.github.commands: os2.flows.facts
---@field progress string  how progress is shown: tty, lines, plain, json or quiet

---@class os2.flows.facts.helper.environment: os2.flows.facts
---@field helper string  tar, ssh, git or credentials (Docker's credential helpers)

---@class os2.flows.facts.machine.aged_out: os2.flows.facts
---@field snapshot table  the provider's record, with the fields of daytona.SnapshotDto

---@class os2.flows.facts.machine.labels: os2.flows.facts
---@field run string  the id of the run

---@class os2.flows.facts.machine.listed: os2.flows.facts
---@field all boolean  --all is given
---@field machine os2.machine  the machine's current record

---@class os2.flows.facts.machine.name: os2.flows.facts
---@field count integer  number of machines in the run
---@field given string?  the value of --name
---@field index integer  the index of the machine in the run, from 1
---@field random number  a random number in [0, 1)

---@class os2.flows.facts.machine.progress: os2.flows.facts
---@field machine os2.machine  the machine's current record
---@field wanted string?  the state that is waited for, by default started

---@class os2.flows.facts.machine.unused: os2.flows.facts
---@field snapshot table  the provider's record, with the fields of daytona.SnapshotDto

---@class os2.flows.facts.naming.check: os2.flows.facts
---@field name string  the name of a snapshot

---@class os2.flows.facts.naming.next: os2.flows.facts
---@field name string  the name of a snapshot

---@class os2.flows.facts.naming.parse: os2.flows.facts
---@field name string  the name of a snapshot

---@class os2.flows.facts.naming.prefix: os2.flows.facts
---@field name string  the name of a snapshot

---@class os2.flows.facts.poll.factor: os2.flows.facts
---@field attempt integer  number of polls so far, from 1

---@class os2.flows.facts.poll.first: os2.flows.facts
---@field attempt integer  number of polls so far, from 1

---@class os2.flows.facts.poll.interval: os2.flows.facts
---@field attempt integer  number of polls so far, from 1

---@class os2.flows.facts.poll.longest: os2.flows.facts
---@field attempt integer  number of polls so far, from 1

---@class os2.flows.facts.resolution.pick: os2.flows.facts
---@field is_local boolean?  the snapshots are images on the local engine
---@field refused table<string, string>?  name -> reason, snapshots that the API refused to this run
---@field region string?  the region of the run
---@field snapshots table[]  one page of the provider's, newest first

---@class os2.flows.facts.resolution.reviving: os2.flows.facts
---@field snapshot table  the provider's record, with the fields of daytona.SnapshotDto

---@class os2.ctx.resolution.steps
---@field answer table?  {name, id, state, prefix, created_at, passed, …}; when set, nothing is asked
---@field args os2.ctx.resolution.steps.args  the arguments of `os2 resolve`, as they were given
---@field environment string?  the environment of the prefix
---@field is_finished boolean?  when a step sets it, the flow ends after that step
---@field is_pinned boolean?  the answer is a pin
---@field meta os2.store.cache.meta?  set for a cached answer
---@field own table  empty; for values that steps of your own share
---@field provider string?  the name of the provider
---@field ui os2.report.progress.ui  writes to stderr

---@class os2.ctx.resolution.steps.args
---@field is_fresh boolean?  --fresh
---@field is_refresh boolean?  --refresh
---@field is_unchecked boolean?  --no-check
---@field json boolean?  --json
---@field prefix string?  --prefix
---@field provider string?  --provider
---@field refused table<string, string>?  name -> reason, refused by the API in this run; no option
---@field region string?  --region
---@field result string?  --result

---@class os2.flows.facts.resolution.usable: os2.flows.facts
---@field is_local boolean?  the snapshot is an image on the local engine
---@field refused table<string, string>?  name -> reason, snapshots that the API refused to this run
---@field region string?  the region of the run
---@field snapshot table  the provider's record, with the fields of daytona.SnapshotDto

---@class os2.flows.facts.retention.foreign: os2.flows.facts
---@field action string  deactivate or delete
---@field is_local boolean  the snapshots are images on the local engine
---@field is_named boolean  os2 has made its name, so that the name has a prefix
---@field is_newest boolean  it is the newest usable one of its prefix, in one of its regions
---@field is_pinned boolean  it is the pin of the run's policies
---@field is_whole boolean  the list was read to its end
---@field machines integer  how many machines name it
---@field newer integer  how many usable ones of its prefix are newer
---@field sharing string?  the newest usable one of another prefix that has the same image
---@field snapshot table  the provider's record, with the fields of daytona.SnapshotDto

---@class os2.flows.facts.retention.in_flight: os2.flows.facts
---@field action string  deactivate or delete
---@field is_local boolean  the snapshots are images on the local engine
---@field is_named boolean  os2 has made its name, so that the name has a prefix
---@field is_newest boolean  it is the newest usable one of its prefix, in one of its regions
---@field is_pinned boolean  it is the pin of the run's policies
---@field is_whole boolean  the list was read to its end
---@field machines integer  how many machines name it
---@field newer integer  how many usable ones of its prefix are newer
---@field sharing string?  the newest usable one of another prefix that has the same image
---@field snapshot table  the provider's record, with the fields of daytona.SnapshotDto

---@class os2.flows.facts.retention.newest: os2.flows.facts
---@field action string  deactivate or delete
---@field is_local boolean  the snapshots are images on the local engine
---@field is_named boolean  os2 has made its name, so that the name has a prefix
---@field is_newest boolean  it is the newest usable one of its prefix, in one of its regions
---@field is_pinned boolean  it is the pin of the run's policies
---@field is_whole boolean  the list was read to its end
---@field machines integer  how many machines name it
---@field newer integer  how many usable ones of its prefix are newer
---@field sharing string?  the newest usable one of another prefix that has the same image
---@field snapshot table  the provider's record, with the fields of daytona.SnapshotDto

---@class os2.flows.facts.retention.orphan: os2.flows.facts
---@field snapshot table  the provider's record, with the fields of daytona.SnapshotDto

---@class os2.flows.facts.retention.pinned: os2.flows.facts
---@field action string  deactivate or delete
---@field is_local boolean  the snapshots are images on the local engine
---@field is_named boolean  os2 has made its name, so that the name has a prefix
---@field is_newest boolean  it is the newest usable one of its prefix, in one of its regions
---@field is_pinned boolean  it is the pin of the run's policies
---@field is_whole boolean  the list was read to its end
---@field machines integer  how many machines name it
---@field newer integer  how many usable ones of its prefix are newer
---@field sharing string?  the newest usable one of another prefix that has the same image
---@field snapshot table  the provider's record, with the fields of daytona.SnapshotDto

---@class os2.flows.facts.retention.recent: os2.flows.facts
---@field action string  deactivate or delete
---@field is_local boolean  the snapshots are images on the local engine
---@field is_named boolean  os2 has made its name, so that the name has a prefix
---@field is_newest boolean  it is the newest usable one of its prefix, in one of its regions
---@field is_pinned boolean  it is the pin of the run's policies
---@field is_whole boolean  the list was read to its end
---@field machines integer  how many machines name it
---@field newer integer  how many usable ones of its prefix are newer
---@field sharing string?  the newest usable one of another prefix that has the same image
---@field snapshot table  the provider's record, with the fields of daytona.SnapshotDto

---@class os2.flows.facts.retention.settled: os2.flows.facts
---@field action string  deactivate or delete
---@field is_local boolean  the snapshots are images on the local engine
---@field is_named boolean  os2 has made its name, so that the name has a prefix
---@field is_newest boolean  it is the newest usable one of its prefix, in one of its regions
---@field is_pinned boolean  it is the pin of the run's policies
---@field is_whole boolean  the list was read to its end
---@field machines integer  how many machines name it
---@field newer integer  how many usable ones of its prefix are newer
---@field sharing string?  the newest usable one of another prefix that has the same image
---@field snapshot table  the provider's record, with the fields of daytona.SnapshotDto

---@class os2.flows.facts.retention.shared: os2.flows.facts
---@field action string  deactivate or delete
---@field is_local boolean  the snapshots are images on the local engine
---@field is_named boolean  os2 has made its name, so that the name has a prefix
---@field is_newest boolean  it is the newest usable one of its prefix, in one of its regions
---@field is_pinned boolean  it is the pin of the run's policies
---@field is_whole boolean  the list was read to its end
---@field machines integer  how many machines name it
---@field newer integer  how many usable ones of its prefix are newer
---@field sharing string?  the newest usable one of another prefix that has the same image
---@field snapshot table  the provider's record, with the fields of daytona.SnapshotDto

---@class os2.flows.facts.retention.unread: os2.flows.facts
---@field action string  deactivate or delete
---@field is_local boolean  the snapshots are images on the local engine
---@field is_named boolean  os2 has made its name, so that the name has a prefix
---@field is_newest boolean  it is the newest usable one of its prefix, in one of its regions
---@field is_pinned boolean  it is the pin of the run's policies
---@field is_whole boolean  the list was read to its end
---@field machines integer  how many machines name it
---@field newer integer  how many usable ones of its prefix are newer
---@field sharing string?  the newest usable one of another prefix that has the same image
---@field snapshot table  the provider's record, with the fields of daytona.SnapshotDto

---@class os2.flows.facts.retention.used: os2.flows.facts
---@field action string  deactivate or delete
---@field is_local boolean  the snapshots are images on the local engine
---@field is_named boolean  os2 has made its name, so that the name has a prefix
---@field is_newest boolean  it is the newest usable one of its prefix, in one of its regions
---@field is_pinned boolean  it is the pin of the run's policies
---@field is_whole boolean  the list was read to its end
---@field machines integer  how many machines name it
---@field newer integer  how many usable ones of its prefix are newer
---@field sharing string?  the newest usable one of another prefix that has the same image
---@field snapshot table  the provider's record, with the fields of daytona.SnapshotDto

---@class os2.flows.facts.retention.verified: os2.flows.facts
---@field action string  deactivate or delete
---@field is_local boolean  the snapshots are images on the local engine
---@field is_named boolean  os2 has made its name, so that the name has a prefix
---@field is_newest boolean  it is the newest usable one of its prefix, in one of its regions
---@field is_pinned boolean  it is the pin of the run's policies
---@field is_whole boolean  the list was read to its end
---@field machines integer  how many machines name it
---@field newer integer  how many usable ones of its prefix are newer
---@field sharing string?  the newest usable one of another prefix that has the same image
---@field snapshot table  the provider's record, with the fields of daytona.SnapshotDto

---@class os2.flows.facts.retention.young: os2.flows.facts
---@field action string  deactivate or delete
---@field is_local boolean  the snapshots are images on the local engine
---@field is_named boolean  os2 has made its name, so that the name has a prefix
---@field is_newest boolean  it is the newest usable one of its prefix, in one of its regions
---@field is_pinned boolean  it is the pin of the run's policies
---@field is_whole boolean  the list was read to its end
---@field machines integer  how many machines name it
---@field newer integer  how many usable ones of its prefix are newer
---@field sharing string?  the newest usable one of another prefix that has the same image
---@field snapshot table  the provider's record, with the fields of daytona.SnapshotDto

---@class os2.flows.facts.retry.attempts: os2.flows.facts
---@field attempt integer?  number of attempts so far, from 1
---@field deadline number?  seconds for all attempts together
---@field elapsed number?  seconds since the first attempt
---@field err os2.Err  the failure
---@field idempotent boolean?  the request may be sent twice
---@field is_wait boolean?  the request polls something that is waited for
---@field method string?  the HTTP method, which decides when idempotent is absent
---@field random number?  a random number in [0, 1)

---@class os2.flows.facts.retry.base: os2.flows.facts
---@field attempt integer?  number of attempts so far, from 1
---@field deadline number?  seconds for all attempts together
---@field elapsed number?  seconds since the first attempt
---@field err os2.Err  the failure
---@field idempotent boolean?  the request may be sent twice
---@field is_wait boolean?  the request polls something that is waited for
---@field method string?  the HTTP method, which decides when idempotent is absent
---@field random number?  a random number in [0, 1)

---@class os2.flows.facts.retry.cap: os2.flows.facts
---@field attempt integer?  number of attempts so far, from 1
---@field deadline number?  seconds for all attempts together
---@field elapsed number?  seconds since the first attempt
---@field err os2.Err  the failure
---@field idempotent boolean?  the request may be sent twice
---@field is_wait boolean?  the request polls something that is waited for
---@field method string?  the HTTP method, which decides when idempotent is absent
---@field random number?  a random number in [0, 1)

---@class os2.flows.facts.retry.delay: os2.flows.facts
---@field attempt integer?  number of attempts so far, from 1
---@field deadline number?  seconds for all attempts together
---@field elapsed number?  seconds since the first attempt
---@field err os2.Err  the failure
---@field idempotent boolean?  the request may be sent twice
---@field is_wait boolean?  the request polls something that is waited for
---@field method string?  the HTTP method, which decides when idempotent is absent
---@field random number?  a random number in [0, 1)

---@class os2.flows.facts.retry.longest: os2.flows.facts
---@field attempt integer?  number of attempts so far, from 1
---@field deadline number?  seconds for all attempts together
---@field elapsed number?  seconds since the first attempt
---@field err os2.Err  the failure
---@field idempotent boolean?  the request may be sent twice
---@field is_wait boolean?  the request polls something that is waited for
---@field method string?  the HTTP method, which decides when idempotent is absent
---@field random number?  a random number in [0, 1)

---@class os2.flows.facts.retry.passing: os2.flows.facts
---@field attempt integer?  number of attempts so far, from 1
---@field deadline number?  seconds for all attempts together
---@field elapsed number?  seconds since the first attempt
---@field err os2.Err  the failure
---@field idempotent boolean?  the request may be sent twice
---@field is_wait boolean?  the request polls something that is waited for
---@field method string?  the HTTP method, which decides when idempotent is absent
---@field random number?  a random number in [0, 1)

---@class os2.flows.facts.retry.statuses: os2.flows.facts
---@field attempt integer?  number of attempts so far, from 1
---@field deadline number?  seconds for all attempts together
---@field elapsed number?  seconds since the first attempt
---@field err os2.Err  the failure
---@field idempotent boolean?  the request may be sent twice
---@field is_wait boolean?  the request polls something that is waited for
---@field method string?  the HTTP method, which decides when idempotent is absent
---@field random number?  a random number in [0, 1)

---@class os2.flows.facts.snapshot.again: os2.flows.facts
---@field attempt integer  number of registrations so far, from 1
---@field snapshot table  the provider's current record

---@class os2.flows.facts.snapshot.command: os2.flows.facts
---@field has_cmd boolean  the image has a CMD
---@field has_entrypoint boolean  the image has an ENTRYPOINT
---@field is_cmd_written boolean  the CMD comes from this Dockerfile and not from the base image
---@field is_shell_form boolean?  the ENTRYPOINT is written as a text, which a shell runs
---@field provider string  daytona or docker

---@class os2.flows.facts.snapshot.dirty: os2.flows.facts
---@field is_allowed boolean  --allow-dirty is given

---@class os2.flows.facts.snapshot.exposed: os2.flows.facts
---@field instruction string  the instruction, masked and cut
---@field is_own boolean?  it is of this Dockerfile (true) or of the base image; nil: not known
---@field kind string  file (of COPY or ADD), variable (of ENV) or argument (of ARG)
---@field name string  the file's path, or the name of the variable or argument
---@field provider string  daytona or docker

---@class os2.flows.facts.snapshot.healthy: os2.flows.facts
---@field snapshot table  the provider's current record

---@class os2.flows.facts.snapshot.identity: os2.flows.facts
---@field image table  what the engine tells of the image, ImageInspect

---@class os2.flows.facts.snapshot.image_platform: os2.flows.facts
---@field platform string  the image's, such as linux/arm64
---@field provider string  daytona or docker
---@field wanted string  that of --platform

---@class os2.flows.facts.snapshot.image_size: os2.flows.facts
---@field bytes integer  the image's size on the engine's disk
---@field disk integer  the disk of a machine, in GB
---@field provider string  daytona or docker

---@class os2.flows.facts.snapshot.labels: os2.flows.facts
---@field build_args table<string, string>  the values of --build-arg

---@class os2.flows.facts.snapshot.on_conflict: os2.flows.facts
---@field attempt integer?  number of attempts so far, from 1
---@field lost boolean?  the create has no answer that tells its result
---@field named boolean?  --name is given
---@field ref string?  the image of this run
---@field snapshot table?  the snapshot that has the name

---@class os2.flows.facts.snapshot.orphan: os2.flows.facts
---@field is_own boolean  the tag of its image is one that os2 has made
---@field snapshot table  the provider's record

---@class os2.flows.facts.snapshot.progress: os2.flows.facts
---@field snapshot table  the provider's current record

---@class os2.flows.facts.snapshot.promote_name: os2.flows.facts
---@field name string  the name of the source
---@field region string?  the region of the run
---@field snapshots table[]  the newest ones of the target's prefix

---@class os2.flows.facts.snapshot.promote_prefix: os2.flows.facts
---@field to string  --to

---@class os2.ctx.snapshot.promote_steps
---@field args os2.ctx.snapshot.promote_steps.args  the arguments of `os2 snapshot promote`, with defaults
---@field environment string?  the environment of the target
---@field is_finished boolean?  when a step sets it, the flow ends after that step
---@field is_restored boolean?  the image was pushed again
---@field is_resumed boolean?  the run goes on with a registration that is under way
---@field is_reused boolean?  the newest snapshot of the target has this image already
---@field is_skipped boolean?  a newer snapshot of the target is the result
---@field last_words os2.run.last_words?  what a second signal would leave
---@field listed table[]?  the newest snapshots of the target, set from the step look on
---@field name string?  the name of the result, set from the step plan on
---@field own table  empty; for values that steps of your own share
---@field prefix string  the prefix of the target
---@field provider table  os2.providers.daytona or os2.providers.docker
---@field snapshot table?  the record of the result, set from register on, or where it was there
---@field source table?  the record of the source, set from the step look on
---@field started number  start of the run, monotonic time in seconds
---@field ui os2.report.progress.ui  writes to stderr
---@field wish table?  what is registered, set from the step register on

---@class os2.ctx.snapshot.promote_steps.args
---@field also string[]?  --also, where the image is, too
---@field cpu integer?  --cpu
---@field disk integer?  --disk, in GB
---@field is_dirty_allowed boolean?  --allow-dirty
---@field is_dry_run boolean?  --dry-run
---@field json boolean?  --json
---@field memory integer?  --memory, in GB
---@field on_newer string?  --on-newer, fail, skip or publish
---@field provider string?  --provider
---@field region string?  --region
---@field result string?  --result
---@field snapshot string  the name or id of the source
---@field timeout number?  --timeout, in seconds
---@field to string  --to

---@class os2.flows.facts.snapshot.publishable: os2.flows.facts
---@field labels table<string, string>  the image's labels

---@class os2.flows.facts.snapshot.push_again: os2.flows.facts
---@field attempt integer  number of pushes so far, from 1
---@field err os2.Err  the failure

---@class os2.flows.facts.snapshot.read_tag: os2.flows.facts
---@field tag string  of a pushed image

---@class os2.flows.facts.snapshot.reference_gone: os2.flows.facts
---@field snapshot table  the provider's current record

---@class os2.flows.facts.snapshot.renewed_name: os2.flows.facts
---@field snapshots table[]  the newest ones of the prefix

---@class os2.ctx.snapshot.rollback_steps
---@field args os2.ctx.snapshot.rollback_steps.args  the arguments of `os2 snapshot rollback`
---@field bad table?  the snapshot that is to be deactivated; set from plan on
---@field environment string?  the environment of the prefix
---@field is_deactivated boolean?  the bad snapshot is inactive
---@field is_finished boolean?  when a step sets it, the flow ends after that step
---@field is_finished_before boolean?  all is done already
---@field is_restored boolean?  the image was pushed again
---@field is_resumed boolean?  the run goes on with a rollback that was stopped
---@field last_words os2.run.last_words?  what a second signal would leave
---@field listed table[]?  the snapshots of the prefix, newest first, set from the step look on
---@field memory table?  what a run that was stopped had begun
---@field name string?  the name of the result, set from plan on
---@field own table  empty; for values that steps of your own share
---@field prefix string  the snapshot prefix
---@field provider table  os2.providers.daytona or os2.providers.docker
---@field snapshot table?  the record of the result, set from register on, or where it was there
---@field snapshots table  its snapshots, with deactivate
---@field source table?  the good snapshot, whose image is registered; set from plan on
---@field started number  start of the run, monotonic time in seconds
---@field ui os2.report.progress.ui  writes to stderr
---@field wish table?  what is registered, set from the step register on

---@class os2.ctx.snapshot.rollback_steps.args
---@field also string[]?  --also, where the image is, too
---@field cpu integer?  --cpu
---@field disk integer?  --disk, in GB
---@field is_dry_run boolean?  --dry-run
---@field is_unhealthy_allowed boolean?  --allow-unhealthy
---@field json boolean?  --json
---@field memory integer?  --memory, in GB
---@field prefix string?  --prefix
---@field provider string?  --provider
---@field region string?  --region
---@field result string?  --result
---@field timeout number?  --timeout, in seconds
---@field to string?  --to

---@class os2.flows.facts.snapshot.rollback_target: os2.flows.facts
---@field contents table<string, string>  id -> the key of the content, where it is known
---@field is_local boolean?  the snapshots are images on the local engine
---@field latest table  the one that is to be left
---@field region string?  the region of the run
---@field snapshots table[]  those of the prefix, newest first

---@class os2.flows.facts.snapshot.run_key: os2.flows.facts
---@field variables table<string, string>  those of snapshot.run_key_variables that are set

---@class os2.flows.facts.snapshot.same_image: os2.flows.facts
---@field one table  a record of the provider's
---@field other table  another one

---@class os2.ctx.snapshot.steps
---@field agents table<string, string>  id -> socket, for RUN --mount=type=ssh
---@field args os2.ctx.snapshot.steps.args  the arguments of `os2 snapshot`, with defaults
---@field built table?  {steps, cached, sent, bytes} of a build, set from the step build on
---@field candidate table?  the snapshot by which the image was tried, set from the step gate on
---@field content string?  the key of the image's content, set from the step compare on
---@field context os2.docker.context?  set from the step context on
---@field digest string?  the digest of the pushed image
---@field dockerfile os2.docker.dockerfile?  set from the step build on
---@field environment string?  the environment of the prefix
---@field git os2.flows.snapshot.git?  the revision of the context's directory
---@field given os2.ctx.snapshot.steps.given  the arguments as they were given
---@field has_verdict boolean?  an error raised now says what becomes of the snapshot
---@field image docker.ImageInspect?  set from the step build on
---@field is_adopted boolean?  the snapshot of another run with this run key is the result
---@field is_create_sent boolean?  a create was sent and has no answer yet
---@field is_finished boolean?  when a step sets it, the flow ends after that step
---@field is_pushed boolean?  the image is in the registry
---@field is_resumed boolean?  the run resumes one that was stopped
---@field is_reused boolean?  the newest snapshot has the same content, and none is made
---@field is_skipped boolean?  a newer snapshot is the result
---@field labels table<string, string>?  the image's labels
---@field last_words os2.run.last_words?  what a second signal would leave
---@field layers os2.flows.snapshot.layer[]?  the image's layers, set from the step build on
---@field listed table[]?  the newest snapshots of the prefix, as they were listed last
---@field local_ref string?  the image's local tag
---@field moved table?  {sent, pushed, exists} of a push, set from the step push on
---@field name string  the snapshot's name
---@field own table  empty; for values that steps of your own share
---@field platform string  the platform to build for, such as linux/amd64
---@field prefix string  the snapshot prefix
---@field provider table  os2.providers.daytona or os2.providers.docker
---@field ref string?  the pushed reference; set from push on, or by the run that this one resumes
---@field regions table[]?  {region, name, id, state} of each region, where there are several
---@field registrations integer?  number of registrations, when there were several
---@field run_key string?  the key of this run and of what it makes, 12 hexadecimal digits
---@field secrets table<string, string>  id -> value, for RUN --mount=type=secret
---@field snapshot table?  the provider's record; set from register on, or when it existed before
---@field started number  start of the run, monotonic time in seconds
---@field tag string?  the tag of the pushed image
---@field tags string[]  local references that are removed at the end
---@field ui os2.report.progress.ui  writes to stderr

---@class os2.ctx.snapshot.steps.args
---@field build_args table<string, string>?  --build-arg, name -> value
---@field cache_from string[]?  --cache-from
---@field context string?  --context
---@field context_from string?  --context-from, directory or git
---@field cpu integer?  --cpu
---@field disk integer?  --disk, in GB
---@field dockerfile string?  --dockerfile
---@field entrypoint string[]?  --entrypoint
---@field gpu integer?  --gpu
---@field gpu_type string?  --gpu-type
---@field hosts string[]?  --add-host, HOST:IP
---@field is_base_pulled boolean?  --pull
---@field is_candidate_kept boolean?  --keep-candidate
---@field is_dirty_allowed boolean?  --allow-dirty
---@field is_dry_run boolean?  --dry-run
---@field is_if_changed boolean?  --if-changed
---@field is_list_context boolean?  --list-context
---@field is_older_allowed boolean?  --allow-older
---@field is_uncached boolean?  --no-cache
---@field is_unkeyed boolean?  --no-run-key
---@field is_verify boolean?  --verify
---@field json boolean?  --json
---@field labels table<string, string>?  --label, name -> value
---@field memory integer?  --memory, in GB
---@field name string?  --name
---@field network string?  --network
---@field on_newer string?  --on-newer, fail, skip or publish
---@field on_timeout string?  --on-timeout, leave or delete
---@field platform string?  --platform
---@field prefix string?  --prefix
---@field provider string?  --provider
---@field pushed string?  --pushed
---@field region string?  the first --region
---@field regions string[]?  --region, all
---@field result string?  --result
---@field run_key string?  --run-key
---@field sandbox_class string?  --sandbox-class
---@field secrets string[]?  --secret, id=ID[,env=NAME|,src=FILE]
---@field ssh string[]?  --ssh, ID[=SOCKET]
---@field target string?  --target
---@field timeout number?  --timeout, in seconds

---@class os2.ctx.snapshot.steps.given
---@field build_args table<string, string>?  --build-arg, name -> value
---@field cache_from string[]?  --cache-from
---@field context string?  --context
---@field context_from string?  --context-from, directory or git
---@field cpu integer?  --cpu
---@field disk integer?  --disk, in GB
---@field dockerfile string?  --dockerfile
---@field entrypoint string[]?  --entrypoint
---@field gpu integer?  --gpu
---@field gpu_type string?  --gpu-type
---@field hosts string[]?  --add-host, HOST:IP
---@field is_base_pulled boolean?  --pull
---@field is_candidate_kept boolean?  --keep-candidate
---@field is_dirty_allowed boolean?  --allow-dirty
---@field is_dry_run boolean?  --dry-run
---@field is_if_changed boolean?  --if-changed
---@field is_list_context boolean?  --list-context
---@field is_older_allowed boolean?  --allow-older
---@field is_uncached boolean?  --no-cache
---@field is_unkeyed boolean?  --no-run-key
---@field is_verify boolean?  --verify
---@field json boolean?  --json
---@field labels table<string, string>?  --label, name -> value
---@field memory integer?  --memory, in GB
---@field name string?  --name
---@field network string?  --network
---@field on_newer string?  --on-newer, fail, skip or publish
---@field on_timeout string?  --on-timeout, leave or delete
---@field platform string?  --platform
---@field prefix string?  --prefix
---@field provider string?  --provider
---@field pushed string?  --pushed
---@field region string?  the first --region
---@field regions string[]?  --region, all
---@field result string?  --result
---@field run_key string?  --run-key
---@field sandbox_class string?  --sandbox-class
---@field secrets string[]?  --secret, id=ID[,env=NAME|,src=FILE]
---@field ssh string[]?  --ssh, ID[=SOCKET]
---@field target string?  --target
---@field timeout number?  --timeout, in seconds

---@class os2.flows.facts.snapshot.superseded: os2.flows.facts
---@field allowed boolean?  --allow-older is given
---@field name string  the name of this run's snapshot
---@field region string?  the region of the run
---@field snapshots table[]  the newest ones of the prefix

---@class os2.flows.facts.snapshot.tag: os2.flows.facts
---@field content string?  the key of the image's content, hexadecimal
---@field random number  in [0, 1)
---@field run_key string?  the key of the run, hexadecimal

---@overload fun(name: "cache.error_ttl", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.cache.error_ttl): number, options: {why: string?}?)
---@overload fun(name: "cache.may_stand_in", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.cache.may_stand_in): boolean, options: {why: string?}?)
---@overload fun(name: "cache.stale", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.cache.stale): number, options: {why: string?}?)
---@overload fun(name: "cache.state", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.cache.state): string, options: {why: string?}?)
---@overload fun(name: "cache.ttl", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.cache.ttl): number, options: {why: string?}?)
---@overload fun(name: "cache.variables", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "completion.most", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "completion.timeout", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "docker.context_transport", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "docker.credentials", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.docker.credentials): boolean, options: {why: string?}?)
---@overload fun(name: "docker.state_contexts", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "docker.state_directory", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "docker.state_files", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "doppler.check", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.doppler.check): boolean?, options: {why: string?}?)
---@overload fun(name: "doppler.config", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.doppler.config): string, options: {why: string?}?)
---@overload fun(name: "doppler.ignored", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "doppler.preserved", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "doppler.shown", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "doppler.strict", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.doppler.strict): table, options: {why: string?}?)
---@overload fun(name: "doppler.variables", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "entry.branch", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "entry.build", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "entry.build_timeout", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "entry.daemon", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "entry.depth", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "entry.directory", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "entry.environment", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.entry.environment): table, options: {why: string?}?)
---@overload fun(name: "entry.further", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.entry.further): table, options: {why: string?}?)
---@overload fun(name: "entry.git_email", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "entry.git_name", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "entry.github", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "entry.grace", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "entry.health_failures", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "entry.health_interval", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "entry.health_path", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "entry.health_timeout", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "entry.install", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "entry.install_timeout", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "entry.is_healthy", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.entry.is_healthy): boolean, options: {why: string?}?)
---@overload fun(name: "entry.limit", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "entry.lock_age", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "entry.move", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.entry.move): string, options: {why: string?}?)
---@overload fun(name: "entry.needs_build", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.entry.needs_build): boolean, options: {why: string?}?)
---@overload fun(name: "entry.needs_install", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.entry.needs_install): boolean, options: {why: string?}?)
---@overload fun(name: "entry.on_further_failure", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "entry.on_unreachable", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.entry.on_unreachable): string, options: {why: string?}?)
---@overload fun(name: "entry.path", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "entry.port", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "entry.ready_interval", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "entry.ready_timeout", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "entry.repository", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "entry.restart", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.entry.restart): number?, options: {why: string?}?)
---@overload fun(name: "entry.restart_cap", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.entry.restart_cap): number, options: {why: string?}?)
---@overload fun(name: "entry.restart_first", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.entry.restart_first): number, options: {why: string?}?)
---@overload fun(name: "entry.restarts", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.entry.restarts): integer, options: {why: string?}?)
---@overload fun(name: "entry.stable", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "entry.token_user", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "entry.update", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.entry.update): string, options: {why: string?}?)
---@overload fun(name: "environment.guard", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.environment.guard): table, options: {why: string?}?)
---@overload fun(name: "environment.name", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.environment.name): string?, options: {why: string?}?)
---@overload fun(name: "environment.prefix", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "environment.table", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.environment.table): table, options: {why: string?}?)
---@overload fun(name: "git.advertisement_limit", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "git.output_limit", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "git.program", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "git.redirects", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "github.annotation_limit", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "github.commands", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.github.commands): boolean, options: {why: string?}?)
---@overload fun(name: "github.enabled", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): boolean, options: {why: string?}?)
---@overload fun(name: "github.masks", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): boolean, options: {why: string?}?)
---@overload fun(name: "github.outputs", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "github.summary", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "github.summary_limit", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "helper.environment", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.helper.environment): table, options: {why: string?}?)
---@overload fun(name: "http.json_limit", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "http.max_message", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "http.redirect_headers", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "http.response_limit", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "limits.line", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "limits.message", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "limits.pages", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "limits.secret", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "limits.step_output", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "machine.aged_out", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.machine.aged_out): boolean, options: {why: string?}?)
---@overload fun(name: "machine.ask_above", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "machine.auto_stop", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "machine.cooldown", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "machine.exec_grace", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "machine.first_look", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "machine.health_path", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "machine.labels", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.machine.labels): table, options: {why: string?}?)
---@overload fun(name: "machine.last_look", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "machine.limit", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "machine.listed", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.machine.listed): boolean, options: {why: string?}?)
---@overload fun(name: "machine.name", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.machine.name): string, options: {why: string?}?)
---@overload fun(name: "machine.on_failure", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "machine.output_limit", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "machine.port", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "machine.progress", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.machine.progress): string, options: {why: string?}?)
---@overload fun(name: "machine.public", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): boolean, options: {why: string?}?)
---@overload fun(name: "machine.refusals", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "machine.settle", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "machine.share", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "machine.unused", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.machine.unused): number, options: {why: string?}?)
---@overload fun(name: "naming.ahead", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "naming.candidate", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "naming.check", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.naming.check): boolean, options: {why: string?}?)
---@overload fun(name: "naming.check_prefix", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): boolean, options: {why: string?}?)
---@overload fun(name: "naming.filter", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "naming.format", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "naming.next", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.naming.next): string, options: {why: string?}?)
---@overload fun(name: "naming.parse", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.naming.parse): number?, options: {why: string?}?)
---@overload fun(name: "naming.prefix", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.naming.prefix): string?, options: {why: string?}?)
---@overload fun(name: "poll.factor", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.poll.factor): number, options: {why: string?}?)
---@overload fun(name: "poll.first", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.poll.first): number, options: {why: string?}?)
---@overload fun(name: "poll.interval", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.poll.interval): number, options: {why: string?}?)
---@overload fun(name: "poll.longest", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.poll.longest): number, options: {why: string?}?)
---@overload fun(name: "resolution.limit", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "resolution.order", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "resolution.pick", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.resolution.pick): table?, options: {why: string?}?)
---@overload fun(name: "resolution.pin", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string?, options: {why: string?}?)
---@overload fun(name: "resolution.prefixes", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "resolution.query", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "resolution.reviving", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.resolution.reviving): boolean, options: {why: string?}?)
---@overload fun(name: "resolution.sort", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "resolution.usable", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.resolution.usable): boolean, options: {why: string?}?)
---@overload fun(name: "retention.candidate", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): boolean, options: {why: string?}?)
---@overload fun(name: "retention.candidate_for", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "retention.foreign", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retention.foreign): boolean, options: {why: string?}?)
---@overload fun(name: "retention.in_flight", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retention.in_flight): boolean, options: {why: string?}?)
---@overload fun(name: "retention.keep", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "retention.newest", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retention.newest): boolean, options: {why: string?}?)
---@overload fun(name: "retention.orphan", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retention.orphan): boolean, options: {why: string?}?)
---@overload fun(name: "retention.pinned", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retention.pinned): boolean, options: {why: string?}?)
---@overload fun(name: "retention.recent", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retention.recent): boolean, options: {why: string?}?)
---@overload fun(name: "retention.settled", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retention.settled): boolean, options: {why: string?}?)
---@overload fun(name: "retention.shared", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retention.shared): boolean, options: {why: string?}?)
---@overload fun(name: "retention.unread", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retention.unread): boolean, options: {why: string?}?)
---@overload fun(name: "retention.used", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retention.used): boolean, options: {why: string?}?)
---@overload fun(name: "retention.verified", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retention.verified): boolean, options: {why: string?}?)
---@overload fun(name: "retention.young", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retention.young): boolean, options: {why: string?}?)
---@overload fun(name: "retention.younger", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "retry.attempts", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retry.attempts): integer, options: {why: string?}?)
---@overload fun(name: "retry.base", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retry.base): number, options: {why: string?}?)
---@overload fun(name: "retry.cap", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retry.cap): number, options: {why: string?}?)
---@overload fun(name: "retry.delay", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retry.delay): number?, options: {why: string?}?)
---@overload fun(name: "retry.longest", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retry.longest): number, options: {why: string?}?)
---@overload fun(name: "retry.passing", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retry.passing): boolean, options: {why: string?}?)
---@overload fun(name: "retry.said_from", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "retry.statuses", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.retry.statuses): table, options: {why: string?}?)
---@overload fun(name: "secrets.names", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "snapshot.again", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.again): boolean, options: {why: string?}?)
---@overload fun(name: "snapshot.cache_from", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "snapshot.checks", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "snapshot.command", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.command): string, options: {why: string?}?)
---@overload fun(name: "snapshot.context", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "snapshot.context_from", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "snapshot.cpu", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "snapshot.dirty", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.dirty): string, options: {why: string?}?)
---@overload fun(name: "snapshot.disk", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "snapshot.dockerfile", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "snapshot.entrypoint", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "snapshot.exposed", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.exposed): string, options: {why: string?}?)
---@overload fun(name: "snapshot.gate", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): boolean, options: {why: string?}?)
---@overload fun(name: "snapshot.gate_health", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): boolean, options: {why: string?}?)
---@overload fun(name: "snapshot.gate_permissions", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "snapshot.gpu", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "snapshot.gpu_type", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "snapshot.healthy", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.healthy): boolean, options: {why: string?}?)
---@overload fun(name: "snapshot.hosts", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "snapshot.identity", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.identity): table, options: {why: string?}?)
---@overload fun(name: "snapshot.image_platform", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.image_platform): string, options: {why: string?}?)
---@overload fun(name: "snapshot.image_size", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.image_size): string, options: {why: string?}?)
---@overload fun(name: "snapshot.keep_candidate", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): boolean, options: {why: string?}?)
---@overload fun(name: "snapshot.labels", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.labels): table, options: {why: string?}?)
---@overload fun(name: "snapshot.largest", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "snapshot.memory", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "snapshot.network", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "snapshot.no_cache", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): boolean, options: {why: string?}?)
---@overload fun(name: "snapshot.on_conflict", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.on_conflict): string, options: {why: string?}?)
---@overload fun(name: "snapshot.on_newer", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "snapshot.on_timeout", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "snapshot.orphan", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.orphan): boolean, options: {why: string?}?)
---@overload fun(name: "snapshot.orphan_after", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "snapshot.passing_reasons", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "snapshot.permissions", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "snapshot.platform", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "snapshot.progress", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.progress): string, options: {why: string?}?)
---@overload fun(name: "snapshot.promote_name", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.promote_name): string, options: {why: string?}?)
---@overload fun(name: "snapshot.promote_on_newer", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "snapshot.promote_prefix", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.promote_prefix): string, options: {why: string?}?)
---@overload fun(name: "snapshot.publishable", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.publishable): boolean, options: {why: string?}?)
---@overload fun(name: "snapshot.pull", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): boolean, options: {why: string?}?)
---@overload fun(name: "snapshot.push_again", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.push_again): boolean, options: {why: string?}?)
---@overload fun(name: "snapshot.quota", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "snapshot.read_tag", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.read_tag): table, options: {why: string?}?)
---@overload fun(name: "snapshot.reference_gone", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.reference_gone): boolean, options: {why: string?}?)
---@overload fun(name: "snapshot.registrations", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "snapshot.renewed_name", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.renewed_name): string, options: {why: string?}?)
---@overload fun(name: "snapshot.repository", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "snapshot.reuse", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): boolean, options: {why: string?}?)
---@overload fun(name: "snapshot.rollback_memory", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "snapshot.rollback_target", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.rollback_target): table?, options: {why: string?}?)
---@overload fun(name: "snapshot.run_key", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.run_key): string?, options: {why: string?}?)
---@overload fun(name: "snapshot.run_key_variables", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "snapshot.same_image", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.same_image): boolean, options: {why: string?}?)
---@overload fun(name: "snapshot.sandbox_class", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "snapshot.secret_files", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "snapshot.secrets", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "snapshot.ssh", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): table, options: {why: string?}?)
---@overload fun(name: "snapshot.superseded", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.superseded): boolean, options: {why: string?}?)
---@overload fun(name: "snapshot.tag", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts.snapshot.tag): string, options: {why: string?}?)
---@overload fun(name: "snapshot.target", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): string, options: {why: string?}?)
---@overload fun(name: "timeouts.activate", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.build", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.candidate", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.check", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.cleanup", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.connect", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.engine", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.exec", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.follow", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.git", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.git_idle", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.git_transfer", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.lock", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.machine_change", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.machine_cleanup", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.machine_delete", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.machine_healthy", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.machine_start", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.machine_undo", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.push", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.push_visible", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.request", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.transfer", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.websocket", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "timeouts.websocket_close", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "trace.deadline", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): number, options: {why: string?}?)
---@overload fun(name: "trace.headers", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): boolean, options: {why: string?}?)
---@overload fun(name: "trace.span_limit", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
---@overload fun(name: "trace.value_limit", value: fun(base: (fun(facts: table?): any), facts: os2.flows.facts): integer, options: {why: string?}?)
function policy.override(name, value, options) end
